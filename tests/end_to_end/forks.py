"""`python -m bot`, many times over, without importing it anew each time.

The bot does nothing at import, so a process forked just after is as fresh as one that was started
from the command line; and importing is nearly all of what a start costs.
"""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import os
import pkgutil
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

import providers
from bot.__main__ import main
from bot.discord import cogs
from bot.playground.launch import STOP_SECONDS

IMPORTED_ONCE = ("bot.app", "bot.owner.doctor", "bot.owner.reconcile", "bot.owner.backup", "uvloop")


class Fork:
    """One process of the bot, with what an asyncio subprocess would say of it."""

    def __init__(self, process: ForkServerProcess) -> None:
        self._process = process
        self.returncode: int | None = None
        """None while it is not known to be over, negative after a signal."""

    @property
    def pid(self) -> int:
        """Its number on this machine."""
        assert self._process.pid is not None
        return self._process.pid

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it still lives."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self._process.terminate()

    def kill(self) -> None:
        """End it without a word."""
        self._process.kill()

    async def wait(self) -> int:
        """Wait until it has ended; its exit status."""
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._process.sentinel, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(self._process.sentinel)
        self.returncode = self._process.exitcode
        assert self.returncode is not None
        return self.returncode


@asynccontextmanager
async def fork_bot(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    *,
    where: Path,
    out: Path,
    errors: Path,
) -> AsyncIterator[Fork]:
    """Run the command line in a folder until the block ends; what it says is added to two files."""
    told = (list(arguments), dict(environment), where, out, errors)
    process = _forks().Process(target=_live, args=told)
    await asyncio.to_thread(process.start)
    fork = Fork(process)
    try:
        yield fork
    finally:
        await _stop(fork)


async def _stop(fork: Fork) -> None:
    if fork.returncode is not None:
        return
    fork.terminate()
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await fork.wait()
    except TimeoutError:
        fork.kill()
        await fork.wait()


def _forks() -> ForkServerContext:
    """Forks of one process that has imported the bot, and ends with the tests."""
    context = multiprocessing.get_context("forkserver")
    scanned = [
        f"{package.__name__}.{module.name}"
        for package in (providers, cogs)
        for module in pkgutil.iter_modules(package.__path__)
    ]
    context.set_forkserver_preload([__name__, *IMPORTED_ONCE, *scanned])
    return context


def _live(
    arguments: list[str], environment: dict[str, str], where: Path, out: Path, errors: Path
) -> None:
    """Become what `python -m bot` is, in a session of its own."""
    gc.freeze()  # What was inherited is no garbage, and looking through it takes 0.1 s.
    os.setsid()
    os.chdir(where)
    os.environ.clear()
    os.environ.update(environment)
    for stream, file in ((sys.stdout, out), (sys.stderr, errors)):
        said = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.dup2(said, stream.fileno())
    sys.exit(main(arguments))
