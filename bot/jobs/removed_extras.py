"""Takes extras back, post and stored copy, once a clip they were made of is removed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from bot.clock import Clock
from bot.jobs.extra_board import ExtraBoard
from bot.jobs.files import JobFiles
from bot.jobs.thread import ThreadError, ThreadGone
from bot.logs import get_logger
from storage import extras
from storage.database import Database

log = get_logger("extras")


class RemovedExtras:
    """A chore; and whoever removes a clip need not wait for it."""

    name = "extras"

    def __init__(
        self,
        database: Database,
        files: JobFiles,
        board: ExtraBoard,
        drop_forgotten_files: Callable[[], Awaitable[None]],
        *,
        clock: Clock,
    ) -> None:
        self._database = database
        self._files = files
        self._board = board
        self._drop_forgotten_files = drop_forgotten_files
        self._began_at = clock()
        self._is_new = True

    async def is_due(self, now: datetime) -> bool:
        """Whether any is to go, or was being posted when an earlier process was killed."""
        if self._is_new:
            await self._database.run(extras.give_up_unposted, before=self._began_at)
            self._is_new = False
        return bool(await self._database.read(extras.removed))

    async def do(self, now: datetime) -> None:
        """Take them back."""
        await self.clear()

    async def drop_let_go(self) -> None:
        """Remove at once what a decision has let go: a clip's files, and what was made of it.

        Raises as `clear`.
        """
        await self._drop_forgotten_files()
        await self.clear()

    async def clear(self) -> None:
        """Take back what is to go; what Discord does not let go now is tried again.

        Raises OSError where a file cannot be removed.
        """
        for one in await self._database.read(extras.removed):
            if one.file is not None:
                await self._files.drop([self._files.clip(one.file)])
            try:
                await self._board.delete(one)
            except ThreadGone as error:
                log.warning("an extra cannot be taken back", job=one.job_id, reason=str(error))
            except ThreadError as error:
                log.warning("an extra stays for now", job=one.job_id, reason=str(error))
                continue
            await self._database.run(extras.drop, one)
