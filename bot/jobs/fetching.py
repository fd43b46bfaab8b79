"""The step from a finished task to a clip on our disk, believed only once it has been decoded."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.jobs.outcomes import Outcome
from bot.jobs.workbench import SLOW_RETRY, Workbench
from bot.logs import get_logger
from bot.media.clip_kinds import HEAD_BYTES, ClipKind
from bot.media.clips import probe
from bot.media.downloads import download
from bot.media.errors import (
    ClipTooHard,
    ClipTooHeavy,
    ClipUnavailable,
    DownloadFailed,
    LinkDead,
    NotPlayable,
)
from providers.base import Link, Succeeded
from storage import jobs
from storage.jobs import Job, JobState

log = get_logger("jobs")


async def fetch(bench: Workbench, job: Job, status: Succeeded) -> None:
    """Take the clip to our own disk at once, for links expire."""
    billed = bill(job, status.billed_microdollars)
    try:
        clip = await _keep(bench, job, status.clip)
        await _check(bench, clip)
    except DownloadFailed as error:
        log.warning("the clip could not be fetched yet", job=job.id, reason=str(error))
        pause = bench.retry_pause(job)
        await bench.look_again(job, pause, billed_microdollars=billed)
    except LinkDead as error:
        # The next look at the task brings a new link, where the provider still has the clip.
        log.warning("the clip's link is dead", job=job.id, reason=str(error))
        pause = max(SLOW_RETRY, bench.retry_pause(job))
        await bench.look_again(job, pause, billed_microdollars=billed)
    except (ClipUnavailable, ClipTooHeavy) as error:
        log.error("the clip may not be fetched", job=job.id, reason=str(error))
        await bench.end(job, Outcome.UNFETCHABLE, billed_microdollars=billed)
    except NotPlayable as error:
        log.error("the clip does not play", job=job.id, reason=str(error))
        await bench.end(job, Outcome.NOT_PLAYABLE, billed_microdollars=billed)
    else:
        now = bench.clock()
        await bench.database.run(
            jobs.update,
            job,
            now=now,
            state=None if job.state is JobState.LATE else JobState.FETCHED,
            due_at=now,
            clip=clip.name,
            billed_microdollars=billed,
        )
        await bench.let_next(job)


def bill(job: Job, told_microdollars: int | None) -> int | None:
    """What the provider bills: as it says now, or else as it said before."""
    return job.billed_microdollars if told_microdollars is None else told_microdollars


async def _keep(bench: Workbench, job: Job, clip: Path | Link) -> Path:
    """Store the clip as it came, under the name of what it is. Raises NotPlayable."""
    if isinstance(clip, Path):
        return await _store(bench, job, clip)
    async with bench.files.scratch() as folder:
        part = folder / "clip.part"
        await download(clip.url, part, allow_loopback=bench.provider(job).clips_from_loopback)
        return await _store(bench, job, part)


async def _store(bench: Workbench, job: Job, file: Path) -> Path:
    kind = ClipKind.told_by(await asyncio.to_thread(_head, file))
    if kind is None:
        raise NotPlayable("no kind of clip")
    return await bench.files.keep_clip(f"{job.id}.{kind}", file)


async def _check(bench: Workbench, clip: Path) -> None:
    try:
        await probe(bench.ffmpeg, clip)
    except ClipTooHard as error:
        # It is paid for, and may play elsewhere: posted as it came, or handed out by link.
        log.warning("the clip is more than is decoded here", clip=clip.name, reason=str(error))
    except NotPlayable:
        # No row will name it, so it would stay when its member is forgotten.
        await bench.files.drop([clip])
        raise


def _head(file: Path) -> bytes:
    with file.open("rb") as data:
        return data.read(HEAD_BYTES)
