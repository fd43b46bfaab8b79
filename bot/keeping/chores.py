"""Which chores a deployment has, by its settings."""

from __future__ import annotations

from collections.abc import Sequence

from bot.clock import Clock
from bot.jobs.files import JobFiles
from bot.keeping.auditing import NightlyAudit
from bot.keeping.backing_up import ScheduledBackups
from bot.keeping.disk_budget import DiskBudget
from bot.keeping.housekeeping import Chore, Housekeeping
from bot.keeping.spending import Spending
from bot.keeping.sweeping import Retention, Sweep
from bot.settings import Settings
from storage.backups import file_of
from storage.database import Reader


def make_housekeeping(
    settings: Settings,
    database: Reader,
    files: JobFiles,
    spending: Spending,
    *,
    clock: Clock,
    others: Sequence[Chore] = (),
) -> Housekeeping:
    """Housekeeping for a bot that has just started; its files stay within their budget at once."""
    path = file_of(settings.database_url)
    budget = DiskBudget(
        database, files, spending, clock=clock, budget_bytes=settings.disk_budget_bytes
    )
    files.stay_within(budget)
    chores: list[Chore] = [
        NightlyAudit(path, spending),
        Sweep(database, files, Retention(settings.pictures_kept, settings.clips_kept)),
        budget,
        *others,
    ]
    if settings.backup_every is not None:
        backups = ScheduledBackups(
            path,
            settings.backups_folder,
            every=settings.backup_every,
            kept=settings.backups_kept,
        )
        chores.append(backups)
    return Housekeeping(chores, clock=clock)
