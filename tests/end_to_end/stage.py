"""The real bot, as a process of its own, at a playground, with its data in a folder."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Self, TypeVar

from bot.playground.clock import AdjustableClock
from bot.playground.interaction import Interaction
from bot.playground.launch import bot_environment
from bot.playground.message import Message
from bot.playground.picker import Value
from bot.playground.places import Channel, ChannelKind, Guild, User
from bot.playground.server import Playground
from bot.playground.world import Event
from tests.end_to_end.order import Order
from tests.end_to_end.records import Records
from tests.end_to_end.seller import AT_ONCE, FROM_WORDS, LOOK_SECONDS, Halted, open_seller
from tests.fakes.fake_server import FakeServer
from tests.forks import Fork, fork_bot
from tests.media.pictures import corners, saved

PICTURE = saved(corners(size=(1024, 1024)), "PNG")
SMALL_CLIP: dict[str, Value] = {"prompt": "slow zoom in", "seconds": 2, "shape": "1:1"}
PATIENCE_SECONDS = 40

T = TypeVar("T")


class Stage:
    """A playground and a folder; the bot plays there for as long as `bot` is open."""

    def __init__(
        self, playground: Playground, clock: AdjustableClock, folder: Path, seller: FakeServer
    ) -> None:
        self.playground = playground
        self.clock = clock
        self.folder = folder
        self.seller = seller
        """Makes the clips that are `BOUGHT`."""
        self.look_seconds: float | None = LOOK_SECONDS
        """How often bots look at their tasks at the least; None: as their providers say."""
        self.log = folder.with_name(f"{folder.name}.log")
        self.records = Records(folder / "zoetrope.db")
        self.seen: list[Event] = []
        """Everything that happened, in its order."""
        playground.world.listeners.append(self.seen.append)

    @classmethod
    @asynccontextmanager
    async def open(cls, folder: Path) -> AsyncIterator[Self]:
        """A playground with nobody playing yet."""
        await asyncio.to_thread(folder.mkdir)
        clock = AdjustableClock()
        async with Playground.open(clock=clock) as playground, open_seller() as seller:
            yield cls(playground, clock, folder, seller)

    @asynccontextmanager
    async def bot(self, **settings: str) -> AsyncIterator[Fork]:
        """Run the bot until the block ends; it is connected when the block begins."""
        environment = bot_environment(self.playground, self.folder)
        environment |= self.seller.environment | {"RUNWAYML_MAX_RUNNING": "20"} | settings
        try:
            async with fork_bot(
                ["run"],
                environment,
                where=self.folder,
                out=self.log,
                look_seconds=self.look_seconds,
            ) as process:
                await self.until(lambda: self.playground.gateway.online)
                yield process
        finally:
            await self.until(lambda: not self.playground.gateway.online)

    async def until(self, predicate: Callable[[], T]) -> T:
        """Wait until a predicate is true and return what it gave."""
        try:
            with self.records.watching():
                return await self.playground.until(predicate, PATIENCE_SECONDS)
        except TimeoutError:
            said = "\n".join(self.said()[-20:])
            raise AssertionError(f"It did not come to that. The bot said last:\n{said}") from None

    def said(self, level: str = "") -> list[str]:
        """The lines of the bot's log, or those of one level."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return [line for line in lines if f'"level": "{level}' in line]

    # -- people and places ----------------------------------------------------------------------

    @property
    def guild(self) -> Guild:
        """The guild that is there from the start."""
        return self.playground.world.guild

    def new_member(self, guild: Guild | None = None) -> User:
        """Somebody new in a guild."""
        world = self.playground.world
        member = world.add_user(f"Member {len(world.users)}")
        world.join(guild or self.guild, member)
        return member

    def new_channel(
        self, kind: ChannelKind = ChannelKind.TEXT, guild: Guild | None = None
    ) -> Channel:
        """A channel nothing happened in yet."""
        world = self.playground.world
        guild = guild or self.guild
        return world.add_channel(guild, f"channel-{len(guild.channels)}", kind)

    @asynccontextmanager
    async def paused(self, order: Order) -> AsyncIterator[None]:
        """Keep an order's renderer from going on, so that it is still there to look at.

        A renderer that was ended meanwhile stays ended.
        """
        lock = self.folder / "zoetrope-files" / "providers" / "local" / order.id / "lock"
        process_group = int(await self.until(lambda: lock.exists() and lock.read_text()))
        os.killpg(process_group, signal.SIGSTOP)
        try:
            yield
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process_group, signal.SIGCONT)

    @asynccontextmanager
    async def unfinished(self, order: Order) -> AsyncIterator[None]:
        """Keep the clip of an order that is bought from getting done."""
        self.seller.pace = Halted()
        try:
            await order.state("running")
            yield
        finally:
            self.seller.pace = AT_ONCE

    # -- what members do ------------------------------------------------------------------------

    async def order(
        self,
        channel: Channel,
        member: User | None = None,
        *,
        picture: bytes = PICTURE,
        filename: str = "picture.png",
        options: Mapping[str, Value] | None = None,
    ) -> Order:
        """Run /animate, for a small clip unless told otherwise, and wait for the first answer."""
        asked = SMALL_CLIP | dict(options or {})
        return await self.order_by("animate", channel, member, asked, image=(filename, picture))

    async def buy(self, channel: Channel, member: User | None = None) -> Order:
        """Run /create for a clip that is `FROM_WORDS`: no picture has to be decoded and framed."""
        return await self.order_by("create", channel, member, FROM_WORDS)

    async def order_by(
        self,
        command: str,
        channel: Channel,
        member: User | None = None,
        options: Mapping[str, Value] | None = None,
        **files: tuple[str, bytes],
    ) -> Order:
        """Run an ordering command, as somebody new where nobody is named."""
        member = member or self.new_member(self.playground.world.guild_of(channel))
        interaction = await self.playground.slash(member.id, channel.id, command, options, files)
        await interaction.acknowledged()
        return self.order_of(interaction)

    def order_of(self, interaction: Interaction) -> Order:
        """The order an interaction placed."""
        return Order(self, interaction)

    async def answer(self, user: User, channel: Channel, name: str, **options: Value) -> str:
        """Run a command that is answered in private, and return the answer."""
        interaction = await self.playground.slash(user.id, channel.id, name, options)
        return await self.answered(interaction)

    async def press(self, order: Order, act: str, *, user: User | None = None) -> Interaction:
        """Press one of an order's buttons, as its member where nobody else is named.

        It is answered then: an answer still to come would meet what the next test has in store.
        """
        name = f"zoetrope:{act}:{order.id}"

        def carrying() -> list[Message]:
            return [message for message in order.messages if name in str(message.components)]

        [message] = await self.until(carrying)
        user = user or order.interaction.user
        pressed = await self.playground.press(user.id, message.id, name)
        await pressed.acknowledged()
        return pressed

    async def answered(self, interaction: Interaction) -> str:
        """The text of a private answer, once it is there."""

        def text() -> str:
            said = [message.text for message in interaction.messages if message.ephemeral]
            return next(filter(None, said), "")

        return await self.until(text)
