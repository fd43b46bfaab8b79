"""What the desk shows: the month and where it is heading, an account, acts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from storage import periods
from storage.acts import Recorded
from storage.alerts import Alert
from storage.jobs import Job
from storage.ledger import Account, Entry
from storage.lots import Lot
from storage.month import Month

LEAST_ELAPSED = timedelta(days=1)
"""A month of an hour says nothing yet about the rest."""


@dataclass(frozen=True, kw_only=True)
class Overview:
    """What the panel shows first."""

    month: Month
    forecast: int
    """Credits by the month's end, if it goes on as it did so far."""
    alerts: tuple[Alert, ...]
    """Newest first."""

    @property
    def exceeds_cap(self) -> bool:
        """Whether the month is heading beyond its cap."""
        return self.month.cap is not None and self.forecast > self.month.cap


@dataclass(frozen=True)
class Statement:
    """One member's account and what moved it lately, newest first."""

    account: Account
    jobs: tuple[Job, ...]
    entries: tuple[Entry, ...]
    expiring: tuple[Lot, ...] = ()
    """Credits that expire, soonest first."""


@dataclass(frozen=True, kw_only=True)
class ActsPage:
    """Some of a guild's acts, newest first."""

    acts: tuple[Recorded, ...]
    of: int
    """How many acts there are in all."""


@dataclass(frozen=True, kw_only=True)
class Done:
    """A plan that was carried out."""

    act: Recorded
    available: Mapping[int, int]
    """What those it concerned have now, by their ids."""


def forecast(month: Month, *, now: datetime) -> int:
    """What the month will have cost at its end, at the pace it has had; never less than it has."""
    began_at = datetime.combine(month.start, time(), periods.zone(month.timezone))
    elapsed = max(now - began_at, LEAST_ELAPSED)
    whole = max(month.ends_at - began_at, elapsed)
    return max(month.used, round(month.used * (whole / elapsed)))
