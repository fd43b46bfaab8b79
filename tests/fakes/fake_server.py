"""What every fake provider has: a socket, a memory of requests, faults, tasks and clips."""

from __future__ import annotations

import asyncio
import contextlib
import enum
import json
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self, TypeAlias

from aiohttp import web
from aiohttp.typedefs import Handler

from tests.fakes.scene import OVERLOAD, Scene

MAX_REQUEST_BYTES = 64 * 1024**2

Around: TypeAlias = Callable[[web.Request, Handler], Awaitable[web.StreamResponse]]
"""Carries a request out, with whatever happens before and after it."""


class Fault(enum.Enum):
    """What goes wrong with an answer. The request itself is carried out first."""

    DROP_REPLY = "the connection is cut instead of an answer"
    HANG = "no answer comes"
    UNAVAILABLE = "503"
    GATEWAY_TIMEOUT = "504"
    SERVER_ERROR = "500"
    MALFORMED = "200 with half of the JSON"
    NOT_JSON = "200 with a page of HTML"


_STATUS_OF = {Fault.UNAVAILABLE: 503, Fault.GATEWAY_TIMEOUT: 504, Fault.SERVER_ERROR: 500}


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """Names in lower case."""
    body: Any
    """Its JSON; None where it had none."""


@dataclass
class FakeTask:
    """Work the fake pretends to do; money is spent the moment one of these is made."""

    id: str
    request: dict[str, Any]
    reference: str | None
    made_at: float
    ending: Any = None
    """How it shall end; None: with a clip. What else there is, each fake says."""
    looks: int = 0
    is_cancelled: bool = False


@dataclass(frozen=True)
class Pace:
    """How a task moves on: after so many looks (for tests) or so many seconds (for people)."""

    looks: int = 2
    seconds: float | None = None

    def progress(self, task: FakeTask) -> float:
        """From 0 to 1, which is the end."""
        if self.seconds is not None:
            return min(1.0, (time.time() - task.made_at) / max(self.seconds, 0.001))
        return min(1.0, task.looks / max(self.looks, 1)) if self.looks else 1.0


@dataclass
class FakeServer(ABC):
    """One fake provider. `open` serves it on a free port."""

    name: ClassVar[str]
    breakdown: ClassVar[Any]
    """How a task ends whose prompt has the word for that."""

    make_clip: Callable[[FakeTask], Awaitable[bytes]]
    """What a finished task's link gives."""
    pace: Pace = field(default_factory=Pace)
    tasks: list[FakeTask] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    submit_faults: deque[Fault | None] = field(default_factory=deque)
    """One is taken for each request that makes, or would make, a task."""
    read_faults: deque[Fault | None] = field(default_factory=deque)
    """One is taken for each other request."""
    rewrite: Callable[[Any], Any] | None = None
    """Changes the JSON of every answer, to say what the real API never did."""
    endings: deque[Any] = field(default_factory=deque)
    """How the next tasks shall end."""
    around: Around | None = None
    """What happens around every request, those for clips among them."""
    url: str = ""

    @classmethod
    @asynccontextmanager
    async def open(
        cls, make_clip: Callable[[FakeTask], Awaitable[bytes]], **options: Any
    ) -> AsyncIterator[Self]:
        """Serve on 127.0.0.1 until the block ends."""
        fake = cls(make_clip, **options)
        app = web.Application(client_max_size=MAX_REQUEST_BYTES, middlewares=[fake._answer])
        app.router.add_get("/clips/{id}.mp4", fake._clip)
        fake.add_routes(app.router)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            host, port = runner.addresses[0][:2]
            fake.url = f"http://{host}:{port}"
            yield fake
        finally:
            await runner.cleanup()

    @property
    @abstractmethod
    def environment(self) -> dict[str, str]:
        """The settings that point a bot at this fake: its address, and a key it takes."""

    @abstractmethod
    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Serve the API's paths."""

    @abstractmethod
    def throttle(self) -> None:
        """Turn the next submit away, as an account does that is at its limit."""

    @abstractmethod
    def is_submit(self, request: web.Request) -> bool:
        """Whether a request would make a task."""

    @abstractmethod
    def scene(self, task: FakeTask) -> Scene:
        """What the task's clip shall show."""

    def callback_url(self, task: FakeTask) -> str | None:
        """Where the task wants its end to be told, where the API has such calls."""
        return None

    async def call_back(self, task: FakeTask) -> int | None:
        """Call there; gives the status of the answer, where one is waited for."""
        raise NotImplementedError(f"{self.name} calls nobody")

    def clip_url(self, task: FakeTask) -> str:
        """Where the clip of a finished task is fetched."""
        return f"{self.url}/clips/{task.id}.mp4?signature=not-to-be-logged"

    def new_task(self, id: str, request: dict[str, Any], reference: str | None) -> FakeTask:
        """Spend the money."""
        ending = self.endings.popleft() if self.endings else None
        task = FakeTask(id, request, reference, made_at=time.time(), ending=ending)
        if OVERLOAD in self.scene(task).prompt:
            task.ending = self.breakdown
        self.tasks.append(task)
        return task

    def task(self, id: str) -> FakeTask | None:
        """The task of that id."""
        return next((task for task in self.tasks if task.id == id), None)

    async def _clip(self, request: web.Request) -> web.Response:
        task = self.task(request.match_info["id"])
        if task is None or "authorization" in request.headers:
            raise web.HTTPNotFound
        return web.Response(body=await self.make_clip(task), content_type="video/mp4")

    @web.middleware
    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        async def carry_out(request: web.Request) -> web.StreamResponse:
            return await self._carry_out(request, handler)

        return await (self.around or _as_it_is)(request, carry_out)

    async def _carry_out(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith("/clips/"):
            return await handler(request)
        self.asked.append(await _as_asked(request))
        faults = self.submit_faults if self.is_submit(request) else self.read_faults
        fault = faults.popleft() if faults else None
        try:
            response = await handler(request)
        except web.HTTPException as error:
            response = self.plain_error(error)
        if self.rewrite is not None and isinstance(response, web.Response):
            rewritten = self.rewrite(json.loads(response.text or "null"))
            response = web.json_response(rewritten, status=response.status)
        return response if fault is None else await _spoil(request, response, fault)

    def plain_error(self, error: web.HTTPException) -> web.Response:
        """How the API words a path or method it does not know."""
        return web.json_response({"error": error.reason}, status=error.status)


async def _as_it_is(request: web.Request, handler: Handler) -> web.StreamResponse:
    return await handler(request)


async def _as_asked(request: web.Request) -> Asked:
    body = None
    if request.content_type == "application/json":
        with contextlib.suppress(ValueError):
            body = json.loads(await request.read() or b"null")
    return Asked(
        request.method,
        request.path,
        dict(request.query),
        {name.lower(): value for name, value in request.headers.items()},
        body,
    )


async def _spoil(
    request: web.Request, response: web.StreamResponse, fault: Fault
) -> web.StreamResponse:
    match fault:
        case Fault.DROP_REPLY:
            if request.transport is not None:
                request.transport.abort()
            return response
        case Fault.HANG:
            await asyncio.sleep(3600)
            return response
        case Fault.MALFORMED:
            body = response.body if isinstance(response, web.Response) else b""
            half = bytes(body)[: len(bytes(body)) // 2] if isinstance(body, bytes) else b"{"
            return web.Response(body=half, content_type="application/json")
        case Fault.NOT_JSON:
            return web.Response(text="<html>Bad day</html>", content_type="text/html")
        case _:
            return web.json_response({"error": fault.value}, status=_STATUS_OF[fault])
