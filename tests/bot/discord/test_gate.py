"""After a global rate limit calls go on, also if the one that was told of it was given up."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import discord
import pytest
from aiohttp import web

from bot.discord.gate import mend_gate

LONG = {"message": "You are being rate limited.", "retry_after": 25.0, "global": True}


def answer(data: object, *, status: int = 200) -> web.Response:
    """JSON as Discord sends it: its kind has no charset."""
    body = json.dumps(data).encode()
    headers = {"Via": "1.1 discord"}
    return web.Response(body=body, status=status, content_type="application/json", headers=headers)


@pytest.fixture
async def client(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[discord.Client]:
    """A client whose calls for channel 1 meet a global rate limit."""

    async def handle(request: web.Request) -> web.Response:
        if request.path.endswith("/channels/1"):
            return answer(LONG, status=429)
        return answer({"id": "2"})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    monkeypatch.setattr(discord.http.Route, "BASE", f"http://{host}:{port}")
    async with discord.Client(intents=discord.Intents.none(), max_ratelimit_timeout=30) as client:
        await client.http.static_login("token")
        yield client
    await runner.cleanup()


async def give_up_during_the_limit(client: discord.Client) -> None:
    """Stop asking for channel 1 once the gate is closed, however long that takes."""
    gate, is_closed = client.http._global_over, asyncio.Event()
    clear = gate.clear

    def clear_and_tell() -> None:
        clear()
        is_closed.set()

    gate.clear = clear_and_tell  # type: ignore[method-assign]
    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        asking = group.create_task(client.http.get_channel(1))
        await is_closed.wait()
        asking.cancel()


async def test_discord_py_still_leaves_its_gate_closed(client: discord.Client) -> None:
    await give_up_during_the_limit(client)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await client.http.get_channel(2)


async def test_other_calls_wait_no_longer_than_the_limit_may_last(client: discord.Client) -> None:
    mend_gate(client, patience_seconds=0.4)
    await give_up_during_the_limit(client)

    async with asyncio.timeout(10):
        assert (await client.http.get_channel(2))["id"] == "2"
