"""Serves a loopback Discord on this machine: REST, gateway, files, and the page."""

from __future__ import annotations

import ipaddress
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.clock import Clock, utc_now
from bot.playground import (
    page_api,
    rest_application,
    rest_channels,
    rest_guilds,
    rest_interactions,
)
from bot.playground.actor import Actor
from bot.playground.answers import API, json_response, refusal_response
from bot.playground.loopback import LOOPBACK, Loopback, Request
from bot.playground.page_api import ACTOR
from bot.playground.refusals import Code, PlaygroundError, Refusal
from bot.playground.world import Event

PAGE_FOLDER = Path(__file__).parent / "page"
PORTS = range(1 << 16)
_PAGE_CACHE = web.AppKey("page_cache", str)
_WITH_OWN_TOKEN = (f"{API}/interactions/", f"{API}/webhooks/")
_PAGE_POLICY = (
    "default-src 'self'; img-src 'self' blob:; media-src 'self' blob:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
)


class NotLoopback(PlaygroundError):
    """The playground was asked to listen where other machines could reach it."""


class CannotListen(PlaygroundError):
    """The port is not to be had; the message is one plain sentence."""


class Playground(Actor):
    """A Discord on this machine that a bot can connect to, and the people in it."""

    def __init__(self, loopback: Loopback, base_url: str) -> None:
        super().__init__(loopback)
        self.api_url = base_url + API
        self.gateway_url = base_url.replace("http", "ws", 1) + "/gateway"
        self.page_url = base_url + "/"
        loopback.cdn.base_url = base_url
        loopback.gateway.url = self.gateway_url

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        port: int = 0,
        *,
        host: str = "127.0.0.1",
        clock: Clock = utc_now,
        token: str | None = None,
        page_seconds: int = 0,
    ) -> AsyncIterator[Self]:
        """Serve until the block ends; port 0 takes any free one.

        For `page_seconds` a browser keeps the page's own files without asking for newer ones.
        Raises NotLoopback or CannotListen.
        """
        if not ipaddress.ip_address(host).is_loopback:
            raise NotLoopback(f"{host} can be reached by other machines.")
        listening = _socket(host, port)
        loopback = Loopback(clock, token or f"playground.{secrets.token_urlsafe(24)}")
        playground = cls(loopback, _base_url(host, listening.getsockname()[1]))
        runner = web.AppRunner(
            _application(loopback, playground, page_seconds), access_log=None, shutdown_timeout=1
        )
        try:
            await runner.setup()
            await web.SockSite(runner, listening, backlog=1024).start()
            yield playground
        finally:
            loopback.interactions.close()
            await runner.cleanup()


def _application(loopback: Loopback, playground: Playground, page_seconds: int) -> web.Application:
    app = web.Application(
        middlewares=[_guard, _log, _faults, _rate_limits, _refusals],
        client_max_size=16 * 1024 * 1024,
    )
    app[LOOPBACK] = loopback
    app[ACTOR] = playground
    app[_PAGE_CACHE] = f"max-age={page_seconds}" if page_seconds else "no-cache"
    for routes in (rest_application, rest_channels, rest_guilds, rest_interactions, page_api):
        app.add_routes(routes.ROUTES)
    files = r"/{channel_id:\d+}/{attachment_id:\d+}/{filename}"
    app.add_routes(
        [
            web.get("/gateway", loopback.gateway.serve),
            web.get("/gateway/", loopback.gateway.serve),
            web.get("/attachments" + files, loopback.cdn.serve),
            web.get("/ephemeral-attachments" + files, loopback.cdn.serve),
            web.get("/", _to_page),
            web.get("/page/", _index),
            web.static("/page", PAGE_FOLDER),
        ]
    )

    async def hang_up(_: web.Application) -> None:
        await loopback.gateway.close()

    app.on_shutdown.append(hang_up)
    return app


async def _to_page(_: web.Request) -> web.Response:
    raise web.HTTPFound("/page/")


async def _index(_: web.Request) -> web.FileResponse:
    return web.FileResponse(PAGE_FOLDER / "index.html")


def _socket(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    if port in PORTS:
        with suppress(OSError):
            return socket.create_server((host, port), family=family)
    raise CannotListen(
        f"The playground cannot listen on port {port}: stop what uses it, or choose another "
        "with --port."
    )


def _base_url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@web.middleware
async def _guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer only this machine's own names, so that no web site can reach in through a browser."""
    host = urlsplit(f"//{request.host}").hostname
    origin = request.headers.get("Origin")
    if host not in ("127.0.0.1", "::1", "localhost"):
        return json_response({"message": "This playground is for this machine only."}, 403)
    if origin is not None and urlsplit(origin).netloc != request.host:
        return json_response({"message": "Another site may not use this playground."}, 403)
    response = await handler(request)
    if request.path.startswith("/page") and not response.prepared:
        response.headers["Content-Security-Policy"] = _PAGE_POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cache-Control"] = request.app[_PAGE_CACHE]
    return response


@web.middleware
async def _log(request: web.Request, handler: Handler) -> web.StreamResponse:
    response = await handler(request)
    if request.path.startswith(API):
        loopback = request.app[LOOPBACK]
        path = request.path.removeprefix(API)
        loopback.requests.append(Request(request.method, path, response.status))
        news = {"method": request.method, "path": path, "status": response.status}
        loopback.world.publish(Event("REQUEST", news))
    return response


@web.middleware
async def _faults(request: web.Request, handler: Handler) -> web.StreamResponse:
    if not request.path.startswith(API):
        return await handler(request)
    return await request.app[LOOPBACK].faults.around(request, handler)


@web.middleware
async def _rate_limits(request: web.Request, handler: Handler) -> web.StreamResponse:
    return await request.app[LOOPBACK].rate_limits.around(request, handler)


@web.middleware
async def _refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    if not request.path.startswith(API):
        return await handler(request)
    try:
        _check_token(request)
        return await handler(request)
    except Refusal as refusal:
        return refusal_response(refusal)
    except web.HTTPNotFound:
        return refusal_response(Refusal(Code.NOT_FOUND))
    except web.HTTPMethodNotAllowed:
        return refusal_response(Refusal(Code.METHOD_NOT_ALLOWED))


def _check_token(request: web.Request) -> None:
    token = f"Bot {request.app[LOOPBACK].token}"
    if request.path.startswith(_WITH_OWN_TOKEN) or request.headers.get("Authorization") == token:
        return
    raise Refusal(Code.UNAUTHORIZED)
