"""Text in the one font that Pillow brings along: Latin letters without accents, and little else.

Names of members are written in any script. What has no letters here is shown by its place in the
list, which stands beneath the picture in full.
"""

from __future__ import annotations

import unicodedata
from functools import cache

from PIL import ImageFont

INSTEAD = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "Æ": "Ae",
        "ø": "o",
        "Ø": "O",
        "œ": "oe",
        "Œ": "Oe",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "ı": "i",
        "þ": "th",
        "ð": "d",
    }
)
UNKNOWN = "\uffff"


@cache
def font(pixels: int) -> ImageFont.FreeTypeFont:
    """The font at a height."""
    loaded = ImageFont.load_default(pixels)
    if not isinstance(loaded, ImageFont.FreeTypeFont):
        raise TypeError("Pillow was built without FreeType")
    return loaded


def width(text: str, pixels: int) -> int:
    """How wide a text is at a height."""
    return round(font(pixels).getlength(text))


def fitted(text: str, pixels: int, room: int) -> str:
    """A text, or as much of it as there is room for."""
    if width(text, pixels) <= room:
        return text
    while text and width(f"{text}…", pixels) > room:
        text = text[:-1]
    return f"{text.rstrip()}…"


def legible(text: str) -> str:
    """A name in the letters there are; empty where too little of it would be left."""
    plain = unicodedata.normalize("NFKD", text.translate(INSTEAD))
    letters = [sign for sign in plain if not unicodedata.combining(sign)]
    known = [sign for sign in letters if _is_known(sign)]
    wanted = sum(sign.isalnum() for sign in letters)
    kept = sum(sign.isalnum() for sign in known)
    return " ".join("".join(known).split()) if kept and 2 * kept > wanted else ""


@cache
def _is_known(sign: str) -> bool:
    if sign == " ":
        return True
    return sign.isprintable() and _shape(sign) != _shape(UNKNOWN)


def _shape(sign: str) -> bytes:
    return bytes(font(32).getmask(sign))
