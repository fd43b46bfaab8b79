"""The animator's desk: all tasks in one folder, and the few renderers that work on them.

Everything it knows lies in the folder, so a new desk goes on where a killed one stopped. Every
method blocks; the provider calls them in threads.
"""

from __future__ import annotations

import contextlib
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import providers
from providers.base import Failed, FailureReason, Pending, Status, Succeeded
from providers.local import lock
from providers.local.task import TaskFolder

_MOST_ATTEMPTS = 3


class StillAlive(Exception):
    """A renderer did not end when it was killed."""


class Desk:
    """The tasks in a folder, of which so many may be rendered at once."""

    def __init__(self, folder: Path, *, max_running: int, patience_seconds: float = 2.0) -> None:
        """A renderer gets so long to end when asked to, and five times as long in all."""
        self._folder, self._max_running = folder, max_running
        self._patience_seconds = patience_seconds
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        # Asking whether a lock is held means holding it for an instant: one thread at a time.
        self._locks = threading.Lock()

    def open(self) -> None:
        """Make the folder, and clear away what a crash left half made or half removed."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for left_over in self._folder.glob(".*"):
            shutil.rmtree(left_over, ignore_errors=True)

    def close(self) -> None:
        """End the renderers it started; their tasks begin anew at another desk."""
        self._reap()
        for reference in list(self._children):
            task = self.task(reference)
            with contextlib.suppress(FileNotFoundError, StillAlive):
                lock.give_back(self._seize(task))
                task.forgive_attempts()
            self._bury(reference)

    def task(self, reference: str) -> TaskFolder:
        """The folder of a task, which may not exist."""
        return TaskFolder(self._folder / reference)

    def start_waiting(self) -> None:
        """Start renderers for the tasks that wait longest, as far as there is room.

        Raises OSError if a process cannot be started.
        """
        with self._locks:
            self._reap()
            waiting, running = self._open_tasks()
            for task in waiting[: max(0, self._max_running - running)]:
                self._start(task)

    def look(self, task: TaskFolder) -> Status:
        """How a task stands. Raises FileNotFoundError if it is gone."""
        with self._locks:
            waiting, running = self._open_tasks()
            alive = lock.is_held(task.lock)
        if task.clip.exists():
            return Succeeded(clip=task.clip)
        if failure := task.failure():
            return failure
        if alive:
            return Pending(progress=task.progress())
        if task in waiting:
            return Pending(position=running + waiting.index(task))
        detail = f"{task.attempts()} renderers died: {task.last_complaint()}"
        return Failed(FailureReason.PROVIDER_FAULT, detail)

    def remove(self, task: TaskFolder) -> None:
        """End a task's renderer, whoever started it, and delete the task. Raises StillAlive."""
        with contextlib.suppress(FileNotFoundError):
            held = self._seize(task)
            task.remove()
            lock.give_back(held)
        with self._locks:
            self._reap()

    def _seize(self, task: TaskFolder) -> int:
        """Hold a task's lock, by ending whoever holds it now."""
        asked_at = time.monotonic()
        while (waited := time.monotonic() - asked_at) < 5 * self._patience_seconds:
            with self._locks:
                held = lock.take(task.lock)
                if held is not None:
                    return held
                harsh = waited > self._patience_seconds
                lock.signal_holder(task.lock, signal.SIGKILL if harsh else signal.SIGTERM)
            time.sleep(0.02)
        raise StillAlive(task.path.name)

    def _open_tasks(self) -> tuple[list[TaskFolder], int]:
        """The tasks that wait for a renderer, the oldest first, and how many have one."""
        waiting, running = [], 0
        for path in self._folder.glob("[!.]*"):
            task = TaskFolder(path)
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                if lock.is_held(task.lock):
                    running += 1
                elif self._can_start(task):
                    waiting.append((task.age(), task))
        return [task for _, task in sorted(waiting, key=lambda each: each[0])], running

    def _can_start(self, task: TaskFolder) -> bool:
        ended = task.clip.exists() or task.failure() is not None
        return not ended and task.attempts() < _MOST_ATTEMPTS

    def _start(self, task: TaskFolder) -> None:
        held = lock.take(task.lock)
        if held is None:
            return
        child = None
        try:
            with task.log.open("ab") as log:
                child = subprocess.Popen(
                    [sys.executable, "-s", "-P", "-m", "providers.local.render", str(held)],
                    cwd=task.path,
                    env=_ENVIRONMENT,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    # Not a session: Linux may weigh those alike, however nice they are within.
                    process_group=0,
                    pass_fds=(held,),
                )
        finally:
            if child is None:
                lock.give_back(held)
        lock.hand_over(held, child.pid)
        self._bury(task.path.name)
        self._children[task.path.name] = child
        task.count_attempt()

    def _bury(self, reference: str) -> None:
        """Wait for a renderer that has let go of its lock: it is gone a moment later."""
        child = self._children.pop(reference, None)
        if child is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(self._patience_seconds)

    def _reap(self) -> None:
        for reference, child in list(self._children.items()):
            if child.poll() is not None:
                del self._children[reference]


_ENVIRONMENT = {
    "PYTHONPATH": str(Path(providers.__path__[0]).parent),
    # On a machine with many cores, one thread and one heap for each would reach the memory limit.
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
}
