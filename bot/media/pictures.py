"""Members' pictures: whatever was uploaded becomes an upright sRGB JPEG, or a typed refusal."""

from __future__ import annotations

import enum
import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from bot.media.children import Ended, Limits, run_child
from bot.media.errors import (
    ChildOverran,
    DamagedPicture,
    NotAPicture,
    PictureTooBig,
    PictureTooHard,
    PictureTooHeavy,
    PictureTooNarrow,
    PictureTooSmall,
    UnsupportedPicture,
)
from bot.media.kinds import ACCEPTED, Kind, kind_of
from bot.media.turns import Turns, Work

MAX_PICTURE_BYTES = 25 * 1024**2

# The worst honest picture, a WebP of 50 megapixels, needs 0.8 GB and some seconds. A rush of them
# must not take the processor from the first answers others wait for.
LIMITS = Limits(
    wall_seconds=20,
    cpu_seconds=20,
    memory_bytes=2 * 1024**3,
    file_bytes=0,
    output_bytes=32 * 1024**2,
    niceness=10,
)

_PROJECT = Path(__file__).parents[2]
_DECODE = (sys.executable, "-s", "-P", "-m", "bot.media.decode")
_WRONG_SIZES = {
    error.__name__: error for error in (PictureTooBig, PictureTooSmall, PictureTooNarrow)
}


class PictureNote(enum.StrEnum):
    """Something about the picture that its member should be told."""

    FIRST_FRAME = "first_frame"
    """It was an animation, and its first frame is used."""


@dataclass(frozen=True)
class Picture:
    """A picture ready for any provider."""

    jpeg: bytes
    """Upright, sRGB, without metadata."""
    width: int
    height: int
    """In pixels; the longer side has at most 2560."""
    notes: tuple[PictureNote, ...] = ()


@dataclass(frozen=True)
class Pictures:
    """Prepares pictures in child processes, each when its turn comes."""

    turns: Turns = field(default_factory=Turns)
    limits: Limits = field(default=LIMITS, kw_only=True)

    async def prepare(self, data: bytes) -> Picture:
        """Turn an uploaded file into a picture. Raises the narrowest PictureError."""
        kind = _accepted_kind(data)
        async with self.turns.turn(Work.PICTURE):
            try:
                ended = await run_child(
                    [*_DECODE, kind],
                    stdin=data,
                    limits=self.limits,
                    environment={"PYTHONPATH": str(_PROJECT)},
                )
            except ChildOverran as error:
                raise PictureTooHard(str(error)) from error
        return _read_answer(ended)


def _accepted_kind(data: bytes) -> Kind:
    if len(data) > MAX_PICTURE_BYTES:
        raise PictureTooHeavy(len(data), MAX_PICTURE_BYTES)
    kind = kind_of(data)
    if kind is None:
        raise NotAPicture
    if kind not in ACCEPTED:
        raise UnsupportedPicture(kind)
    return kind


def _read_answer(ended: Ended) -> Picture:
    """Believe the child only as far as types go: hostile bytes may be speaking for it."""
    line, _, jpeg = ended.stdout.partition(b"\n")
    try:
        answer = json.loads(line)
    except ValueError:
        _raise_died(ended)
    match answer:
        case {"width": int(width), "height": int(height), "is_animated": bool(is_animated)} if jpeg:
            return Picture(jpeg, width, height, (PictureNote.FIRST_FRAME,) if is_animated else ())
        case {"error": str(name), "width": int(width), "height": int(height)} if (
            name in _WRONG_SIZES
        ):
            raise _WRONG_SIZES[name](width, height)
        case {"error": "DamagedPicture", "detail": str(detail)}:
            raise DamagedPicture(detail)
        case _:
            _raise_died(ended)


def _raise_died(ended: Ended) -> NoReturn:
    last_words = ended.stderr.decode(errors="replace").strip().rpartition("\n")[2]
    raise PictureTooHard(f"the decoder ended with status {ended.status}: {last_words}")
