"""Who may start a child process now: so many at once, and quick work never waits for slow work."""

from __future__ import annotations

import asyncio
import enum
from bisect import insort
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import count

AT_ONCE = 3
PATIENCE = 12
"""Passed over by so many, whoever waits comes first: nobody waits for ever."""


class Work(enum.StrEnum):
    """What a child process is for, the most urgent first; among equals, who came first."""

    PICTURE = "picture"
    """A member waits for the answer to an order."""
    SOUND = "sound"
    UPSCALE = "upscale"
    CLIP = "clip"
    """A finished clip is looked at, or made to fit."""
    EXTRA = "extra"
    """A member plays with a clip they have."""


_SLOW = frozenset({Work.UPSCALE, Work.CLIP, Work.EXTRA})
_ONE_AT_A_TIME = frozenset({Work.UPSCALE, Work.EXTRA})
_ORDER = tuple(Work)
_numbers = count()
_begun: ContextVar[int | None] = ContextVar("begun", default=None)


@contextmanager
def one_piece() -> Iterator[None]:
    """Let every permit that is asked for in this block count as asked for when it began.

    In a rush each run would else wait behind the first runs of all others, and none of many would
    be done in time. Within another such block it changes nothing.
    """
    token = _begun.set(next(_numbers)) if _begun.get() is None else None
    try:
        yield
    finally:
        if token is not None:
            _begun.reset(token)


@dataclass(frozen=True)
class Load:
    """How much runs, and how much waits for a permit."""

    at_once: int
    running: Mapping[Work, int]
    waiting: Mapping[Work, int]


@dataclass(eq=False)
class _Entry:
    """Somebody who waits for a permit."""

    work: Work
    admitted: asyncio.Future[None]
    came: int
    """The lower, the earlier."""
    passed: int = 0
    """How many that came later were let in before."""


@dataclass
class Permits:
    """Hands out permits. Whoever has one must not ask for a second: two such could wait for ever.

    Of work that is waited for the quicker goes first, until slow work was passed over so often
    that it is first itself: a rush holds it up, and never for good.
    """

    at_once: int = AT_ONCE
    """At least 2, for slow work leaves one permit to quick work."""
    _running: Counter[Work] = field(default_factory=Counter, init=False)
    _waiting: list[_Entry] = field(default_factory=list, init=False)
    """In the order they came."""

    def __post_init__(self) -> None:
        if self.at_once < 2:
            raise ValueError("fewer than two permits leave none for slow work")

    @asynccontextmanager
    async def permit(self, work: Work) -> AsyncIterator[None]:
        """Wait for a permit, and have it until the block ends."""
        await self._wait(work)
        try:
            yield
        finally:
            self._give_back(work)

    @property
    def load(self) -> Load:
        """What runs and waits at this moment."""
        return Load(self.at_once, +self._running, Counter(entry.work for entry in self._waiting))

    async def _wait(self, work: Work) -> None:
        begun = _begun.get()
        came = next(_numbers) if begun is None else begun
        entry = _Entry(work, asyncio.get_running_loop().create_future(), came)
        insort(self._waiting, entry, key=lambda other: other.came)
        self._let_in()
        try:
            await entry.admitted
        except BaseException:
            if entry in self._waiting:
                self._waiting.remove(entry)
            else:
                # Let in and called off in the same moment: the permit is the next one's.
                self._give_back(work)
            raise

    def _give_back(self, work: Work) -> None:
        self._running[work] -= 1
        self._let_in()

    def _let_in(self) -> None:
        for entry in sorted(self._waiting, key=_urgency):
            if not entry.admitted.done() and self._may_run(entry.work):
                place = self._waiting.index(entry)
                for earlier in self._waiting[:place]:
                    earlier.passed += 1
                del self._waiting[place]
                self._running[entry.work] += 1
                entry.admitted.set_result(None)

    def _may_run(self, work: Work) -> bool:
        slow = sum(self._running[kind] for kind in _SLOW)
        return (
            self._running.total() < self.at_once
            and (work not in _SLOW or slow < self.at_once - 1)
            and (work not in _ONE_AT_A_TIME or not self._running[work])
        )


def _urgency(entry: _Entry) -> int:
    return -1 if entry.passed >= PATIENCE else _ORDER.index(entry.work)
