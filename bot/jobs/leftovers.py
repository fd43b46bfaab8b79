"""Clears away what a process that was killed left half done, before the next one begins."""

from __future__ import annotations

from bot.jobs.files import JobFiles
from storage import jobs
from storage.database import Database
from storage.errors import JobNotFound

ORDERS_AT_ONCE = 64
"""A picture without a job was stored as the process died, so it is among the last so many."""


async def clear_leftovers(database: Database, files: JobFiles) -> None:
    """Remove half-written files, and pictures of orders that never became jobs."""
    await files.drop_unfinished()
    for name in await files.newest_pictures(ORDERS_AT_ONCE):
        try:
            await database.read(jobs.get, name.removesuffix(".jpg"))
        except JobNotFound:
            await files.drop_picture(name)
