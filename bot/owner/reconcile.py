"""Gathers what members paid and what the providers billed. It only reads, here and there.

The bot may run meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date

from bot.owner.asking import Asked, NoAnswer, Why, account, ask
from bot.owner.bills import Bill, Days, Reconciliation, compared, line_of
from bot.settings import CannotStart, Settings
from providers.base import Account, Provider, Usage
from storage import reports, reviews
from storage.database import Database
from storage.reports import DaySum
from storage.reviews import Review

PATIENCE_SECONDS = 30.0
"""How long one provider may take; for many days it is asked several times."""
USUAL_DAYS = 30
MOST_DAYS = 366


class WrongDays(CannotStart):
    """The days that were asked for cannot be reported; the message is one plain sentence."""


def chosen_days(since: date | None, until: date | None, *, today: date) -> Days:
    """The days the owner means, without those that are still to come. Raises WrongDays."""
    last = today if until is None else min(until, today)
    usual = date.fromordinal(max(1, last.toordinal() - USUAL_DAYS + 1))
    first = usual if since is None else since
    if first > last:
        raise WrongDays(f"There is no day from {first} to {last}: --since comes before --until.")
    if (last - first).days >= MOST_DAYS:
        raise WrongDays(f"{first} to {last} is more than {MOST_DAYS} days; ask for fewer.")
    return Days(first, last)


async def reconcile(
    settings: Settings,
    kinds: Mapping[str, type[Provider]],
    days: Days,
    *,
    within_seconds: float = PATIENCE_SECONDS,
) -> Reconciliation:
    """Compare the stored jobs with what the providers say. Raises BadDatabaseUrl."""
    async with Database.open_for_reading(settings.database_url) as database:
        span = {"since": days.starts_at, "until": days.ends_at}
        sums = await database.read(reports.settled_by_day, **span)
        lost = await database.read(reviews.given_up, **span)

    async def usage(provider: Provider) -> list[Usage]:
        return await provider.usage(days.first, days.last)

    async with asyncio.TaskGroup() as group:
        asking = {
            name: (
                group.create_task(ask(kind, usage, within_seconds=within_seconds)),
                group.create_task(ask(kind, account, within_seconds=within_seconds)),
            )
            for name, kind in kinds.items()
        }
    asked = {name: (used.result(), stands.result()) for name, (used, stands) in asking.items()}
    credit = settings.credit_microdollars
    bills = [
        _bill(name, sums, lost, asked.get(name), credit)
        for name in sorted(kinds.keys() | {one.provider for one in sums})
    ]
    return Reconciliation(days, credit, tuple(bill for bill in bills if _says_anything(bill)))


def _bill(
    name: str,
    sums: Sequence[DaySum],
    lost: Sequence[Review],
    asked: tuple[Asked[list[Usage]], Asked[Account]] | None,
    credit_microdollars: int,
) -> Bill:
    lines = [line_of(one, credit_microdollars) for one in sums if one.provider == name]
    lines.sort(key=lambda line: (line.model, line.day))
    usage, stands = (None, None) if asked is None else (asked[0].answer, asked[1].answer)
    return Bill(
        provider=name,
        lines=tuple(lines),
        reviews=tuple(review for review in lost if review.provider == name),
        told=compared(lines, usage) if isinstance(usage, list) else usage,
        account=stands,
    )


def _says_anything(bill: Bill) -> bool:
    """A provider without jobs that is not used, or keeps no accounts, is not worth a line."""
    idle = {Why.NO_KEY, Why.CANNOT_TELL}
    return bool(bill.lines) or any(
        not isinstance(answer, NoAnswer) or answer.why not in idle
        for answer in (bill.told, bill.account)
    )
