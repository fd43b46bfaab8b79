"""The moments at which a bot can be struck: around a request, or as a job enters a state."""

from __future__ import annotations

import enum
import re
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.playground.answers import API
from bot.playground.faults import Faults
from storage.jobs import JobState
from tests.crash.calls import DISCORD, Call
from tests.fakes.fake_server import Around

LOOK_SECONDS = 0.004


class Blow(enum.Enum):
    """What happens to the bot."""

    KILL = "kill -9"
    TERMINATE = "SIGTERM"
    CUT_SHORT = "SIGTERM, and kill -9 before it is done"
    FREEZE = "SIGSTOP for longer than a lease"


class When(enum.Enum):
    """On which side of a request the bot is struck."""

    BEFORE = "before it is carried out"
    AFTER = "carried out, and its answer lost"
    ANSWERED = "just after its answer"


@dataclass(frozen=True)
class Moment:
    """One side of one kind of request, and what happens then."""

    call: Call
    when: When
    blow: Blow = Blow.KILL


Strike: TypeAlias = Callable[[Blow], bool]
"""Strikes the bot, and says whether it was there to be struck."""


class Fates:
    """Strikes the bot around requests, at each moment once."""

    def __init__(self, to_come: list[Moment], strike: Strike) -> None:
        self._to_come = to_come
        self._strike = strike

    def around(self, where: str) -> Around:
        """What happens around each request to one side."""
        return partial(self._around, where)

    async def _around(
        self, where: str, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        moment = await self._moment(where, request)
        if moment is None:
            return await handler(request)
        if moment.blow is Blow.FREEZE:
            return await self._freeze(moment, request, handler)
        match moment.when:
            case When.BEFORE:
                response: web.StreamResponse = web.Response(status=500)
            case When.AFTER:
                await handler(request)
                response = web.Response(status=500)
            case When.ANSWERED:
                response = await _answered(request, handler)
        self._happen(moment)
        return response

    async def _freeze(
        self, moment: Moment, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        """Whoever is frozen still has everything carried out, and answered into its sleep."""
        if moment.when is not When.ANSWERED:
            self._happen(moment)
            return await handler(request)
        response = await _answered(request, handler)
        self._happen(moment)
        return response

    def _happen(self, moment: Moment) -> None:
        if moment in self._to_come and self._strike(moment.blow):
            self._to_come.remove(moment)

    async def _moment(self, where: str, request: web.Request) -> Moment | None:
        path = request.path.removeprefix(API)
        has_file = request.content_type == "multipart/form-data"
        for moment in self._to_come:
            call = moment.call
            if (
                (call.where, call.method) == (where, request.method)
                and re.fullmatch(call.path, path)
                and (where != DISCORD or call.has_file == has_file)
                and (not call.says or call.says in await request.text())
            ):
                return moment
        return None


class FatefulDiscord(Faults):
    """The faults of a playground, where the bot is struck around requests."""

    def __init__(self, fates: Fates) -> None:
        super().__init__()
        self._around = fates.around(DISCORD)

    async def around(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Carry a request out, with what happens to the bot meanwhile."""
        return await self._around(request, handler)


async def _answered(request: web.Request, handler: Handler) -> web.StreamResponse:
    response = await handler(request)
    await response.prepare(request)
    await response.write_eof()
    return response


def kill_in_states(
    database: Path, to_come: list[JobState], strike: Strike, is_over: Callable[[], bool]
) -> None:
    """Look at the jobs again and again, and kill the bot as one enters a state; blocks."""
    while to_come and not is_over() and not database.exists():
        time.sleep(LOOK_SECONDS)
    if not to_come or is_over():
        return
    before: dict[str, JobState] = {}
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as conn:
        while to_come and not is_over():
            now = states_of_jobs(conn)
            for job_id, state in now.items():
                if before.get(job_id) is not state and state in to_come and strike(Blow.KILL):
                    to_come.remove(state)
            before = now
            time.sleep(LOOK_SECONDS)


def states_of_jobs(conn: sqlite3.Connection) -> dict[str, JobState]:
    """The state of each job that still has something to do."""
    asked = "SELECT id, state FROM job WHERE due_at IS NOT NULL"
    try:
        return {job_id: JobState(state) for job_id, state in conn.execute(asked)}
    except sqlite3.OperationalError:
        return {}
