"""A provider's side of the webhook: it calls over a real socket."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp

from bot.jobs.callbacks import Callbacks
from bot.web.hooks import Hooks
from bot.web.listening import listen
from providers.base import TaskRef
from storage.jobs import Job
from tests.bot.workshop import Workshop
from tests.scripted import SIGNATURE

PUBLIC_URL = "https://bot.example.com"
CALLBACKS = Callbacks(PUBLIC_URL, "a secret")
SIGNED = {"X-Signature": SIGNATURE}


@dataclass(frozen=True)
class Answer:
    """What the bot answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Caller:
    """Calls the bot, as signed by the script where not told otherwise."""

    url: str
    session: aiohttp.ClientSession

    async def ask(
        self,
        path: str,
        *,
        body: bytes = b"",
        headers: Mapping[str, str] = SIGNED,
        method: str = "POST",
    ) -> Answer:
        async with self.session.request(
            method, self.url + path, data=io.BytesIO(body), headers=headers
        ) as answer:
            return Answer(answer.status, answer.headers, await answer.read())

    async def call(self, job: Job, *, task: TaskRef | None = None, is_over: bool = False) -> Answer:
        """Say what became of the task."""
        return await self.say(job, json.dumps({"task": task, "is_over": is_over}).encode())

    async def say(self, job: Job, body: bytes, *, headers: Mapping[str, str] = SIGNED) -> Answer:
        return await self.ask(path_of(job), body=body, headers=headers)


def path_of(job: Job) -> str:
    """Where the provider may call about this job."""
    return CALLBACKS.url(job.provider, job.id).removeprefix(PUBLIC_URL)


@asynccontextmanager
async def caller(
    workshop: Workshop, wake_worker: Callable[[], None] = lambda: None
) -> AsyncIterator[Caller]:
    """Serve the hooks of a workshop on a free port, and call them there."""
    hooks = Hooks(
        workshop.database,
        workshop.bench.providers,
        CALLBACKS,
        clock=workshop.clock,
        wake_worker=wake_worker,
    )
    async with (
        listen(hooks.application(), 0) as port,
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(20)) as session,
    ):
        yield Caller(f"http://127.0.0.1:{port}", session)
