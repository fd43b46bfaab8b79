"""What a video model declares: everything the bot needs to offer, check and price it.

A new option of a command begins here: the model declares it, the catalogue checks and prices it,
the provider sends it.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date


class Shape(enum.StrEnum):
    """The ratio of a clip's width to its height."""

    CINEMA = "21:9"
    LANDSCAPE = "16:9"
    PHOTO = "3:2"
    CLASSIC = "4:3"
    SQUARE = "1:1"
    CLASSIC_TALL = "3:4"
    PHOTO_TALL = "2:3"
    PORTRAIT = "9:16"

    @property
    def ratio(self) -> float:
        """Width divided by height."""
        width, height = self.value.split(":")
        return int(width) / int(height)


class Need(enum.StrEnum):
    """Whether a model takes something along with the prompt."""

    NEVER = "never"
    OPTIONAL = "optional"
    REQUIRED = "required"


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One quality a model can be ordered in, with its price; what no variant has cannot be had."""

    microdollars: int
    """The provider's price of one second, in millionths of a US dollar."""
    resolution: str = ""
    """As the provider says it, "720p"; empty where the model leaves no choice."""
    sound: bool = False
    """Whether the clip comes with sound."""
    last_frame: bool = False
    """Whether a picture to end with is taken."""
    is_per_clip: bool = False
    """The price is that of a whole clip, however long it is."""

    def price_microdollars(self, seconds: int) -> int:
        """The provider's price of a clip."""
        return self.microdollars if self.is_per_clip else self.microdollars * seconds


@dataclass(frozen=True)
class PriceNote:
    """Where a price comes from."""

    source: str
    """In a few words, "the provider's price list"."""
    as_of: date | None
    """None: it is the owner's own, and always of today."""
    is_assumed: bool = False
    """Nobody has published it: it is our cautious guess, until the owner gives the real one."""


@dataclass(frozen=True, kw_only=True)
class VideoModel:
    """One choosable video model and the limits it declares."""

    id: str
    """Unique within its provider, spelled as the provider spells it."""
    name: str
    """As members read it."""
    summary: str
    """What it is good at, in one short sentence."""
    seconds: tuple[int, ...]
    """The clip lengths it can make, ascending."""
    default_seconds: int
    variants: tuple[Variant, ...]
    """What it can be ordered in; the first that has all that was asked for is taken."""
    price_note: PriceNote
    max_prompt_chars: int
    """In UTF-16 code units, as the strictest provider counts: an emoji is two."""
    picture: Need = Need.REQUIRED
    """OPTIONAL: it also makes clips from words alone. NEVER: only so."""
    shapes: tuple[Shape, ...] = ()
    """What a clip made from a picture can be; empty where it follows the picture."""
    text_shapes: tuple[Shape, ...] = ()
    """What a clip made from words alone can be; the first is the default."""
    largest_ratio: float = 10.0
    """Of the picture's longer side to its shorter."""
    max_picture_bytes: int = 8 * 1024**2
    """Of a picture's JPEG, as the provider's client can send it."""
    audio: Need = Need.NEVER
    """A sound file that drives the clip."""
    longest_audio_seconds: int = 0
    max_negative_chars: int = 0
    """What a negative prompt may have; 0 where none is taken."""
    takes_seed: bool = False
    aliases: tuple[str, ...] = ()
    """Names people know it by, from articles or from models that are gone."""
