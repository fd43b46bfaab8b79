from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence

import pytest

DEAR = (
    ("tests/crash",),
    ("tests/end_to_end/",),
    tuple(
        f"tests/end_to_end/test_{name}"
        for name in ("connections", "left_behind", "providers", "restarts")
    ),
    (
        "tests/playground_page",
        *(
            f"tests/end_to_end/test_{name}"
            for name in ("command_line", "drain", "outages", "stopping")
        ),
    ),
)
"""What is kept together, since each of its tests uses a bot or a browser the one before began.

A test belongs to the longest name its own begins with. The second are those of one bot.
"""

# What is imported and collected stays until the end, and going through it again and again would be
# a good part of the whole run.
gc.disable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    workers = getattr(config, "workerinput", {}).get("workercount", 1)
    if workers > 1:
        items[:] = shared_out(items, workers)


def pytest_collection_finish(session: pytest.Session) -> None:
    gc.freeze()
    gc.enable()


def shared_out(items: Sequence[pytest.Item], workers: int) -> Iterator[pytest.Item]:
    """The tests in an order in which each worker's share of them begins with some that are dear.

    `--dist worksteal` hands out one stretch each, and only ever takes from the end of another's.
    """
    dear: list[list[pytest.Item]] = [[] for _ in range(workers)]
    others: list[pytest.Item] = []
    for item in items:
        place = place_of(item.nodeid)
        (others if place is None else dear[place % workers]).append(item)
    remaining, start = len(items), 0
    for number, kept in enumerate(dear):
        share = remaining // (workers - number)
        remaining -= share
        yield from kept
        end = start + max(0, share - len(kept))
        yield from others[start:end]
        start = end
    yield from others[start:]


def place_of(name: str) -> int | None:
    """Which of the dear a test belongs to."""
    found = [
        (len(begins), place)
        for place, names in enumerate(DEAR)
        for begins in names
        if name.startswith(begins)
    ]
    return max(found)[1] if found else None
