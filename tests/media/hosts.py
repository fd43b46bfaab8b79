"""Hosts on this machine that clips come from, and names and wires that lead to them."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeAlias

from aiohttp import AddrInfoType, web
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.test_utils import TestServer

PUBLIC = "93.184.215.14"
"""An address that counts as public; no test sends anything there."""

Answer: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]
Talk: TypeAlias = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def web_host(answer: Answer, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """An HTTP server that gives this answer to every GET; its port."""
    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    server = TestServer(app)
    await server.start_server(ssl=tls)
    try:
        assert server.port is not None
        yield server.port
    finally:
        await server.close()


@asynccontextmanager
async def raw_host(talk: Talk) -> AsyncIterator[int]:
    """A server that reads a request's head and then does whatever it likes; its port."""

    talks: list[asyncio.Event] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        has_ended = asyncio.Event()
        talks.append(has_ended)
        with contextlib.suppress(ConnectionError):
            await reader.readuntil(b"\r\n\r\n")
            await talk(reader, writer)
            await writer.drain()
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
        has_ended.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
        async with asyncio.timeout(10):
            for has_ended in talks:
                await has_ended.wait()


def saying(words: bytes) -> Talk:
    """Say this, and hang up."""

    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(words)

    return talk


def saying_and_stalling(words: bytes) -> Talk:
    """Say this, and no more until the other side hangs up."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(words)
        await reader.read()

    return talk


class Names(AbstractResolver):
    """Says what names mean: for each look-up of a name the next answer, and then the last again."""

    def __init__(self, meanings: Mapping[str, Sequence[Sequence[str]]]) -> None:
        self._meanings = meanings
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        if host not in self._meanings:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        answers = self._meanings[host]
        turn = min(self.asked.count(host), len(answers) - 1)
        self.asked.append(host)
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in answers[turn]
        ]

    async def close(self) -> None:
        pass


class Wire:
    """Carries every connection to one port of this machine, and notes where it was meant to go."""

    def __init__(self, port: int) -> None:
        self.meant_for: list[tuple[str, int]] = []
        wire = self

        class Carried(socket.socket):
            # Of all addresses a socket takes, these are what is asked for.
            def connect(self, address: tuple[str, int]) -> None:  # type: ignore[override]
                wire.meant_for.append(address)
                super().connect(("127.0.0.1", port))

        self._kind = Carried

    def open_socket(self, wanted: AddrInfoType) -> socket.socket:
        return self._kind(socket.AF_INET, wanted[1], wanted[2])


def bytes_in(file: Path) -> bytes | None:
    """What a file holds; None where there is no file."""
    return file.read_bytes() if file.exists() else None


def written(file: Path, data: bytes) -> Path:
    file.write_bytes(data)
    return file
