"""No sequence of refusals, waits, lifts, blocks and deletions lets a quarantined member order."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from storage import acts, blocks, jobs, members, undoing
from storage.acts import ActKind
from storage.blocks import BlockKind
from storage.books import audit
from storage.errors import MemberBlocked
from tests.storage.examples import GUILD, MEMBER, NOW, new_job
from tests.storage.shielded import MODERATOR, refuse, running

HOUR = timedelta(hours=1)
STEPS = st.one_of(
    st.tuples(st.just("order"), st.integers(1, 3)),
    st.tuples(st.just("refuse"), st.just(0)),
    st.tuples(st.just("wait"), st.sampled_from([1, 7, 25, 24 * 31])),
    st.tuples(st.just("block"), st.sampled_from([1, 48])),
    st.tuples(st.just("lift"), st.just(0)),
    st.tuples(st.just("undo the lift"), st.just(0)),
    st.tuples(st.just("forget"), st.just(0)),
)
# Six refusals first, so that most sequences come to a quarantine.
BEGINNING = [("order", 3), ("order", 3)] + [("refuse", 0)] * 6


class Member:
    """One member, who orders whatever may be, and what a plain reading of the rules says."""

    def __init__(self, conn: sa.Connection) -> None:
        self.conn = conn
        self.now: datetime = NOW
        self.orders = 0
        self.runs: list[jobs.Job] = []
        self.is_quarantined = False
        self.last_lift: tuple[int, bool] | None = None

    def order(self, times: int) -> None:
        for _ in range(times):
            self.orders += 1
            try:
                job = running(self.conn, self.orders, now=self.now)
            except MemberBlocked:
                continue
            assert not self.is_quarantined
            self.runs.append(job)

    def refuse(self, _: int) -> None:
        if self.runs:
            strike = refuse(self.conn, self.runs.pop(), now=self.now)
            self.is_quarantined |= strike.is_quarantine

    def wait(self, hours: int) -> None:
        self.now += hours * HOUR

    def block(self, hours: int) -> None:
        until = self.now + hours * HOUR
        blocks.block_member(
            self.conn, GUILD, MEMBER, MODERATOR, until=until, reason=None, now=self.now
        )

    def lift(self, _: int) -> None:
        lifted = blocks.lift(self.conn, GUILD, MEMBER, MODERATOR, reason=None, now=self.now)
        if lifted is not None:
            self.last_lift = (acts.count(self.conn, GUILD), self.is_quarantined)
            self.is_quarantined = False

    def undo_the_lift(self, _: int) -> None:
        if self.last_lift is None:
            return
        number, was_quarantined = self.last_lift
        try:
            undoing.undo(self.conn, GUILD, number, MODERATOR, now=self.now)
        except undoing.CannotUndo:
            return
        self.is_quarantined = was_quarantined
        self.last_lift = None

    def forget(self, _: int) -> None:
        if not self.runs:
            members.forget(self.conn, GUILD, MEMBER, pseudonym=members.new_pseudonym())

    def check(self) -> None:
        found = blocks.of_member(self.conn, GUILD, MEMBER, now=self.now)
        is_quarantined = found is not None and found.kind is BlockKind.QUARANTINED
        if self.is_quarantined:
            assert found is not None
            assert found.until is None
            with pytest.raises(MemberBlocked):
                jobs.create(self.conn, new_job(10_000), now=self.now)
        else:
            assert not is_quarantined


@contextmanager
def connected(path: Path) -> Iterator[sa.Connection]:
    engine = sa.create_engine(f"sqlite:///{path}", connect_args={"isolation_level": None})
    with engine.connect() as conn:
        conn.exec_driver_sql("PRAGMA foreign_keys = ON")
        conn.exec_driver_sql("BEGIN IMMEDIATE")
        yield conn
        conn.exec_driver_sql("ROLLBACK")
    engine.dispose()


@settings(max_examples=30, deadline=None)
@given(steps=st.lists(STEPS, max_size=20))
def test_a_quarantined_member_orders_nothing_until_a_moderator_lifts_it(
    newest: Path, tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "refusals.db"
    if not path.exists():
        shutil.copy(newest, path)
    with connected(path) as conn:
        member = Member(conn)

        for name, how_much in BEGINNING + steps:
            getattr(member, name.replace(" ", "_"))(how_much)
            member.check()

        assert audit(conn).discrepancies == ()
        kinds = {act.kind for act in acts.history(conn, GUILD, skip=0, limit=-1)}
        assert kinds <= {ActKind.BLOCK, ActKind.UNBLOCK, ActKind.UNDO}
