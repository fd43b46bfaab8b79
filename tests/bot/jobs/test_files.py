from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.jobs.files import DiskUse, JobFiles, Stored
from bot.media.ffmpeg import Ffmpeg
from bot.media.fitting import fit

LARGE = bytes(4 * 2**20)


@pytest.fixture
def files(tmp_path: Path) -> JobFiles:
    return JobFiles(tmp_path / "files")


def everything_in(folder: Path) -> list[str]:
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())


async def test_a_picture_is_read_back_as_it_was_kept(files: JobFiles) -> None:
    await files.keep_upload("a.jpg", b"pixels")

    assert await files.read_upload("a.jpg") == b"pixels"


async def test_keeping_a_picture_again_replaces_it(files: JobFiles, tmp_path: Path) -> None:
    await files.keep_upload("a.jpg", b"first")
    await files.keep_upload("a.jpg", b"second")

    assert await files.read_upload("a.jpg") == b"second"
    assert everything_in(tmp_path) == ["files/uploads/a.jpg"]


async def test_a_dropped_picture_is_gone_and_may_be_dropped_again(files: JobFiles) -> None:
    await files.keep_upload("a.jpg", b"pixels")

    await files.drop_upload("a.jpg")
    await files.drop_upload("a.jpg")

    with pytest.raises(FileNotFoundError):
        await files.read_upload("a.jpg")


async def test_one_picture_kept_by_many_at_once_is_whole(files: JobFiles, tmp_path: Path) -> None:
    async with asyncio.TaskGroup() as group:
        for _ in range(16):
            group.create_task(files.keep_upload("a.jpg", LARGE))

    assert await files.read_upload("a.jpg") == LARGE
    assert everything_in(tmp_path) == ["files/uploads/a.jpg"]


async def test_a_clip_is_a_copy_of_its_own(files: JobFiles, tmp_path: Path) -> None:
    source = tmp_path / "source.mp4"
    source.write_bytes(LARGE)

    kept = await files.keep_clip("a.mp4", source)
    source.unlink()

    assert kept == files.clip("a.mp4")
    assert kept.read_bytes() == LARGE


async def test_a_copy_that_breaks_off_leaves_the_clip_that_was_there(
    files: JobFiles, tmp_path: Path
) -> None:
    first = tmp_path / "first.mp4"
    first.write_bytes(b"whole")
    await files.keep_clip("a.mp4", first)

    # A folder opens like a file that cannot be read.
    with pytest.raises(IsADirectoryError):
        await files.keep_clip("a.mp4", tmp_path)

    assert files.clip("a.mp4").read_bytes() == b"whole"


async def test_a_write_that_breaks_off_leaves_nothing(files: JobFiles, tmp_path: Path) -> None:
    (tmp_path / "files" / "clips" / "a.mp4" / "in the way").mkdir(parents=True)
    source = tmp_path / "source.mp4"
    source.write_bytes(b"whole")

    with pytest.raises(IsADirectoryError):
        await files.keep_clip("a.mp4", source)

    assert everything_in(tmp_path) == ["source.mp4"]


async def test_scratch_space_is_empty_at_first_and_gone_at_last(
    files: JobFiles, tmp_path: Path
) -> None:
    async with files.scratch() as one, files.scratch() as other:
        assert one != other
        (one / "fitted.mp4").write_bytes(LARGE)
        assert everything_in(other) == []

    assert everything_in(tmp_path) == []
    assert not one.exists()


async def test_what_is_kept_is_listed_by_age_without_folders(files: JobFiles) -> None:
    for name, second in (("a.jpg", 20), ("b.mp3", 10)):
        await files.keep_upload(name, b"a file")
        os.utime(files.upload(name), (second, second))
    async with files.scratch():
        assert await files.clips() == []

    assert await files.uploads() == [
        Stored(files.upload("b.mp3"), datetime(1970, 1, 1, 0, 0, 10, tzinfo=UTC), 6),
        Stored(files.upload("a.jpg"), datetime(1970, 1, 1, 0, 0, 20, tzinfo=UTC), 6),
    ]


async def test_what_is_kept_is_added_up(files: JobFiles, tmp_path: Path) -> None:
    assert (await files.use()).total_bytes == 0
    source = tmp_path / "source.mp4"
    source.write_bytes(b"a clip")
    await files.keep_upload("a.jpg", b"pixels!")
    await files.keep_clip("a.mp4", source)

    async with files.scratch():
        assert await files.use() == DiskUse(uploads_bytes=7, clips_bytes=6)


async def test_files_are_dropped_together_and_may_be_gone_already(files: JobFiles) -> None:
    await files.keep_upload("a.jpg", b"pixels")
    await files.keep_upload("b.jpg", b"pixels")

    await files.drop([files.upload("a.jpg"), files.upload("never there.jpg")])

    assert [stored.path.name for stored in await files.uploads()] == ["b.jpg"]


async def test_clips_are_made_to_fit_in_a_folder_beside_which_the_bot_was_started(
    heavy_clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    files = JobFiles(Path("data"))
    clip = await files.keep_clip("a.mp4", heavy_clip)

    async with files.scratch() as folder:
        fitted = await fit(Ffmpeg(), clip, limit_bytes=100_000, folder=folder)

        assert 0 < fitted.path.stat().st_size <= 100_000
