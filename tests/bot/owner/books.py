"""Jobs of several days and providers, made through storage as the bot makes them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count

import sqlalchemy as sa

from bot.owner.bills import Bill, Days, Reconciliation
from bot.owner.reconcile import reconcile
from bot.settings import load_settings
from providers.base import Provider
from storage import jobs
from storage.database import Database
from storage.jobs import JobState
from tests.storage.examples import in_state

URL = "sqlite:///data/zoetrope.db"
FIRST, SECOND = date(2026, 5, 5), date(2026, 5, 6)
DAYS = Days(FIRST, SECOND)
_numbers = count(1)


def ended(
    conn: sa.Connection,
    day: date = FIRST,
    *,
    state: JobState = JobState.DELIVERED,
    paid: int = 0,
    loss: int = 0,
    billed: int | None = None,
    provider: str = "shop",
    model: str = "plain-1",
) -> None:
    """Make a job that the provider took, and end it at noon of a day."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    before = JobState.FETCHED if state is JobState.DELIVERED else JobState.UNKNOWN
    job = in_state(conn, before, next(_numbers), provider=provider, model=model)
    if state is not JobState.NEEDS_REVIEW:
        job = jobs.update(conn, job, now=noon, due_at=None, task={"id": "t"}, keep_lease=True)
    jobs.finish(
        conn,
        job,
        state,
        now=noon,
        paid_credits=paid,
        house_loss_credits=loss,
        billed_microdollars=billed,
        due_at=None,
    )


def two_days(conn: sa.Connection) -> None:
    """Two jobs of one model on the first day, three of two models on the second."""
    ended(conn, FIRST, paid=6, billed=60_000)
    ended(conn, FIRST, state=JobState.FAILED, loss=4, billed=40_000)
    ended(conn, SECOND, paid=7, billed=60_000)
    ended(conn, SECOND, paid=5, model="Fancy-XL")
    ended(conn, SECOND, state=JobState.NEEDS_REVIEW, model="Fancy-XL")


async def reconciled(kinds: dict[str, type[Provider]], days: Days = DAYS) -> Reconciliation:
    """What the command finds of what is stored."""
    return await reconcile(load_settings(), kinds, days, within_seconds=5)


async def bill_of(kinds: dict[str, type[Provider]], days: Days = DAYS) -> Bill:
    """What it finds of the only provider."""
    [bill] = (await reconciled(kinds, days)).bills
    return bill


async def stored(*functions: object) -> None:
    """Let these write into the database of the deployment."""
    async with Database.open(URL) as database:
        for function in functions:
            assert callable(function)
            await database.run(function)
