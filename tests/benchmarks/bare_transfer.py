"""The least that brings a clip from a provider into a thread: one GET, one POST, in bare aiohttp.

It runs in a process of its own, as the bot does. For each line on stdin, JSON with a link and a
channel, it fetches the clip, posts it there, and says on stdout how many seconds that took.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import uvloop

PROJECT = Path(__file__).parents[2]


@dataclass(frozen=True)
class BareTransfer:
    """The process, which posts to one Discord."""

    process: asyncio.subprocess.Process

    async def seconds(self, clip_url: str, channel_id: int) -> float:
        """Fetch and post once; gives the seconds it took."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        asked = json.dumps({"clip_url": clip_url, "channel_id": channel_id})
        self.process.stdin.write(f"{asked}\n".encode())
        return float(await self.process.stdout.readline())


@asynccontextmanager
async def ready_to_transfer(api_url: str, token: str) -> AsyncIterator[BareTransfer]:
    """Run the process until the block ends."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", __name__, api_url, token),
        cwd=PROJECT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    try:
        yield BareTransfer(process)
    finally:
        process.stdin.close()
        await process.wait()


async def _serve(api_url: str, token: str) -> None:
    while line := await asyncio.to_thread(sys.stdin.readline):
        start = time.perf_counter()
        await _transfer(api_url, token, **json.loads(line))
        print(time.perf_counter() - start, flush=True)


async def _transfer(api_url: str, token: str, *, clip_url: str, channel_id: int) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.get(clip_url) as response:
            clip = await response.read()
        form = aiohttp.FormData()
        form.add_field("payload_json", "{}", content_type="application/json")
        form.add_field("files[0]", clip, filename="clip.mp4", content_type="video/mp4")
        address, headers = f"{api_url}/channels/{channel_id}/messages", {"Authorization": token}
        async with session.post(address, data=form, headers=headers) as response:
            response.raise_for_status()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(*sys.argv[1:]))
