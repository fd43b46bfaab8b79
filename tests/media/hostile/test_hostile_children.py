"""Hostile pictures sent as a member sends them: each to a child process of its own."""

from __future__ import annotations

import asyncio
import gc
import io
import tracemalloc
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from PIL import Image

from bot.media.errors import PictureError, PictureTooHard
from bot.media.framing import Target
from bot.media.kinds import ACCEPTED, kind_of
from bot.media.pictures import LIMITS, Pictures
from bot.messages import sentence
from tests.media.hostile.case import PICTURE, SECRET, Case
from tests.media.hostile.corpus import corpus, small_heic
from tests.media.pictures import jpeg_with_secrets
from tests.media.processes import children

MIB = 1024**2
OF_EACH_KIND = 3
ANYTHING = Target(ratio=None, largest_ratio=10, max_bytes=5 * MIB)


@pytest.fixture(scope="session")
def cases() -> tuple[Case, ...]:
    return corpus(small_heic())


def some(cases: Sequence[Case]) -> Iterator[Case]:
    """A few of each kind we take, from all over the corpus, and all that we do not."""
    for kind in (*sorted(ACCEPTED), None):
        mine = [case for case in cases if (kind_of(case.data) in ACCEPTED) is (kind is not None)]
        if kind is None:
            yield from mine
            continue
        mine = [case for case in mine if kind_of(case.data) is kind]
        yield from mine[:: len(mine) // OF_EACH_KIND][:OF_EACH_KIND]


def test_the_corpus_has_more_than_a_thousand_files_no_two_alike(cases: Sequence[Case]) -> None:
    assert len({case.data for case in cases}) == len(cases) > 1000
    assert len({case.name for case in cases}) == len(cases)


async def test_each_becomes_a_picture_or_a_sentence_and_leaves_nothing_behind(
    cases: Sequence[Case],
) -> None:
    room = Pictures(limits=replace(LIMITS, wall_seconds=60, niceness=0))
    sent = list(some(cases))
    await ending(room, sent[0].data)
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()

    async with asyncio.TaskGroup() as group:
        ends = [group.create_task(ending(room, case.data)) for case in sent]

    wrong = [
        (case.name, end.result())
        for case, end in zip(sent, ends, strict=True)
        if end.result() not in case.ends
    ]
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert wrong == []
    assert children("bot.media.decode") == []
    assert after - before < MIB


async def ending(room: Pictures, data: bytes) -> str:
    """What became of a file; whatever is no PictureError goes through."""
    try:
        source = await room.decode(data)
    except PictureError as error:
        return type(error).__name__ if sentence(error) else f"{error!r} without a sentence"
    return "it told" if SECRET in source.rgb else PICTURE


async def test_scans_without_end_are_ended_in_time(bomb: bytes) -> None:
    hasty = Pictures(limits=replace(LIMITS, cpu_seconds=1, wall_seconds=60, niceness=0))

    with pytest.raises(PictureTooHard, match=r"status -(24|9)\b"):
        await hasty.decode(bomb)

    assert children("bot.media.decode") == []


async def test_what_is_too_much_for_its_memory_is_refused(cases: Sequence[Case]) -> None:
    [large] = [case for case in cases if case.name == "png of 36 megapixels of nothing"]
    narrow = Pictures(limits=replace(LIMITS, memory_bytes=192 * MIB))

    with pytest.raises(PictureTooHard) as refusal:
        await narrow.decode(large.data)

    assert "MemoryError" in str(refusal.value)


async def test_no_note_of_the_file_is_in_what_a_provider_gets() -> None:
    picture = await Pictures().prepare(grown(jpeg_with_secrets()), ANYTHING)

    with Image.open(io.BytesIO(picture.jpeg)) as image:
        assert (image.format, image.mode) == ("JPEG", "RGB")
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert not image.getexif()
    assert b"Secret" not in picture.jpeg


def grown(data: bytes) -> bytes:
    """The same notes around a picture large enough for a model."""
    with Image.open(io.BytesIO(data)) as image:
        notes = {"exif": image.getexif(), "xmp": image.info["xmp"], "comment": b"SecretComment"}
        file = io.BytesIO()
        image.resize((640, 480)).save(file, "JPEG", **notes)
    return file.getvalue()
