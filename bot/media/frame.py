"""The child process that brings clean pixels into a model's frame: RGB on stdin, a JPEG on stdout.

Run as `python -m bot.media.frame WISH`, with a `Wish` as JSON. The answer is one line of JSON,
{width, height, fit, inset}, followed by the JPEG. OpenCV is loaded for a crop alone.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from PIL import Image

from bot.media.frame_jpeg import jpeg_within
from bot.media.frame_pad import padded
from bot.media.framing import Box, Fit, Size, Wish, frame_size, inset

if TYPE_CHECKING:
    from bot.media.frame_crop import Crop


@dataclass(frozen=True)
class Framed:
    """A picture in its frame."""

    jpeg: bytes
    size: Size
    fit: Fit | None
    inset: Box | None
    """Where the picture lies, where it is padded."""


def main(wish: Wish) -> None:
    """Answer for the pixels on stdin."""
    framer = Framer(wish)
    # From here on this process cannot open a file or a socket.
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    framed = framer.frame(sys.stdin.buffer.read())
    answer = {
        "width": framed.size[0],
        "height": framed.size[1],
        "fit": framed.fit,
        "inset": asdict(framed.inset) if framed.inset else None,
    }
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + framed.jpeg)


class Framer:
    """Fulfils one wish; what that takes is loaded when made, while files can be opened."""

    def __init__(self, wish: Wish) -> None:
        Image.preinit()
        self._wish = wish
        self._crop: Callable[[Image.Image, float], Crop] | None = None
        if wish.fit is Fit.CROP:
            from bot.media.frame_crop import Cropper

            self._crop = Cropper().best

    def frame(self, rgb: bytes) -> Framed:
        """Crop or pad the pixels as is wished, and make a JPEG of them."""
        wish, fit = self._wish, self._wish.fit
        picture = Image.frombytes("RGB", (wish.width, wish.height), rgb)
        if self._crop is not None:
            crop = self._crop(picture, wish.ratio)
            if crop.is_good or wish.is_chosen:
                picture = _cut(picture, crop.box)
            else:
                fit = Fit.PAD
        size = wish.size or frame_size(picture.size, wish.ratio, fit)
        framed = padded(picture, size) if fit is Fit.PAD else _resized(picture, size)
        jpeg, size = jpeg_within(framed, wish.max_bytes, keeps_size=bool(wish.size))
        return Framed(jpeg, size, fit, inset(picture.size, size) if fit is Fit.PAD else None)


def _cut(picture: Image.Image, box: Box) -> Image.Image:
    return picture.crop((box.x, box.y, box.x + box.width, box.y + box.height))


def _resized(picture: Image.Image, size: Size) -> Image.Image:
    if picture.size == size:
        return picture
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _wish(text: str) -> Wish:
    wish = json.loads(text)
    fit, size = wish.pop("fit"), wish.pop("size")
    return Wish(**wish, fit=Fit(fit) if fit else None, size=(size[0], size[1]) if size else None)


if __name__ == "__main__":
    main(_wish(sys.argv[1]))
