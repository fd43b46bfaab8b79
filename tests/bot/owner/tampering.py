"""A database with a little of everything in it, and how its rows are edited by hand."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from bot.owner.audit import examine
from bot.settings import load_settings
from storage import jobs, ledger
from storage.job import JobState
from tests.storage.examples import GUILD, MEMBER, NOW, claimed, in_state, new_job

OTHER = 23
HIS = f"member {MEMBER} of guild {GUILD}"
HOUSE = f"house 0 of guild {GUILD}"


def a_little_history(conn: sa.Connection) -> None:
    """A held, a captured and a released job, a free one; a loss; a grant; another member."""
    jobs.create(conn, new_job(1), now=NOW)
    fetched = in_state(conn, JobState.FETCHED, 2)
    jobs.finish(conn, fetched, JobState.DELIVERED, now=NOW, paid_credits=5, due_at=None)
    failed = claimed(conn, 3)
    jobs.finish(
        conn,
        failed,
        JobState.FAILED,
        now=NOW,
        paid_credits=0,
        house_loss_credits=1,
        due_at=None,
    )
    jobs.create(conn, new_job(4, price_credits=0), now=NOW)
    ledger.grant(
        conn,
        guild_id=GUILD,
        member_id=MEMBER,
        credits=50,
        actor_id=9,
        reason="well drawn",
        source="grant:7",
        now=NOW,
    )
    ledger.account(conn, GUILD, OTHER, now=NOW)


def more_history(conn: sa.Connection) -> None:
    """A job delivered for nothing, and one that moderators look at."""
    gift = in_state(conn, JobState.FETCHED, 5, price_credits=0)
    jobs.finish(conn, gift, JobState.DELIVERED, now=NOW, paid_credits=0, due_at=None)
    in_state(conn, JobState.NEEDS_REVIEW, 6)


def write(path: Path, function: Callable[[sa.Connection], object]) -> None:
    """Let a function write as the bot does."""
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as conn:
        function(conn)
    engine.dispose()


def tamper(database: Path, *statements: str) -> None:
    """Edit by hand, and put the triggers back afterwards, as if nothing had been."""
    with contextlib.closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        guards = triggers.fetchall()
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        for _, sql in guards:
            connection.execute(sql)


def found() -> list[str]:
    return [str(one) for one in examine(load_settings())[1].discrepancies]
