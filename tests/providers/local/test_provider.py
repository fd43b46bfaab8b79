"""The animator as a provider: what becomes of the tasks submitted to it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
import pytest_asyncio

from providers.base import Failed, FailureReason, Pending, Status, Succeeded, TaskRef
from providers.errors import NotSubmitted, RequestRejected, TaskLost
from providers.local.provider import LocalProvider, LocalSettings
from providers.local.task import TaskFolder
from providers.model import Shape
from tests.providers.local.asking import attempts, ended, names_in, provider_in, request_for
from tests.providers.local.test_clip import described


@dataclass(frozen=True)
class Made:
    """A tall clip that was ordered twice, and what was seen of it."""

    folder: Path
    tasks: tuple[TaskRef, TaskRef]
    status: Status
    attempts: int


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("made")
    async with provider_in(folder) as provider:
        request = request_for(provider, shape=Shape.PORTRAIT)
        tasks = await provider.submit(request, "job-1"), await provider.submit(request, "job-1")
        status = await ended(provider, tasks[0])
        return Made(folder, tasks, status, attempts(folder, "job-1"))


def test_a_task_ends_in_a_tall_clip(made: Made) -> None:
    assert made.status == Succeeded(clip=made.folder / "job-1" / "clip.mp4")
    assert " 720x1280," in described(made.folder / "job-1" / "clip.mp4")
    assert (made.folder / "job-1" / "clip.mp4").stat().st_size < 10 * 1024 * 1024


def test_a_task_submitted_twice_is_rendered_once(made: Made) -> None:
    assert made.tasks[0] == made.tasks[1]
    assert names_in(made.folder) == ["job-1"]
    assert made.attempts == 1


async def test_a_task_ends_in_a_wide_clip(tmp_path: Path) -> None:
    async with provider_in(tmp_path) as provider:
        task = await provider.submit(request_for(provider, shape=Shape.LANDSCAPE), "job-1")
        status = await ended(provider, task)

    assert status == Succeeded(clip=tmp_path / "job-1" / "clip.mp4")
    assert " 1280x720," in described(tmp_path / "job-1" / "clip.mp4")
    assert (tmp_path / "job-1" / "clip.mp4").stat().st_size < 10 * 1024 * 1024


async def test_of_a_padded_picture_the_renderer_is_told_which_part_moves(tmp_path: Path) -> None:
    async with provider_in(tmp_path) as provider:
        await provider.submit(request_for(provider, inset=(10, 20, 300, 400)), "padded")

        assert TaskFolder(tmp_path / "padded").read_shot().inset == (10, 20, 300, 400)


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


async def test_a_finished_task_is_forgotten_with_all_its_files(tmp_path: Path, made: Made) -> None:
    folder = tmp_path / "own"
    shutil.copytree(made.folder, folder)
    async with provider_in(folder) as provider:
        assert isinstance(await provider.poll(made.tasks[0]), Succeeded)

        await provider.forget(made.tasks[0])
        await provider.forget(made.tasks[0])

    assert names_in(folder) == []


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

    assert model.variants[0].price_microdollars(1) == microdollars
