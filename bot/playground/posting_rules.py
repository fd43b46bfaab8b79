"""Who may post and edit where, and how large a file may be."""

from __future__ import annotations

from bot.playground.message_rules import Draft
from bot.playground.permissions import Permission
from bot.playground.places import Channel, User
from bot.playground.refusals import Code, Refusal
from bot.playground.world import World


def check_may_post(world: World, channel: Channel, author: User, draft: Draft) -> None:
    """Refuse a new message the author may not post."""
    if channel.recipient is not None and not world.takes_direct(channel.recipient):
        raise Refusal(Code.CANNOT_DM)
    may = world.permissions(author.id, channel)
    if Permission.VIEW_CHANNEL not in may:
        raise Refusal(Code.MISSING_ACCESS)
    sends = Permission.SEND_MESSAGES_IN_THREADS if channel.is_thread else Permission.SEND_MESSAGES
    if sends not in may:
        raise Refusal(Code.MISSING_PERMISSIONS)
    if draft.replies_to is not None and Permission.READ_MESSAGE_HISTORY not in may:
        raise Refusal(Code.NO_HISTORY_FOR_REPLY)
    if channel.thread and channel.thread.locked and Permission.MANAGE_THREADS not in may:
        raise Refusal(Code.LOCKED)
    _check_may_attach(may, draft)
    check_may_carry(world, channel, draft)


def check_may_edit(world: World, channel: Channel, author: User, draft: Draft) -> None:
    """Refuse an edit the author may not make."""
    may = world.permissions(author.id, channel)
    if Permission.VIEW_CHANNEL not in may:
        raise Refusal(Code.MISSING_ACCESS)
    _check_may_attach(may, draft)
    check_may_carry(world, channel, draft)
    if channel.thread and channel.thread.archived:
        raise Refusal(Code.ARCHIVED)


def check_may_carry(
    world: World, channel: Channel, draft: Draft, answered: User | None = None
) -> None:
    """Refuse a file over the limit: the guild's, or that of the user who is `answered`."""
    guild = world.guild_of(channel)
    promised = max(guild.upload_limit_bytes, answered.upload_limit_bytes if answered else 0)
    limit = guild.enforced_upload_bytes or promised
    if any(len(upload.content) > limit for upload in draft.uploads):
        raise Refusal(Code.TOO_LARGE)


def _check_may_attach(may: Permission, draft: Draft) -> None:
    if draft.uploads and Permission.ATTACH_FILES not in may:
        raise Refusal(Code.MISSING_PERMISSIONS)
    if draft.embeds and Permission.EMBED_LINKS not in may:
        raise Refusal(Code.MISSING_PERMISSIONS)
