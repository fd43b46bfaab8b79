"""What members may have made of a finished clip, as plain values."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from bot.jobs.order import Upload
from bot.media.extras.stills import Preview


class Moment(enum.StrEnum):
    """A moment of any clip."""

    FIRST = "first"
    MIDDLE = "middle"
    LAST = "last"


@dataclass(frozen=True)
class Poster:
    """One frame as a picture."""

    at: Moment | float
    """A float is seconds from the beginning."""

    def seconds(self, clip_seconds: float) -> float:
        """The moment in a clip of that length."""
        match self.at:
            case Moment.FIRST:
                return 0.0
            case Moment.MIDDLE:
                return clip_seconds / 2
            case Moment.LAST:
                return clip_seconds
            case seconds:
                return seconds


@dataclass(frozen=True)
class Loop:
    """The clip without a seam."""

    fade_seconds: float


@dataclass(frozen=True)
class Moving:
    """A small moving picture."""

    kind: Preview


@dataclass(frozen=True)
class Trim:
    """A part of the clip."""

    from_seconds: float
    to_seconds: float


@dataclass(frozen=True)
class Soundtrack:
    """The clip with a member's sound."""

    upload: Upload = field(repr=False)
    is_mixed: bool
    """The clip's own sound is heard as well."""


@dataclass(frozen=True)
class Join:
    """The clip and then another."""

    other: str
    """The id of its job."""


@dataclass(frozen=True)
class Beside:
    """The clip and another beside it."""

    other: str
    """The id of its job."""


Extra: TypeAlias = Poster | Loop | Moving | Trim | Soundtrack | Join | Beside


@dataclass(frozen=True, kw_only=True)
class Made:
    """An extra that is ready to be posted."""

    extra: Extra
    path: Path
    name: str
    """What the posted file is called."""
    seconds: float | None
    """How long it is; None for a still."""
    was_cut: bool = False
    """The sound was longer than the clip."""


def file_name(extra: Extra, job_id: str) -> str:
    """What the file of an extra is called."""
    match extra:
        case Poster():
            return f"zoetrope-{job_id}-poster.jpg"
        case Moving(kind=kind):
            return f"zoetrope-{job_id}.{kind}"
        case _:
            return f"zoetrope-{job_id}-{type(extra).__name__.lower()}.mp4"
