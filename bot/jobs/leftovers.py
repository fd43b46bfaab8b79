"""Clears away what a process that was killed left half done, before the next one begins."""

from __future__ import annotations

from bot.jobs.files import JobFiles
from bot.jobs.uploads import job_of_upload
from storage.database import Database
from storage.retention import Need, needs

FILES_LOOKED_AT = 192
"""An upload without a job was stored as the process died, so it is among the last so many."""


async def clear_leftovers(database: Database, files: JobFiles) -> None:
    """Remove half-written files, and uploads of orders that became neither jobs nor drafts."""
    await files.drop_unfinished()
    newest = await files.newest_uploads(FILES_LOOKED_AT)
    owners = list({job_of_upload(name) for name in newest})
    need = await database.read(needs, owners, ended_before=None)
    for name in newest:
        if need[job_of_upload(name)] is Need.NO_JOB:
            await files.drop_upload(name)
