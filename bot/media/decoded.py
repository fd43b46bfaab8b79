"""What the child that decodes gives back: how large a picture, and what is to be said of it.

It is apart from the dataclasses of `bot.media.framing`, whose machinery would be a tenth of what
the child has to load, anew for every picture.
"""

from __future__ import annotations

import enum

LONGEST_SIDE = 2560
"""More than any provider takes, in pixels."""


class PictureNote(enum.StrEnum):
    """Something about the picture that its member should be told."""

    FIRST_FRAME = "first_frame"
    """It was an animation, and its first frame is used."""
    SMALL = "small"
    """It had to grow for the model."""
    LOW_CONTRAST = "low_contrast"
    BLURRED = "blurred"
