"""Every error storage raises on purpose.

StorageError
├── BadDatabaseUrl       the address names no database we can open
├── DatabaseInUse        another process has this database open
├── DatabaseClosed       asked after the database was closed
├── NotWritten           the transaction could not be committed: nothing was written
├── NotRead              the disk or a lock stands before what is stored, for now
├── NotEnoughCredits     the account cannot pay this price
├── JobNotFound          no job has this id
├── StaleFence           the row moved on: somebody else wrote it since it was read
└── BooksDoNotBalance    the ledger contradicts itself
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.books import Discrepancy


class StorageError(Exception):
    """Anything storage may raise on purpose."""


class BadDatabaseUrl(StorageError):
    """The address names no database we can open; its text is a plain sentence."""


class DatabaseInUse(StorageError):
    """Another process has this database open."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"another process is using {path}")
        self.path = path


class DatabaseClosed(StorageError):
    """The database was closed before this was asked."""


class NotWritten(StorageError):
    """The disk did not take it; nothing was written, and the call may be repeated."""


class NotRead(StorageError):
    """The disk did not give it, or somebody locks it; the call may be repeated."""


class NotEnoughCredits(StorageError):
    """The account cannot pay this price."""

    def __init__(self, price: int, available: int) -> None:
        super().__init__(f"the price is {price} credits, {available} are available")
        self.price = price
        self.available = available

    @property
    def missing(self) -> int:
        """How many credits the account lacks."""
        return self.price - self.available


class JobNotFound(StorageError):
    """No job has this id."""

    def __init__(self, job_id: str) -> None:
        super().__init__(f"no job has the id {job_id}")
        self.job_id = job_id


class StaleFence(StorageError):
    """The row moved on: somebody else wrote it since it was read."""

    def __init__(self, job_id: str) -> None:
        super().__init__(f"job {job_id} moved on since it was read")
        self.job_id = job_id


class BooksDoNotBalance(StorageError):
    """The ledger contradicts itself."""

    def __init__(self, discrepancies: Sequence[Discrepancy]) -> None:
        super().__init__("; ".join(str(discrepancy) for discrepancy in discrepancies))
        self.discrepancies = tuple(discrepancies)
