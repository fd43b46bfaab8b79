"""Whether there is room for the pictures and clips the owner allows."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

from bot.jobs.files import JobFiles
from bot.owner.checkup import Finding, Mark
from bot.settings import Settings

GB = 1000**3
SCARCE_BYTES = GB
"""Less than this is soon gone: a few dozen clips, a backup and the database's own growth."""


async def disk_finding(settings: Settings) -> Finding:
    """Hold what pictures and clips may take against what is free. Nothing is written."""
    used = (await JobFiles(settings.files_folder).use()).total_bytes
    free = await asyncio.to_thread(_free_bytes, settings.files_folder)
    budget = settings.disk_budget_bytes
    mark, text = _judgement(used, free, budget)
    facts = {"used_bytes": used, "free_bytes": free, "budget_bytes": budget}
    return Finding(mark, "disk", f"Pictures and clips take {_size(used)}. {text}", facts)


def _judgement(used: int, free: int, budget: int | None) -> tuple[Mark, str]:
    if free < SCARCE_BYTES:
        return Mark.WARNING, (
            f"Only {_size(free)} of the disk are free. Make room, for once it is full nothing can "
            "be written down and nothing is ordered."
        )
    if budget is None:
        return Mark.NOTE, (
            f"DISK_BUDGET_GB is not set, so they may take all of the disk; {_size(free)} are free."
        )
    if budget - used > free:
        return Mark.WARNING, (
            f"DISK_BUDGET_GB allows {_size(budget)}, and only {_size(free)} are free: the disk is "
            f"full before the budget is. Set it to {max(1, (used + free) * 9 // 10 // GB)} or less."
        )
    if used > budget:
        return Mark.WARNING, (
            f"That is more than DISK_BUDGET_GB allows, {_size(budget)}. The bot removes the oldest "
            "as soon as it may; while that is not enough, nothing is ordered."
        )
    return Mark.GOOD, f"DISK_BUDGET_GB allows {_size(budget)}, and {_size(free)} are free."


def _free_bytes(folder: Path) -> int:
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    return shutil.disk_usage(there).free


def _size(size_bytes: int) -> str:
    return f"{size_bytes / GB:.1f} GB"
