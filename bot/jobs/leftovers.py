"""Clears away what a process that was killed left half done, before the next one begins."""

from __future__ import annotations

from bot.jobs.files import JobFiles
from bot.jobs.uploads import job_of_upload
from storage import jobs
from storage.database import Database
from storage.errors import JobNotFound

FILES_LOOKED_AT = 192
"""An upload without a job was stored as the process died, so it is among the last so many."""


async def clear_leftovers(database: Database, files: JobFiles) -> None:
    """Remove half-written files, and uploads of orders that never became jobs."""
    await files.drop_unfinished()
    for name in await files.newest_uploads(FILES_LOOKED_AT):
        try:
            await database.read(jobs.get, job_of_upload(name))
        except JobNotFound:
            await files.drop_upload(name)
