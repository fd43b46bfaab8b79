"""A server whose every byte a test chooses, and which counts what reached it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True)
class Arrived:
    """One request that arrived whole."""

    line: str
    """Method and path."""
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes
    at: float
    """By the event loop's clock, in seconds."""


@dataclass
class Wire:
    """What reached the server."""

    port: int = 0
    connections: int = 0
    requests: list[Arrived] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class Line:
    """One connection, seen from the server."""

    def __init__(
        self, wire: Wire, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._wire = wire
        self._reader = reader
        self.writer = writer

    async def head(self) -> bytes:
        return await self._reader.readuntil(b"\r\n\r\n")

    async def exactly(self, size_bytes: int) -> bytes:
        return await self._reader.readexactly(size_bytes)

    async def request(self) -> None:
        """Read a request to its end."""
        line, *lines = (await self.head()).decode().rstrip("\r\n").split("\r\n")
        pairs = (header.split(": ", 1) for header in lines)
        headers = {name.lower(): value for name, value in pairs}
        body = await self._reader.readexactly(int(headers.get("content-length", 0)))
        now = asyncio.get_running_loop().time()
        asked = line.removesuffix(" HTTP/1.1")
        self._wire.requests.append(Arrived(asked, headers, body, now))

    async def say(self, words: bytes) -> None:
        self.writer.write(words)
        await self.writer.drain()

    async def silence(self) -> None:
        """Say nothing until the other side hangs up."""
        await self._reader.read()


Talk: TypeAlias = Callable[[Line], Awaitable[None]]


@asynccontextmanager
async def wire(talk: Talk) -> AsyncIterator[Wire]:
    """Serve on a free port; each connection is talked to, and then closed."""
    reached = Wire()
    talks: list[asyncio.Event] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reached.connections += 1
        has_ended = asyncio.Event()
        talks.append(has_ended)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await talk(Line(reached, reader, writer))
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
        has_ended.set()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        reached.port = server.sockets[0].getsockname()[1]
        yield reached
        async with asyncio.timeout(10):
            for has_ended in talks:
                await has_ended.wait()


def answer(status: str, body: bytes = b"{}", *headers: str) -> bytes:
    """A whole HTTP answer."""
    lines = (f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", "")
    return "\r\n".join(lines).encode() + body


def answering(*answers: bytes) -> Talk:
    """Give these answers, one to each request whatever its connection; then the last again."""
    left = list(answers)

    async def talk(line: Line) -> None:
        while True:
            await line.request()
            await line.say(left.pop(0) if len(left) > 1 else left[0])

    return talk
