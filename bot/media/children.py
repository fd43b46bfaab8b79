"""Child processes for untrusted bytes: limited, without an environment, and never left behind."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.media.errors import ChildOverran

_CONFINE = Path(__file__).with_name("confine.py")
_STDERR_BYTES = 64 * 1024
_CHUNK_BYTES = 64 * 1024


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one child process may use."""

    wall_seconds: float
    cpu_seconds: int
    memory_bytes: int
    """Address space, not resident memory."""
    file_bytes: int
    """The largest file it may write."""
    output_bytes: int
    """The most it may say on stdout."""
    open_files: int = 64
    niceness: int = 0


@dataclass(frozen=True)
class Ended:
    """A child process that came to its own end."""

    status: int
    """Its exit code, or the negative number of the signal that ended it."""
    stdout: bytes
    stderr: bytes
    """The first 64 KiB."""


async def run_child(
    command: Sequence[str],
    *,
    limits: Limits,
    stdin: bytes = b"",
    environment: Mapping[str, str] | None = None,
) -> Ended:
    """Run a program to its end, in a process group of its own, and return what it said.

    Whatever happens, cancellation included, nothing of the group is alive afterwards. Where this
    process is killed, Linux ends the program too; what that had started itself lives on.
    Raises ChildOverran when it runs out of wall time or says more than it may.
    """
    try:
        async with (
            asyncio.timeout(limits.wall_seconds),
            _started(_confined(command, limits), environment or {}) as child,
        ):
            ended = await _converse(child, stdin, limits.output_bytes)
    except TimeoutError as error:
        raise ChildOverran(f"stopped after {limits.wall_seconds} s") from error
    if len(ended.stdout) > limits.output_bytes:
        raise ChildOverran(f"said more than {limits.output_bytes} bytes")
    return ended


def _confined(command: Sequence[str], limits: Limits) -> list[str]:
    numbers = (
        os.getpid(),
        limits.memory_bytes,
        limits.cpu_seconds,
        limits.file_bytes,
        limits.open_files,
        limits.niceness,
    )
    return [sys.executable, "-I", "-S", str(_CONFINE), *map(str, numbers), *command]


@contextlib.asynccontextmanager
async def _started(
    command: Sequence[str], environment: Mapping[str, str]
) -> AsyncIterator[asyncio.subprocess.Process]:
    starting = asyncio.ensure_future(
        asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=environment,
            cwd="/",
        )
    )
    try:
        # Cancelled half started, a child could have children already, and nobody would end them.
        yield await asyncio.shield(starting)
    finally:
        child = await starting
        # The child makes its group itself, and may not have come to that yet.
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        await child.wait()


async def _converse(child: asyncio.subprocess.Process, stdin: bytes, output_bytes: int) -> Ended:
    assert child.stdin is not None
    assert child.stdout is not None
    assert child.stderr is not None
    async with asyncio.TaskGroup() as group:
        group.create_task(_feed(child.stdin, stdin))
        stdout = group.create_task(_read(child.stdout, output_bytes + 1))
        stderr = group.create_task(_read(child.stderr, _STDERR_BYTES))
    return Ended(await child.wait(), stdout.result(), stderr.result())


async def _feed(stream: asyncio.StreamWriter, data: bytes) -> None:
    # A child that refuses early closes its end while we still write; its answer says why.
    # Where it did so before we began, uvloop refuses the write with a RuntimeError.
    if not stream.is_closing():
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            stream.write(data)
            await stream.drain()
    stream.close()


async def _read(stream: asyncio.StreamReader, most_bytes: int) -> bytes:
    """Return the beginning of a stream; the rest is read too, so that the child never blocks."""
    kept = bytearray()
    while chunk := await stream.read(_CHUNK_BYTES):
        kept += chunk[: most_bytes - len(kept)]
    return bytes(kept)
