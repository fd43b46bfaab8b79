"""The animator's processes: what ends them, and what outlives whoever started them."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from providers.base import Failed, FailureReason, Pending, Status, Succeeded
from providers.errors import TaskLost
from providers.model import Shape
from tests.providers.local.asking import (
    attempts,
    ended,
    names_in,
    processes_in,
    provider_in,
    rendering,
    request_for,
    until,
)
from tests.providers.local.test_clip import described

PROJECT = Path(__file__).parents[3]


def secrets_of(process: int) -> tuple[str, bytes]:
    """The limits and the environment of a process."""
    folder = Path("/proc") / str(process)
    limits = " ".join((folder / "limits").read_text().split())
    return limits, (folder / "environ").read_bytes()


def submit_and_die(folder: Path) -> None:
    """Submit a task called orphan from a process that is killed with -9 right afterwards."""
    script = f"""
import asyncio, os, signal
from pathlib import Path
from tests.providers.local.asking import provider_in, request_for, rendering

async def main():
    async with provider_in(Path({str(folder)!r})) as provider:
        task = await provider.submit(request_for(provider, seconds=5), "orphan")
        await rendering(provider, task)
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""
    environment = {"PYTHONPATH": str(PROJECT)}
    died = subprocess.run([sys.executable, "-c", script], env=environment, check=False, timeout=60)
    assert died.returncode == -signal.SIGKILL


async def test_cancelling_ends_every_process_and_leaves_nothing(tmp_path: Path) -> None:
    async with provider_in(tmp_path) as provider:
        task = await provider.submit(request_for(provider, seconds=10), "job-1")
        await rendering(provider, task)
        assert len(processes_in(tmp_path)) >= 2

        await provider.cancel(task)

        assert processes_in(tmp_path) == set()
        assert names_in(tmp_path) == []
        with pytest.raises(TaskLost):
            await provider.poll(task)
        await provider.cancel(task)


async def test_of_a_square_clip_a_renderer_killed_with_minus_nine_is_started_again(
    tmp_path: Path,
) -> None:
    async with provider_in(tmp_path) as provider:
        task = await provider.submit(request_for(provider, shape=Shape.SQUARE), "job-1")
        await rendering(provider, task)

        os.kill(int((tmp_path / "job-1" / "lock").read_text()), signal.SIGKILL)

        assert isinstance(await ended(provider, task), Succeeded)
        assert attempts(tmp_path, "job-1") == 2
        assert " 720x720," in described(tmp_path / "job-1" / "clip.mp4")


async def test_a_renderer_that_keeps_dying_is_given_up(tmp_path: Path) -> None:
    async with provider_in(tmp_path) as provider:
        task = await provider.submit(request_for(provider), "job-1")
        lock = tmp_path / "job-1" / "lock"

        async def killed_again() -> Status:
            if process := lock.read_text():
                os.killpg(int(process), signal.SIGKILL)
            return await provider.poll(task)

        status = await until(killed_again, lambda status: not isinstance(status, Pending))

        assert isinstance(status, Failed)
        assert status.reason is FailureReason.PROVIDER_FAULT
        assert status.detail == "3 renderers died: no complaint"
        assert await provider.poll(task) == status


async def test_a_renderer_is_limited_and_knows_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "secret")
    async with provider_in(tmp_path) as provider:
        task = await provider.submit(request_for(provider, seconds=10), "job-1")
        await rendering(provider, task)
        processes = processes_in(tmp_path)

        assert len(processes) >= 2
        for process in processes:
            limits, environment = secrets_of(process)
            assert "Max address space 2147483648" in limits
            assert "Max file size 67108864" in limits
            assert b"secret" not in environment


async def test_a_renderer_that_takes_too_long_gives_up(tmp_path: Path) -> None:
    async with provider_in(tmp_path) as provider:
        task = await provider.submit(request_for(provider, seconds=10), "job-1")
        await rendering(provider, task)

        os.kill(int((tmp_path / "job-1" / "lock").read_text()), signal.SIGALRM)

        status = await ended(provider, task)
    assert status == Failed(FailureReason.PROVIDER_FAULT, "no clip after 120 s")


async def test_a_clip_is_found_by_a_new_bot_after_the_old_one_was_killed(tmp_path: Path) -> None:
    await asyncio.to_thread(submit_and_die, tmp_path)
    assert len(processes_in(tmp_path)) >= 2

    async with provider_in(tmp_path) as provider:
        task = await provider.find("orphan")
        assert task is not None
        assert isinstance(await provider.poll(json.loads(json.dumps(task))), Pending)
        status = await ended(provider, task)

        assert isinstance(status, Succeeded)
        assert attempts(tmp_path, "orphan") == 1


async def test_an_orphan_can_be_cancelled_by_a_new_bot(tmp_path: Path) -> None:
    await asyncio.to_thread(submit_and_die, tmp_path)

    async with provider_in(tmp_path) as provider:
        await provider.cancel({"folder": "orphan"})

        assert processes_in(tmp_path) == set()
        assert await provider.find("orphan") is None


async def test_closing_ends_the_renderers_and_opening_starts_them_again(tmp_path: Path) -> None:
    async with provider_in(tmp_path) as provider:
        task = await provider.submit(request_for(provider), "job-1")
        await rendering(provider, task)
    assert processes_in(tmp_path) == set()

    async with provider_in(tmp_path) as provider:
        await rendering(provider, task)
        assert attempts(tmp_path, "job-1") == 1
