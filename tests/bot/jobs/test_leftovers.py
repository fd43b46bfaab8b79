"""What a killed process left behind is cleared away, and nothing else."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from bot.jobs.files import JobFiles
from bot.jobs.leftovers import clear_leftovers
from tests.bot.workshop import Workshop
from tests.media.processes import eventually, is_alive


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


async def test_a_bot_that_is_killed_while_it_encodes_leaves_nothing_for_the_next(
    workshop: Workshop, tmp_path: Path
) -> None:
    job = await workshop.order()
    folder = tmp_path / "files"
    bot = await asyncio.create_subprocess_exec(sys.executable, "-c", ENCODING, str(folder))
    try:
        await eventually(lambda: bool([*folder.rglob("fitted-0.log*")]))
        [ffmpeg] = [pid for pid in below(bot.pid) if is_alive(pid)]
    finally:
        bot.kill()
        await bot.wait()
    await eventually(lambda: not is_alive(ffmpeg))
    assert kept(folder / "clips") != []

    await clear_leftovers(workshop.database, workshop.files)

    assert kept(folder / "clips") == []
    assert kept(folder / "uploads") == [job.picture]


ENCODING = """
import asyncio, sys
from pathlib import Path
from bot.jobs.files import JobFiles
from bot.media.ffmpeg import Ffmpeg

async def encode():
    async with JobFiles(Path(sys.argv[1])).scratch() as folder:
        endless = ("-f", "lavfi", "-i", "testsrc2=s=64x64")
        statistics = ("-pass", "1", "-passlogfile", str(folder / "fitted"))
        coding = ("-c:v", "libx264", "-b:v", "100k")
        await Ffmpeg().run(*endless, *coding, *statistics, "-f", "mp4", f"file:{folder}/fitted.mp4")

asyncio.run(encode())
"""


def below(pid: int) -> list[int]:
    """The children of a process."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def kept(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())
