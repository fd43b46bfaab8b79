"""Whether credits may be set aside: not while the books are wrong or the disk is full."""

from __future__ import annotations

from collections.abc import Sequence

from bot.errors import NoRoom
from storage.books import Discrepancy
from storage.errors import BooksDoNotBalance


class Spending:
    """Asked before every hold; told after every check of the books and of the disk."""

    def __init__(self) -> None:
        self._discrepancies: tuple[Discrepancy, ...] = ()
        self._has_room = True

    def judge(self, discrepancies: Sequence[Discrepancy]) -> None:
        """Stop spending for as long as the last check found anything."""
        self._discrepancies = tuple(discrepancies)

    def mind_room(self, *, has_room: bool) -> None:
        """Stop spending for as long as there is no room for another clip."""
        self._has_room = has_room

    def check(self) -> None:
        """Raises BooksDoNotBalance or NoRoom."""
        if self._discrepancies:
            raise BooksDoNotBalance(self._discrepancies)
        if not self._has_room:
            raise NoRoom
