"""Whether credits may be set aside: not while the books contradict themselves."""

from __future__ import annotations

from collections.abc import Sequence

from bot.errors import BotError
from storage.books import Discrepancy


class SpendingStopped(BotError):
    """The books do not balance; until somebody has looked at them, nothing new is ordered."""


class Spending:
    """Asked before every hold; told after every check of the books."""

    def __init__(self) -> None:
        self.discrepancies: tuple[Discrepancy, ...] = ()

    def judge(self, discrepancies: Sequence[Discrepancy]) -> None:
        """Stop spending while the last check found anything."""
        self.discrepancies = tuple(discrepancies)

    def check(self) -> None:
        """Raises SpendingStopped."""
        if self.discrepancies:
            raise SpendingStopped
