"""How many looks at tasks one core can make, against bare aiohttp and against plain httpx.

All of them ask the same minimal server, which runs in a process of its own, and all run on uvloop,
as the bot does. The bare one sends a GET and reads the JSON; plain httpx does the same with the
transport and the limits it comes with. A core's second is a second of processor time of the client
alone. Runway is asked for one task a request. Kling is asked for up to 20, so what counts there is
tasks looked at; a look waits 20 ms for others to share its request with.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import aiohttp
import httpx
import uvloop
from pydantic import SecretStr

from providers.base import Provider
from providers.kling import KlingProvider, KlingSettings
from providers.runway import VERSION, RunwayProvider, RunwaySettings
from tests.benchmarks.measurement import Measurement
from tests.benchmarks.minimal_provider import serving

ROUNDS = 3
SECONDS = 0.4
WAITING = (1, 16, 64, 256)
KEY = "key-of-nobody"
HEADERS = {"Authorization": f"Bearer {KEY}", "X-Runway-Version": VERSION}

Look: TypeAlias = Callable[[str], Awaitable[object]]
"""Looks at the task of that id, once."""


@dataclass(frozen=True)
class Speed:
    """Looks a second, by two clocks."""

    a_second: float
    a_core_second: float


def measure() -> list[Measurement]:
    """Measure with 1, 16, 64 and 256 looks under way at once."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        speeds = runner.run(_speeds())
    measured = [
        Measurement(
            name=f"polls of Runway, {waiting} at once",
            value=speeds["Runway", waiting].a_core_second,
            unit="per core's second",
            baseline=baseline,
            baseline_value=speeds[baseline, waiting].a_core_second,
        )
        for waiting in WAITING
        for baseline in ("bare aiohttp", "plain httpx")
    ]
    measured += [
        Measurement(
            name=f"polls of Runway, {waiting} at once, by the clock",
            value=speeds["Runway", waiting].a_second,
            unit="per second",
            baseline=baseline,
            baseline_value=speeds[baseline, waiting].a_second,
        )
        for waiting in (1, 64)
        for baseline in ("bare aiohttp", "plain httpx")
    ]
    return measured + [
        Measurement(
            name=f"Kling's tasks looked at, {waiting} at once",
            value=speeds["Kling", waiting].a_core_second,
            unit="per core's second",
            baseline="bare aiohttp, a request for each",
            baseline_value=speeds["bare aiohttp", waiting].a_core_second,
        )
        for waiting in WAITING
    ]


async def _speeds() -> dict[tuple[str, int], Speed]:
    """The median speed of each client, by how many looks are under way."""
    rounds: dict[tuple[str, int], list[Speed]] = {}
    async with serving() as url:
        for _ in range(ROUNDS):
            for waiting in WAITING:
                for name, client in CLIENTS.items():
                    async with client(url) as look:
                        speed = await _speed(look, waiting)
                    rounds.setdefault((name, waiting), []).append(speed)
    return {
        which: Speed(
            statistics.median(speed.a_second for speed in speeds),
            statistics.median(speed.a_core_second for speed in speeds),
        )
        for which, speeds in rounds.items()
    }


async def _speed(look: Look, waiting: int) -> Speed:
    ids = [f"{number:08}-task" for number in range(waiting)]
    # The first look of each opens its connection, which is not counted.
    await asyncio.gather(*(look(id) for id in ids))
    start, start_of_cpu = time.perf_counter(), time.process_time()
    end = start + SECONDS

    async def keep_looking(id: str) -> int:
        looks = 0
        while time.perf_counter() < end:
            await look(id)
            looks += 1
        return looks

    looks = sum(await asyncio.gather(*(keep_looking(id) for id in ids)))
    seconds, of_cpu = time.perf_counter() - start, time.process_time() - start_of_cpu
    return Speed(looks / seconds, looks / of_cpu)


def _runway(url: str) -> AbstractAsyncContextManager[Look]:
    settings = RunwaySettings(runwayml_api_secret=SecretStr(KEY), runwayml_base_url=url)
    return _looking(RunwayProvider(settings, Path()))


def _kling(url: str) -> AbstractAsyncContextManager[Look]:
    settings = KlingSettings(kling_api_key=SecretStr(KEY), kling_base_url=url)
    return _looking(KlingProvider(settings, Path()))


@asynccontextmanager
async def _looking(provider: Provider) -> AsyncIterator[Look]:
    async with provider:
        yield lambda id: provider.poll({"id": id})


@asynccontextmanager
async def _bare_aiohttp(url: str) -> AsyncIterator[Look]:
    async with aiohttp.ClientSession() as session:

        async def look(id: str) -> object:
            async with session.get(f"{url}/v1/tasks/{id}", headers=HEADERS) as response:
                return await response.json()

        yield look


@asynccontextmanager
async def _plain_httpx(url: str) -> AsyncIterator[Look]:
    # By itself it gives up where a connection is not free within five seconds.
    async with httpx.AsyncClient(timeout=None) as client:

        async def look(id: str) -> object:
            response = await client.get(f"{url}/v1/tasks/{id}", headers=HEADERS)
            return response.json()

        yield look


CLIENTS: dict[str, Callable[[str], AbstractAsyncContextManager[Look]]] = {
    "Runway": _runway,
    "Kling": _kling,
    "bare aiohttp": _bare_aiohttp,
    "plain httpx": _plain_httpx,
}
