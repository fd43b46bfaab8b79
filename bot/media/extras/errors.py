"""Why an extra cannot be made of a clip.

ExtraError
├── MomentOutside    the clip has no such second
├── NothingLeft      what is cut out of it is too short to be a clip
├── TooShortToLoop   there is no room for a crossfade
└── TooLongTogether  two clips, one after the other, are longer than a clip may be
"""

from __future__ import annotations

from bot.media.errors import MediaError


class ExtraError(MediaError):
    """The extra cannot be made of this clip."""


class MomentOutside(ExtraError):
    """The clip has no such second."""

    def __init__(self, asked: float, seconds: float) -> None:
        super().__init__(f"{asked:g} s, of {seconds:g} s")
        self.asked = asked
        self.seconds = seconds
        """How long the clip is."""


class NothingLeft(ExtraError):
    """What is to be cut out is too short, or ends before it begins."""

    def __init__(self, least_seconds: float) -> None:
        super().__init__(f"at least {least_seconds:g} s")
        self.least_seconds = least_seconds


class TooShortToLoop(ExtraError):
    """The crossfade would be most of the clip."""

    def __init__(self, seconds: float, longest_fade: float) -> None:
        super().__init__(f"{seconds:g} s long, so fade at most {longest_fade:g} s")
        self.seconds = seconds
        self.longest_fade = longest_fade
        """In seconds; 0 where the clip is too short for any."""


class TooLongTogether(ExtraError):
    """Two clips, one after the other, are longer than a clip may be."""

    def __init__(self, seconds: float, longest_seconds: float) -> None:
        super().__init__(f"{seconds:g} s, at most {longest_seconds:g} s")
        self.seconds = seconds
        self.longest_seconds = longest_seconds
