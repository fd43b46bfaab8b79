"""Which providers turn orders away for a reason that only their owner can mend.

What is remembered here is cheap to lose: after a restart the next order tells.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.jobs.outcomes import Outcome

OWNERS_TO_MEND = (Outcome.OWNER_KEY_REFUSED, Outcome.OWNER_OUT_OF_CREDIT)


@dataclass(frozen=True)
class Ailment:
    """Why a provider turns orders away, and since when."""

    outcome: Outcome
    """One of those that are the owner's to mend."""
    since: datetime


class Ailments:
    """What each provider said last."""

    def __init__(self) -> None:
        self._ailments: dict[str, Ailment] = {}

    def of(self, provider: str) -> Ailment | None:
        """What ails a provider; None where nothing is known to."""
        return self._ailments.get(provider)

    def note(self, provider: str, outcome: Outcome, *, now: datetime) -> None:
        """A job ended so; only what is the owner's to mend matters here."""
        known = self._ailments.get(provider)
        if outcome in OWNERS_TO_MEND and (known is None or known.outcome is not outcome):
            self._ailments[provider] = Ailment(outcome, now)

    def end(self, provider: str) -> None:
        """The provider took an order: key and account are good."""
        self._ailments.pop(provider, None)
