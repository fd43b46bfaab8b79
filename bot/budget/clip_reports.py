"""Members report clips; moderators remove them, post and stored copy, or dismiss the report."""

from __future__ import annotations

import asyncio
import enum
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import Protocol

from bot.clock import Clock
from bot.jobs.thread import ThreadError, ThreadGone, ThreadUnreachable
from bot.logs import get_logger
from storage import clip_reports, guilds, jobs
from storage.clip_reports import Case as Case
from storage.clip_reports import Report as Report
from storage.clip_reports import ReportState as ReportState
from storage.database import Database
from storage.errors import NothingToReport
from storage.jobs import Job

log = get_logger("reports")


class Removal(enum.Enum):
    """What came of a moderator's press."""

    DONE = enum.auto()
    POST_STAYS = enum.auto()
    """The stored copy is gone; Discord did not let the post be deleted."""
    TOO_LATE = enum.auto()
    """Somebody decided otherwise before."""


class ReportBoard(Protocol):
    """Cards, posts and members on Discord. Every method is safe to repeat; raises ThreadError."""

    async def post(self, job: Job, case: Case, *, channel_id: int) -> int:
        """Post the moderators' card, and return the message's id."""
        ...

    async def show(self, job: Job, case: Case) -> None:
        """Bring the card up to date."""
        ...

    async def delete_post(self, case: Case) -> None:
        """Delete the clip's message; one that is gone is no matter."""
        ...

    async def tell_member(self, job: Job, case: Case) -> None:
        """Tell the job's member that a moderator removed the clip."""
        ...


class ClipReports:
    """Takes reports, and carries out what a moderator decides, once for each clip. A chore too."""

    name = "reports"

    def __init__(
        self,
        database: Database,
        board: ReportBoard,
        drop_let_go: Callable[[str], Awaitable[None]],
        *,
        clock: Clock,
    ) -> None:
        self._database = database
        self._board = board
        self._drop_let_go = drop_let_go
        self._clock = clock
        # Two reports of one clip at once must not make two cards.
        self._one_card = asyncio.Lock()

    async def check(self, guild_id: int, job_id: str) -> None:
        """Raises NothingToReport where there is no such clip."""
        await self._database.read(clip_reports.posted, guild_id, job_id)

    async def report(self, guild_id: int, job_id: str, reporter_id: int, text: str) -> Case:
        """Report a posted clip. Raises NothingToReport, AlreadyReported."""
        await self._database.run(
            clip_reports.add, guild_id, job_id, reporter_id, text.strip(), now=self._clock()
        )
        log.info("a clip was reported", job=job_id, guild=guild_id)
        await self._update_card(guild_id, job_id)
        return await self.case(guild_id, job_id)

    async def case(self, guild_id: int, job_id: str) -> Case:
        """A reported clip. Raises NothingToReport."""
        case = await self._database.read(clip_reports.of_job, guild_id, job_id)
        if case is None:
            raise NothingToReport(job_id)
        return case

    async def remove(self, guild_id: int, job_id: str, *, moderator_id: int) -> Removal:
        """Remove post and stored copy; to press again repeats what did not work.

        Raises NothingToReport.
        """
        case, counts = await self._decide(guild_id, job_id, moderator_id, ReportState.REMOVED)
        job = await self._database.read(jobs.get, job_id)
        if case.state is not ReportState.REMOVED:
            await self._show(job, case)
            return Removal.TOO_LATE
        await self._drop_let_go(job_id)
        if counts and job.member_id > 0:
            # This wakes an archived thread, of which nothing can be deleted.
            with suppress(ThreadError):
                await self._board.tell_member(job, case)
        if not await self._delete_post(case):
            return Removal.POST_STAYS
        await self._show(job, case)
        return Removal.DONE

    async def dismiss(self, guild_id: int, job_id: str, *, moderator_id: int) -> bool:
        """Leave the clip; False where somebody decided before. Raises NothingToReport."""
        case, counts = await self._decide(guild_id, job_id, moderator_id, ReportState.DISMISSED)
        await self._show(await self._database.read(jobs.get, job_id), case)
        return counts

    async def is_due(self, now: datetime) -> bool:
        """Whether Discord, or a crash, left something undone."""
        return bool(await self._database.read(clip_reports.unfinished, now=now))

    async def do(self, now: datetime) -> None:
        """Post cards that are missing, and delete posts that moderators have removed."""
        for guild_id, job_id in await self._database.read(clip_reports.unfinished, now=now):
            case = await self.case(guild_id, job_id)
            if case.state is ReportState.OPEN or await self._delete_post(case):
                await self._update_card(guild_id, job_id)

    async def _update_card(self, guild_id: int, job_id: str) -> None:
        async with self._one_card:
            case = await self.case(guild_id, job_id)
            job = await self._database.read(jobs.get, job_id)
            if case.message_id is not None:
                await self._show(job, case)
            elif case.state is ReportState.OPEN:
                with suppress(ThreadUnreachable):
                    await self._post_card(job, case)

    async def _decide(
        self, guild_id: int, job_id: str, moderator_id: int, state: ReportState
    ) -> tuple[Case, bool]:
        case, counts = await self._database.run(
            clip_reports.decide, guild_id, job_id, moderator_id, state, now=self._clock()
        )
        log.info(
            "a report was decided", job=job_id, moderator=moderator_id, state=state, counts=counts
        )
        return case, counts

    async def _delete_post(self, case: Case) -> bool:
        if case.clip_message_id is None:
            return True
        try:
            await self._board.delete_post(case)
        except ThreadError as error:
            log.warning("a reported post stays", job=case.job_id, reason=str(error))
            return False
        await self._database.run(clip_reports.post_gone, case.job_id)
        return True

    async def _post_card(self, job: Job, case: Case) -> None:
        log_channel = await self._database.read(guilds.log_channel, job.guild_id)
        for channel_id in (log_channel, job.thread_id, job.channel_id):
            if channel_id is None:
                continue
            try:
                posted = await self._board.post(job, case, channel_id=channel_id)
            except ThreadGone as error:
                log.warning("no card can be posted there", job=job.id, reason=str(error))
                continue
            await self._database.run(
                clip_reports.keep_card, job.id, channel_id=channel_id, message_id=posted
            )
            return

    async def _show(self, job: Job, case: Case) -> None:
        """A card that was deleted is not missed."""
        if case.message_id is not None:
            with suppress(ThreadError):
                await self._board.show(job, case)
