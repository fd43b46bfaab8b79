"""Everything that exists in this Discord, and the feed that tells of every change."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from bot.clock import Clock
from bot.playground.clock import Snowflakes
from bot.playground.direct import DirectMessages
from bot.playground.permissions import NOTHING, Permission
from bot.playground.places import (
    Channel,
    ChannelKind,
    Guild,
    Json,
    Member,
    Overwrite,
    Role,
    User,
)

USERS_AGE = timedelta(days=365)
BOT_PERMISSIONS = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.SEND_MESSAGES_IN_THREADS
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
)


@dataclass(frozen=True)
class Event:
    """Something happened; `name` and `data` are spelled as on Discord's gateway."""

    name: str
    data: Json
    guild_id: int | None = None
    channel_id: int | None = None
    only_for: int | None = None
    """The one user who may see it, where it is not for all."""


class World:
    """Users, guilds and their channels; every other part changes them and tells the feed."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.new_id = Snowflakes(clock)
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.direct: dict[int, DirectMessages] = {}
        """By the id of the person."""
        self.listeners: list[Callable[[Event], None]] = []
        self.bot = self.add_user("Zoetrope", bot=True)
        self.application_id = self.bot.id

    # -- what happens ---------------------------------------------------------------------------

    def publish(self, event: Event) -> None:
        """Tell every listener, without waiting for any."""
        for listener in list(self.listeners):
            listener(event)

    @contextmanager
    def listening(self) -> Iterator[asyncio.Queue[Event]]:
        """Collect what happens from now until the block ends."""
        feed: asyncio.Queue[Event] = asyncio.Queue()
        self.listeners.append(feed.put_nowait)
        try:
            yield feed
        finally:
            self.listeners.remove(feed.put_nowait)

    # -- what exists ----------------------------------------------------------------------------

    @property
    def guild(self) -> Guild:
        """The first guild: The Workshop, in the world as it is opened."""
        return next(iter(self.guilds.values()))

    @property
    def guilds_of_bot(self) -> list[Guild]:
        """The guilds the bot has not been removed from."""
        return [guild for guild in self.guilds.values() if self.bot.id in guild.members]

    def guild_of(self, channel: Channel) -> Guild:
        """Find the guild a channel is in, or the two who talk in it."""
        return self.guilds.get(channel.guild_id) or self.direct[channel.guild_id]

    def channel(self, channel_id: int) -> Channel | None:
        """Find a channel or thread by its id."""
        for guild in (*self.guilds.values(), *self.direct.values()):
            if channel := guild.channels.get(channel_id):
                return channel
        return None

    def channel_named(self, name: str) -> Channel:
        """Find a channel of the first guild; KeyError where there is none."""
        for channel in self.guild.channels.values():
            if channel.name == name:
                return channel
        raise KeyError(name)

    def user_named(self, name: str) -> User:
        """Find a user by the name shown; KeyError where there is none."""
        for user in self.users.values():
            if user.global_name == name:
                return user
        raise KeyError(name)

    def permissions(self, user_id: int, channel: Channel) -> Permission:
        """Compute what a user may do in a channel."""
        return self.guild_of(channel).permissions(user_id, channel)

    def sees(self, user_id: int, channel: Channel) -> bool:
        """Whether a user may look into a channel."""
        return Permission.VIEW_CHANNEL in self.permissions(user_id, channel)

    def threads(self, channel_id: int) -> list[Channel]:
        """List the threads of a channel, oldest first."""
        return [
            channel
            for guild in self.guilds.values()
            for channel in guild.channels.values()
            if channel.is_thread and channel.parent_id == channel_id
        ]

    # -- how it is changed ----------------------------------------------------------------------

    def add_user(self, name: str, *, bot: bool = False) -> User:
        """Add a user who is in no guild yet."""
        username = name.lower().replace(" ", "_")
        # Whoever is here has been on Discord for a while.
        user_id = self.new_id() - (USERS_AGE // timedelta(milliseconds=1) << 22)
        user = User(user_id, username, global_name=name, bot=bot)
        self.users[user.id] = user
        return user

    def add_guild(self, name: str) -> Guild:
        """Add a guild with the bot in it, and tell the bot."""
        owner = self.add_user(f"Owner of {name}")
        guild = Guild(self.new_id(), name, owner.id)
        self.guilds[guild.id] = guild
        role = self.add_role(guild, self.bot.global_name or "", BOT_PERMISSIONS)
        role.managed = True
        self.join(guild, owner)
        self.join(guild, self.bot, role)
        self.publish(Event("GUILD_CREATE", self.guild_json(guild), guild.id))
        return guild

    def add_role(self, guild: Guild, name: str, permissions: Permission = NOTHING) -> Role:
        """Add a role to a guild."""
        role = Role(self.new_id(), name, permissions, position=len(guild.roles))
        guild.roles[role.id] = role
        self.publish(
            Event(
                "GUILD_ROLE_CREATE", {"guild_id": str(guild.id), "role": role.as_json()}, guild.id
            )
        )
        return role

    def join(self, guild: Guild, user: User, *roles: Role) -> Member:
        """Make a user a member of a guild."""
        member = Member(user, self.clock(), {role.id for role in roles})
        guild.members[user.id] = member
        return member

    def add_channel(
        self, guild: Guild, name: str, kind: ChannelKind = ChannelKind.TEXT, topic: str = ""
    ) -> Channel:
        """Add a channel to a guild."""
        channel = Channel(self.new_id(), guild.id, kind, name, topic=topic)
        channel.position = len(guild.channels)
        guild.channels[channel.id] = channel
        self.publish_channel("CHANNEL_CREATE", channel)
        return channel

    def remove_channel(self, channel: Channel) -> None:
        """Delete a channel, and its threads with it."""
        channels = self.guild_of(channel).channels
        for gone in (*self.threads(channel.id), channel):
            del channels[gone.id]
        self.publish(Event("CHANNEL_DELETE", channel.as_json(), channel.guild_id, channel.id))

    def remove_member(self, guild: Guild, user: User) -> None:
        """Let a member leave, or kick them; the bot is told where it is the bot."""
        del guild.members[user.id]
        if user is self.bot:
            self.publish(Event("GUILD_DELETE", {"id": str(guild.id)}, guild.id))

    def direct_channel(self, user: User) -> Channel:
        """Where the bot and a person talk alone; made at the first call."""
        if user.id not in self.direct:
            talk = DirectMessages(user.id, f"Direct messages of {user.username}", user.id)
            self.direct[user.id] = talk
            channel = Channel(self.new_id(), talk.id, ChannelKind.DIRECT, "", recipient=user)
            talk.channels[channel.id] = channel
            for either in (user, self.bot):
                self.join(talk, either)
        [channel] = self.direct[user.id].channels.values()
        return channel

    def takes_direct(self, user: User) -> bool:
        """Whether a person can be written to: open to it, and in a guild with the bot."""
        is_met = any(
            {user.id, self.bot.id} <= guild.members.keys() for guild in self.guilds.values()
        )
        return is_met and self.direct[user.id].is_open

    def deny(self, channel: Channel, user_id: int, permission: Permission) -> None:
        """Take a permission from one member in one channel."""
        self._overwrite(channel, user_id, deny=permission)

    def allow(self, channel: Channel, user_id: int, permission: Permission) -> None:
        """Give a permission to one member in one channel."""
        self._overwrite(channel, user_id, allow=permission)

    def boost(self, guild: Guild, tier: int) -> None:
        """Set a guild's boost tier, and with it the upload limit."""
        guild.boost_tier = tier
        self.publish(Event("GUILD_UPDATE", guild.as_json(), guild.id))

    def publish_channel(self, name: str, channel: Channel) -> None:
        """Tell that a channel or thread was made or changed."""
        self.publish(Event(name, channel.as_json(), channel.guild_id, channel.id))

    def _overwrite(
        self,
        channel: Channel,
        user_id: int,
        *,
        allow: Permission = NOTHING,
        deny: Permission = NOTHING,
    ) -> None:
        old = channel.overwrites.get(user_id, Overwrite())
        channel.overwrites[user_id] = Overwrite(
            allow=(old.allow | allow) & ~deny, deny=(old.deny | deny) & ~allow, for_member=True
        )
        self.publish_channel("CHANNEL_UPDATE", channel)

    # -- how it is described to the bot ---------------------------------------------------------

    def guild_json(self, guild: Guild) -> Json:
        """Describe a guild with all the bot may see of it, as GUILD_CREATE does."""
        visible = [
            channel for channel in guild.channels.values() if self.sees(self.bot.id, channel)
        ]
        me = guild.members[self.bot.id]
        return guild.as_json() | {
            "joined_at": me.joined_at.isoformat(),
            "large": False,
            "unavailable": False,
            "member_count": len(guild.members),
            "members": [me.as_json()],
            "channels": [
                channel.as_json() for channel in guild.channels.values() if not channel.is_thread
            ],
            "threads": [
                channel.as_json()
                for channel in visible
                if channel.thread is not None and not channel.thread.archived
            ],
            "voice_states": [],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }


def workshop(clock: Clock) -> World:
    """Furnish the world as the playground opens it: one guild, three channels, three people."""
    world = World(clock)
    guild = world.add_guild("The Workshop")
    moderating = world.add_role(
        guild,
        "Moderator",
        Permission.MANAGE_GUILD | Permission.MANAGE_MESSAGES | Permission.MANAGE_THREADS,
    )
    moderating.colour = 0xE0A458
    world.add_channel(guild, "gallery", topic="Pictures that move")
    world.add_channel(guild, "general", topic="Everything else")
    world.add_channel(guild, "news", ChannelKind.ANNOUNCEMENT, topic="What is new")
    world.join(guild, world.add_user("Member"))
    world.join(guild, world.add_user("Second member"))
    world.join(guild, world.add_user("Moderator"), moderating)
    return world
