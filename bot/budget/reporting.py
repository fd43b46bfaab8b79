"""What a moderator may have in pictures, as a table, or about one job; all of it only reads."""

from __future__ import annotations

import asyncio
import gzip
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO

from bot.budget import csv_export
from bot.budget.charts import Chart as Chart
from bot.budget.charts import Names as Names
from bot.budget.charts import draw
from bot.clock import Clock
from bot.errors import ExportTooLarge, NoSuchMonth
from bot.jobs.files import JobFiles
from storage import exports, figures, receipts, spans
from storage.database import Database
from storage.exports import Line
from storage.figures import Figures as Figures
from storage.receipts import Receipt as Receipt
from storage.schema import Phase
from storage.spans import Span

ACCOUNTS_AT_ONCE = 20
MOST_TIMES_PACKED = 20
"""A table that is larger by this than what may be attached would not fit packed either."""
_MONTH = re.compile(r"(\d{4})-(\d{1,2})")


@dataclass(frozen=True, kw_only=True)
class Sums:
    """What the entries of a table add up to, in credits."""

    entries: int = 0
    spent: int = 0
    held: int = 0
    lost: int = 0

    def with_line(self, line: Line) -> Sums:
        """The same and one more entry."""
        is_job = line.phase in (Phase.HOLD, Phase.SETTLE)
        return Sums(
            entries=self.entries + 1,
            spent=self.spent - (line.posted_change if line.phase is Phase.SETTLE else 0),
            held=self.held + (line.held_change if is_job else 0),
            lost=self.lost - (line.posted_change if line.phase is Phase.LOSS else 0),
        )


@dataclass(frozen=True, kw_only=True)
class Export:
    """A finished table; the file lasts as long as the block it was made for."""

    file: Path
    span: Span
    sums: Sums


class ReportingService:
    """Reads a guild's books for its moderators."""

    def __init__(self, database: Database, files: JobFiles, *, clock: Clock) -> None:
        self._database = database
        self._files = files
        self._clock = clock
        # One at a time, so that a row of reports leaves the processor to others.
        self._drawing = asyncio.Semaphore(1)
        self._exporting = asyncio.Semaphore(1)

    async def figures(self, guild_id: int, month: str | None = None) -> Figures:
        """A month like "2026-05" in figures; this month for None. Raises NoSuchMonth."""
        found = await self._database.read(
            figures.of_month, guild_id, _first_day(month), now=self._clock()
        )
        _check_begun(found.span, month)
        return found

    async def charts(self, figures: Figures, names: Names) -> tuple[Chart, ...]:
        """Draw a month, beside the event loop."""
        async with self._drawing:
            return await asyncio.to_thread(draw, figures, names)

    @asynccontextmanager
    async def export(
        self, guild_id: int, month: str | None = None, *, limit_bytes: int
    ) -> AsyncIterator[Export]:
        """Every entry that counts for a month, as CSV, or packed where that is too large.

        Raises NoSuchMonth and ExportTooLarge.
        """
        span = await self._database.read(
            spans.month_of, guild_id, _first_day(month), now=self._clock()
        )
        _check_begun(span, month)
        async with self._files.scratch() as folder:
            file = folder / f"entries-{span.first:%Y-%m}.csv"
            async with self._exporting:
                sums = await self._write(file, guild_id, span, limit_bytes)
                fitting = await asyncio.to_thread(_packed, file, limit_bytes)
            yield Export(file=fitting, span=span, sums=sums)

    async def receipt(self, job_id: str) -> Receipt:
        """All the books have on a job; who may see it is asked before. Raises JobNotFound."""
        return await self._database.read(receipts.of_job, job_id)

    async def _write(self, file: Path, guild_id: int, span: Span, limit_bytes: int) -> Sums:
        """Write the table, some accounts at a time: others read in between."""
        accounts = await self._database.read(exports.accounts, guild_id)
        sums, written = Sums(), 0
        with await asyncio.to_thread(file.open, "wb") as table:
            await asyncio.to_thread(table.write, csv_export.header())
            for start in range(0, len(accounts), ACCOUNTS_AT_ONCE):
                some = accounts[start : start + ACCOUNTS_AT_ONCE]
                lines = await self._database.read(exports.lines, some, span)
                for line in lines:
                    sums = sums.with_line(line)
                written += await asyncio.to_thread(_append, table, lines)
                if written > MOST_TIMES_PACKED * limit_bytes:
                    raise ExportTooLarge(limit_bytes)
        return sums


def _append(table: BinaryIO, lines: list[Line]) -> int:
    return table.write(csv_export.table(lines))


def _packed(file: Path, limit_bytes: int) -> Path:
    if file.stat().st_size <= limit_bytes:
        return file
    packed = file.with_name(f"{file.name}.gz")
    with file.open("rb") as whole, gzip.open(packed, "wb") as smaller:
        shutil.copyfileobj(whole, smaller)
    if packed.stat().st_size > limit_bytes:
        raise ExportTooLarge(limit_bytes)
    return packed


def _first_day(month: str | None) -> date | None:
    if month is None:
        return None
    form = _MONTH.fullmatch(month.strip())
    # Nothing is older than Discord, and the calendar of Python ends somewhere.
    if form is None or not (1 <= int(form[2]) <= 12 and 2015 <= int(form[1]) <= 2999):
        raise NoSuchMonth(month)
    return date(int(form[1]), int(form[2]), 1)


def _check_begun(span: Span, month: str | None) -> None:
    if span.first > span.today:
        raise NoSuchMonth(month or "")
