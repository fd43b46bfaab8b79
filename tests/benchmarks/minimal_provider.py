"""The least a provider can do, in a process of its own: answer that every task is still running.

It reads no more of a request than its path. So next to nothing of what a poll takes is its own,
and what is measured is the client. It says on stdout where it listens, and ends with its stdin.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast
from urllib.parse import parse_qs, urlsplit

import uvloop

PROJECT = Path(__file__).parents[2]
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
MADE_AT = 1_790_000_000_000


@asynccontextmanager
async def serving() -> AsyncIterator[str]:
    """Serve until the block ends; gives the address."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", __name__),
        cwd=PROJECT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield (await process.stdout.readline()).decode().strip()
    finally:
        process.stdin.close()
        await process.wait()


class Answering(asyncio.Protocol):
    """One connection, over which only GETs come."""

    transport: asyncio.WriteTransport
    received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.WriteTransport", transport)

    def data_received(self, data: bytes) -> None:
        *requests, self.received = (self.received + data).split(b"\r\n\r\n")
        for request in requests:
            body = json.dumps(_answer(request.split(b" ", 2)[1].decode())).encode()
            self.transport.write(HEAD % len(body) + body)


def _answer(target: str) -> object:
    address = urlsplit(target)
    if address.path == "/tasks":
        [ids] = parse_qs(address.query)["task_ids"]
        return {"code": 0, "message": "SUCCEED", "data": [_of_kling(id) for id in ids.split(",")]}
    return _of_runway(address.path.rpartition("/")[2])


def _of_runway(id: str) -> object:
    return {
        "id": id,
        "createdAt": "2026-01-01T00:00:00.000Z",
        "status": "RUNNING",
        "progress": 0.5,
        "estimatedCost": {"credits": 60},
    }


def _of_kling(id: str) -> object:
    return {
        "id": id,
        "status": "processing",
        "create_time": MADE_AT,
        "update_time": MADE_AT,
        "external_id": f"zoetrope-{id}",
        "message": "",
        "outputs": [],
        "billing": [],
    }


async def _serve() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Answering, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    print(f"http://{host}:{port}", flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve())
