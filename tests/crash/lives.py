"""Starts a bot many times over without importing it anew each time.

The bot does nothing at import, so that a process forked just after is as fresh as one that was
started from the command line; and importing is nearly all of what a start costs.
"""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import os
import pkgutil
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

import providers
from bot.__main__ import main
from bot.discord import cogs
from bot.playground.launch import PROJECT, STOP_SECONDS, Served, bot_environment

SIGKILLED = -signal.SIGKILL


class Life:
    """One process of the bot."""

    def __init__(self, process: ForkServerProcess) -> None:
        self._process = process
        self.exit_status: int | None = None
        """As of a subprocess: None while it is not known to be over, negative after a signal."""

    def kill(self) -> None:
        """End it without a word."""
        self._process.kill()

    def terminate(self) -> None:
        """Ask it to end."""
        self._process.terminate()

    async def over(self) -> None:
        """Wait until it has ended."""
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._process.sentinel, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(self._process.sentinel)
        self.exit_status = self._process.exitcode


@asynccontextmanager
async def begin_life(discord: Served, folder: Path, log: Path) -> AsyncIterator[Life]:
    """Run the bot against this Discord until the block ends; its log goes to a file."""
    process = _forks().Process(target=_live, args=(bot_environment(discord, folder), log))
    await asyncio.to_thread(process.start)
    life = Life(process)
    try:
        yield life
    finally:
        life.terminate()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await life.over()
        except TimeoutError:
            life.kill()
            await life.over()


def _forks() -> ForkServerContext:
    """Forks of one process that has imported the bot, and ends with the tests."""
    context = multiprocessing.get_context("forkserver")
    scanned = [
        f"{package.__name__}.{module.name}"
        for package in (providers, cogs)
        for module in pkgutil.iter_modules(package.__path__)
    ]
    context.set_forkserver_preload([__name__, "bot.app", "uvloop", *scanned])
    return context


def _live(environment: dict[str, str], log: Path) -> None:
    """Become what `python -m bot run` is, in a session of its own."""
    gc.freeze()  # What was inherited is no garbage, and looking through it takes 0.1 s.
    os.setsid()
    os.chdir(PROJECT)
    os.environ.clear()
    os.environ.update(environment)
    said = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(said, sys.stdout.fileno())
    os.dup2(said, sys.stderr.fileno())
    sys.exit(main(["run"]))
