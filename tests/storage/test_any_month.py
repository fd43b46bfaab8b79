"""Orders, endings, caps, calendars and months in any order: no cap is ever exceeded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from storage import caps, guilds, jobs, ledger
from storage.books import audit
from storage.cap_schema import CapScope
from storage.errors import BudgetError, CapReached, NotEnoughCredits, OwnerStop, SpendingPaused
from storage.jobs import Job, JobState
from storage.periods import Period, day_of, start_of
from storage.schema import metadata
from tests.storage.capped import CHANNEL, RICH, cap, enrich, order
from tests.storage.examples import GUILD, LEASE, NOW

MEMBERS = (1, 2)
ROLES = (55, 56)
HOLDERS = {1: ROLES, 2: (55,)}
"""Who has which roles."""
SUBJECTS = [
    *((CapScope.ROLE, str(role)) for role in ROLES),
    (CapScope.MEMBER, ""),
    (CapScope.MEMBER, "1"),
    (CapScope.CHANNEL, str(CHANNEL)),
    (CapScope.GUILD, ""),
    (CapScope.PROVIDER, "local"),
    (CapScope.OWNER, ""),
]
"""Of members it says whose; the account's number is put in its place."""


@dataclass(frozen=True)
class Ordered:
    """A job as a careful clerk would have noted it."""

    job: Job
    day: str
    utc_day: str
    is_open: bool = True
    paid: int = 0
    billed: int = 0


