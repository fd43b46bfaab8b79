"""One task as it lies on disk: the files through which the provider and its renderer talk."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path

from providers.local.shot import Shot
from providers.status import Failed, FailureReason


@dataclass(frozen=True)
class TaskFolder:
    """The files of one task."""

    path: Path

    @property
    def picture(self) -> Path:
        """A copy of the member's picture."""
        return self.path / "picture.jpg"

    @property
    def clip(self) -> Path:
        """There once the clip is whole."""
        return self.path / "clip.mp4"

    @property
    def unfinished_clip(self) -> Path:
        """What the encoder writes to."""
        return self.path / "clip.part"

    @property
    def lock(self) -> Path:
        """Held by the renderer for as long as it or its encoder lives."""
        return self.path / "lock"

    @property
    def log(self) -> Path:
        """What the renderer and its encoder complained about."""
        return self.path / "renderer.log"

    def create(self, shot: Shot, picture: Path) -> None:
        """Write a new task, whole or not at all; one that is there already stays as it is."""
        draft = TaskFolder(self.path.parent / f".new-{uuid.uuid4().hex}")
        draft.path.mkdir()
        try:
            shutil.copyfile(picture, draft.picture)
            draft._request.write_text(json.dumps(dataclasses.asdict(shot)), "utf-8")
            draft.lock.touch()
            draft._attempts.touch()
            draft.path.rename(self.path)
        except OSError:
            draft.remove()
            if not self.path.is_dir():
                raise

    def remove(self) -> None:
        """Take the folder out of sight at once, then delete it."""
        hidden = self.path.parent / f".old-{uuid.uuid4().hex}"
        with contextlib.suppress(FileNotFoundError):
            self.path.rename(hidden)
            shutil.rmtree(hidden, ignore_errors=True)

    def read_shot(self) -> Shot:
        """What to render."""
        request = json.loads(self._request.read_text("utf-8"))
        inset = request.pop("inset", None)
        return Shot(**request, inset=tuple(inset) if inset else None)

    def age(self) -> tuple[int, str]:
        """Sorts tasks by when they came."""
        return self._request.stat().st_mtime_ns, self.path.name

    def write_progress(self, frames: int) -> None:
        """Say how many frames are written."""
        self._put(self._progress, str(frames))

    def progress(self) -> float:
        """From 0 to 1."""
        try:
            return min(1.0, int(self._progress.read_text("utf-8")) / self.read_shot().frames)
        except FileNotFoundError:
            return 0.0

    def write_failure(self, reason: FailureReason, detail: str) -> None:
        """Say that no clip will come, and why."""
        self._put(self._error, json.dumps({"reason": reason.value, "detail": detail}))

    def failure(self) -> Failed | None:
        """Why no clip will come, once that is known."""
        try:
            error = json.loads(self._error.read_text("utf-8"))
        except FileNotFoundError:
            return None
        return Failed(FailureReason(error["reason"]), str(error["detail"]))

    def attempts(self) -> int:
        """How many renderers were started."""
        return self._attempts.stat().st_size

    def count_attempt(self) -> None:
        """Remember that a renderer is being started."""
        with self._attempts.open("ab") as attempts:
            attempts.write(b"+")

    def forgive_attempts(self) -> None:
        """Begin to count anew, because the last renderer was stopped on purpose."""
        with contextlib.suppress(FileNotFoundError):
            self._attempts.write_bytes(b"")

    def last_complaint(self) -> str:
        """The last line of the log, for an operator."""
        lines = self.log.read_text("utf-8", "replace").split("\n") if self.log.exists() else []
        return next((line.strip() for line in reversed(lines) if line.strip()), "no complaint")

    @property
    def _request(self) -> Path:
        return self.path / "request.json"

    @property
    def _progress(self) -> Path:
        return self.path / "progress"

    @property
    def _attempts(self) -> Path:
        return self.path / "attempts"

    @property
    def _error(self) -> Path:
        return self.path / "error.json"

    def _put(self, file: Path, text: str) -> None:
        """Replace a file so that no reader sees half of it."""
        draft = file.with_suffix(".draft")
        draft.write_text(text, "utf-8")
        draft.replace(file)
