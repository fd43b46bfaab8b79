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
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import ParamSpec

import providers
from bot.__main__ import main
from bot.discord import cogs
from bot.jobs import worker
from bot.playground.launch import STOP_SECONDS
from providers.base import Provider

SIGKILLED = -signal.SIGKILL
NOT_TOLD = 255
"""What multiprocessing says of a process that was killed before it could tell anything."""
IMPORTED_ONCE = (
    *("bot.app", "bot.owner.doctor", "bot.owner.reconcile", "bot.owner.backup"),
    *("storage.upgrade", "uvloop", "tests.warm"),
)

P = ParamSpec("P")


class Fork:
    """One process, the bot's or one that does a single thing, as asyncio would tell of it."""

    def __init__(self, process: ForkServerProcess) -> None:
        self._process = process
        self.returncode: int | None = None
        """None while it is not known to be over, negative after a signal."""
        self._was_killed = False

    @property
    def pid(self) -> int:
        """Its number on this machine."""
        assert self._process.pid is not None
        return self._process.pid

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it still lives."""
        if self.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self._process.terminate()

    def kill(self) -> None:
        """End it without a word."""
        self._was_killed = True
        self._process.kill()

    def freeze(self) -> None:
        """Stop it in the middle of whatever it does."""
        self.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on, if it was frozen."""
        self.send_signal(signal.SIGCONT)

    async def wait(self) -> int:
        """Wait until it has ended; its exit status."""
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._process.sentinel, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(self._process.sentinel)
        self.returncode = self._process.exitcode
        if self.returncode == NOT_TOLD and self._was_killed:
            self.returncode = SIGKILLED
        assert self.returncode is not None
        return self.returncode


@asynccontextmanager
async def fork_bot(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    *,
    where: Path,
    out: Path,
    errors: Path | None = None,
    lease_seconds: float | None = None,
    look_seconds: float | None = None,
) -> AsyncIterator[Fork]:
    """Run the command line in a folder until the block ends; what it says is added to files."""
    told = (
        list(arguments),
        dict(environment),
        where,
        out,
        errors or out,
        lease_seconds,
        look_seconds,
    )
    async with fork(_live, *told) as process:
        yield process


@asynccontextmanager
async def fork(target: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> AsyncIterator[Fork]:
    """Run a function in a process of its own, until it is done or the block ends."""
    process = _forks().Process(target=target, args=args, kwargs=kwargs)
    await asyncio.to_thread(process.start)
    forked = Fork(process)
    try:
        yield forked
    finally:
        await _stop(forked)


async def _stop(forked: Fork) -> None:
    if forked.returncode is not None:
        return
    forked.thaw()
    forked.terminate()
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await forked.wait()
    except TimeoutError:
        forked.kill()
        await forked.wait()


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
    arguments: list[str],
    environment: dict[str, str],
    where: Path,
    out: Path,
    errors: Path,
    lease_seconds: float | None,
    look_seconds: float | None,
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
    if lease_seconds is not None:
        # Nobody waits a quarter of an hour for a lease to run out.
        worker.LEASE = timedelta(seconds=lease_seconds)
    if look_seconds is not None:
        # Nor five seconds for a task that was over at once.
        for provider in Provider.__subclasses__():
            provider.poll_seconds = min(provider.poll_seconds, look_seconds)
    sys.exit(main(arguments))
