"""The animator as a provider: tasks that outlive whoever started them, in real processes."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from decimal import Decimal
from pathlib import Path

import pytest

from providers.base import (
    Failed,
    FailureReason,
    NotSubmitted,
    Pending,
    RequestRejected,
    Shape,
    Status,
    Succeeded,
    TaskLost,
    TaskRef,
    VideoRequest,
)
from providers.local import LocalProvider
from providers.local.provider import LocalSettings
from tests.providers.local.pictures import SAMPLE
from tests.providers.local.test_clip import described

PROJECT = Path(__file__).parents[3]


def provider_in(folder: Path, *, max_running: int = 1) -> LocalProvider:
    return LocalProvider(LocalSettings(local_max_running=max_running), folder)


def request_for(
    provider: LocalProvider,
    *,
    seconds: int = 2,
    shape: Shape = Shape.SQUARE,
    picture: Path = SAMPLE,
) -> VideoRequest:
    return VideoRequest(
        model=provider.models[0],
        prompt="zoom in",
        picture=picture,
        seconds=seconds,
        shape=shape,
        seed=1,
    )


async def until(look: Callable[[], Awaitable[Status]], done: Callable[[Status], bool]) -> Status:
    """Look again and again, for as long as it takes a loaded machine to render a short clip."""
    async with asyncio.timeout(60):
        while True:
            if done(status := await look()):
                return status
            await asyncio.sleep(0.05)


async def ended(provider: LocalProvider, task: TaskRef) -> Status:
    return await until(lambda: provider.poll(task), lambda status: not isinstance(status, Pending))


async def rendering(provider: LocalProvider, task: TaskRef) -> None:
    await until(
        lambda: provider.poll(task),
        lambda status: isinstance(status, Pending) and (status.progress or 0) > 0,
    )


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def attempts(folder: Path, reference: str) -> int:
    return (folder / reference / "attempts").stat().st_size


def processes_in(folder: Path) -> set[int]:
    """Every process that works in a folder: renderers and their encoders."""
    found = set()
    for link in Path("/proc").glob("[0-9]*/cwd"):
        try:
            where = link.readlink()
        except OSError:
            continue
        if folder in (where, *where.parents):
            found.add(int(link.parent.name))
    return found


def submit_and_die(folder: Path) -> None:
    """Submit a task called orphan from a process that is killed with -9 right afterwards."""
    script = f"""
import asyncio, os, signal
from pathlib import Path
from tests.providers.local.test_provider import provider_in, request_for, rendering

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


@pytest.mark.parametrize(
    ("shape", "size"),
    [(Shape.LANDSCAPE, "1280x720"), (Shape.PORTRAIT, "720x1280"), (Shape.SQUARE, "720x720")],
)
async def test_a_task_ends_in_a_clip_of_the_shape(tmp_path: Path, shape: Shape, size: str) -> None:
    async with provider_in(tmp_path) as provider:
        task = await provider.submit(request_for(provider, shape=shape), "job-1")
        status = await ended(provider, task)

    assert status == Succeeded(clip=tmp_path / "job-1" / "clip.mp4")
    assert f" {size}," in described(tmp_path / "job-1" / "clip.mp4")
    assert (tmp_path / "job-1" / "clip.mp4").stat().st_size < 10 * 1024 * 1024


async def test_a_task_submitted_twice_is_rendered_once(tmp_path: Path) -> None:
    async with provider_in(tmp_path) as provider:
        first = await provider.submit(request_for(provider), "job-1")
        second = await provider.submit(request_for(provider), "job-1")

        assert first == second
        assert isinstance(await ended(provider, first), Succeeded)
        assert attempts(tmp_path, "job-1") == 1


async def test_later_tasks_wait_for_their_turn(tmp_path: Path) -> None:
    async with provider_in(tmp_path) as provider:
        tasks = [
            await provider.submit(request_for(provider, seconds=10), f"job-{number}")
            for number in range(3)
        ]

        assert isinstance(await provider.poll(tasks[0]), Pending)
        assert await provider.poll(tasks[1]) == Pending(position=1)
        assert await provider.poll(tasks[2]) == Pending(position=2)
        await provider.cancel(tasks[0])
        assert await provider.poll(tasks[1]) == Pending(progress=0)
        assert await provider.poll(tasks[2]) == Pending(position=1)


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


async def test_a_renderer_killed_with_minus_nine_is_started_again(tmp_path: Path) -> None:
    async with provider_in(tmp_path) as provider:
        task = await provider.submit(request_for(provider), "job-1")
        await rendering(provider, task)

        os.kill(int((tmp_path / "job-1" / "lock").read_text()), signal.SIGKILL)

        assert isinstance(await ended(provider, task), Succeeded)
        assert attempts(tmp_path, "job-1") == 2


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
        assert isinstance(await ended(provider, task), Succeeded)
        assert attempts(tmp_path, "job-1") == 1


async def test_a_bad_picture_fails_as_bad_input(tmp_path: Path) -> None:
    picture = tmp_path / "not.jpg"
    picture.write_bytes(b"not a picture")

    async with provider_in(tmp_path / "own") as provider:
        task = await provider.submit(request_for(provider, picture=picture), "job-1")
        status = await ended(provider, task)

    assert isinstance(status, Failed)
    assert status.reason is FailureReason.BAD_INPUT


async def test_a_picture_that_is_gone_was_not_submitted(tmp_path: Path) -> None:
    async with provider_in(tmp_path) as provider:
        with pytest.raises(NotSubmitted):
            await provider.submit(request_for(provider, picture=tmp_path / "gone.jpg"), "job-1")

        assert await provider.find("job-1") is None
    assert names_in(tmp_path) == []


@pytest.mark.parametrize("reference", ["", ".", "..", "../job", "a/b", "/etc", "a\0b", ".new-1"])
async def test_no_reference_leads_out_of_the_folder(tmp_path: Path, reference: str) -> None:
    own = tmp_path / "own"
    async with provider_in(own) as provider:
        with pytest.raises(RequestRejected):
            await provider.submit(request_for(provider), reference)
        assert await provider.find(reference) is None
        with pytest.raises(TaskLost):
            await provider.poll({"folder": reference})
        await provider.cancel({"folder": reference})

    assert names_in(tmp_path) == ["own"]
    assert names_in(own) == []


async def test_a_finished_task_is_forgotten_with_all_its_files(tmp_path: Path) -> None:
    async with provider_in(tmp_path) as provider:
        task = await provider.submit(request_for(provider), "job-1")
        await ended(provider, task)

        await provider.forget(task)
        await provider.forget(task)

    assert names_in(tmp_path) == []


async def test_what_a_crash_left_half_made_is_cleared_away(tmp_path: Path) -> None:
    (tmp_path / ".new-1").mkdir()
    (tmp_path / ".old-2").mkdir()
    (tmp_path / "job-1").mkdir()

    async with provider_in(tmp_path):
        assert names_in(tmp_path) == ["job-1"]


@pytest.mark.parametrize(("price", "microdollars"), [("0", 0), ("0.01", 10_000), ("0.0005", 500)])
def test_the_price_follows_from_the_settings(tmp_path: Path, price: str, microdollars: int) -> None:
    settings = LocalSettings(local_usd_per_second=Decimal(price))

    model = LocalProvider(settings, tmp_path).models[0]

    assert model.price_microdollars == microdollars
