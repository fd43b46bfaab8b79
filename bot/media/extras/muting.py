"""A clip without its sound."""

from __future__ import annotations

from pathlib import Path

from bot.media.encoding import NAMELESS, mp4_output
from bot.media.extras.material import Material, run
from bot.media.ffmpeg import Ffmpeg


async def mute(ffmpeg: Ffmpeg, clip: Material, to: Path) -> Path:
    """Write the clip's picture as it is, and nothing else. Raises NotPlayable."""
    copied = ("-map", "0:V:0", *NAMELESS, "-c:v", "copy")
    await run(ffmpeg, *clip.input, *copied, *mp4_output(to))
    return to
