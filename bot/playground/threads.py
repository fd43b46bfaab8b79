"""Threads: starting them, changing them, and who may."""

from __future__ import annotations

from bot.playground.message import Flag, Message
from bot.playground.messages import Messages
from bot.playground.permissions import Permission
from bot.playground.places import Channel, ChannelKind, Json, ThreadState, User
from bot.playground.refusals import Code, FieldErrors, Refusal
from bot.playground.world import Event, World

MAX_ACTIVE_THREADS = 1000
_ARCHIVE_MINUTES = (60, 1440, 4320, 10080)


class Threads:
    """Starts and changes the threads of text and announcement channels."""

    def __init__(self, world: World, messages: Messages) -> None:
        self._world = world
        self._messages = messages

    def start(
        self, parent: Channel, starter: User, body: Json, message: Message | None = None
    ) -> Channel:
        """Start a thread, from a message where one is given; it then takes the message's id."""
        kind = _kind(parent, body, message)
        self._check_may_start(parent, starter, kind)
        if message is not None and message.thread is not None:
            raise Refusal(Code.THREAD_EXISTS)
        channels = self._world.guild_of(parent).channels
        if sum(_is_active(channel) for channel in channels.values()) >= MAX_ACTIVE_THREADS:
            raise Refusal(Code.TOO_MANY_THREADS)
        _check(body, new=True)
        thread = Channel(
            id=message.id if message else self._world.new_id(),
            guild_id=parent.guild_id,
            kind=kind,
            name=body["name"],
            parent_id=parent.id,
            thread=ThreadState(
                owner_id=starter.id,
                auto_archive_minutes=body.get("auto_archive_duration") or 4320,
                created_at=self._world.clock(),
                member_ids={starter.id},
            ),
        )
        channels[thread.id] = thread
        self._world.publish_channel("THREAD_CREATE", thread)
        self._announce(parent, thread, starter, message)
        return thread

    def change(self, channel: Channel, user: User, body: Json) -> Channel:
        """Rename, archive, lock or open a thread."""
        thread = channel.thread
        assert thread is not None
        self._check_may_change(channel, thread, user, body)
        _check(body, new=False)
        channel.name = body.get("name") or channel.name
        thread.auto_archive_minutes = (
            body.get("auto_archive_duration") or thread.auto_archive_minutes
        )
        thread.locked = bool(body.get("locked", thread.locked))
        if "archived" in body and bool(body["archived"]) != thread.archived:
            thread.archived = bool(body["archived"])
            thread.archived_at = self._world.clock()
        self._world.publish_channel("THREAD_UPDATE", channel)
        return channel

    def delete(self, channel: Channel) -> None:
        """Delete a thread."""
        del self._world.guild_of(channel).channels[channel.id]
        keys = ("id", "guild_id", "parent_id", "type")
        described = channel.as_json()
        ids = {key: described[key] for key in keys}
        self._world.publish(Event("THREAD_DELETE", ids, channel.guild_id))

    def _announce(
        self, parent: Channel, thread: Channel, starter: User, message: Message | None
    ) -> None:
        if message is None:
            if not thread.is_private_thread:
                self._messages.announce(thread, parent, starter)
            return
        message.thread = thread
        message.flags |= Flag.HAS_THREAD
        self._messages.tell("MESSAGE_UPDATE", message)

    def _check_may_start(self, parent: Channel, starter: User, kind: ChannelKind) -> None:
        may = self._world.permissions(starter.id, parent)
        if Permission.VIEW_CHANNEL not in may:
            raise Refusal(Code.MISSING_ACCESS)
        needed = (
            Permission.CREATE_PRIVATE_THREADS
            if kind is ChannelKind.PRIVATE_THREAD
            else Permission.CREATE_PUBLIC_THREADS
        )
        if needed not in may:
            raise Refusal(Code.MISSING_PERMISSIONS)

    def _check_may_change(
        self, channel: Channel, thread: ThreadState, user: User, body: Json
    ) -> None:
        may = self._world.permissions(user.id, channel)
        if Permission.VIEW_CHANNEL not in may:
            raise Refusal(Code.MISSING_ACCESS)
        manages = Permission.MANAGE_THREADS in may
        opens = body.get("archived") is False
        if thread.locked and not manages:
            raise Refusal(Code.LOCKED if opens else Code.MISSING_PERMISSIONS)
        if thread.archived and not opens:
            raise Refusal(Code.ARCHIVED)
        speaks = Permission.SEND_MESSAGES_IN_THREADS in may
        is_own = thread.owner_id == user.id and "locked" not in body
        if not (manages or is_own or (opens and speaks and body.keys() == {"archived"})):
            raise Refusal(Code.MISSING_PERMISSIONS)


def _is_active(channel: Channel) -> bool:
    return channel.thread is not None and not channel.thread.archived


def _kind(parent: Channel, body: Json, message: Message | None) -> ChannelKind:
    if parent.kind is ChannelKind.ANNOUNCEMENT:
        return ChannelKind.ANNOUNCEMENT_THREAD
    if parent.kind is not ChannelKind.TEXT:
        raise Refusal(Code.WRONG_CHANNEL_TYPE)
    # Without a message Discord starts a private thread unless told otherwise.
    wanted = ChannelKind.PUBLIC_THREAD if message else body.get("type", ChannelKind.PRIVATE_THREAD)
    if wanted not in (ChannelKind.PUBLIC_THREAD, ChannelKind.PRIVATE_THREAD):
        raise Refusal(Code.WRONG_CHANNEL_TYPE)
    return ChannelKind(wanted)


def _check(body: Json, *, new: bool) -> None:
    errors = FieldErrors()
    if new or "name" in body:
        errors.length("name", body.get("name"), 1, 100)
    if body.get("auto_archive_duration") not in (None, *_ARCHIVE_MINUTES):
        message = "Value must be one of {60, 1440, 4320, 10080}."
        errors.add("auto_archive_duration", "BASE_TYPE_CHOICES", message)
    errors.raise_if_any()
