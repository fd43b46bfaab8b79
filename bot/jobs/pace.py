"""When each running task is looked at next: spread out, and more rarely where many wait."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from providers.base import Provider

JITTER = 0.25
"""A pause is longer than the provider's least by up to this part of it, so looks drift apart."""


class Pace:
    """One queue of looks for each provider, at most so many a second."""

    def __init__(self) -> None:
        self._next_free: dict[str, datetime] = {}

    def next_look(self, provider: Provider, *, now: datetime) -> datetime:
        """The first moment that is neither too soon for the task nor taken by other looks."""
        pause = provider.poll_seconds * random.uniform(1, 1 + JITTER)
        soonest = now + timedelta(seconds=pause)
        look = max(soonest, self._next_free.get(provider.name, soonest))
        self._next_free[provider.name] = look + timedelta(seconds=1 / provider.polls_per_second)
        return look
