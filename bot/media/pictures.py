"""Members' pictures: whatever was uploaded becomes a model's first frame, or a typed refusal."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import NoReturn

from bot.media.children import Ended, Limits, run_child
from bot.media.decoded import LONGEST_SIDE
from bot.media.decoded import PictureNote as PictureNote
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
from bot.media.framing import (
    Box,
    Fit,
    Target,
    Wish,
    growth,
    is_too_small,
    natural_fit,
)
from bot.media.kinds import ACCEPTED, Kind, kind_of
from bot.media.permits import Permits, Work
from bot.media.upscaling import Lanczos, Upscaler

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
_RUN = (sys.executable, "-s", "-P", "-m")
# One thread a core could reserve more address space than the limit, for nothing.
_ENVIRONMENT = {"PYTHONPATH": str(_PROJECT), "OPENBLAS_NUM_THREADS": "1"}
_WRONG_SIZES = {
    error.__name__: error for error in (PictureTooBig, PictureTooSmall, PictureTooNarrow)
}


@dataclass(frozen=True)
class Source:
    """A member's picture, decoded: upright, opaque sRGB without metadata."""

    width: int
    height: int
    """In pixels; the longer side has at most 2560."""
    rgb: bytes = field(repr=False)
    """Three bytes a pixel, row by row."""
    notes: tuple[PictureNote, ...] = ()


@dataclass(frozen=True)
class Picture:
    """A picture in the frame of a model: the very bytes that are sent."""

    jpeg: bytes = field(repr=False)
    """Upright, sRGB, without metadata."""
    width: int
    height: int
    """In pixels; the longer side has at most 2560."""
    fit: Fit | None = None
    """None: nothing had to be cut off or added."""
    inset: Box | None = None
    """Where the member's picture lies; None where it fills the frame."""
    notes: tuple[PictureNote, ...] = ()


@dataclass(frozen=True)
class Pictures:
    """Prepares pictures in child processes: one decodes, another frames what came of it."""

    permits: Permits = field(default_factory=Permits)
    upscaler: Upscaler = field(default_factory=Lanczos)
    limits: Limits = field(default=LIMITS, kw_only=True)

    async def prepare(self, data: bytes, target: Target, fit: Fit | None = None) -> Picture:
        """Decode an uploaded file and frame it for a model. Raises the narrowest PictureError."""
        return await self.frame(await self.decode(data), target, fit)

    async def decode(self, data: bytes) -> Source:
        """Read an uploaded file. Raises the narrowest PictureError."""
        return _read_source(await self._run("bot.media.decode", _accepted_kind(data), data))

    async def frame(self, source: Source, target: Target, fit: Fit | None = None) -> Picture:
        """Crop or pad a picture for a model, as is asked or else as suits it, and enlarge it.

        Raises PictureTooSmall where it would have to grow too far, or PictureTooHard.
        """
        size = source.width, source.height
        ratio = target.ratio_for(size)
        suits = natural_fit(size, ratio)
        fit, is_chosen = (fit, True) if fit and suits else (suits, False)
        if is_too_small(size, ratio, fit):
            raise PictureTooSmall(*size)
        grown = await self._grown(source, growth(size, ratio, fit))
        wish = Wish(
            width=grown.width,
            height=grown.height,
            ratio=ratio,
            fit=fit,
            is_chosen=is_chosen,
            max_bytes=target.max_bytes,
            size=target.size,
        )
        ended = await self._run("bot.media.frame", json.dumps(asdict(wish)), grown.rgb)
        return _read_picture(ended, grown.notes)

    async def _grown(self, source: Source, factor: float) -> Source:
        factor = min(factor, LONGEST_SIDE / max(source.width, source.height))
        if factor <= 1:
            return source
        size = round(source.width * factor), round(source.height * factor)
        rgb = await self.upscaler.upscale(source.rgb, (source.width, source.height), size)
        return replace(
            source,
            width=size[0],
            height=size[1],
            rgb=rgb,
            notes=(*source.notes, PictureNote.SMALL),
        )

    async def _run(self, module: str, argument: str, stdin: bytes) -> Ended:
        async with self.permits.permit(Work.PICTURE):
            try:
                return await run_child(
                    [*_RUN, module, argument],
                    stdin=stdin,
                    limits=self.limits,
                    environment=_ENVIRONMENT,
                )
            except ChildOverran as error:
                raise PictureTooHard(str(error)) from error


def _accepted_kind(data: bytes) -> Kind:
    if len(data) > MAX_PICTURE_BYTES:
        raise PictureTooHeavy(len(data), MAX_PICTURE_BYTES)
    kind = kind_of(data)
    if kind is None:
        raise NotAPicture
    if kind not in ACCEPTED:
        raise UnsupportedPicture(kind)
    return kind


def _read_source(ended: Ended) -> Source:
    """Believe the child only as far as types go: hostile bytes may be speaking for it."""
    match _answer(ended):
        case {"width": int(width), "height": int(height), "notes": list(notes)}, rgb if (
            0 < width <= LONGEST_SIDE
            and 0 < height <= LONGEST_SIDE
            and len(rgb) == 3 * width * height
        ):
            return Source(width, height, rgb, _known(notes))
        case {"error": str(name), "width": int(width), "height": int(height)}, _ if (
            name in _WRONG_SIZES
        ):
            raise _WRONG_SIZES[name](width, height)
        case {"error": "DamagedPicture", "detail": str(detail)}, _:
            raise DamagedPicture(detail)
        case _:
            _raise_died(ended)


def _known(notes: Sequence[object]) -> tuple[PictureNote, ...]:
    return tuple(note for note in PictureNote if note.value in notes)


def _read_picture(ended: Ended, notes: tuple[PictureNote, ...]) -> Picture:
    match _answer(ended):
        case {"width": int(width), "height": int(height), "fit": fit, "inset": inset}, jpeg if (
            jpeg and not ended.status
        ):
            return Picture(
                jpeg,
                width,
                height,
                Fit(fit) if fit else None,
                Box(**inset) if inset else None,
                notes,
            )
        case _:
            _raise_died(ended)


def _answer(ended: Ended) -> tuple[object, bytes]:
    line, _, data = ended.stdout.partition(b"\n")
    try:
        return json.loads(line), data
    except (ValueError, RecursionError):
        _raise_died(ended)


def _raise_died(ended: Ended) -> NoReturn:
    last_words = ended.stderr.decode(errors="replace").strip().rpartition("\n")[2]
    raise PictureTooHard(f"the child ended with status {ended.status}: {last_words}")
