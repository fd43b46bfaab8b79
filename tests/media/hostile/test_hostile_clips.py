"""Hostile clips, looked at and made to fit as a provider's are."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.media.clips import probe
from bot.media.errors import CannotFit, NotPlayable
from bot.media.ffmpeg import Ffmpeg
from bot.media.fitting import fit
from tests.media.hostile.case import SECRET
from tests.media.hostile.clips import ClipCase, clip_cases, sound_clips
from tests.media.processes import children

LIMIT_BYTES = 200_000
PLAYABLE, NOT_PLAYABLE = "playable", "not playable"
RIGHT = {True: {PLAYABLE}, False: {NOT_PLAYABLE}, None: {PLAYABLE, NOT_PLAYABLE}}


@pytest.fixture(scope="session")
def cases(tmp_path_factory: pytest.TempPathFactory) -> list[ClipCase]:
    folder = tmp_path_factory.mktemp("sound")
    sound = sound_clips(folder)
    local = folder / "local.mp4"
    local.write_bytes(sound["mp4"])
    return list(clip_cases(sound, local))


async def test_each_is_posted_or_refused_and_leaves_nothing_behind(
    cases: list[ClipCase], tmp_path: Path
) -> None:
    ffmpeg = Ffmpeg()

    async with asyncio.TaskGroup() as group:
        ends = [
            group.create_task(ending(ffmpeg, case, tmp_path / str(number)))
            for number, case in enumerate(cases)
        ]

    wrong = [
        (case.name, end.result())
        for case, end in zip(cases, ends, strict=True)
        if end.result() not in RIGHT[case.is_playable]
    ]
    assert wrong == []
    assert children("ffmpeg") == []


async def ending(ffmpeg: Ffmpeg, case: ClipCase, folder: Path) -> str:
    """What became of a clip; whatever is no ClipError goes through."""
    await asyncio.to_thread(folder.mkdir)
    clip = folder / f"clip.{case.ending}"
    await asyncio.to_thread(clip.write_bytes, case.data)
    try:
        await probe(ffmpeg, clip)
    except NotPlayable:
        end = NOT_PLAYABLE
    else:
        end = await _posted(ffmpeg, clip, folder)
    left = {file.name for file in await asyncio.to_thread(lambda: list(folder.iterdir()))}
    return end if left <= {clip.name, "fitted.mp4"} else f"{end}, leaving {left}"


async def _posted(ffmpeg: Ffmpeg, clip: Path, folder: Path) -> str:
    try:
        fitted = await fit(ffmpeg, clip, limit_bytes=LIMIT_BYTES, folder=folder)
    except (NotPlayable, CannotFit) as error:
        return f"played, and then {error!r}"
    if fitted.path == clip:
        return PLAYABLE
    facts = await probe(ffmpeg, fitted.path)
    if not facts.plays_everywhere or facts.size_bytes > LIMIT_BYTES:
        return f"posted as {facts}"
    data = await asyncio.to_thread(fitted.path.read_bytes)
    return "it told" if SECRET in data else PLAYABLE
