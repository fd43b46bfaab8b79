"""Who may start a child process now: so many at once, and quick work never waits for slow work."""

from __future__ import annotations

import asyncio
import enum
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

AT_ONCE = 3


class Work(enum.StrEnum):
    """What a child process is for. Whoever waits longest for the first of these goes first."""

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


@dataclass(frozen=True)
class Load:
    """How much runs, and how much waits for its turn."""

    at_once: int
    running: Mapping[Work, int]
    waiting: Mapping[Work, int]


@dataclass
class Turns:
    """Hands out turns. Whoever has one must not ask for a second: two such could wait for ever."""

    at_once: int = AT_ONCE
    """At least 2, for slow work leaves one turn to quick work."""
    _running: Counter[Work] = field(default_factory=Counter, init=False)
    _waiting: list[tuple[Work, asyncio.Future[None]]] = field(default_factory=list, init=False)

    @asynccontextmanager
    async def turn(self, work: Work) -> AsyncIterator[None]:
        """Wait for a turn, and have it until the block ends."""
        await self._wait(work)
        try:
            yield
        finally:
            self._running[work] -= 1
            self._let_in()

    @property
    def load(self) -> Load:
        """What runs and waits at this moment."""
        return Load(self.at_once, +self._running, Counter(work for work, _ in self._waiting))

    async def _wait(self, work: Work) -> None:
        admitted = asyncio.get_running_loop().create_future()
        entry = (work, admitted)
        self._waiting.append(entry)
        self._let_in()
        try:
            await admitted
        except asyncio.CancelledError:
            if admitted.cancelled():
                self._waiting.remove(entry)
            else:
                # Let in and called off in the same moment: the turn is the next one's.
                self._running[work] -= 1
                self._let_in()
            raise

    def _let_in(self) -> None:
        for entry in sorted(self._waiting, key=lambda waiting: _ORDER.index(waiting[0])):
            work, admitted = entry
            if not admitted.cancelled() and self._may_run(work):
                self._waiting.remove(entry)
                self._running[work] += 1
                admitted.set_result(None)

    def _may_run(self, work: Work) -> bool:
        slow = sum(self._running[kind] for kind in _SLOW)
        return (
            self._running.total() < self.at_once
            and (work not in _SLOW or slow < self.at_once - 1)
            and (work not in _ONE_AT_A_TIME or not self._running[work])
        )
