"""Discord's rate limits: a bucket for each route and place, and one for everything."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.clock import Clock
from bot.playground.answers import API
from bot.playground.clock import created_at
from bot.playground.faults import too_many

OLD_EDITS_CODE = 30046
OLD_EDITS_SENTENCE = (
    "Maximum number of edits to messages older than 1 hour reached. Try again later."
)
_OLD = timedelta(hours=1)


@dataclass(frozen=True)
class Limit:
    """So many requests in so many seconds."""

    requests: int
    seconds: float


DEFAULT = Limit(10, 5)
EVERYTHING = Limit(50, 1)
OLD_EDITS = Limit(3, 6)
BY_ROUTE = {
    ("POST", "/channels/{channel_id}/messages"): Limit(5, 5),
    ("PATCH", "/channels/{channel_id}/messages/{message_id}"): Limit(5, 5),
    ("DELETE", "/channels/{channel_id}/messages/{message_id}"): Limit(5, 1),
    ("POST", "/channels/{channel_id}/typing"): Limit(5, 5),
    ("POST", "/webhooks/{application_id}/{token}"): Limit(5, 2),
    ("PATCH", "/webhooks/{application_id}/{token}/messages/{message_id}"): Limit(5, 2),
}
_FREE = "/interactions/"


@dataclass
class _Window:
    limit: Limit
    ends: float
    left: int


class RateLimits:
    """Counts requests in fixed windows; `enabled` may be switched off for load tests."""

    def __init__(self, clock: Clock) -> None:
        self.enabled = True
        self.by_route = dict(BY_ROUTE)
        self.everything = EVERYTHING
        self._clock = clock
        self._windows: dict[str, _Window] = {}

    async def around(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Handle a request where its buckets have room, and say how much is left."""
        route = _route(request)
        if not self.enabled or route is None or route.startswith(_FREE):
            return await handler(request)
        if _is_bot(request) and (wait := self._take("everything", self.everything)):
            return too_many(wait, everywhere=True)
        is_old = _edits_old_message(request, route, self._clock)
        if is_old and (wait := self._take(f"old {_place(request)}", OLD_EDITS)):
            return too_many(wait, code=OLD_EDITS_CODE, message=OLD_EDITS_SENTENCE)
        limit = self.by_route.get((request.method, route), DEFAULT)
        bucket = hashlib.md5(f"{request.method} {route}".encode()).hexdigest()
        key = f"{bucket} {_place(request)}"
        wait = self._take(key, limit)
        response = too_many(wait) if wait else await handler(request)
        self._describe(response, bucket, self._windows[key])
        return response

    def _take(self, key: str, limit: Limit) -> float:
        now = self._clock().timestamp()
        window = self._windows.get(key)
        if window is None or window.ends <= now:
            window = self._windows[key] = _Window(limit, now + limit.seconds, limit.requests)
        if window.left == 0:
            return window.ends - now
        window.left -= 1
        return 0

    def _describe(self, response: web.StreamResponse, bucket: str, window: _Window) -> None:
        after = max(window.ends - self._clock().timestamp(), 0)
        response.headers.update(
            {
                "X-RateLimit-Limit": str(window.limit.requests),
                "X-RateLimit-Remaining": str(window.left),
                "X-RateLimit-Reset": f"{window.ends:.3f}",
                "X-RateLimit-Reset-After": f"{after:.3f}",
                "X-RateLimit-Bucket": bucket,
            }
        )


def _route(request: web.Request) -> str | None:
    resource = request.match_info.route.resource
    if resource is None or not resource.canonical.startswith(API):
        return None
    return resource.canonical.removeprefix(API)


def _place(request: web.Request) -> str:
    info = request.match_info
    return info.get("channel_id") or info.get("token") or info.get("guild_id") or ""


def _is_bot(request: web.Request) -> bool:
    return "Authorization" in request.headers


def _edits_old_message(request: web.Request, route: str, clock: Clock) -> bool:
    if request.method != "PATCH" or route != "/channels/{channel_id}/messages/{message_id}":
        return False
    return clock() - created_at(int(request.match_info["message_id"])) > _OLD
