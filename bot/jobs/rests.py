"""Which providers are left alone for a while: one that asked for it, or that takes nothing.

An outage and a limit belong to the provider, not to the job that met it. What is remembered here
is cheap to lose: after a restart the provider is asked once more.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(minutes=5)
JITTER = 0.25
"""A pause is longer by up to this part of it, so that bots drift apart."""
TRIAL = timedelta(minutes=5)
"""Longer than a submit takes, uploads included: until it ends, one job tries for all."""


@dataclass(frozen=True)
class Rest:
    """A provider that is left alone, as anybody may be told."""

    until: datetime
    """When it is asked again; a moment in the past where that goes on just now."""
    fails_since: datetime | None
    """None where it is well and only asked to wait."""


@dataclass
class _Rest:
    """How one provider is left alone."""

    until: datetime
    tried_until: datetime | None = None
    """Set while one job tries whether it is over."""
    pause: timedelta = FIRST_PAUSE
    """Before the next try but one."""
    fails_since: datetime | None = None
    """None where it only asked to wait."""


class Rests:
    """The providers that rest, and since when they have taken nothing."""

    def __init__(self) -> None:
        self._rests: dict[str, _Rest] = {}

    def left(self, provider: str, *, now: datetime) -> timedelta:
        """How long the provider is still to be left alone; nothing where it may be asked."""
        rest = self._rests.get(provider)
        if rest is None:
            return timedelta()
        if rest.tried_until is not None and now < rest.tried_until:
            return FIRST_PAUSE
        return max(timedelta(), rest.until - now)

    def rest_of(self, provider: str, *, now: datetime) -> Rest | None:
        """Why and for how long a provider is left alone; None where it is not."""
        rest = self._rests.get(provider)
        if rest is None or (rest.fails_since is None and rest.until <= now):
            return None
        return Rest(rest.until, rest.fails_since)

    def has_failed_for(self, provider: str, span: timedelta, *, now: datetime) -> bool:
        """Whether the provider has taken nothing for so long."""
        rest = self._rests.get(provider)
        return rest is not None and rest.fails_since is not None and now - rest.fails_since >= span

    def begin_trial(self, provider: str, *, now: datetime) -> None:
        """Let one job try whether a provider that rested is well again, and the others wait."""
        if provider in self._rests:
            self._rests[provider].tried_until = now + TRIAL

    def wait(self, provider: str, pause: timedelta, *, now: datetime) -> None:
        """Leave a provider alone for as long as it asks; it does answer."""
        self._rests[provider] = _Rest(now + pause)

    def back_off(self, provider: str, *, now: datetime) -> timedelta:
        """Leave a provider alone that took nothing, each time for twice as long."""
        rest = self._rests.setdefault(provider, _Rest(now))
        rest.fails_since = rest.fails_since or now
        pause = rest.pause * random.uniform(1, 1 + JITTER)
        rest.until, rest.tried_until = now + pause, None
        rest.pause = min(rest.pause * 2, LONGEST_PAUSE)
        return pause

    def end(self, provider: str) -> None:
        """The provider took something, or refused it for a reason of its own: it is well."""
        self._rests.pop(provider, None)
