"""Serves every fake for people to try: `python -m tests.fakes`, as the playground does.

It prints one line, the settings that point a bot at the fakes as JSON, and ends with its input.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack

import aiohttp
import httpx

from tests.fakes import load_fakes
from tests.fakes.clips import Studio
from tests.fakes.fake_server import FakeServer, FakeTask, Pace

TASK_SECONDS = 8
CALL_PAUSE_SECONDS = 0.2


async def serve() -> None:
    """Serve until standard input ends, or SIGTERM."""
    studio = Studio()
    async with AsyncExitStack() as stack:
        fakes = [
            await stack.enter_async_context(kind.open(_nothing, pace=Pace(seconds=TASK_SECONDS)))
            for _, kind in sorted(load_fakes().items())
        ]
        for fake in fakes:
            fake.make_clip = _filming(studio, fake)
        settings = {name: value for fake in fakes for name, value in fake.environment.items()}
        sys.stdout.write(f"{json.dumps(settings)}\n")
        sys.stdout.flush()
        async with asyncio.TaskGroup() as group:
            calling = group.create_task(_call_back(fakes))
            await _end_of_input()
            calling.cancel()


async def _nothing(_: FakeTask) -> bytes:
    return b""


def _filming(studio: Studio, fake: FakeServer) -> Callable[[FakeTask], Awaitable[bytes]]:
    async def film(task: FakeTask) -> bytes:
        return await studio.film(fake.scene(task))

    return film


async def _call_back(fakes: Sequence[FakeServer]) -> None:
    """Call where a bot on this machine wants to be called, once for each task that is over."""
    called: set[str] = set()
    while True:
        for fake in fakes:
            for task in fake.tasks:
                is_over = fake.pace.progress(task) == 1 and not task.is_cancelled
                if is_over and task.id not in called and _is_here(fake.callback_url(task)):
                    called.add(task.id)
                    await _try_to_call(fake, task)
        await asyncio.sleep(CALL_PAUSE_SECONDS)


async def _try_to_call(fake: FakeServer, task: FakeTask) -> None:
    try:
        async with asyncio.timeout(5):
            await fake.call_back(task)
    except (TimeoutError, OSError, aiohttp.ClientError, httpx.HTTPError) as error:
        sys.stderr.write(f"{fake.name}: a call failed: {error!r}\n")


def _is_here(url: str | None) -> bool:
    return url is not None and url.startswith("http://127.0.0.1:")


async def _end_of_input() -> None:
    loop = asyncio.get_running_loop()
    words = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(words), sys.stdin)
    loop.add_signal_handler(signal.SIGTERM, words.feed_eof)
    await words.read()


if __name__ == "__main__":
    asyncio.run(serve())
