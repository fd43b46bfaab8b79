"""Every hostile picture, through the very code of the decoding child, under its limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from bot.media.kinds import ACCEPTED, Kind, kind_of
from bot.media.pictures import LIMITS
from tests.media.hostile.case import PICTURE, REFUSALS, Case
from tests.media.hostile.corpus import corpus, small_heic, sound_pictures
from tests.media.hostile.decoding import Batch, Decoded, decode_batches

MIB = 1024**2
# A bare decoder has some 20 MiB. Sizes are refused before there is any pixel, and bombs of words
# once a megabyte of them is unpacked.
FOR_A_GLANCE = 64 * MIB
FOR_ALL = 640 * MIB
TOLD_BY_SIZE = frozenset({"PictureTooBig", "PictureTooSmall", "PictureTooNarrow"})

pytestmark = pytest.mark.parametrize("kind", sorted(ACCEPTED))


@pytest.fixture(scope="session")
def seed() -> bytes:
    """A sound HEIC, which only ffmpeg can make here."""
    return small_heic()


@pytest.fixture(scope="session")
def cases(seed: bytes) -> tuple[Case, ...]:
    return corpus(seed)


async def test_every_file_ends_as_it_should(cases: Sequence[Case], kind: Kind) -> None:
    mine = [case for case in cases if kind_of(case.data) is kind]

    batches = await decode_batches(kind, [[case.data] for case in mine])

    assert list(_wrong(mine, batches)) == []


async def test_a_picture_cut_off_anywhere_ends_as_it_should(seed: bytes, kind: Kind) -> None:
    sound = {name: data for name, data in sound_pictures(seed).items() if kind_of(data) is kind}
    beginnings = [[data[:length] for length in range(len(data) + 1)] for data in sound.values()]

    batches = await decode_batches(kind, beginnings)

    for name, batch in zip(sound, batches, strict=True):
        assert batch.status == 0, f"{name} ended it when cut after {len(batch.files)} bytes"
        assert {file.ends for file in batch.files} <= {PICTURE, *REFUSALS}, name
        assert {file.ends for file in batch.files[:20]} == {"DamagedPicture"}, name
        assert batch.files[-1].ends == PICTURE, name
        assert batch.peak_bytes < FOR_A_GLANCE, name


def _wrong(cases: Sequence[Case], batches: list[Batch]) -> Iterator[tuple[str, str, object]]:
    for case, batch in zip(cases, batches, strict=True):
        [file] = batch.files or [Decoded("it was ended", f"by status {batch.status}")]
        if file.ends not in case.ends:
            yield case.name, file.ends, file.detail
        is_glance = file.ends in TOLD_BY_SIZE or (file.ends != PICTURE and "bomb" in case.name)
        if batch.peak_bytes > (FOR_A_GLANCE if is_glance else FOR_ALL):
            yield case.name, file.ends, batch.peak_bytes
        if batch.cpu_seconds > LIMITS.cpu_seconds / 2:
            yield case.name, file.ends, batch.cpu_seconds
