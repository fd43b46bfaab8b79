"""The nightly check of the books, which may stop spending."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from bot.keeping.housekeeping import Nights
from bot.keeping.spending import Spending
from bot.logs import get_logger
from storage.backups import contents_of
from storage.beside import stoppable

log = get_logger("books")


class NightlyAudit:
    """Reads the books beside the running bot, and judges whether credits may be spent."""

    name = "audit"

    def __init__(self, database: Path, spending: Spending) -> None:
        self._database = database
        self._spending = spending
        self._nights = Nights()

    async def is_due(self, now: datetime) -> bool:
        """At the first look, for the start checks only what is quick; then once a night."""
        return self._nights.is_new(now)

    async def do(self, now: datetime) -> None:
        """Check the books. Raises CannotRead."""
        found = await stoppable(contents_of, self._database)
        self._spending.judge(found.discrepancies)
        for one in found.discrepancies:
            log.error(
                "the books do not balance: nothing new is ordered",
                account=one.account,
                what=one.what,
                expected=one.expected,
                found=one.found,
            )
        if not found.discrepancies:
            log.info("the books balance", entries=found.entries, jobs=found.jobs)
        self._nights.over(now)
