"""A nightly chore: what has expired is written down, also where nobody looks at it."""

from __future__ import annotations

from datetime import datetime

from bot.keeping.housekeeping import Nights
from storage import asks, ledger, plans
from storage.database import Database

ACCOUNTS_AT_ONCE = 200
"""So that nobody's order waits long for its turn to be written."""


class Expiry:
    """Lets credits and questions expire whose time is over, and gives up old plans."""

    name = "expiry"

    def __init__(self, database: Database) -> None:
        self._database = database
        self._nights = Nights()

    async def is_due(self, now: datetime) -> bool:
        """At the first look, and then once a night."""
        return self._nights.is_new(now)

    async def do(self, now: datetime) -> None:
        """Go through all accounts with something that is due. Raises StorageError."""
        await self._database.run(asks.expire_due, now=now)
        await self._database.run(plans.drop_expired, now=now)
        last: int | None = 0
        while last is not None:
            last = await self._database.run(
                ledger.expire_due, now=now, after=last, limit=ACCOUNTS_AT_ONCE
            )
        self._nights.over(now)
