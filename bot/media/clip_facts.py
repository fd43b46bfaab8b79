"""What is known of a clip, and what follows for those who are to see it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.media.clip_kinds import ClipKind
from bot.media.colours import Colours

MOST_FRAMES_A_SECOND = 60
"""A clip that says it has more is made anew with as many, for phones give up on it."""
_ALPHA = ("yuva", "gbrap", "rgba", "bgra", "argb", "abgr", "ya")
_RGB = ("rgb", "bgr", "gbr", "argb", "abgr", "pal")


@dataclass(frozen=True, kw_only=True)
class ClipFacts:
    """What decoding a clip showed."""

    kind: ClipKind = ClipKind.MP4
    width: int
    height: int
    """In pixels, as stored; a clip may ask to be shown turned."""
    is_upright: bool = True
    is_on_its_side: bool = False
    """It asks to be turned by a quarter, so that its height is its width."""
    pixel_ratio: float = 1.0
    """How much wider than high each pixel is."""
    seconds: float
    frames: int
    rate: float | None = None
    """Frames a second, as the file says, where it does: the densest of a varying rate."""
    codec: str
    pixel_format: str
    colour: str = ""
    """How ffmpeg words range, colours and order of lines, where the file names them."""
    has_alpha_beside: bool = False
    """How far each pixel can be seen through is a picture of its own, as in WebM."""
    audio_codec: str | None
    is_faststart: bool
    """The index stands before the pictures, so that playing starts before the download ends."""
    size_bytes: int

    @property
    def has_audio(self) -> bool:
        """Whether it has a sound track."""
        return self.audio_codec is not None

    @property
    def shown(self) -> tuple[int, int]:
        """Width and height as it is to be seen: upright, with square pixels."""
        width, height = round(self.width * self.pixel_ratio), self.height
        return (height, width) if self.is_on_its_side else (width, height)

    @property
    def frames_a_second(self) -> float:
        """As many as come one after the other at the densest."""
        return max(self.frames / self.seconds, self.rate or 0)

    @property
    def colours(self) -> Colours:
        """What the numbers of its pixels stand for."""
        return Colours.told_by(self.colour)

    @property
    def is_interlaced(self) -> bool:
        """By its own word each frame is two moments, one in every other line."""
        return " first" in self.colour

    @property
    def is_see_through(self) -> bool:
        """There may be pixels in it that can be seen through."""
        return self.has_alpha_beside or self.pixel_format.startswith(_ALPHA)

    @property
    def is_rgb(self) -> bool:
        """Its pixels are red, green and blue, and not brightness and two differences."""
        return self.pixel_format.startswith(_RGB)

    @property
    def picture_plays_everywhere(self) -> bool:
        """Whether every Discord client decodes the picture, and shows it as it is meant."""
        return (
            (self.codec, self.pixel_format) == ("h264", "yuv420p")
            and (self.is_upright and not self.is_interlaced and self.colours.is_plain)
            and (self.pixel_ratio == 1 and self.width % 2 == 0 and self.height % 2 == 0)
            and self.frames_a_second <= MOST_FRAMES_A_SECOND
        )

    @property
    def sound_plays_everywhere(self) -> bool:
        """Whether every Discord client decodes the sound."""
        return self.audio_codec in {None, "aac"}

    @property
    def plays_everywhere(self) -> bool:
        """Whether every Discord client plays it, once all of it is there."""
        return (
            self.kind is ClipKind.MP4
            and self.picture_plays_everywhere
            and self.sound_plays_everywhere
        )
