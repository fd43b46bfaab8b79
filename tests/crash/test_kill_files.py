"""Killed while a whole file changes, the bot finds the file as it was or as it shall be."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.crash.audit import Figures
from tests.crash.files import kill_backups, kill_migrations, kill_restores

SEED = 21
KILLS = 2


@pytest.mark.parametrize("kill", [kill_migrations, kill_backups, kill_restores])
async def test_the_books_balance_whenever_it_was_killed(
    kill: Callable[[Path, random.Random, int], Awaitable[Figures]], tmp_path: Path
) -> None:
    figures = await kill(tmp_path, random.Random(SEED), KILLS)

    assert figures.kills >= KILLS
    assert figures.jobs > 0
    assert figures.wrong == []
