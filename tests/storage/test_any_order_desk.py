"""Grants, takes, holds, settlements, expiries, undos and months in any order: the books balance,
no account is overdrawn, a dry run says what is done, and undoing restores exactly.
"""

from __future__ import annotations

import shutil
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from storage import acts, allowances, answers, asks, jobs, ledger, lots, plans, undoing
from storage.acts import ActKind
from storage.allowances import Allowance
from storage.books import audit
from storage.errors import AskedAlready, NotEnoughCredits, PlanGone, PlanOutdated
from storage.giving import Plan
from storage.jobs import Job, JobState
from storage.periods import Period
from storage.plans import LIFETIME
from storage.undoing import CannotUndo
from tests.storage.copies import empty_database
from tests.storage.desk import GIVER, MODERATOR, kept
from tests.storage.examples import GUILD, NOW, new_job

ROLE = 501
members = st.sampled_from([1, 2])
crowds = st.sampled_from([(1,), (2,), (1, 2)])
amounts = st.integers(1, 90)


class AnyOrderAtTheDesk(RuleBasedStateMachine):
    """One guild with two members, on a real file."""

    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        (self.folder / "desk.db").write_bytes(empty_database())
        self.engine = sa.create_engine(
            f"sqlite:///{self.folder / 'desk.db'}", connect_args={"isolation_level": None}
        )
        self.conn = self.engine.connect()
        self.conn.exec_driver_sql("PRAGMA foreign_keys = ON")
        self.conn.exec_driver_sql("BEGIN IMMEDIATE")
        self.now = NOW
        self.made = 0
        self.open_jobs: list[Job] = []
        self.shown: list[tuple[Plan, datetime]] = []
        for period, carries_over in ((Period.DAY, False), (Period.MONTH, True)):
            one = Allowance(
                guild_id=GUILD, role_id=ROLE, period=period, credits=10, carries_over=carries_over
            )
            allowances.set_allowance(self.conn, one)

    def teardown(self) -> None:
        self.conn.close()
        self.engine.dispose()
        shutil.rmtree(self.folder)

    def new_number(self) -> int:
        self.made += 1
        return self.made

    def standing(self) -> object:
        """All that undoing has to restore: what each member has, and when it expires."""
        return [
            (
                ledger.account(self.conn, GUILD, member, now=self.now),
                [(lot.id, lot.remaining) for lot in lots.of_member(self.conn, GUILD, member)],
            )
            for member in (1, 2)
        ]

    @rule(hours=st.sampled_from([1, 13, 24, 24 * 31]))
    def let_time_pass(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(
        crowd=crowds,
        credits=amounts,
        kind=st.sampled_from([ActKind.GRANT, ActKind.TAKE]),
        expires_in=st.sampled_from([None, 2, 40]),
        undoes=st.booleans(),
    )
    def carry_out(
        self,
        crowd: tuple[int, ...],
        credits: int,
        kind: ActKind,
        expires_in: int | None,
        undoes: bool,
    ) -> None:
        before = self.standing()
        plan = kept(
            self.conn,
            kind,
            credits,
            member_ids=crowd,
            now=self.now,
            id=f"plan:{self.new_number()}",
            expires_at=self.expiry(expires_in) if kind is ActKind.GRANT else None,
        )
        assert self.standing() == before

        if not plan.total:
            return
        number = plans.carry_out(self.conn, GUILD, plan.id, GIVER, now=self.now)

        sign = 1 if kind is ActKind.GRANT else -1
        for line in plan.lines:
            account = ledger.account(self.conn, GUILD, line.member_id, now=self.now)
            assert account.available == line.available + sign * line.credits
        if undoes:
            undoing.undo(self.conn, GUILD, number, MODERATOR, now=self.now)
            assert self.standing() == before

    @rule(crowd=crowds, credits=amounts, kind=st.sampled_from([ActKind.GRANT, ActKind.TAKE]))
    def show(self, crowd: tuple[int, ...], credits: int, kind: ActKind) -> None:
        """Plan what may be confirmed after whatever else happens."""
        name = f"plan:{self.new_number()}"
        plan = kept(self.conn, kind, credits, member_ids=crowd, now=self.now, id=name)
        if plan.total:
            self.shown.append((plan, self.now))

    @precondition(lambda self: self.shown)
    @rule(first=st.booleans())
    def confirm_later(self, first: bool) -> None:
        plan, shown_at = self.shown.pop(0 if first else -1)
        before, acts_before = self.standing(), acts.count(self.conn, GUILD)
        self.conn.exec_driver_sql("SAVEPOINT call")
        try:
            number = plans.carry_out(self.conn, GUILD, plan.id, GIVER, now=self.now)
        except PlanGone:
            assert self.now >= shown_at + LIFETIME
        except PlanOutdated:
            self.conn.exec_driver_sql("ROLLBACK TO call")
            assert (self.standing(), acts.count(self.conn, GUILD)) == (before, acts_before)
        else:
            sign = 1 if plan.kind is ActKind.GRANT else -1
            said = {line.member_id: sign * line.credits for line in plan.lines if line.credits}
            assert self.done(number) == said
        self.conn.exec_driver_sql("RELEASE call")

    def done(self, number: int) -> dict[int, int]:
        """How many credits an act moved, by member."""
        act = acts.get(self.conn, GUILD, number)
        assert act is not None
        return {line.member_id: line.credits for line in act.lines}

    def expiry(self, hours: int | None) -> datetime | None:
        return None if hours is None else self.now + timedelta(hours=hours)

    @rule(number=st.integers(1, 12))
    def undo(self, number: int) -> None:
        self.conn.exec_driver_sql("SAVEPOINT call")
        try:
            undoing.undo(self.conn, GUILD, number, MODERATOR, now=self.now)
        except CannotUndo:
            self.conn.exec_driver_sql("ROLLBACK TO call")
        self.conn.exec_driver_sql("RELEASE call")

    @rule(member=members, price=amounts, has_role=st.booleans())
    def order(self, member: int, price: int, has_role: bool) -> None:
        new = new_job(self.new_number(), member_id=member, price_credits=price, due_at=self.now)
        self.conn.exec_driver_sql("SAVEPOINT call")
        try:
            roles = (ROLE,) if has_role else ()
            self.open_jobs.append(jobs.create(self.conn, new, now=self.now, role_ids=roles))
        except NotEnoughCredits:
            self.conn.exec_driver_sql("ROLLBACK TO call")
        self.conn.exec_driver_sql("RELEASE call")

    @precondition(lambda self: self.open_jobs)
    @rule(first=st.booleans(), paid=st.integers(0, 90))
    def settle(self, first: bool, paid: int) -> None:
        job = self.open_jobs.pop(0 if first else -1)
        jobs.finish(self.conn, job, JobState.FAILED, now=self.now, paid_credits=paid, due_at=None)

    @rule(member=members, granted=st.integers(0, 50))
    def ask_and_answer(self, member: int, granted: int) -> None:
        try:
            asked = asks.for_credits(self.conn, GUILD, member, 40, "why", now=self.now)
        except AskedAlready:
            return
        for _ in range(2):
            answers.answer(self.conn, asked.id, GIVER, granted=granted, failure="no", now=self.now)

    @rule()
    def go_through_the_night(self) -> None:
        last: int | None = 0
        while last is not None:
            last = ledger.expire_due(self.conn, now=self.now, after=last, limit=1)

    @invariant()
    def the_books_balance(self) -> None:
        assert audit(self.conn).discrepancies == ()

    @invariant()
    def nobody_is_overdrawn_and_no_lot_outlasts_its_account(self) -> None:
        for member in (1, 2):
            account = ledger.account(self.conn, GUILD, member, now=self.now)
            expiring = lots.of_member(self.conn, GUILD, member)
            overdue = [lot.remaining for lot in expiring if lot.expires_at <= self.now]
            assert account.available >= 0
            assert sum(lot.remaining for lot in expiring) <= account.posted
            assert sum(overdue) <= account.held

    @invariant()
    def every_act_is_in_the_book(self) -> None:
        of = acts.count(self.conn, GUILD)
        assert len(acts.history(self.conn, GUILD, skip=0, limit=-1)) == of


AnyOrderAtTheDesk.TestCase.settings = settings(
    max_examples=12,
    stateful_step_count=20,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestAnyOrderAtTheDesk = AnyOrderAtTheDesk.TestCase
