"""What members may have made of a finished clip, as plain values."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from bot.jobs.links import ClipLink
from bot.jobs.order import Upload
from bot.media.extras.stills import Preview
from bot.media.fitting import Fitted
from storage.jobs import job_id


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
class Mute:
    """The clip without its sound."""


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


Extra: TypeAlias = Poster | Loop | Moving | Trim | Soundtrack | Mute | Join | Beside


@dataclass(frozen=True, kw_only=True)
class Made:
    """An extra that is ready to be posted."""

    extra: Extra
    path: Path
    name: str
    """What the posted file is called."""
    seconds: float | None
    """How long it is; None for a picture, moving or still."""
    was_cut: bool = False
    """The sound was longer than the clip."""
    fitted: Fitted | None = None
    """What was given up so that it fits; None: nothing."""
    link: ClipLink | None = None
    """Where it can be had, because the place does not take it."""


def other_of(extra: Extra) -> str | None:
    """The id of the second job of whose clip it is made."""
    return extra.other if isinstance(extra, Join | Beside) else None


def mark_of(extra_id: int) -> str:
    """What tells the posted file, or the link, of one extra from those of all others."""
    return f"-x{job_id(extra_id)}"


def file_name(extra: Extra, of_job: str, extra_id: int) -> str:
    """What the file of an extra is called; the same extra made again has another name."""
    match extra:
        case Poster():
            what, ending = "-poster", "jpg"
        case Moving(kind=kind):
            what, ending = "", str(kind)
        case _:
            what, ending = f"-{type(extra).__name__.lower()}", "mp4"
    return f"zoetrope-{of_job}{what}{mark_of(extra_id)}.{ending}"
