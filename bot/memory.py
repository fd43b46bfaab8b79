"""Small facts the bot remembers across restarts."""

from __future__ import annotations

from storage import meta
from storage.database import Database


class Memory:
    """One text under one key."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def recall(self, key: str) -> str | None:
        """What was remembered last, if anything."""
        return await self._database.read(meta.get_meta, key)

    async def remember(self, key: str, value: str) -> None:
        """Replace what was remembered."""
        await self._database.run(meta.set_meta, key, value)
