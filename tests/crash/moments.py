"""The moments at which a bot can be killed: around a request to Discord, or in a state of a job."""

from __future__ import annotations

import enum
import re
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.playground.answers import API
from bot.playground.faults import Faults
from storage.jobs import JobState

LOOK_SECONDS = 0.002

Kill: TypeAlias = Callable[[], bool]
"""Kills the bot, and says whether it was there to be killed."""


class When(enum.Enum):
    """On which side of a request's handling the bot dies."""

    BEFORE = "before it is handled"
    AFTER = "handled, and the reply is lost"


@dataclass(frozen=True)
class Call:
    """One kind of request in a job's life."""

    name: str
    method: str
    path: str
    """A regex of what follows /api/v10."""
    says: str = ""
    """What its JSON body contains."""
    has_file: bool = False


CALLS = (
    Call("first answer", "POST", r"/interactions/\d+/[^/]+/callback"),
    Call("reply", "PATCH", r"/webhooks/\d+/[^/]+/messages/@original"),
    Call("thread", "POST", r"/channels/\d+/messages/\d+/threads"),
    Call("link", "PATCH", r"/channels/\d+/messages/\d+", "Follow it"),
    Call("look", "GET", r"/channels/\d+/messages"),
    Call("status", "POST", r"/channels/\d+/messages", "Waiting"),
    Call("progress", "PATCH", r"/channels/\d+/messages/\d+", "Making your clip"),
    Call("clip", "POST", r"/channels/\d+/messages", has_file=True),
    Call("end", "PATCH", r"/channels/\d+/messages/\d+", "Done"),
)
"""Every request a job makes, in order."""

STATES = (
    JobState.QUEUED,
    JobState.SUBMITTING,
    JobState.RUNNING,
    JobState.FETCHED,
    JobState.DELIVERED,
)
"""Every state a job passes through when nothing goes wrong."""


class DeadlyFaults(Faults):
    """Kills the bot around requests, each kind once on each side that was asked for."""

    def __init__(self, to_come: list[tuple[Call, When]], kill: Kill) -> None:
        super().__init__()
        self.to_come = to_come
        self._kill = kill

    async def around(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Handle a request, unless the bot dies before that."""
        moment = await self._moment(request)
        if moment is None:
            return await handler(request)
        if moment[1] is When.AFTER:
            await handler(request)
        if self._kill():
            self.to_come.remove(moment)
        return web.Response(status=500)

    async def _moment(self, request: web.Request) -> tuple[Call, When] | None:
        path = request.path.removeprefix(API)
        has_file = request.content_type == "multipart/form-data"
        body = "" if has_file else await request.text()
        for call, when in self.to_come:
            fits = call.method == request.method and re.fullmatch(call.path, path)
            if fits and call.has_file == has_file and call.says in body:
                return call, when
        return None


def kill_in_states(
    database: Path, to_come: list[JobState], kill: Kill, is_over: Callable[[], bool]
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
                if before.get(job_id) is not state and state in to_come and kill():
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
