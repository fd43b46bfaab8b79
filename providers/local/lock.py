"""A lock that a child process inherits, so that it is held for just as long as the child lives.

Whoever started the child may be killed meanwhile: the lock still tells that the child is alive,
and the process id written into the locked file still tells which process to end.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
from pathlib import Path


def take(lock: Path) -> int | None:
    """Hold a lock: an open file that keeps it until its last copy is closed, or None if held."""
    file = os.open(lock, os.O_RDWR)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        return None
    os.ftruncate(file, 0)
    return file


def give_back(file: int) -> None:
    """Let go of a lock, even if a process that is just being started holds a copy."""
    fcntl.flock(file, fcntl.LOCK_UN)
    os.close(file)


def is_held(lock: Path) -> bool:
    """Whether a process holds this lock now."""
    file = take(lock)
    if file is None:
        return True
    give_back(file)
    return False


def hand_over(file: int, process_group: int) -> None:
    """Name the child that inherited the lock, and leave it to the child alone."""
    os.write(file, str(process_group).encode())
    os.close(file)


def signal_holder(lock: Path, number: signal.Signals) -> None:
    """Signal the process group named in a lock that is held, if it is named already."""
    process_group = lock.read_bytes()
    if process_group.isdigit():
        with contextlib.suppress(ProcessLookupError):
            os.killpg(int(process_group), number)
