"""Looks at processes from outside, through /proc."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path


def children(word: str) -> list[int]:
    """The process ids of this process's living children with a word in their command."""
    listed = (list_.read_text() for list_ in Path("/proc/self/task").glob("*/children"))
    pids = (int(pid) for pids in listed for pid in pids.split())
    return [pid for pid in pids if is_alive(pid) and word.encode() in b" ".join(_command(pid))]


def is_alive(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    # A zombie is dead; only its parent has not looked yet.
    return status.rpartition(") ")[2][0] not in "ZX"


def read_process(pid: int, name: str) -> list[bytes]:
    """The words of one of the process's zero-separated lists: "cmdline" or "environ"."""
    return Path(f"/proc/{pid}/{name}").read_bytes().split(b"\0")[:-1]


def can_open_nothing(pid: int) -> bool:
    """Whether a living process has given up opening files."""
    try:
        limits = Path(f"/proc/{pid}/limits").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return ["Max", "open", "files", "0", "0", "files"] in [line.split() for line in limits]


def _command(pid: int) -> list[bytes]:
    try:
        return read_process(pid, "cmdline")
    except (FileNotFoundError, ProcessLookupError):
        return []


async def eventually(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not is_so():  # noqa: ASYNC110 - a process in /proc sets no event
            await asyncio.sleep(0.005)
