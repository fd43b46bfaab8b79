"""Every hostile picture there is, and the small sound ones they are made from."""

from __future__ import annotations

import functools
import subprocess
import tempfile
from pathlib import Path

import imageio_ffmpeg
from PIL import Image

from tests.media.heic import heic_from_mp4
from tests.media.hostile import foreign, gifs, heifs, jpegs, metadata, pngs, webps
from tests.media.hostile.case import Case
from tests.media.pictures import animated, corners, saved


@functools.cache
def corpus(heic: bytes) -> tuple[Case, ...]:
    """All cases, whose names tell them apart."""
    return (
        *pngs.cases(),
        *jpegs.cases(),
        *gifs.cases(),
        *webps.cases(),
        *heifs.cases(heic),
        *metadata.cases(),
        *foreign.cases(),
    )


def sound_pictures(heic: bytes) -> dict[str, bytes]:
    """A small file of each kind and each way to pack it, to be cut and changed at will."""
    tiny = corners(size=(16, 16))
    return {
        "png": saved(tiny, "PNG"),
        "png with a palette": pngs.small_png(colour=3),
        "interlaced png": pngs.interlaced_png(bits=16, colour=6),
        "apng": animated("PNG"),
        "jpeg": jpegs.small_jpeg(optimize=True),
        "progressive jpeg": jpegs.small_jpeg(progressive=True),
        "grey jpeg": jpegs.small_jpeg("L", optimize=True),
        "jpeg in CMYK": jpegs.small_jpeg("CMYK", optimize=True),
        "gif": saved(tiny, "GIF"),
        "animated gif": animated("GIF"),
        "webp": saved(tiny, "WEBP"),
        "lossless webp": saved(tiny, "WEBP", lossless=True),
        "webp with alpha": saved(tiny.convert("RGBA").rotate(9), "WEBP"),
        "animated webp": animated("WEBP"),
        "avif": heifs.small_avif(),
        "heic": heic,
    }


@functools.cache
def small_heic() -> bytes:
    """A sound HEIC of 64 × 64, encoded anew."""
    with tempfile.TemporaryDirectory() as folder:
        still, clip = Path(folder, "still.png"), Path(folder, "still.mp4")
        corners(size=(64, 64)).transpose(Image.Transpose.ROTATE_270).save(still)
        hevc = ("-c:v", "libx265", "-x265-params", "log-level=none:info=0", "-pix_fmt", "yuv420p")
        program = imageio_ffmpeg.get_ffmpeg_exe()
        quiet = (program, "-v", "error", "-nostdin", "-i", str(still))
        subprocess.run([*quiet, *hevc, "-tag:v", "hvc1", str(clip)], check=True, timeout=60)
        return heic_from_mp4(clip.read_bytes(), 64, 64, quarter_turns=1)
