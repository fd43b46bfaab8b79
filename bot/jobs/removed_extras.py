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
from storage.extras import PostedExtra

log = get_logger("extras")


class RemovedExtras:
    """A chore; whoever removes a clip has that clip's done at once."""

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
        """Take them back; what the disk or Discord does not let go now is tried again."""
        for one in await self._database.read(extras.removed):
            await self._take_back(one)

    async def drop_let_go(self, job_id: str) -> None:
        """Remove at once what a decision has let go: a clip's files, and what was made of it."""
        await self._drop_forgotten_files()
        for one in await self._database.read(extras.removed):
            if job_id in one.sources:
                await self._take_back(one)

    async def _take_back(self, one: PostedExtra) -> None:
        """Neither post nor copy waits for the other."""
        is_copy_gone = await self._drop_copy(one)
        if await self._delete_post(one) and is_copy_gone:
            await self._database.run(extras.drop, one)

    async def _drop_copy(self, one: PostedExtra) -> bool:
        if one.file is None:
            return True
        try:
            await self._files.drop([self._files.clip(one.file)])
        except OSError as error:
            log.error("the copy of an extra stays for now", job=one.job_id, reason=str(error))
            return False
        return True

    async def _delete_post(self, one: PostedExtra) -> bool:
        try:
            await self._board.delete(one)
        except ThreadGone as error:
            log.warning("an extra cannot be taken back", job=one.job_id, reason=str(error))
        except ThreadError as error:
            log.warning("an extra stays for now", job=one.job_id, reason=str(error))
            return False
        return True
