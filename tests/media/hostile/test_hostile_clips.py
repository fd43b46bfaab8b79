"""Hostile clips, looked at and made to fit as a provider's are."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bot.media.clips import probe
from bot.media.errors import NotPlayable
from bot.media.ffmpeg import LIMITS, Ffmpeg
from tests.media.hostile.clips import ClipCase, clip_cases, sound_clips
from tests.media.hostile.posting import NOT_PLAYABLE, PLAYABLE, posted
from tests.media.processes import children

RIGHT = {True: {PLAYABLE}, False: {NOT_PLAYABLE}, None: {PLAYABLE, NOT_PLAYABLE}}


@pytest.fixture(scope="session")
def cases(tmp_path_factory: pytest.TempPathFactory) -> list[ClipCase]:
    folder = tmp_path_factory.mktemp("sound")
    sound = sound_clips(folder)
    local = folder / "local.mp4"
    local.write_bytes(sound["mp4"])
    return list(clip_cases(sound, local))


@pytest.mark.parametrize("ending", ["mp4", "mov", "webm", "mkv", "gif", "webp", "exe"])
async def test_each_is_posted_or_refused_and_leaves_nothing_behind(
    cases: list[ClipCase], tmp_path: Path, ending: str
) -> None:
    ffmpeg = Ffmpeg(limits=replace(LIMITS, niceness=0))
    mine = [case for case in cases if case.ending == ending]

    async with asyncio.TaskGroup() as group:
        ends = [
            group.create_task(_posted(ffmpeg, case, tmp_path / str(number)))
            for number, case in enumerate(mine)
        ]

    wrong = [
        (case.name, end.result())
        for case, end in zip(mine, ends, strict=True)
        if end.result() not in RIGHT[case.is_playable]
    ]
    assert wrong == []
    assert children("ffmpeg") == []


async def _posted(ffmpeg: Ffmpeg, case: ClipCase, folder: Path) -> str:
    await asyncio.to_thread(folder.mkdir)
    return await posted(ffmpeg, case.data, case.ending, folder)


async def test_damage_near_the_end_is_seen_every_time(
    cases: list[ClipCase], tmp_path: Path
) -> None:
    [sound] = [case.data for case in cases if case.name == "sound mkv"]
    clip = tmp_path / "clip.mkv"
    clip.write_bytes(sound[:-100] + b"\xff" * 6 + sound[-94:])
    ffmpeg = Ffmpeg(limits=replace(LIMITS, niceness=0))

    for _ in range(6):
        with pytest.raises(NotPlayable):
            await probe(ffmpeg, clip)
