"""How the desk ends a renderer that does not want to end."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from providers.local import lock
from providers.local.desk import Desk, StillAlive
from providers.local.shot import Shot
from providers.local.task import TaskFolder
from tests.providers.local.pictures import SAMPLE

SHOT = Shot(prompt="zoom in", width=320, height=180, seconds=2, seed=1)
STUBBORN = """
import signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
time.sleep(60)
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path, max_running=1, patience_seconds=0.1)
    desk.open()
    return desk


@pytest.fixture
def task(desk: Desk) -> TaskFolder:
    task = desk.task("job-1")
    task.create(SHOT, SAMPLE)
    return task


@pytest.fixture
def stubborn(task: TaskFolder) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the task's lock and ignores being asked to end."""
    held = lock.take(task.lock)
    assert held is not None
    with subprocess.Popen(
        [sys.executable, "-c", STUBBORN],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        pass_fds=(held,),
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        lock.hand_over(held, child.pid)
        yield child
        child.kill()


def test_a_renderer_that_ignores_being_asked_is_killed(
    desk: Desk, task: TaskFolder, stubborn: subprocess.Popen[str]
) -> None:
    desk.remove(task)

    assert stubborn.wait(10) == -signal.SIGKILL
    assert not task.path.exists()


def test_a_task_held_by_somebody_unnamed_is_not_removed(desk: Desk, task: TaskFolder) -> None:
    held = lock.take(task.lock)
    assert held is not None

    with pytest.raises(StillAlive):
        desk.remove(task)

    lock.give_back(held)
    assert task.path.exists()
    desk.remove(task)
    assert not task.path.exists()


def test_a_lock_is_held_until_its_heir_ends(
    task: TaskFolder, stubborn: subprocess.Popen[str]
) -> None:
    assert lock.is_held(task.lock)
    assert lock.take(task.lock) is None

    stubborn.kill()
    stubborn.wait(10)

    assert not lock.is_held(task.lock)


def test_other_files_in_the_folder_are_no_tasks(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a task")
    (tmp_path / "empty").mkdir()

    desk.start_waiting()

    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "notes.txt"]
