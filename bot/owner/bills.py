"""What members paid, what the providers billed, and what the providers say they billed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.owner.asking import NoAnswer
from providers.base import Account, Usage
from storage.reports import DaySum
from storage.reviews import Review


@dataclass(frozen=True)
class Days:
    """A span of days in UTC, the first and the last included."""

    first: date
    last: date

    @property
    def starts_at(self) -> datetime:
        """Midnight before the first."""
        return datetime.combine(self.first, time(), UTC)

    @property
    def ends_at(self) -> datetime:
        """Midnight after the last."""
        return datetime.combine(self.last, time(), UTC) + timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Sums:
    """What some jobs add up to."""

    jobs: int
    delivered: int
    paid_credits: int
    paid_microdollars: int
    billed_microdollars: int
    """As stored: as far as the provider said."""
    house_loss_credits: int
    house_loss_microdollars: int
    unbilled_jobs: int
    """Jobs that reached the provider and whose bill it did not say."""

    @property
    def difference_microdollars(self) -> int:
        """What members paid over what was billed."""
        return self.paid_microdollars - self.billed_microdollars


@dataclass(frozen=True)
class Line:
    """The jobs of one model that ended on one day."""

    day: date
    model: str
    sums: Sums


@dataclass(frozen=True)
class Compared:
    """What one model was billed on one day: as we stored it, and as the provider says."""

    day: date
    model: str
    """Empty where the provider tells of all models together."""
    stored_microdollars: int
    told_microdollars: int

    @property
    def differs(self) -> bool:
        """Whether the two are not the same."""
        return self.stored_microdollars != self.told_microdollars


@dataclass(frozen=True, kw_only=True)
class Bill:
    """One provider over all the days."""

    provider: str
    lines: tuple[Line, ...]
    """By model and day."""
    reviews: tuple[Review, ...]
    told: tuple[Compared, ...] | NoAnswer | None
    """None: there is no such provider any more."""
    account: Account | NoAnswer | None

    @property
    def total(self) -> Sums:
        """All its lines together."""
        return total([line.sums for line in self.lines])


@dataclass(frozen=True)
class Reconciliation:
    """Everything that is compared."""

    days: Days
    credit_microdollars: int
    bills: tuple[Bill, ...]


def line_of(found: DaySum, credit_microdollars: int) -> Line:
    """A stored sum with its credits in dollars, at what a credit is worth today."""
    sums = Sums(
        jobs=found.jobs,
        delivered=found.delivered,
        paid_credits=found.paid_credits,
        paid_microdollars=found.paid_credits * credit_microdollars,
        billed_microdollars=found.billed_microdollars,
        house_loss_credits=found.house_loss_credits,
        house_loss_microdollars=found.house_loss_credits * credit_microdollars,
        unbilled_jobs=found.unbilled_jobs,
    )
    return Line(found.day, found.model, sums)


def total(sums: Sequence[Sums]) -> Sums:
    """Several sums added up."""
    names = Sums.__dataclass_fields__
    return Sums(**{name: sum(getattr(one, name) for one in sums) for name in names})


def compared(lines: Iterable[Line], told: Iterable[Usage]) -> tuple[Compared, ...]:
    """Set what is stored beside what the provider says, day by day and model by model.

    On a day of which it tells only the sum, that is set beside the sum of what is stored.
    """
    said: dict[tuple[date, str], int] = {}
    for one in told:
        key = one.day, one.model
        said[key] = said.get(key, 0) + one.microdollars
    in_one = {day for day, model in said if not model}
    stored: dict[tuple[date, str], int] = {}
    for line in lines:
        key = line.day, "" if line.day in in_one else line.model
        stored[key] = stored.get(key, 0) + line.sums.billed_microdollars
    return tuple(
        Compared(*key, stored.get(key, 0), said.get(key, 0))
        for key in sorted(stored.keys() | said.keys())
        if stored.get(key) or said.get(key)
    )
