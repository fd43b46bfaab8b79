"""How the tests are shared out: each worker takes one unit after the other, the longest first."""

from __future__ import annotations

import gc

import pytest
from xdist.remote import Producer  # type: ignore[import-untyped]  # ships no types
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # ships no types
from xdist.workermanage import WorkerController  # type: ignore[import-untyped]  # ships no types

LONGEST_FIRST = (
    "tests/crash/",
    "tests/playground_page/",
    "tests/end_to_end/",
    "tests/providers/local/test_processes.py",
)
SHARES_NOTHING = ("tests/crash/test_kill_nine.py", "tests/crash/test_kill_files.py")
ONE_BROWSER = "tests/playground_page/"
WAITS = "tests/end_to_end/"
MOST_WAITING = 3
"""So many workers at once take what mostly waits, so that others use the processors meanwhile."""

# What is imported and collected stays until the end, and going through it again and again would be
# a good part of the whole run.
gc.disable()


class ByUnit(LoadScopeScheduling):  # type: ignore[misc]  # of no known type
    """A worker that begins a unit ends it, so that what its tests share is made once."""

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)

    def _assign_work_unit(self, node: WorkerController) -> None:
        waiting = {one for one in self.nodes if self._is_waiting(one)} | {node}
        if len(waiting) > MOST_WAITING:
            other = next((unit for unit in self.workqueue if not unit.startswith(WAITS)), None)
            if other is not None:
                self.workqueue.move_to_end(other, last=False)
        super()._assign_work_unit(node)

    def _is_waiting(self, node: WorkerController) -> bool:
        units = self.assigned_work[node].items()
        return any(name.startswith(WAITS) and not all(done.values()) for name, done in units)


def unit_of(name: str) -> str:
    """What a test is run together with: its file as a rule."""
    if name.startswith(SHARES_NOTHING):
        return name
    if name.startswith(ONE_BROWSER):
        return ONE_BROWSER
    return name.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    config.option.loadscopereorder = False
    return ByUnit(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, for whoever takes it last keeps all others waiting."""
    items.sort(key=lambda item: turn_of(item.nodeid))


def turn_of(name: str) -> int:
    """How many of the longest a test comes after."""
    turns = (n for n, folder in enumerate(LONGEST_FIRST) if name.startswith(folder))
    return next(turns, len(LONGEST_FIRST))


def pytest_collection_finish(session: pytest.Session) -> None:
    gc.freeze()
    # A test makes far more objects than a message does, and drops nearly all of them by itself.
    gc.set_threshold(20_000, 20, 20)
    gc.enable()
