"""Faults scripted by a test: what goes wrong, where, and how often."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from typing import TypeAlias, assert_never

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.playground.answers import API, json_response
from bot.playground.places import Json


@dataclass(frozen=True)
class Status:
    """Answer with a status, without handling the request."""

    code: int
    body: Json = field(default_factory=dict)


@dataclass(frozen=True)
class TooMany:
    """Answer 429 as Discord does, without handling the request."""

    retry_after_seconds: float
    everywhere: bool = False


@dataclass(frozen=True)
class DropRequest:
    """Close the connection before the request is handled."""


@dataclass(frozen=True)
class DropReply:
    """Handle the request, then close the connection without a reply."""


@dataclass(frozen=True)
class Delay:
    """Wait before handling the request."""

    seconds: float


Action: TypeAlias = Status | TooMany | DropRequest | DropReply | Delay


@dataclass
class Fault:
    """Something goes wrong the next `times` times; `path` is a regex of what follows /api/v10."""

    action: Action
    method: str = ".*"
    path: str = ".*"
    times: int = 1


class Faults:
    """The faults still to come; the first that fits a request happens to it."""

    def __init__(self) -> None:
        self._pending: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Script one more fault."""
        self._pending.append(fault)

    async def around(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Handle a request, with what goes wrong on the way."""
        match action := self._take(request):
            case None:
                return await handler(request)
            case Delay(seconds):
                await asyncio.sleep(seconds)
                return await handler(request)
            case Status(code, body):
                return json_response(body, code)
            case TooMany(retry_after, everywhere):
                return too_many(retry_after, everywhere=everywhere)
            case DropRequest():
                return _dropped(request)
            case DropReply():
                await handler(request)
                return _dropped(request)
            case _:
                assert_never(action)

    def _take(self, request: web.Request) -> Action | None:
        path = request.path.removeprefix(API)
        for fault in self._pending:
            if re.fullmatch(fault.method, request.method) and re.fullmatch(fault.path, path):
                fault.times -= 1
                if fault.times <= 0:
                    self._pending.remove(fault)
                return fault.action
        return None


def too_many(
    retry_after_seconds: float, *, everywhere: bool = False, code: int = 0, message: str = ""
) -> web.Response:
    """Answer 429 as Discord does; without `Via`, discord.py would take it for a ban."""
    body = {
        "message": message or "You are being rate limited.",
        "retry_after": round(retry_after_seconds, 3),
        "global": everywhere,
        "code": code,
    }
    headers = {
        "Via": "1.1 google",
        "Retry-After": str(round(retry_after_seconds + 0.5)),
        "X-RateLimit-Scope": "global" if everywhere else "user",
    }
    return json_response(
        body, 429, headers | ({"X-RateLimit-Global": "true"} if everywhere else {})
    )


def _dropped(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
