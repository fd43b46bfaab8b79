"""Spares a renderer what was rendered before; Python itself runs this, as the process starts.

The animator makes the same bytes of the same request, which its own tests prove. So a clip that
was made once is handed out again, without the computing but not much sooner: who looks meanwhile
finds a renderer at work, which can be stopped, frozen and killed. This folder stands first on the
renderer's PYTHONPATH.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import os
import shutil
import time
from contextlib import suppress
from pathlib import Path

KEPT = "CLIPS_RENDERED_ONCE"
"""The environment variable that says where they are kept."""
FRAME_RATE = 24
STEP_SECONDS = 0.25
STEPS_A_SECOND = 2
"""A clip of two seconds takes four steps, and so about as long as one that is rendered."""


def main(task: Path, kept: Path) -> None:
    """Hand out the clip of a task's request, or have it kept once it is made."""
    request = (task / "request.json").read_bytes()
    name = hashlib.sha256(request + (task / "picture.jpg").read_bytes()).hexdigest()
    clip = kept / f"{name}.mp4"
    if not clip.exists():
        atexit.register(keep, task / "clip.mp4", clip)
        return
    take_time(task, json.loads(request)["seconds"])
    shutil.copyfile(clip, task / "clip.part")
    (task / "clip.part").replace(task / "clip.mp4")
    os._exit(0)


def take_time(task: Path, seconds: int) -> None:
    """Tell of progress, as the renderer does."""
    steps = STEPS_A_SECOND * seconds
    for step in range(1, steps + 1):
        time.sleep(STEP_SECONDS)
        (task / "progress.draft").write_text(str(FRAME_RATE * seconds * step // steps))
        (task / "progress.draft").replace(task / "progress")


def keep(made: Path, clip: Path) -> None:
    """Keep a clip, whole, unless the renderer made none or it is fetched already."""
    draft = clip.with_suffix(f".{os.getpid()}")
    with suppress(FileNotFoundError):
        shutil.copyfile(made, draft)
        draft.replace(clip)


if KEPT in os.environ:
    main(Path.cwd(), Path(os.environ[KEPT]))
