"""Orders, grants and deletions in any order: the books always balance."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import jobs, ledger, members
from storage.books import audit
from storage.job import JobState
from tests.storage.examples import GUILD, MEMBER, NOW, new_job, seconds

OTHER = 23

DEEDS = st.lists(
    st.tuples(
        st.sampled_from(["order", "finish", "grant", "forget"]), st.sampled_from([MEMBER, OTHER])
    ),
    max_size=30,
)


@settings(
    max_examples=15,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(deeds=DEEDS)
def test_the_books_balance_whoever_is_forgotten_when(
    tmp_path_factory: pytest.TempPathFactory,
    newest: Path,
    deeds: list[tuple[str, int]],
) -> None:
    path = tmp_path_factory.mktemp("deeds") / "zoetrope.db"
    path.write_bytes(newest.read_bytes())
    engine = sa.create_engine(f"sqlite:///{path}", connect_args={"isolation_level": None})
    with engine.connect() as conn:
        conn.exec_driver_sql("BEGIN IMMEDIATE")
        total = act_out(conn, deeds)

        assert audit(conn).discrepancies == ()
        posted = conn.exec_driver_sql("SELECT coalesce(sum(posted), 0) FROM account").scalar_one()
        assert posted == total
    engine.dispose()


def act_out(conn: sa.Connection, deeds: list[tuple[str, int]]) -> int:
    """Do what was drawn, and count the credits there should be in all."""
    welcomed: set[int] = set()
    total = 0
    for number, (deed, member_id) in enumerate(deeds, start=1):
        now = NOW + seconds(number)
        # Whoever gives is known from then on too, and starts with the guild's grant.
        for seen in {"forget": (), "grant": (member_id, MEMBER)}.get(deed, (member_id,)):
            if seen not in welcomed:
                welcomed.add(seen)
                total += 100
        match deed:
            case "order":
                price = min(8, ledger.account(conn, GUILD, member_id, now=now).available)
                new = new_job(number, member_id=member_id, price_credits=price)
                jobs.create(conn, new, now=now)
            case "finish":
                ledger.account(conn, GUILD, member_id, now=now)
                total -= sum(
                    finish(conn, job) for job in members.holdings(conn, GUILD, member_id).open_jobs
                )
            case "grant":
                grant(conn, member_id, f"grant:{number}")
                total += 5
            case _:
                is_busy = bool(members.holdings(conn, GUILD, member_id).open_jobs)
                members.forget(conn, GUILD, member_id, pseudonym=-number)
                left = members.holdings(conn, GUILD, member_id)
                assert left.is_empty or is_busy
    return total


def finish(conn: sa.Connection, job: jobs.Job) -> int:
    """Cancel a job for half its price."""
    paid = job.price_credits // 2
    jobs.finish(conn, job, JobState.CANCELLED, now=NOW, paid_credits=paid, due_at=None)
    return paid


def grant(conn: sa.Connection, member_id: int, source: str) -> None:
    """Give five credits."""
    ledger.grant(
        conn,
        guild_id=GUILD,
        member_id=member_id,
        credits=5,
        actor_id=MEMBER,
        reason="for a drawing",
        source=source,
        now=NOW,
    )
