"""A server in front of a fake provider: what is asked is done, and what is answered is nonsense."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TypeAlias

from tests.providers.wire import Line, answer, wire

Nonsense: TypeAlias = Callable[[Line], Awaitable[None]]


class Liar:
    """Passes requests on, and the answers too, but for paths that a test names."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.url = ""
        self.is_meant: Callable[[str], bool] = lambda path: False
        self.nonsense: Nonsense = NONSENSE["html"]

    async def talk(self, line: Line) -> None:
        """Answer one request, and hang up."""
        head = await line.head()
        _, path, _ = head.decode().split(" ", 2)
        body = await line.exactly(_length(head))
        reply = await self._pass_on(head, body)
        if self.is_meant(path):
            await self.nonsense(line)
        else:
            await line.say(reply)

    async def _pass_on(self, head: bytes, body: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        kept = [part for part in head.split(b"\r\n") if not part.lower().startswith(b"connection")]
        writer.write(b"\r\n".join([kept[0], b"Connection: close", *kept[1:]]) + body)
        reply = await reader.read()
        writer.close()
        return reply


def _length(head: bytes) -> int:
    for part in head.lower().split(b"\r\n"):
        if part.startswith(b"content-length:"):
            return int(part.partition(b":")[2])
    return 0


@asynccontextmanager
async def lying(url: str) -> AsyncIterator[Liar]:
    """Stand before the server at an address."""
    liar = Liar(int(url.rpartition(":")[2]))
    async with wire(liar.talk) as reached:
        liar.url = reached.url
        yield liar


def saying(reply: bytes) -> Nonsense:
    """Always that."""

    async def say(line: Line) -> None:
        await line.say(reply)

    return say


async def _reset(line: Line) -> None:
    line.writer.transport.abort()


async def _endless(line: Line) -> None:
    await line.say(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
    while True:
        await line.say(b"[" * 2**18)


async def _slow(line: Line) -> None:
    await line.say(b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n")
    while True:
        await line.say(b"[")
        await asyncio.sleep(0.05)


WRONG_TYPES = (
    b'{"id": [], "status": 7, "code": "0", "data": "x", "output": {"a": 1}, "request_id": null,'
    b' "fetch_result": 3, "eta": "soon", "progress": "half", "failure": 9, "message": {}}'
)
ELSEWHERE = "Location: http://127.0.0.1:9/elsewhere"
NONSENSE: Mapping[str, Nonsense] = {
    "html": saying(answer("200 OK", b"<html>Bad day</html>", "Content-Type: text/html")),
    "empty": saying(answer("200 OK", b"")),
    "half of the JSON": saying(answer("200 OK", b'{"code": 0, "data": {"task_')),
    "half of the body": saying(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{"),
    "wrong types": saying(answer("200 OK", WRONG_TYPES)),
    "a list": saying(answer("200 OK", b"[1, null, {}]")),
    "500": saying(answer("500 Oops", b"<html>")),
    "503": saying(answer("503 Unavailable", b"", "Retry-After: 1")),
    "elsewhere": saying(answer("302 Found", b"", ELSEWHERE)),
    "reset": _reset,
    "endless": _endless,
    "slow": _slow,
    "TLS": saying(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64)),
}