class AnyMonth(RuleBasedStateMachine):
    """What a clerk notes of every order, beside a real database."""

    @initialize()
    def open(self) -> None:
        self.engine = sa.create_engine("sqlite://", connect_args={"isolation_level": None})
        self.conn = self.engine.connect()
        self.conn.exec_driver_sql("PRAGMA foreign_keys = ON")
        metadata.create_all(self.conn)
        self.accounts = {member: enrich(self.conn, member) for member in MEMBERS}
        self.now = NOW
        self.timezone = "UTC"
        self.adds_up = self.is_paused = False
        self.caps: dict[tuple[CapScope, str, Period], int] = {}
        self.ordered: list[Ordered] = []

    def teardown(self) -> None:
        assert audit(self.conn).discrepancies == ()
        self.conn.close()
        self.engine.dispose()

    def used(self, scope: CapScope, period: Period, member: int, channel: int) -> int:
        """What the clerk finds under a cap, reading every note."""
        if period is Period.JOB:
            return 0
        is_owners = scope is CapScope.OWNER
        today = day_of(self.now, "UTC" if is_owners else self.timezone)
        start = start_of(period, today).isoformat()
        total = 0
        for one in self.ordered:
            if (one.utc_day if is_owners else one.day) < start:
                continue
            if scope in (CapScope.MEMBER, CapScope.ROLE) and one.job.member_id != member:
                continue
            if scope is CapScope.CHANNEL and one.job.budget_channel_id != channel:
                continue
            if is_owners:
                total += (one.job.provider_microdollars or 0) if one.is_open else one.billed
            else:
                total += one.job.price_credits if one.is_open else one.paid
        return total

    def limits(self, member: int, channel: int) -> list[tuple[CapScope, Period, int]]:
        """The caps in force for a member in a channel."""
        found = []
        for period in Period:
            here = {
                (scope, subject): credits
                for (scope, subject, its_period), credits in self.caps.items()
                if its_period is period
            }
            roles = [
                here[CapScope.ROLE, str(role)]
                for role in HOLDERS[member]
                if (CapScope.ROLE, str(role)) in here
            ]
            if (CapScope.MEMBER, str(member)) in here:
                found.append((CapScope.MEMBER, period, here[CapScope.MEMBER, str(member)]))
            elif roles:
                together = sum(roles) if self.adds_up else max(roles)
                found.append((CapScope.ROLE, period, together))
            elif (CapScope.MEMBER, "") in here:
                found.append((CapScope.MEMBER, period, here[CapScope.MEMBER, ""]))
            for scope in (CapScope.GUILD, CapScope.PROVIDER, CapScope.OWNER, CapScope.CHANNEL):
                subject = {CapScope.PROVIDER: "local", CapScope.CHANNEL: str(channel)}.get(
                    scope, ""
                )
                if (scope, subject) in here:
                    found.append((scope, period, here[scope, subject]))
        return found

    def exceeded(self, member: int, channel: int, price: int, cost: int) -> set[CapScope]:
        """Whose caps a new job would go beyond; what costs nothing goes beyond none."""
        found = set()
        for scope, period, most in self.limits(member, channel):
            amount = cost if scope is CapScope.OWNER else price
            if amount and self.used(scope, period, member, channel) + amount > most:
                found.add(scope)
        return found

    @rule(
        member=st.sampled_from(MEMBERS),
        price=st.integers(0, 30),
        cost=st.integers(0, 30),
        channel=st.sampled_from([CHANNEL, 34]),
        in_thread=st.booleans(),
    )
    def order(self, member: int, price: int, cost: int, channel: int, in_thread: bool) -> None:
        place = {"channel_id": 900 + channel, "parent_id": channel} if in_thread else {}
        exceeded = self.exceeded(member, channel, price, cost)
        self.conn.exec_driver_sql("SAVEPOINT ordering")
        try:
            job = order(
                self.conn,
                len(self.ordered) + 1,
                price,
                now=self.now,
                roles=HOLDERS[member],
                member_id=member,
                provider_microdollars=cost,
                **{"channel_id": channel, **place},
            )
        except (BudgetError, NotEnoughCredits) as refusal:
            self.conn.exec_driver_sql("ROLLBACK TO ordering")
            self.check_refusal(refusal, exceeded, cost)
        else:
            assert not exceeded
            assert not self.is_paused
            day = day_of(self.now, self.timezone).isoformat()
            utc_day = day_of(self.now, "UTC").isoformat()
            self.ordered.append(Ordered(job, day, utc_day))
        self.conn.exec_driver_sql("RELEASE ordering")

    def check_refusal(self, refusal: Exception, exceeded: set[CapScope], cost: int) -> None:
        match refusal:
            case SpendingPaused():
                assert self.is_paused
            case CapReached():
                assert refusal.scope in exceeded
                # The owner's cap, unlike all others, is on what the provider asks.
                asked = cost if refusal.scope is CapScope.OWNER else refusal.price
                assert refusal.left < asked
                assert refusal.resets_at is None or refusal.resets_at > self.now
            case OwnerStop():
                assert CapScope.OWNER in exceeded
            case _:
                assert isinstance(refusal, NotEnoughCredits)
                assert not exceeded

    @rule(
        which=st.integers(0, 50),
        ending=st.sampled_from([JobState.FAILED, JobState.CANCELLED]),
        paid=st.integers(0, 40),
        billed=st.one_of(st.none(), st.integers(0, 40)),
    )
    def finish(self, which: int, ending: JobState, paid: int, billed: int | None) -> None:
        still_open = [number for number, one in enumerate(self.ordered) if one.is_open]
        if not still_open:
            return
        number = still_open[which % len(still_open)]
        jobs.drop_leases(self.conn)
        claims = jobs.claim_due(self.conn, now=self.now, lease=LEASE, limit=1000)
        job = next((one for one in claims if one.id == self.ordered[number].job.id), None)
        if job is None:
            return
        jobs.finish(
            self.conn,
            job,
            ending,
            now=self.now,
            paid_credits=paid,
            billed_microdollars=billed,
            due_at=None,
        )
        self.ordered[number] = replace(
            self.ordered[number],
            is_open=False,
            paid=min(paid, job.price_credits),
            billed=billed or 0,
        )

    @rule(
        whose=st.sampled_from(SUBJECTS),
        period=st.sampled_from(Period),
        credits=st.one_of(st.none(), st.integers(0, 60)),
    )
    def set_cap(self, whose: tuple[CapScope, str], period: Period, credits: int | None) -> None:
        scope, subject = whose
        stored = subject
        if scope is CapScope.MEMBER and subject:
            stored = str(self.accounts[int(subject)])
        if credits is None:
            caps.remove(self.conn, cap(scope, stored, 0, period))
            self.caps.pop((scope, subject, period), None)
        else:
            caps.set_cap(self.conn, cap(scope, stored, credits, period))
            self.caps[scope, subject, period] = credits

    @rule(
        timezone=st.sampled_from(["UTC", "Pacific/Kiritimati", "America/Los_Angeles"]),
        adds_up=st.booleans(),
        is_paused=st.sampled_from([False, False, True]),
    )
    def change_settings(self, timezone: str, adds_up: bool, is_paused: bool) -> None:
        guilds.change(
            self.conn, GUILD, timezone=timezone, roles_add_up=adds_up, is_paused=is_paused
        )
        self.timezone, self.adds_up, self.is_paused = timezone, adds_up, is_paused

    @rule(hours=st.sampled_from([1, 7, 24, 24 * 7, 24 * 31, -5]))
    def let_time_pass(self, hours: int) -> None:
        self.now = max(NOW, self.now + timedelta(hours=hours))

    @invariant()
    def every_account_is_as_the_clerk_noted_and_never_overdrawn(self) -> None:
        for member in MEMBERS:
            account = ledger.account(self.conn, GUILD, member, now=self.now)
            mine = [one for one in self.ordered if one.job.member_id == member]
            assert account.posted == 100 + RICH - sum(one.paid for one in mine)
            assert account.held == sum(one.job.price_credits for one in mine if one.is_open)
            assert account.available >= 0


TestAnyMonth = AnyMonth.TestCase
TestAnyMonth.settings = settings(
    max_examples=10,
    stateful_step_count=25,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
