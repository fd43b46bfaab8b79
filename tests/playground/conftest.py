"""A playground, and an unmodified discord.py client connected to it."""

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from json import dumps as json_text
from typing import Any, TypeAlias

import aiohttp
import discord
import pytest
import yarl
from discord import app_commands

from bot.playground.clock import AdjustableClock
from bot.playground.places import Channel, User
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
        self.told: list[str] = []
        self.identified = 0
        self.resumed = asyncio.Event()
        self.errors: asyncio.Queue[BaseException] = asyncio.Queue()
        self.tree.error(self._note)
        setup(self)

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def on_socket_event_type(self, name: str) -> None:
        self.told.append(name)

    async def on_resumed(self) -> None:
        self.resumed.set()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        self.identified += 1

    async def refusal(self) -> discord.HTTPException:
        """Wait for the next error of a command, which must be Discord's."""
        async with asyncio.timeout(5):
            error = await self.errors.get()
        assert isinstance(error, discord.HTTPException), repr(error)
        return error

    async def _note(self, _: discord.Interaction, error: app_commands.AppCommandError) -> None:
        self.errors.put_nowait(getattr(error, "original", error))


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


Call: TypeAlias = Callable[..., Awaitable[tuple[int, Any]]]


@pytest.fixture
async def rest(playground: Playground) -> AsyncIterator[Call]:
    """Call the REST API with the bot's token, and return status and body."""
    headers = {"Authorization": f"Bot {playground.token}"}
    async with aiohttp.ClientSession(headers=headers) as session:

        async def call(
            method: str, path: str, json: object = None, files: Sequence[tuple[str, bytes]] = ()
        ) -> tuple[int, Any]:
            body: dict[str, Any] = {"json": json} if json is not None else {}
            if files:
                body = {"data": _form(json, files)}
            async with session.request(method, playground.api_url + path, **body) as response:
                answer = await response.json() if response.status != 204 else None
                return response.status, answer

        yield call


def _form(body: object, files: Sequence[tuple[str, bytes]]) -> aiohttp.FormData:
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("payload_json", json_text(body), content_type="application/json")
    for index, (name, content) in enumerate(files):
        form.add_field(f"files[{index}]", io.BytesIO(content), filename=name)
    return form


@pytest.fixture
def member(playground: Playground) -> User:
    return playground.world.user_named("Member")


@pytest.fixture
def moderator(playground: Playground) -> User:
    return playground.world.user_named("Moderator")


@pytest.fixture
def gallery(playground: Playground) -> Channel:
    return playground.world.channel_named("gallery")
