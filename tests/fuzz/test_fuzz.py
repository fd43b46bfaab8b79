from __future__ import annotations

import random
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.media.kinds import Kind
from tests.fuzz.fuzzing import Recipe, Tally, fuzz_round
from tests.fuzz.mutate import mutated
from tests.fuzz.targets import ClipTarget, PictureTarget, SoundTarget, Target, Verdict
from tests.media.hostile.clips import sound_clips
from tests.media.pictures import corners, saved

JPEG = saved(corners(size=(16, 16)), "JPEG")
PNG = saved(corners(size=(16, 16)), "PNG")


@dataclass(frozen=True)
class Superstitious:
    """A target that takes every file but those with a certain byte at their end."""

    seeds: Sequence[bytes]
    name: str = "superstitious"
    at_once: int = 100

    async def judge(self, files: Sequence[bytes]) -> list[Verdict]:
        return [Verdict("thirteen", is_right=file[-1:] != b"\x13") for file in files]


async def test_a_file_that_ended_wrong_is_made_again_from_its_recipe() -> None:
    target, tally = Superstitious([bytes([0x13]) * 40, JPEG]), Tally()

    await fuzz_round(target, tally, "seed")

    assert 0 < len(tally.failures) < tally.files == 100
    for failure in tally.failures:
        again = Recipe("seed", "superstitious", failure.recipe.number).make(target.seeds)
        assert again == failure.data
        assert again.endswith(b"\x13")


async def test_each_round_makes_files_of_its_own() -> None:
    files = {Recipe("seed", "jpeg", number).make([JPEG]) for number in range(200)}

    assert len(files) > 190
    assert Recipe("another", "jpeg", 0).make([JPEG]) not in files


def test_the_checks_of_a_changed_png_are_mostly_right() -> None:
    changed = [mutated(PNG, random.Random(number), [PNG]) for number in range(200)]
    begun = [data for data in changed if data.startswith(PNG[:16])]

    right = [data for data in begun if has_right_header(data)]

    assert len(right) > 0.7 * len(begun)
    assert len([data for data in right if data[16:33] != PNG[16:33]]) > 20


def has_right_header(png: bytes) -> bool:
    return zlib.crc32(png[12:29]) == int.from_bytes(png[29:33], "big")


async def test_changed_files_of_every_sort_end_as_they_may(tmp_path: Path) -> None:
    webm = sound_clips(tmp_path)["webm"]
    targets: list[Target] = [
        PictureTarget(Kind.JPEG, [JPEG], at_once=100),
        SoundTarget([b"fLaC" + JPEG, b"RIFF\xff\xff\0\0WAVE" + JPEG], at_once=4),
        ClipTarget("webm", [webm], at_once=4),
    ]
    tallies = {target.name: Tally() for target in targets}

    for target in targets:
        await fuzz_round(target, tallies[target.name], "seed")

    assert [tally.failures for tally in tallies.values()] == [[], [], []]
    assert [tally.files for tally in tallies.values()] == [100, 4, 4]
    assert 0 < tallies["jpeg"].taken < 100
