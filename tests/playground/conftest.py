"""A playground, and an unmodified discord.py client connected to it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypeAlias

import discord
import pytest
import yarl
from discord import app_commands

from bot.playground.clock import AdjustableClock
from bot.playground.server import Playground

Setup: TypeAlias = Callable[["Client"], None]
Connect: TypeAlias = Callable[[Setup], AbstractAsyncContextManager["Client"]]


class Client(discord.Client):
    """A bot with a command tree, synced before it connects."""

    def __init__(self, setup: Setup) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True),
            guild_ready_timeout=0.05,
            allowed_mentions=discord.AllowedMentions.none(),
        )
        self.tree = app_commands.CommandTree(self)
        self.identified = 0
        self.resumed = asyncio.Event()
        self.errors: list[BaseException] = []
        self.tree.error(self._note)
        setup(self)

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def on_resumed(self) -> None:
        self.resumed.set()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        self.identified += 1

    async def _note(self, _: discord.Interaction, error: app_commands.AppCommandError) -> None:
        self.errors.append(getattr(error, "original", error))


@pytest.fixture
def clock() -> AdjustableClock:
    return AdjustableClock()


@pytest.fixture
async def playground(clock: AdjustableClock) -> AsyncIterator[Playground]:
    async with Playground.open(clock=clock) as playground:
        yield playground


@pytest.fixture
def connect(playground: Playground, monkeypatch: pytest.MonkeyPatch) -> Connect:
    monkeypatch.setattr(discord.http.Route, "BASE", playground.api_url)
    monkeypatch.setattr(
        discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(playground.gateway_url)
    )

    @asynccontextmanager
    async def connected(setup: Setup) -> AsyncIterator[Client]:
        async with Client(setup) as client:
            running = asyncio.create_task(client.start(playground.token))
            ready = asyncio.create_task(client.wait_until_ready())
            await asyncio.wait([running, ready], return_when=asyncio.FIRST_COMPLETED)
            try:
                yield client
            finally:
                await client.close()
                await asyncio.gather(running, ready)

    return connected


Answer: TypeAlias = Callable[[discord.Interaction], Awaitable[None]]


def replying(answer: Answer) -> Setup:
    """Make a bot whose only command, /go, answers like this."""

    def setup(client: Client) -> None:
        @client.tree.command(name="go", description="Do it")
        async def go(interaction: discord.Interaction) -> None:
            await answer(interaction)

    return setup
