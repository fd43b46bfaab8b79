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
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import ParamSpec

import providers
from bot.__main__ import main
from bot.discord import cogs
from bot.jobs import worker
from bot.playground.launch import PROJECT, STOP_SECONDS, Served, bot_environment

SIGKILLED = -signal.SIGKILL

P = ParamSpec("P")


class Life:
    """One process: the bot's, or one that does a single thing."""

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

    def freeze(self) -> None:
        """Stop it in the middle of whatever it does."""
        self._send(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on, if it was frozen."""
        self._send(signal.SIGCONT)

    def _send(self, number: signal.Signals) -> None:
        if self._process.pid is not None and self.exit_status is None:
            with suppress(ProcessLookupError):
                os.kill(self._process.pid, number)

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
async def begin_life(
    discord: Served,
    folder: Path,
    log: Path,
    settings: Mapping[str, str] | None = None,
    *,
    lease_seconds: float | None = None,
) -> AsyncIterator[Life]:
    """Run the bot against this Discord until the block ends; its log goes to a file."""
    environment = bot_environment(discord, folder) | dict(settings or {})
    async with begin(_live, environment, log, lease_seconds) as life:
        yield life


@asynccontextmanager
async def begin(
    target: Callable[P, None], *args: P.args, **kwargs: P.kwargs
) -> AsyncIterator[Life]:
    """Run a function in a process of its own, until it is done or the block ends."""
    process = _forks().Process(target=target, args=args, kwargs=kwargs)
    await asyncio.to_thread(process.start)
    life = Life(process)
    try:
        yield life
    finally:
        life.thaw()
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
    context.set_forkserver_preload([__name__, "bot.app", "storage.upgrade", "uvloop", *scanned])
    return context


def _live(environment: dict[str, str], log: Path, lease_seconds: float | None) -> None:
    """Become what `python -m bot run` is, in a session of its own."""
    gc.freeze()  # What was inherited is no garbage, and looking through it takes 0.1 s.
    os.setsid()
    os.chdir(PROJECT)
    os.environ.clear()
    os.environ.update(environment)
    said = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(said, sys.stdout.fileno())
    os.dup2(said, sys.stderr.fileno())
    if lease_seconds is not None:
        # Nobody waits a quarter of an hour for a lease to run out.
        worker.LEASE = timedelta(seconds=lease_seconds)
    sys.exit(main(["run"]))
