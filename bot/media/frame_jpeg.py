"""Makes a JPEG of at most so many bytes: of the best quality that fits, smaller only at last."""

from __future__ import annotations

import io

from PIL import Image

from bot.media.framing import Size, whole

_QUALITIES = (95, 92, 88, 84, 78, 70, 60)
# At a lower quality blocks would show; a model notices those more than a smaller picture.
_SCALES = (0.85, 0.7, 0.5)
_SCALED_QUALITY = 78
# Only for a picture that has to keep its size: both of a clip have the same.
_LAST_QUALITIES = (45, 30, 15)
_FULL_COLOUR_FROM = 90


def jpeg_within(
    picture: Image.Image, max_bytes: int, *, keeps_size: bool = False
) -> tuple[bytes, Size]:
    """Return the JPEG with its width and height: the smallest there is, where none fits."""
    for quality in (*_QUALITIES, *_LAST_QUALITIES) if keeps_size else _QUALITIES:
        jpeg = _encoded(picture, quality)
        if len(jpeg) <= max_bytes:
            break
    if keeps_size or len(jpeg) <= max_bytes:
        return jpeg, picture.size
    scaled = picture
    for scale in _SCALES:
        size = whole(picture.width * scale, picture.height * scale)
        scaled = picture.resize(size, Image.Resampling.LANCZOS)
        jpeg = _encoded(scaled, _SCALED_QUALITY)
        if len(jpeg) <= max_bytes:
            break
    return jpeg, scaled.size


def _encoded(picture: Image.Image, quality: int) -> bytes:
    file = io.BytesIO()
    subsampling = "4:4:4" if quality >= _FULL_COLOUR_FROM else "4:2:0"
    picture.save(file, "JPEG", quality=quality, subsampling=subsampling)
    return file.getvalue()
