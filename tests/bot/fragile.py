"""A fuse that burns between two calls of a test's choice, as a power cut does."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import ParamSpec

P = ParamSpec("P")


class Crash(BaseException):
    """The process died here."""


class Fuse:
    """Counts the moments between two calls, and burns at one of them.

    Dying right after a call leaves the same behind as dying right before the next one.
    """

    def __init__(self, burns_at: int) -> None:
        self.burns_at = burns_at
        self.moments = 0

    @property
    def has_burnt(self) -> bool:
        """Whether that moment came."""
        return self.moments > self.burns_at

    def pass_moment(self) -> None:
        """One more moment. Raises Crash at the chosen one, and ever after."""
        self.moments += 1
        if self.has_burnt:
            raise Crash

    def around(self, inner: object) -> Fragile:
        """Stand before a tool: every coroutine of it goes through the fuse."""
        return Fragile(inner, self)


class Fragile:
    """A tool whose calls go through a fuse."""

    def __init__(self, inner: object, fuse: Fuse) -> None:
        self._inner = inner
        self._fuse = fuse

    def __getattr__(self, name: str) -> object:
        attribute = getattr(self._inner, name)
        return self._fused(attribute) if inspect.iscoroutinefunction(attribute) else attribute

    def _fused(self, function: Callable[P, Awaitable[object]]) -> Callable[P, Awaitable[object]]:
        async def call(*args: P.args, **kwargs: P.kwargs) -> object:
            self._fuse.pass_moment()
            return await function(*args, **kwargs)

        return call
