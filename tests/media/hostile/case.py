"""One hostile file, and how it may end."""

from __future__ import annotations

from dataclasses import dataclass

from bot.media.errors import (
    DamagedPicture,
    NotAPicture,
    PictureError,
    PictureTooBig,
    PictureTooHard,
    PictureTooHeavy,
    PictureTooNarrow,
    PictureTooSmall,
    UnsupportedPicture,
)

PICTURE = "Picture"
SECRET = b"Hostile-Secret-48.8566N"
"""Stands in every place a file has for words; it must be in none of the answers."""

REFUSALS = frozenset(
    error.__name__
    for error in (
        DamagedPicture,
        NotAPicture,
        PictureTooBig,
        PictureTooHard,
        PictureTooHeavy,
        PictureTooNarrow,
        PictureTooSmall,
        UnsupportedPicture,
    )
)


@dataclass(frozen=True)
class Case:
    """A file that somebody made to do harm, or that came out so."""

    name: str
    data: bytes
    ends: frozenset[str]
    """`PICTURE`, or names of errors: any of these is right, and nothing else."""


def taken(name: str, data: bytes) -> Case:
    """A file that is odd and sound: it becomes a picture."""
    return Case(name, data, frozenset({PICTURE}))


def refused(name: str, data: bytes, error: type[PictureError] = DamagedPicture) -> Case:
    """A file that is refused for one reason."""
    return Case(name, data, frozenset({error.__name__}))


def either(name: str, data: bytes) -> Case:
    """A file of which it is the decoder's business whether anything can be seen in it."""
    return Case(name, data, frozenset({PICTURE, *REFUSALS}))
