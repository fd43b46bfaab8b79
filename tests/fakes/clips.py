"""Makes clips worth looking at: the very picture that was sent, moving, as it was ordered.

They are small and quickly made, and nobody could take one for a model's work.
"""

from __future__ import annotations

import asyncio
import io
import tempfile
import textwrap
import zlib
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

from bot.media.ffmpeg import Ffmpeg, complaint
from tests.fakes.scene import Scene

FRAMES_PER_SECOND = 24
LARGEST_SHORT_SIDE_PX = 720
"""Above, a clip is true to its order in everything but its size."""
ZOOM = 0.12
FINER = 1.5
"""The zoom looks at a larger picture, and so moves by less than a pixel."""
FADE_FROM_SECONDS = 0.5
FONTS = ("DejaVuSans.ttf", "Arial.ttf")
"""Tried in turn, for Pillow's own has few letters but those of English."""


class CannotFilm(Exception):
    """ffmpeg made no clip; the message is its complaint."""


class Studio:
    """Films one scene at a time, in child processes."""

    def __init__(self) -> None:
        self._ffmpeg = Ffmpeg()

    async def film(self, scene: Scene) -> bytes:
        """An MP4 of the scene. Raises CannotFilm."""
        with tempfile.TemporaryDirectory(prefix="zoetrope-fake-clip-") as name:
            folder = Path(name)
            size = await asyncio.to_thread(_draw, scene, folder)
            ended = await self._ffmpeg.run(*_arguments(scene, size, folder))
            if ended.status != 0:
                raise CannotFilm(complaint(ended))
            return await asyncio.to_thread((folder / "clip.mp4").read_bytes)


def _draw(scene: Scene, folder: Path) -> tuple[int, int]:
    """Put all pictures of a scene into the folder; returns the clip's width and height."""
    first = _opened(scene.first_frame) if scene.first_frame else None
    size = _size(scene, first)
    larger = (round(size[0] * FINER), round(size[1] * FINER))
    ImageOps.fit(first or _title_card(scene, larger), larger).save(folder / "first.bmp")
    if scene.last_frame:
        ImageOps.fit(_opened(scene.last_frame), larger).save(folder / "last.bmp")
    if scene.sound:
        (folder / "sound.mp3").write_bytes(scene.sound)
    _caption(scene, size).save(folder / "caption.png")
    return size


def _opened(picture: bytes) -> Image.Image:
    return Image.open(io.BytesIO(picture)).convert("RGB")


def _size(scene: Scene, first: Image.Image | None) -> tuple[int, int]:
    """The clip's size: both sides even, as its pixel format asks for."""
    ratio = scene.ratio or (first.width / first.height if first else 16 / 9)
    short = min(scene.short_side_px, LARGEST_SHORT_SIDE_PX)
    width, height = (short * ratio, short) if ratio >= 1 else (short, short / ratio)
    return 2 * round(width / 2), 2 * round(height / 2)


def _title_card(scene: Scene, size: tuple[int, int]) -> Image.Image:
    """The prompt on a colour that is its own."""
    hue = zlib.crc32(scene.prompt.encode()) % 360
    card = Image.new("RGB", size, f"hsl({hue}, 45%, 24%)")
    letters = _letters(min(size) // 12)
    words = textwrap.fill(scene.prompt, width=max(12, round(22 * size[0] / min(size))), max_lines=6)
    middle = (size[0] / 2, size[1] / 2)
    ImageDraw.Draw(card).multiline_text(
        middle, words, f"hsl({hue}, 60%, 92%)", letters, anchor="mm", align="center"
    )
    return card


def _caption(scene: Scene, size: tuple[int, int]) -> Image.Image:
    """Who pretends to have made the clip, in white on a dark strip."""
    words = f"fake {scene.provider} · {scene.model} · {scene.seconds} s"
    letters = _letters(max(12, min(size) // 28))
    left, top, right, bottom = letters.getbbox(words)
    around = letters.getbbox("x")[3] / 2
    strip = Image.new("RGBA", (round(right + 2 * around), round(bottom + 2 * around)), "#000000a0")
    ImageDraw.Draw(strip).text((around - left, around - top / 2), words, "white", letters)
    return strip


def _letters(size: int) -> ImageFont.FreeTypeFont:
    for name in FONTS:
        with suppress(OSError):
            return ImageFont.truetype(name, size)
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font


def _arguments(scene: Scene, size: tuple[int, int], folder: Path) -> Iterator[str]:
    frames = scene.seconds * FRAMES_PER_SECOND
    steps = [_zoom(0, f"1+{ZOOM}*on/{frames}", size, frames)]
    inputs: list[tuple[str, ...]] = [("-i", str(folder / "first.bmp"))]
    numbers = count(1)
    shown = "[0v]"
    if scene.last_frame:
        number = next(numbers)
        inputs.append(("-i", str(folder / "last.bmp")))
        left = frames - round(FADE_FROM_SECONDS * FRAMES_PER_SECOND)
        steps.append(_zoom(number, f"max(1,1+{ZOOM}*(1-on/{left}))", size, frames))
        fade = f"duration={scene.seconds - 2 * FADE_FROM_SECONDS}:offset={FADE_FROM_SECONDS}"
        steps.append(f"{shown}[{number}v]xfade={fade}[faded]")
        shown = "[faded]"
    inputs.append(("-i", str(folder / "caption.png")))
    steps.append(f"{shown}[{next(numbers)}]overlay=x=h/2:y=H-h-h/2,format=yuv420p[shown]")
    if scene.has_sound:
        inputs.append(_sound(scene, folder))
        steps.append(f"[{next(numbers)}]apad[heard]")
    for part in inputs:
        yield from part
    yield from ("-filter_complex", ";".join(steps), "-map", "[shown]")
    yield from ("-map", "[heard]", "-c:a", "aac") if scene.has_sound else ()
    yield from ("-t", str(scene.seconds), "-c:v", "libx264", "-preset", "ultrafast", "-crf", "30")
    yield from ("-movflags", "+faststart", str(folder / "clip.mp4"))


def _zoom(number: int, zoom: str, size: tuple[int, int], frames: int) -> str:
    middle = "x=iw/2-iw/zoom/2:y=ih/2-ih/zoom/2"
    frame = f"d={frames}:s={size[0]}x{size[1]}:fps={FRAMES_PER_SECOND}"
    return f"[{number}]zoompan=z='{zoom}':{middle}:{frame},format=yuv420p[{number}v]"


def _sound(scene: Scene, folder: Path) -> tuple[str, ...]:
    """The sound that came with the order, or else a soft tone that is the prompt's own."""
    if scene.sound:
        return ("-f", "mp3", "-i", str(folder / "sound.mp3"))
    pitch = 220 + zlib.crc32(scene.prompt.encode()) % 220
    tone = f"sine=frequency={pitch}:duration={scene.seconds},tremolo=f=3:d=0.5,volume=0.4"
    return ("-f", "lavfi", "-i", tone)
