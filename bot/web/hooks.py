"""Where providers call when a task moves. A call is believed in nothing: it makes a row due.

Polling goes on without it, so a call that is lost, late, doubled or forged costs a look at most.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from aiohttp import web

from bot.clock import Clock
from bot.jobs.callbacks import Callbacks
from bot.logs import get_logger
from providers.base import Call, Provider
from providers.errors import ProviderError
from storage import jobs
from storage.database import Database
from storage.errors import JobNotFound, StorageError

MAX_BODY_BYTES = 1024**2
BODIES_AT_ONCE = 16

log = get_logger("hooks")


class Hooks:
    """Answers calls of providers, and wakes the worker where one is worth a look."""

    def __init__(
        self,
        database: Database,
        providers: Mapping[str, Provider],
        callbacks: Callbacks,
        *,
        clock: Clock,
        wake_worker: Callable[[], None],
    ) -> None:
        self._database = database
        self._providers = providers
        self._callbacks = callbacks
        self._clock = clock
        self._wake_worker = wake_worker
        self._bodies = asyncio.Semaphore(BODIES_AT_ONCE)

    def application(self) -> web.Application:
        """What is to be served under the public address."""
        app = web.Application(client_max_size=MAX_BODY_BYTES)
        app.router.add_post("/hooks/{provider}/{job_id}/{token}", self._take)
        app.router.add_get("/healthz", _is_well)
        return app

    async def _take(self, request: web.Request) -> web.Response:
        """The token is looked at before anything is read, and every refusal looks the same."""
        name, job_id, token = (request.match_info[key] for key in ("provider", "job_id", "token"))
        is_genuine = self._callbacks.is_genuine(name, job_id, token)
        provider = self._providers.get(name)
        if not is_genuine or provider is None:
            raise web.HTTPNotFound
        async with self._bodies:
            call = self._read(provider, job_id, request.headers, await request.read())
            try:
                await self._hint(job_id, call)
            except JobNotFound:
                raise web.HTTPNotFound from None
            except StorageError as error:
                # Most providers call again after such an answer.
                log.warning("a call could not be written down", job=job_id, reason=str(error))
                raise web.HTTPServiceUnavailable from error
        return web.json_response({})

    def _read(
        self, provider: Provider, job_id: str, headers: Mapping[str, str], body: bytes
    ) -> Call:
        lowered = {name.lower(): value for name, value in headers.items()}
        try:
            return provider.call(lowered, body, now=self._clock())
        except ProviderError:
            log.warning("a call was not genuine", job=job_id, provider=provider.name)
            raise web.HTTPNotFound from None
        except Exception as error:
            # Nobody can foresee what a stranger sends; and an error's words may quote it.
            reason = type(error).__name__
            log.error("a call could not be read", job=job_id, provider=provider.name, reason=reason)
            return Call(None, is_over=False)

    async def _hint(self, job_id: str, call: Call) -> None:
        job = await self._database.read(jobs.get, job_id)
        if not call.is_over and (call.task is None or job.task is not None):
            return
        if await self._database.run(jobs.hint, job_id, task=call.task, now=self._clock()):
            self._wake_worker()


async def _is_well(_: web.Request) -> web.Response:
    return web.Response(text="ok")
