"""What a killed process left behind is cleared away, and nothing else."""

from __future__ import annotations

from pathlib import Path

from bot.jobs.files import JobFiles
from bot.jobs.leftovers import clear_leftovers
from tests.bot.workshop import Workshop


async def test_a_picture_no_job_came_of_is_removed(workshop: Workshop) -> None:
    job = await workshop.order()
    await workshop.files.keep_upload("3fz.jpg", b"no job")

    await clear_leftovers(workshop.database, workshop.files)

    assert kept(workshop.files.upload("")) == [job.picture]


async def test_half_written_files_and_versions_of_clips_are_removed(
    workshop: Workshop, tmp_path: Path
) -> None:
    job = await workshop.order()
    files, source = workshop.files, tmp_path / "source.mp4"
    source.write_bytes(b"a clip")
    clip = await files.keep_clip(f"{job.id}.mp4", source)
    files.upload("tmp123").write_bytes(b"half a pict")
    files.clip("tmp456").write_bytes(b"half a c")
    files.clip("fit-789").mkdir()
    files.clip("fit-789/fitted.mp4").write_bytes(b"a smaller clip")

    await clear_leftovers(workshop.database, files)

    assert kept(files.upload("")) == [job.picture]
    assert kept(files.clip("")) == [clip.name]


async def test_where_nothing_was_kept_yet_nothing_is_cleared(
    workshop: Workshop, tmp_path: Path
) -> None:
    await clear_leftovers(workshop.database, JobFiles(tmp_path / "new"))

    assert not (tmp_path / "new").exists()


def kept(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())
