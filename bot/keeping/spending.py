"""Whether credits may be set aside: not while the books contradict themselves."""

from __future__ import annotations

from collections.abc import Sequence

from storage.books import Discrepancy
from storage.errors import BooksDoNotBalance


class Spending:
    """Asked before every hold; told after every check of the books."""

    def __init__(self) -> None:
        self._discrepancies: tuple[Discrepancy, ...] = ()

    def judge(self, discrepancies: Sequence[Discrepancy]) -> None:
        """Stop spending for as long as the last check found anything."""
        self._discrepancies = tuple(discrepancies)

    def check(self) -> None:
        """Raises BooksDoNotBalance."""
        if self._discrepancies:
            raise BooksDoNotBalance(self._discrepancies)
