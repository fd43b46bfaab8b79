"""Turns frames into a clip: H.264 in MP4, small enough for Discord, the same bytes every time."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import IO

import imageio_ffmpeg

from providers.local.depth import Picture
from providers.local.shot import FRAME_RATE, Shot

LARGEST_CLIP_BYTES = 10 * 1024 * 1024
_SOUND_BITS_A_SECOND = 96_000
_COLOURS = "range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"
# A capped rate (maxrate) was tried: with more than one thread it gives other bytes each time.
_SETTINGS = (
    f"-vf scale=out_color_matrix=bt709:out_range=tv,format=yuv420p,setparams={_COLOURS} "
    "-c:v libx264 -preset veryfast -threads 2 "
    "-map_metadata -1 -fflags +bitexact -flags:v +bitexact -flags:a +bitexact "
    "-movflags +faststart -f mp4"
).split()


class EncoderFailed(Exception):
    """The encoder did not make a clip."""


class ClipTooLarge(Exception):
    """The clip grew past its limit before it was whole."""


def encode(
    frames: Iterable[Picture],
    shot: Shot,
    clip: Path,
    *,
    crf: int,
    largest_bytes: int,
    sound: str | None = None,
    keep_open: tuple[int, ...] = (),
    progress: Callable[[int], None] = lambda _written: None,
) -> None:
    """Write frames to a clip of a constant quality (H.264's CRF); tells how many are written.

    The encoder keeps the given file descriptors open. Raises EncoderFailed or ClipTooLarge.
    """
    goal = ["-crf", str(crf), "-fs", str(largest_bytes), str(clip)]
    command = [*_input(shot, sound), *_SETTINGS, *goal]
    with subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=keep_open) as encoder:
        try:
            is_whole = _feed(encoder.stdin, frames, progress)
        except BaseException:
            encoder.kill()
            raise
    if encoder.returncode != 0:
        raise EncoderFailed(f"the encoder ended with {encoder.returncode}")
    if not is_whole or clip.stat().st_size >= largest_bytes:
        raise ClipTooLarge(f"over {largest_bytes} bytes at CRF {crf}")


def _input(shot: Shot, sound: str | None) -> list[str]:
    size = f"{shot.width}x{shot.height}"
    frames = f"-f rawvideo -pix_fmt rgb24 -s {size} -r {FRAME_RATE} -i pipe:0".split()
    start = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        "-y",
        "-v",
        "error",
        "-nostats",
        "-filter_threads",
        "2",
        *frames,
    ]
    if sound is None:
        return start
    return [*start, *f"-f lavfi -i {sound} -c:a aac -b:a {_SOUND_BITS_A_SECOND}".split()]


def _feed(
    pipe: IO[bytes] | None, frames: Iterable[Picture], progress: Callable[[int], None]
) -> bool:
    """Write in a thread, so that the next frame is made while the last one is taken.

    False if the encoder stopped taking frames.
    """
    assert pipe is not None
    try:
        with ThreadPoolExecutor(1) as writer, pipe:
            writing: Future[int] | None = None
            for made, frame in enumerate(frames):
                if writing is not None:
                    writing.result()
                    progress(made)
                writing = writer.submit(pipe.write, frame.data)
            if writing is not None:
                writing.result()
    except BrokenPipeError:
        return False
    return True
