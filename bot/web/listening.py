"""An HTTP server that strangers may reach: what one connection can take from us has an end."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from bot.logs import get_logger
from bot.settings import CannotStart

CONNECTIONS_AT_ONCE = 128
CONNECTION_SECONDS = 20.0
"""From its first byte to its last: one request, however slowly it comes, and its answer.

A download is granted more, once its link has proved genuine.
"""
LINGER_SECONDS = 2.0
"""How long what was not wanted is read on, so that its sender sees the answer."""
STOP_SECONDS = 2.0

log = get_logger("web")


@asynccontextmanager
async def listen(
    app: web.Application, port: int, *, connection_seconds: float = CONNECTION_SECONDS
) -> AsyncIterator[int]:
    """Serve on all interfaces until the block ends; gives the port. Raises CannotStart."""
    app.on_response_prepare.append(_say_little)
    runner = web.AppRunner(app, shutdown_timeout=STOP_SECONDS)
    with _socket(port) as listening:
        await runner.setup()
        door = _Door(runner, connection_seconds)
        server = await asyncio.get_running_loop().create_server(door.open, sock=listening)
        try:
            yield listening.getsockname()[1]
        finally:
            server.close()
            await runner.cleanup()


def grant_seconds(request: web.Request, seconds: float) -> None:
    """Let a request that is known to be worth it last so long from now on, and no longer."""
    if isinstance(request.protocol, _Connection):
        request.protocol.last(seconds)


def _socket(port: int) -> socket.socket:
    is_dual = socket.has_dualstack_ipv6()
    family = socket.AF_INET6 if is_dual else socket.AF_INET
    try:
        return socket.create_server(("", port), family=family, dualstack_ipv6=is_dual)
    except OSError as error:
        raise CannotStart(
            f"The bot cannot listen on port {port} ({os.strerror(error.errno or 0)}): "
            "stop what uses it, or choose another PORT."
        ) from error


async def _say_little(_: web.Request, response: web.StreamResponse) -> None:
    """Name no software, and keep no connection: callers are few, and come seldom."""
    response.headers.pop("Server", None)
    response.headers["Connection"] = "close"
    response.force_close()


class _Door:
    """Lets connections in, up to a number."""

    def __init__(self, runner: web.AppRunner, connection_seconds: float) -> None:
        self._runner = runner
        self._connection_seconds = connection_seconds

    def open(self) -> asyncio.Protocol:
        server = self._runner.server
        if server is None or len(server.connections) >= CONNECTIONS_AT_ONCE:
            return _Refusal()
        return _Connection(server, self._connection_seconds)


class _Refusal(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()


class _Connection(web.RequestHandler):
    """Ends by itself; aiohttp would wait for ever for a request that does not come."""

    def __init__(self, server: web.Server, seconds: float) -> None:
        super().__init__(
            server,
            loop=asyncio.get_running_loop(),
            access_log=None,  # type: ignore[arg-type]  # which its types leave out
            lingering_time=LINGER_SECONDS,
            # A signature covers the bytes as they came, and few bytes can unpack to many.
            auto_decompress=False,
        )
        self._seconds = seconds
        self._ending: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.last(self._seconds)

    def last(self, seconds: float) -> None:
        """End so many seconds from now, whatever was said before."""
        if self._ending is not None:
            self._ending.cancel()
        self._ending = asyncio.get_running_loop().call_later(seconds, self._cut_off)

    def _cut_off(self) -> None:
        # Closed politely, it would stay until the other side has read what is on its way.
        transport = self.transport
        self.force_close()
        if transport is not None:
            transport.abort()

    def connection_lost(self, exc: BaseException | None) -> None:
        if self._ending is not None:
            self._ending.cancel()
        super().connection_lost(exc)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Hang up on what is no HTTP, and on what broke: any words of an answer tell too much."""
        if status >= 500 and not isinstance(exc, ConnectionError | web.RequestPayloadError):
            log.error("a request broke", reason=type(exc).__name__)
        self.force_close()
        return web.Response(status=status)
