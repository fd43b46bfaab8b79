"""Grants, jobs, claims, writes and endings in any order: the books always balance."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
)

from storage import jobs, ledger, line
from storage.database import Database
from storage.errors import NotEnoughCredits, StaleFence
from storage.job import NEXT_STATES, RUNNING_STATES
from storage.jobs import Job, JobState
from tests.storage.copies import empty_database, url
from tests.storage.examples import GUILD, LEASE, NOW, new_job, seconds

P = ParamSpec("P")
T = TypeVar("T")

members = st.sampled_from([1, 2])
interactions = st.integers(1, 6)


class AnyOrder(RuleBasedStateMachine):
    """What members should own, beside a real database file."""

    copies: Bundle[Job] = Bundle("copies")
    """Jobs as somebody once read them: current or stale."""

    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.runner = asyncio.Runner()
        self.resources = AsyncExitStack()
        path = self.folder / "any_order.db"
        path.write_bytes(empty_database())
        opening = self.resources.enter_async_context(Database.open(url(path)))
        self.database = self.runner.run(opening)
        self.now = NOW
        self.posted = {1: 100, 2: 100}
        self.house = 0
        self.rows: dict[str, Job] = {}
        self.granted: set[str] = set()
        self.lost: set[str] = set()
        """The jobs with a loss of the house's."""

    def teardown(self) -> None:
        self.runner.run(self.resources.aclose())
        self.runner.close()
        shutil.rmtree(self.folder)

    def run(
        self,
        function: Callable[Concatenate[sa.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        return self.runner.run(self.database.run(function, *args, **kwargs))

    def held(self, member: int) -> int:
        return sum(
            row.price_credits
            for row in self.rows.values()
            if row.member_id == member and not row.state.is_terminal
        )

    def is_current(self, copy: Job) -> bool:
        row = self.rows[copy.id]
        return (row.fence, row.state) == (copy.fence, copy.state)

    def overlooks_a_hint(self, copy: Job, state: JobState) -> bool:
        """Whether a visit would conclude that there is no task, while a webhook named one."""
        concludes = copy.state is not state and state in (JobState.QUEUED, JobState.NEEDS_REVIEW)
        return concludes and copy.hint is None and self.rows[copy.id].hint is not None

    @rule(passed=st.sampled_from([1, 30, 61]))
    def let_time_pass(self, passed: int) -> None:
        self.now += seconds(passed)

    @rule(member=members, credits=st.integers(1, 50), source=st.sampled_from(["a", "b", "c"]))
    def grant(self, member: int, credits: int, source: str) -> None:
        self.run(
            ledger.grant,
            guild_id=GUILD,
            member_id=member,
            credits=credits,
            actor_id=9,
            reason=None,
            source=source,
            now=self.now,
        )
        if source not in self.granted:
            self.posted[member] += credits
        self.granted.add(source)

    @rule(target=copies, interaction=interactions, member=members, price=st.integers(0, 60))
    def create(self, interaction: int, member: int, price: int) -> Job | MultipleResults[Job]:
        new = new_job(interaction, member_id=member, price_credits=price, due_at=self.now)
        known = self.rows.get(jobs.job_id(interaction))
        available = self.posted[member] - self.held(member)
        try:
            job = self.run(jobs.create, new, now=self.now)
        except NotEnoughCredits:
            assert known is None
            assert price > available
            return multiple()
        assert known is not None or price <= available
        self.rows.setdefault(job.id, job)
        assert job == self.rows[job.id]
        return job

    @rule(target=copies, limit=st.integers(1, 3))
    def claim(self, limit: int) -> MultipleResults[Job]:
        claims = self.run(jobs.claim_due, now=self.now, lease=LEASE, limit=limit)
        for job in claims:
            assert job.fence == self.rows[job.id].fence + 1
            self.rows[job.id] = job
        return multiple(*claims)

    @rule(
        target=copies,
        copy=copies,
        state=st.sampled_from([state for state in JobState if not state.is_terminal]),
        wait=st.sampled_from([None, 0, 5]),
        keep_lease=st.booleans(),
    )
    def update(
        self, copy: Job, state: JobState, wait: int | None, keep_lease: bool
    ) -> Job | MultipleResults[Job]:
        due_at = None if wait is None else self.now + seconds(wait)
        try:
            job = self.run(
                jobs.update, copy, now=self.now, state=state, due_at=due_at, keep_lease=keep_lease
            )
        except ValueError:
            assert state is not copy.state
            assert state not in NEXT_STATES.get(copy.state, ())
            return multiple()
        except StaleFence:
            assert not self.is_current(copy) or self.overlooks_a_hint(copy, state)
            return multiple()
        assert self.is_current(copy)
        assert not self.overlooks_a_hint(copy, state)
        self.rows[job.id] = job
        return job

    @rule(
        target=copies,
        copy=copies,
        ending=st.sampled_from([state for state in JobState if state.is_terminal]),
        paid=st.integers(0, 70),
        loss=st.integers(0, 3),
    )
    def finish(
        self, copy: Job, ending: JobState, paid: int, loss: int
    ) -> Job | MultipleResults[Job]:
        try:
            job = self.run(
                jobs.finish,
                copy,
                ending,
                now=self.now,
                paid_credits=paid,
                house_loss_credits=loss,
                due_at=None,
            )
        except ValueError:
            is_open = not copy.state.is_terminal
            assert not (is_open and ending in NEXT_STATES.get(copy.state, ()))
            return multiple()
        except StaleFence:
            assert not self.is_current(copy) or self.overlooks_a_hint(copy, ending)
            return multiple()
        assert self.is_current(copy)
        assert not self.overlooks_a_hint(copy, ending)
        self.rows[job.id] = job
        taken = min(paid, job.price_credits)
        assert job.paid_credits == taken
        self.posted[job.member_id] -= taken
        self.lose(job, loss)
        return job

    def lose(self, job: Job, loss: int) -> None:
        """The house loses by a job once, whatever is told of it later."""
        if loss and job.id not in self.lost:
            self.lost.add(job.id)
            self.house -= loss

    @rule(target=copies, copy=copies, max_running=st.integers(0, 2))
    def begin_submit(self, copy: Job, max_running: int) -> Job | MultipleResults[Job]:
        try:
            begun = self.run(jobs.begin_submit, copy, max_running=max_running, now=self.now)
        except (ValueError, StaleFence):
            assert copy.state is not JobState.QUEUED or not self.is_current(copy)
            return multiple()
        if isinstance(begun, line.Place):
            assert begun.position >= 1
            return multiple()
        self.rows[begun.id] = begun
        return begun

    @rule(copy=copies)
    def wake(self, copy: Job) -> None:
        self.run(jobs.wake, copy.id, now=self.now)
        self.rows[copy.id] = self.run(jobs.get, copy.id)

    @rule(copy=copies, task=st.sampled_from([None, {"id": "a"}, {"id": "b"}]))
    def hint(self, copy: Job, task: dict[str, str | int] | None) -> None:
        before = self.rows[copy.id]
        changed = self.run(jobs.hint, copy.id, task=task, now=self.now)
        after = self.rows[copy.id] = self.run(jobs.get, copy.id)
        assert changed or after == before
        assert after == replace(before, due_at=after.due_at, hint=after.hint)
        assert before.hint in (None, after.hint)
        assert not self.run(jobs.hint, copy.id, task=task, now=self.now)

    @rule(copy=copies)
    def request_cancel(self, copy: Job) -> None:
        self.rows[copy.id] = self.run(jobs.request_cancel, copy.id, now=self.now)

    @rule()
    def restart(self) -> None:
        self.run(jobs.drop_leases)
        self.rows = {job_id: self.run(jobs.get, job_id) for job_id in self.rows}

    @invariant()
    def the_books_balance(self) -> None:
        assert self.run(ledger.check_books) == []

    @invariant()
    def slots_are_held_by_the_jobs_that_run_and_by_no_others(self) -> None:
        running = sorted(row.id for row in self.rows.values() if row.state in RUNNING_STATES)
        assert self.run(slots_held) == [(job_id, 3) for job_id in running]
        assert self.run(line.running, "local") == len(running)

    @invariant()
    def every_account_holds_what_it_should_and_is_never_overdrawn(self) -> None:
        for member, posted in self.posted.items():
            account = self.run(ledger.account, GUILD, member, now=self.now)
            assert (account.posted, account.held) == (posted, self.held(member))
            assert account.available >= 0
        assert self.run(house_posted) == self.house

    @invariant()
    def every_job_is_settled_exactly_once_it_is_over(self) -> None:
        over = {job_id for job_id, row in self.rows.items() if row.state.is_terminal}
        assert self.run(settled_jobs) == sorted(over)

    @invariant()
    def every_row_is_as_it_was_last_written(self) -> None:
        for job_id, row in self.rows.items():
            assert self.run(jobs.get, job_id) == row


def house_posted(conn: sa.Connection) -> int:
    return int(
        conn.exec_driver_sql(
            "SELECT coalesce(sum(posted), 0) FROM account WHERE kind = 'house'"
        ).scalar_one()
    )


def slots_held(conn: sa.Connection) -> list[tuple[str, int]]:
    rows = conn.exec_driver_sql("SELECT job_id, count(*) FROM slot GROUP BY job_id ORDER BY job_id")
    return [(job_id, slots) for job_id, slots in rows]


def settled_jobs(conn: sa.Connection) -> list[str]:
    rows = conn.exec_driver_sql("SELECT source FROM entry WHERE phase = 'settle' ORDER BY source")
    return [row.source for row in rows]


SHORT = settings(
    max_examples=10,
    stateful_step_count=25,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = SHORT
