"""Says whether the books balance. It only reads; the bot may run meanwhile."""

from __future__ import annotations

import threading
from pathlib import Path

from bot.owner.printable import printable
from bot.settings import Settings
from storage.backups import contents_of, file_of
from storage.beside import CannotRead
from storage.books import Audit

REMEDY = """\
Until this is put right nothing new is ordered; jobs under way go on, and so does all that is free.
What to do: keep a copy of this file, for it shows what was changed. Stop the bot. Put back the last
backup whose books balance: python -m bot restore --force FILE checks that, and keeps this database
beside it. The scheduled ones lie in the folder backups. What each line means: docs/books.md."""


def examine(settings: Settings) -> tuple[Path, Audit]:
    """Check the books of the deployment's database. Raises BadDatabaseUrl, CannotRead."""
    database = file_of(settings.database_url)
    if not database.exists():
        raise CannotRead(f"there is no database at {database} yet; `run` makes one")
    return database, contents_of(threading.Event(), database)


def as_text(database: Path, found: Audit) -> str:
    """What was checked, every row that is wrong, and what to do, as the owner reads it."""
    findings = as_findings(database, found)
    return f"{findings}\n{REMEDY}" if found.discrepancies else findings


def as_findings(database: Path, found: Audit) -> str:
    """What was checked, and every row that is wrong."""
    checked = f"Checked {in_words(found)} in {database}."
    if not found.discrepancies:
        return f"{checked} They agree."
    number = len(found.discrepancies)
    title = "1 thing is wrong:" if number == 1 else f"{number} things are wrong:"
    lines = [f"  {printable(str(one))}." for one in found.discrepancies]
    return "\n".join((f"{checked} {title}", *lines))


def in_words(found: Audit) -> str:
    """How much there is of each kind."""
    return (
        f"{_counted(found.accounts, 'account', 'accounts')}, "
        f"{_counted(found.holds, 'hold', 'holds')}, "
        f"{_counted(found.entries, 'entry', 'entries')} and "
        f"{_counted(found.jobs, 'job', 'jobs')}"
    )


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
