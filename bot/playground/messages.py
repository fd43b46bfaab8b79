"""The messages of every channel, and the rules of posting, editing and deleting them."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

from bot.playground.cdn import Cdn
from bot.playground.interaction import Interaction
from bot.playground.mentions import ALL_KINDS, USERS_ONLY, mentions_of
from bot.playground.message import NO_FLAGS, Flag, Message, MessageKind
from bot.playground.message_rules import Draft, Shape, shape_of
from bot.playground.places import Channel, Json, User
from bot.playground.posting_rules import check_may_carry, check_may_edit, check_may_post
from bot.playground.refusals import Code, Refusal
from bot.playground.world import Event, World

NONCE_WINDOW = timedelta(minutes=5)


class Messages:
    """Keeps messages by channel, and tells the world of every change."""

    def __init__(self, world: World, cdn: Cdn) -> None:
        self._world = world
        self._cdn = cdn
        self._by_channel: defaultdict[int, dict[int, Message]] = defaultdict(dict)
        self._by_nonce: dict[tuple[int, str | int | None], Message] = {}

    def seen(self, channel_id: int, user_id: int) -> list[Message]:
        """List what a user sees in a channel, oldest first."""
        channel = self._world.channel(channel_id)
        if channel is None or not self._world.sees(user_id, channel):
            return []
        return [item for item in self._by_channel[channel_id].values() if item.seen_by(user_id)]

    def find(self, message_id: int, channel_id: int | None = None) -> Message | None:
        """Find a message by its id."""
        if channel_id is not None:
            return self._by_channel[channel_id].get(message_id)
        for messages in self._by_channel.values():
            if message := messages.get(message_id):
                return message
        return None

    def as_json(self, message: Message) -> Json:
        """Describe a message as Discord does."""
        return message.as_json(self._cdn)

    # -- posting --------------------------------------------------------------------------------

    def post(self, channel: Channel, author: User, draft: Draft) -> Message:
        """Post as a member or with the bot's token; refuses what Discord refuses."""
        if known := self._same_nonce(author, draft):
            return known
        check_may_post(self._world, channel, author, draft)
        shape = shape_of(draft)
        message = self._new(channel, author, Flag(shape.flags & ~Flag.EPHEMERAL))
        message.nonce = draft.nonce
        if draft.nonce is not None:
            self._by_nonce[author.id, draft.nonce] = message
        message.replies_to = draft.replies_to
        if draft.replies_to is not None:
            message.kind = MessageKind.REPLY
        return self._fill(message, channel, draft, shape, ALL_KINDS)

    def answer(self, interaction: Interaction, draft: Draft, *, followup: bool) -> Message:
        """Post an interaction's answer, which needs no permission in the channel."""
        channel = interaction.channel
        check_may_carry(self._world, channel, draft, interaction.user)
        shape = shape_of(draft)
        message = self._new_answer(interaction, shape.flags, followup=followup)
        return self._fill(message, channel, draft, shape, USERS_ONLY)

    def think(self, interaction: Interaction, flags: Flag) -> Message:
        """Post the placeholder of a deferred answer."""
        message = self._new_answer(interaction, flags | Flag.LOADING, followup=False)
        return self._add(message, interaction.channel)

    def announce(self, thread: Channel, parent: Channel, starter: User) -> Message:
        """Post what Discord itself says where a thread was started that hangs on no message."""
        message = self._new(parent, starter, NO_FLAGS)
        message.kind, message.content = MessageKind.THREAD_CREATED, thread.name
        message.announces = thread.id
        return self._add(message, parent)

    # -- editing --------------------------------------------------------------------------------

    def edit(
        self, message: Message, draft: Draft, *, answering: Interaction | None = None
    ) -> Message:
        """Change a message; `answering` is the interaction whose token is used."""
        channel = self._channel(message)
        if answering is None:
            check_may_edit(self._world, channel, message.author, draft)
        else:
            check_may_carry(self._world, channel, draft, answering.user)
        shape = shape_of(draft, message)
        was_thinking = message.thinking
        flags = (shape.flags & ~Flag.EPHEMERAL & ~Flag.LOADING) | (message.flags & Flag.EPHEMERAL)
        if draft.kept_attachment_ids is not None:
            self._drop_attachments(message, draft.kept_attachment_ids)
        self._apply(message, draft, Shape(shape.content, shape.embeds, shape.components, flags))
        if not was_thinking:
            message.edited_at = self._world.clock()
        else:
            self._mention(message, channel, draft, shape, USERS_ONLY)
        self.tell("MESSAGE_UPDATE", message)
        return message

    def delete(self, message: Message) -> None:
        """Remove a message and its files."""
        del self._by_channel[message.channel_id][message.id]
        self._drop_attachments(message, frozenset())
        channel = self._channel(message)
        if channel.thread is not None:
            channel.thread.message_count -= 1
        ids = {"id": str(message.id), "channel_id": str(channel.id)}
        self._publish("MESSAGE_DELETE", ids, message)

    def tell(self, name: str, message: Message) -> None:
        """Tell the world that a message came or changed."""
        self._publish(name, self.as_json(message), message)

    # -- how ------------------------------------------------------------------------------------

    def _same_nonce(self, author: User, draft: Draft) -> Message | None:
        known = self._by_nonce.get((author.id, draft.nonce)) if draft.enforce_nonce else None
        if known is None or known.created_at <= self._world.clock() - NONCE_WINDOW:
            return None
        return self.find(known.id, known.channel_id)

    def _open_again(self, channel: Channel) -> None:
        if channel.thread is not None and channel.thread.archived:
            channel.thread.archived = False
            self._world.publish_channel("THREAD_UPDATE", channel)

    def _new(self, channel: Channel, author: User, flags: Flag) -> Message:
        return Message(self._world.new_id(), channel.id, author, self._world.clock(), flags=flags)

    def _new_answer(self, interaction: Interaction, flags: Flag, *, followup: bool) -> Message:
        message = self._new(interaction.channel, self._world.bot, flags)
        message.interaction = interaction
        message.kind = MessageKind.REPLY if followup else MessageKind.COMMAND
        if Flag.EPHEMERAL in flags:
            message.visible_to = interaction.user.id
        if followup:
            message.replies_to = interaction.original_id
        return message

    def _fill(
        self, message: Message, channel: Channel, draft: Draft, shape: Shape, default: Json
    ) -> Message:
        self._apply(
            message, draft, Shape(shape.content, shape.embeds, shape.components, message.flags)
        )
        self._mention(message, channel, draft, shape, default)
        return self._add(message, channel)

    def _apply(self, message: Message, draft: Draft, shape: Shape) -> None:
        message.content = shape.content
        message.embeds = shape.embeds
        message.components = shape.components
        message.flags = shape.flags
        message.attachments += [
            self._cdn.store(message.channel_id, upload) for upload in draft.uploads
        ]

    def _mention(
        self, message: Message, channel: Channel, draft: Draft, shape: Shape, default: Json
    ) -> None:
        allowed = default if draft.allowed_mentions is None else draft.allowed_mentions
        mentions = mentions_of(self._world, channel, message.author, shape, allowed)
        message.mentioned_users = mentions.users
        message.mentions_everyone = mentions.everyone
        if not message.ephemeral:
            message.pinged = [id_ for id_ in mentions.pinged if id_ != message.author.id]

    def _add(self, message: Message, channel: Channel) -> Message:
        self._by_channel[channel.id][message.id] = message
        if not message.ephemeral:
            self._open_again(channel)
            channel.last_message_id = message.id
            if channel.thread is not None:
                channel.thread.message_count += 1
        self.tell("MESSAGE_CREATE", message)
        return message

    def _drop_attachments(self, message: Message, keep: frozenset[int]) -> None:
        for attachment in message.attachments:
            if attachment.id not in keep:
                self._cdn.forget(attachment.id)
        message.attachments = [item for item in message.attachments if item.id in keep]

    def _channel(self, message: Message) -> Channel:
        channel = self._world.channel(message.channel_id)
        if channel is None:
            raise Refusal(Code.UNKNOWN_CHANNEL)
        return channel

    def _publish(self, name: str, data: Json, message: Message) -> None:
        channel = self._channel(message)
        if channel.recipient is not None:
            # A bot hears of these with an intent of their own, which this one has no use for.
            self._world.publish(Event(f"DIRECT_{name}", data, None, channel.id))
            return
        data = {"guild_id": str(channel.guild_id), **data}
        event = Event(name, data, channel.guild_id, channel.id, message.visible_to)
        self._world.publish(event)
