"""The real bot and the bare bots it is measured against, each as a process of its own."""

from __future__ import annotations

import asyncio
import enum
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.playground.launch import Served, last_log_line, launch_bot

READY_WITHIN_SECONDS = 60
LOOK_SECONDS = 0.005


class Bot(enum.Enum):
    """How each is started."""

    ZOETROPE = ("bot", "run")
    BARE = ("tests.benchmarks.bare_bot",)
    BARE_UVLOOP = ("tests.benchmarks.bare_bot", "--uvloop")


@dataclass(frozen=True)
class RunningBot:
    """A bot that handles commands, and how long it took from its start until it did."""

    pid: int
    startup_seconds: float


@asynccontextmanager
async def running(bot: Bot, discord: Served, folder: Path) -> AsyncIterator[RunningBot]:
    """Run a bot until the block ends; the folder keeps its data and its log."""
    log = folder / f"{bot.name.lower()}.log"
    log.unlink(missing_ok=True)
    start = time.perf_counter()
    async with launch_bot(discord, folder, log=log, module=bot.value) as process:
        await _until_ready(process, log)
        yield RunningBot(process.pid, time.perf_counter() - start)


async def _until_ready(process: asyncio.subprocess.Process, log: Path) -> None:
    async with asyncio.timeout(READY_WITHIN_SECONDS):
        while not _says_ready(log):
            if process.returncode is not None:
                raise ChildProcessError(f"the bot ended: {last_log_line(log)}")
            await asyncio.sleep(LOOK_SECONDS)


def _says_ready(log: Path) -> bool:
    """Both kinds of bot write the word when they have handled READY."""
    return re.search(r"\bready\b", log.read_text()) is not None
