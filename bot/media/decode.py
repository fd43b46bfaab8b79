"""The child process that decodes one picture: its bytes on stdin, the answer on stdout.

Run as `python -m bot.media.decode KIND`, with a kind of `bot.media.kinds.ACCEPTED`. The answer is
one line of JSON, {width, height, notes} followed by the pixels, RGB of 8 bits, row by row; or
{error, ...} naming an error of `bot.media.errors` and its attributes. It imports little, and of
the large decoders only the one it needs, because it starts anew for every picture.
"""

from __future__ import annotations

import importlib
import io
import json
import resource
import struct
import sys
import warnings
import zlib
from collections.abc import Mapping

from PIL import Image, PngImagePlugin

from bot.media.decoded import PictureNote
from bot.media.errors import (
    DamagedPicture,
    PictureError,
    PictureTooBig,
    PictureTooNarrow,
    PictureTooSmall,
)
from bot.media.frame_notes import notes_on
from bot.media.normalise import normalise, scaled_size

MIN_SIDE = 8
MAX_SIDE = 16_384
MAX_PIXELS = 50_000_000
MAX_RATIO = 10

# Pillow imports these when it first needs them, which is too late once no file can be opened.
_LATE_IMPORTS = (
    "PIL.MpoImagePlugin",
    "PIL.TiffImagePlugin",
    "PIL.ImageColor",
    "PIL.ImageFilter",
    "copy",
)

# HEIF and multi-picture JPEG files hold several pictures too, but no animation.
_ANIMATED = frozenset({"GIF", "PNG", "WEBP", "AVIF"})
# Pillow's decoders meet damaged bytes with nearly every built-in error.
_DAMAGE = (
    Image.DecompressionBombError,
    AssertionError,
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    TypeError,
    LookupError,
    ArithmeticError,
    RuntimeError,
    struct.error,
    zlib.error,
)


def main(kind: str) -> None:
    """Answer for the one picture on stdin."""
    _load_decoder(kind)
    _configure_pillow(kind)
    _open_nothing_more()
    try:
        picture, notes = decode(sys.stdin.buffer.read(), kind)
    except PictureError as error:
        _answer({"error": type(error).__name__, **vars(error)})
    else:
        width, height = picture.size
        _answer({"width": width, "height": height, "notes": notes}, picture.tobytes())


def decode(data: bytes, kind: str) -> tuple[Image.Image, tuple[PictureNote, ...]]:
    """Return the picture as `normalise` leaves it, and what is to be said of it.

    Raises DamagedPicture, PictureTooBig, PictureTooSmall or PictureTooNarrow.
    """
    try:
        if kind == "GIF":
            _check_screen(data)
        with Image.open(io.BytesIO(data), formats=[kind]) as image:
            _check_size(*image.size)
            is_animated = image.format in _ANIMATED and getattr(image, "is_animated", False)
            # JPEG decodes at a half, a quarter or an eighth of its size for a fraction of the work.
            image.draft(None, scaled_size(image.size))
            image.load()
            picture = normalise(image)
    except _DAMAGE as error:
        raise DamagedPicture(f"{type(error).__name__}: {error}"[:200]) from error
    notes = notes_on(picture)
    return picture, (PictureNote.FIRST_FRAME, *notes) if is_animated else notes


def _load_decoder(kind: str) -> None:
    """Import what a kind needs beyond the decoders that Pillow always loads."""
    match kind:
        case "HEIF":
            import pi_heif

            pi_heif.register_heif_opener(
                decode_threads=2, thumbnails=False, depth_images=False, aux_images=False
            )
        case "AVIF":
            from PIL import AvifImagePlugin

            # One thread per core could reserve more address space than the limit.
            AvifImagePlugin.DEFAULT_MAX_THREADS = 2
        case "WEBP":
            importlib.import_module("PIL.WebPImagePlugin")
        case _:
            pass


def _configure_pillow(kind: str) -> None:
    Image.preinit()
    for module in _LATE_IMPORTS:
        importlib.import_module(module)
    PngImagePlugin.MAX_TEXT_CHUNK = 1024**2
    PngImagePlugin.MAX_TEXT_MEMORY = 4 * 1024**2
    # Pillow's own check would refuse without telling the size; ours comes before any pixel too.
    # But for GIF: to open one is to make room for its frame, however far beyond its screen. The
    # check refuses from twice this number on.
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2 if kind == "GIF" else None
    # To show a warning, Python would read the source file it comes from.
    warnings.simplefilter("ignore")


def _open_nothing_more() -> None:
    """From here on this process cannot open a file or a socket, whatever the bytes make it try."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def _check_screen(data: bytes) -> None:
    width, height = struct.unpack_from("<HH", data, 6)
    if width * height > MAX_PIXELS:
        raise PictureTooBig(width, height)


def _check_size(width: int, height: int) -> None:
    if min(width, height) < MIN_SIDE:
        raise PictureTooSmall(width, height)
    if max(width, height) > MAX_RATIO * min(width, height):
        raise PictureTooNarrow(width, height)
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise PictureTooBig(width, height)


def _answer(facts: Mapping[str, object], pixels: bytes = b"") -> None:
    sys.stdout.buffer.write(json.dumps(facts).encode() + b"\n")
    sys.stdout.buffer.write(pixels)


if __name__ == "__main__":
    main(sys.argv[1])
