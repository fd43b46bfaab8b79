"""The child process that brings clean pixels into a model's frame: RGB on stdin, a JPEG on stdout.

Run as `python -m bot.media.frame WISH`, with a `Wish` as JSON. The answer is one line of JSON,
{width, height, fit, box}, followed by the JPEG. OpenCV is loaded for a crop alone.
"""

from __future__ import annotations

import json
import resource
import sys
from dataclasses import asdict, dataclass

from PIL import Image

from bot.media.frame_jpeg import jpeg_within
from bot.media.frame_pad import padded
from bot.media.framing import Box, Fit, Size, Wish, frame_size


@dataclass(frozen=True)
class Framed:
    """A picture in its frame."""

    jpeg: bytes
    size: Size
    fit: Fit | None
    box: Box | None
    """Where the picture lies, where it is padded."""


def main(wish: Wish) -> None:
    """Answer for the pixels on stdin."""
    _load(wish)
    # From here on this process cannot open a file or a socket.
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    framed = frame(sys.stdin.buffer.read(), wish)
    answer = {
        "width": framed.size[0],
        "height": framed.size[1],
        "fit": framed.fit,
        "box": asdict(framed.box) if framed.box else None,
    }
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + framed.jpeg)


def frame(rgb: bytes, wish: Wish) -> Framed:
    """Crop or pad the pixels as is wished, and make a JPEG of them."""
    picture = Image.frombytes("RGB", (wish.width, wish.height), rgb)
    fit, box = wish.fit, None
    if fit is Fit.CROP:
        from bot.media.frame_crop import best_crop

        crop = best_crop(picture, wish.ratio)
        if crop.keeps_faces or wish.is_chosen:
            picture = _cut(picture, crop.box)
        else:
            fit = Fit.PAD
    size = frame_size(picture.size, wish.ratio, fit)
    if fit is Fit.PAD:
        picture, box = padded(picture, size)
    elif picture.size != size:
        picture = picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    jpeg, scaled = jpeg_within(picture, wish.max_bytes)
    return Framed(jpeg, scaled, fit, _scaled(box, scaled[0] / size[0]) if box else None)


def _load(wish: Wish) -> None:
    """Import what Pillow and a crop first need later, which is too late without open files."""
    Image.preinit()
    if wish.fit is Fit.CROP:
        import bot.media.frame_crop  # noqa: F401


def _cut(picture: Image.Image, box: Box) -> Image.Image:
    return picture.crop((box.x, box.y, box.x + box.width, box.y + box.height))


def _scaled(box: Box, scale: float) -> Box:
    return Box(*(round(side * scale) for side in (box.x, box.y, box.width, box.height)))


def _wish(text: str) -> Wish:
    wish = json.loads(text)
    return Wish(**wish | {"fit": Fit(wish["fit"]) if wish["fit"] else None})


if __name__ == "__main__":
    main(_wish(sys.argv[1]))
