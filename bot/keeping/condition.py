"""How the bot is: what runs and waits, which providers rest, and what the disk holds."""

from __future__ import annotations

import asyncio
import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot import __version__
from bot.errors import NoRoom
from bot.jobs.ailments import Ailment
from bot.jobs.files import DiskUse
from bot.jobs.history import Viewer
from bot.jobs.rests import Rest
from bot.jobs.workbench import Workbench
from bot.keeping.backing_up import last_backup
from bot.keeping.spending import Spending
from bot.keeping.sweeping import Retention
from bot.media.permits import Load, Permits
from bot.settings import Settings
from storage import traffic
from storage.backups import file_of
from storage.errors import BooksDoNotBalance
from storage.jobs import Job
from storage.line import Place
from storage.traffic import Traffic

SHORT_FROM = 0.9
"""Of the disk budget."""
OWN_JOBS = 5
"""So many of the viewer's own jobs are told of."""


class Trouble(enum.Enum):
    """Why nothing can be ordered at all."""

    BOOKS = enum.auto()
    NO_ROOM = enum.auto()


@dataclass(frozen=True, kw_only=True)
class AtProvider:
    """How things stand at one provider, for all guilds together."""

    title: str
    traffic: Traffic
    most_running: int
    rest: Rest | None
    ailment: Ailment | None = None

    @property
    def takes_nothing(self) -> bool:
        """Whether an order has no chance there at the moment."""
        return self.ailment is not None or (
            self.rest is not None and self.rest.fails_since is not None
        )


@dataclass(frozen=True, kw_only=True)
class Amounts:
    """How much is kept, of all guilds together."""

    disk: DiskUse
    budget_bytes: int | None
    database_bytes: int

    @property
    def is_short(self) -> bool:
        """Whether old files soon go early, or do already."""
        budget = self.budget_bytes
        return budget is not None and self.disk.total_bytes > SHORT_FROM * budget


@dataclass(frozen=True, kw_only=True)
class Stock:
    """What moderators are told besides; how much others keep is none of theirs."""

    is_room_short: bool
    has_budget: bool
    retention: Retention
    last_backup: datetime | None
    are_backups_scheduled: bool
    version: str
    up_since: datetime


@dataclass(frozen=True, kw_only=True)
class Condition:
    """How the bot is at one moment, as one viewer may know it."""

    trouble: Trouble | None
    providers: tuple[AtProvider, ...]
    own: tuple[tuple[Job, Place], ...]
    """The viewer's jobs in line in this guild."""
    load: Load
    stock: Stock | None
    """None for members."""
    amounts: Amounts | None
    """For the owner alone."""


class ConditionService:
    """Looks at everything at once; nothing it tells is of another member."""

    def __init__(
        self, bench: Workbench, permits: Permits, spending: Spending, settings: Settings
    ) -> None:
        self._bench = bench
        self._permits = permits
        self._spending = spending
        self._settings = settings
        self._up_since = bench.clock()

    async def look(self, viewer: Viewer, *, is_owner: bool = False) -> Condition:
        """How the bot is now; its owner is told all of it. Raises NotRead."""
        bench = self._bench
        counted = await bench.database.read(traffic.by_provider)
        own = await bench.database.read(
            traffic.places_of, viewer.guild_id, viewer.member_id, bench.limits, most=OWN_JOBS
        )
        is_told_more = is_owner or viewer.is_moderator
        amounts = await self._amounts() if is_told_more else None
        return Condition(
            trouble=self._trouble(),
            providers=self._providers(counted),
            own=tuple(own),
            load=self._permits.load,
            stock=None if amounts is None else await self._stock(amounts),
            amounts=amounts if is_owner else None,
        )

    def _trouble(self) -> Trouble | None:
        try:
            self._spending.check()
        except BooksDoNotBalance:
            return Trouble.BOOKS
        except NoRoom:
            return Trouble.NO_ROOM
        return None

    def _providers(self, counted: Mapping[str, Traffic]) -> tuple[AtProvider, ...]:
        now = self._bench.clock()
        return tuple(
            AtProvider(
                title=provider.title,
                traffic=counted.get(name, Traffic()),
                most_running=provider.max_running,
                rest=self._bench.rests.rest_of(name, now=now),
                ailment=self._bench.ailments.of(name),
            )
            for name, provider in self._bench.providers.items()
        )

    async def _amounts(self) -> Amounts:
        database = file_of(self._settings.database_url)
        return Amounts(
            disk=await self._bench.files.use(),
            budget_bytes=self._settings.disk_budget_bytes,
            database_bytes=await asyncio.to_thread(_size_bytes, database),
        )

    async def _stock(self, amounts: Amounts) -> Stock:
        settings = self._settings
        database = file_of(settings.database_url)
        return Stock(
            is_room_short=amounts.is_short,
            has_budget=amounts.budget_bytes is not None,
            retention=Retention(settings.pictures_kept, settings.clips_kept),
            last_backup=await asyncio.to_thread(last_backup, database, settings.backups_folder),
            are_backups_scheduled=settings.backup_every is not None,
            version=__version__,
            up_since=self._up_since,
        )


def _size_bytes(database: Path) -> int:
    """The file, and what was written and is not yet folded into it."""
    files = (database, database.with_name(f"{database.name}-wal"))
    return sum(file.stat().st_size for file in files if file.is_file())
