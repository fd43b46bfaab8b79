"""Two clips as one: one after the other, or side by side."""

from __future__ import annotations

from pathlib import Path

from bot.media.clips import MAX_SECONDS
from bot.media.extras.errors import TooLongTogether
from bot.media.extras.material import Material, cut_to, even, picture, sound, write_clip
from bot.media.ffmpeg import Ffmpeg

FADE_SECONDS = 0.5
WIDEST_PAIR = 1920
# Shapes that differ by less are stretched, which nobody sees.
_SAME_SHAPE = 0.02


async def join(ffmpeg: Ffmpeg, first: Material, second: Material, to: Path) -> Path:
    """Write the one fading into the other, in the first one's frame.

    A second of another shape lies on a blurred, darkened copy of itself. Raises TooLongTogether,
    NotPlayable.
    """
    rate = max(first.rate, second.rate)
    shorter = min(first.seconds, second.seconds)
    fade = min(FADE_SECONDS, round(shorter / 2, 3))
    together = first.seconds + second.seconds - fade
    if together > MAX_SECONDS:
        raise TooLongTogether(together, MAX_SECONDS)
    offset = (round(first.seconds * rate) - round(fade * rate)) / rate
    graph = [
        f"{picture(0, first, first.size, rate)},settb=AVTB[before]",
        *_in_frame(1, second, first.size, rate),
        f"[before][after]xfade=transition=fade:duration={fade:.6f}:offset={offset:.6f}[v]",
    ]
    has_sound = first.facts.has_audio or second.facts.has_audio
    if has_sound:
        graph += [
            f"{sound(0, first)}[heard first]",
            f"{sound(1, second)}[heard then]",
            f"[heard first][heard then]acrossfade=duration={fade:.6f}[a]",
        ]
    inputs = (*first.input, *second.input)
    return await write_clip(ffmpeg, inputs, graph, to, has_sound=has_sound)


def _in_frame(number: int, clip: Material, frame: tuple[int, int], rate: float) -> list[str]:
    width, height = clip.size
    is_same_shape = abs(width / height / (frame[0] / frame[1]) - 1) < _SAME_SHAPE
    if is_same_shape:
        return [f"{picture(number, clip, frame, rate)},settb=AVTB[after]"]
    scale = min(frame[0] / width, frame[1] / height)
    inside = even(width * scale), even(height * scale)
    filling = (
        f"scale={frame[0]}:{frame[1]}:force_original_aspect_ratio=increase,"
        f"crop={frame[0]}:{frame[1]},gblur=sigma=24,eq=brightness=-0.12,setsar=1"
    )
    return [
        f"{picture(number, clip, inside, rate)},split[sharp][soft]",
        f"[soft]{filling}[ground]",
        "[ground][sharp]overlay=(W-w)/2:(H-h)/2,format=yuv420p,settb=AVTB[after]",
    ]


async def side_by_side(ffmpeg: Ffmpeg, left: Material, right: Material, to: Path) -> Path:
    """Write both at the same height; the shorter one holds its last frame.

    Heard is the left one, or the right one where the left is silent. Raises NotPlayable.
    """
    rate = max(left.rate, right.rate)
    sizes = _same_height(left, right)
    graph = [
        *(
            f"{picture(number, clip, size, rate)}[side {number}]"
            for number, (clip, size) in enumerate(zip((left, right), sizes, strict=True))
        ),
        # By default the stack lasts as long as the longer one, and repeats the other's last frame.
        "[side 0][side 1]hstack[v]",
    ]
    heard = next((n for n, clip in enumerate((left, right)) if clip.facts.has_audio), None)
    if heard is not None:
        longer = max(left.seconds, right.seconds)
        graph.append(f"{sound(heard, (left, right)[heard])},{cut_to(longer)}[a]")
    inputs = (*left.input, *right.input)
    return await write_clip(ffmpeg, inputs, graph, to, has_sound=heard is not None)


def _same_height(left: Material, right: Material) -> tuple[tuple[int, int], tuple[int, int]]:
    """The sizes of two clips beside each other, neither enlarged."""
    ratios = [clip.size[0] / clip.size[1] for clip in (left, right)]
    height = even(min(left.size[1], right.size[1], WIDEST_PAIR / sum(ratios)))
    return (even(height * ratios[0]), height), (even(height * ratios[1]), height)
