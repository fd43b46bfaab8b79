"""Renders one task in a process of its own: run as a module, in the task's folder.

Its only argument is the file descriptor of the task's lock, which it and its encoder keep open.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import sys
from pathlib import Path
from types import FrameType

import cv2
import numpy as np
from PIL import Image

from providers.local.depth import Picture
from providers.local.encoder import LARGEST_CLIP_BYTES, ClipTooLarge, EncoderFailed, encode
from providers.local.film import Film
from providers.local.sound import noise_bed
from providers.local.task import TaskFolder
from providers.status import FailureReason

_WALL_SECONDS = 120
_MEGABYTE = 1024 * 1024
_LIMITS = {
    resource.RLIMIT_AS: 2048 * _MEGABYTE,
    resource.RLIMIT_CPU: 180,
    resource.RLIMIT_FSIZE: 64 * _MEGABYTE,
    resource.RLIMIT_NOFILE: 64,
    resource.RLIMIT_CORE: 0,
}
# Six steps of CRF halve a clip.
_CRFS = (20, 26, 32, 40)
_FRAMES_A_PROGRESS = 6
_LARGEST_SIDE = 4096


class BadPicture(Exception):
    """The picture cannot be read."""


class TookTooLong(Exception):
    """The wall-clock limit is over."""


def main() -> None:
    """Limit this process, then render the task in the folder it stands in."""
    limit_this_process()
    render(TaskFolder(Path.cwd()), keep_open=(int(sys.argv[1]),))


def limit_this_process() -> None:
    """Give up every chance to use more than a clip may cost."""
    for kind, most in _LIMITS.items():
        hard = resource.getrlimit(kind)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        # macOS refuses to limit the address space.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))
    os.nice(10)
    cv2.setNumThreads(2)
    signal.signal(signal.SIGALRM, _stop)
    signal.alarm(_WALL_SECONDS)


def render(
    task: TaskFolder,
    *,
    keep_open: tuple[int, ...] = (),
    largest_bytes: int = LARGEST_CLIP_BYTES,
) -> None:
    """Make a task's clip, or write down why there is none."""
    try:
        _render(task, keep_open, largest_bytes)
    except BadPicture as error:
        task.write_failure(FailureReason.BAD_INPUT, str(error))
    except (EncoderFailed, ClipTooLarge, TookTooLong) as error:
        task.write_failure(FailureReason.PROVIDER_FAULT, str(error))


def read_picture(file: Path) -> Picture:
    """Decode a JPEG: height x width x 3, sRGB. Raises BadPicture."""
    try:
        with Image.open(file, formats=("JPEG",)) as image:
            image.draft("RGB", (_LARGEST_SIDE, _LARGEST_SIDE))
            return np.asarray(image.convert("RGB"), np.uint8)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise BadPicture(str(error)) from error


def _render(task: TaskFolder, keep_open: tuple[int, ...], largest_bytes: int) -> None:
    shot = task.read_shot()
    film = Film(read_picture(task.picture), shot)

    def progress(written: int) -> None:
        if written % _FRAMES_A_PROGRESS == 0:
            task.write_progress(written)

    for crf in _CRFS:
        with contextlib.suppress(ClipTooLarge):
            encode(
                film.frames(),
                shot,
                task.unfinished_clip,
                crf=crf,
                largest_bytes=largest_bytes,
                sound=noise_bed(film.ambience, shot.seconds, shot.seed),
                keep_open=keep_open,
                progress=progress,
            )
            task.unfinished_clip.replace(task.clip)
            return
    raise ClipTooLarge(f"over {largest_bytes} bytes even at CRF {_CRFS[-1]}")


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise TookTooLong(f"no clip after {_WALL_SECONDS} s")


if __name__ == "__main__":
    main()
