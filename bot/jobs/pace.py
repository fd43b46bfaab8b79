"""When each job is looked at next: spread out, and more rarely where many wait."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from providers.base import Provider
from storage.line import Place

JITTER = 0.25
"""A pause is longer than the provider's least by up to this part of it, so looks drift apart."""

LEAST_WAIT = timedelta(seconds=3)
LEAST_WAIT_HELD_UP = timedelta(seconds=30)
WAIT_PER_JOB = timedelta(seconds=0.5)
LONGEST_WAIT = timedelta(minutes=10)


@dataclass
class _Request:
    """The last request a provider's looks were given, which may have room for more of them."""

    at: datetime
    looks: int = 1


class Pace:
    """One queue of requests for each provider, at most so many a second."""

    def __init__(self) -> None:
        self._last: dict[str, _Request] = {}

    def next_look(self, provider: Provider, *, now: datetime) -> datetime:
        """The first moment that is neither too soon for the task nor taken by other looks.

        Looks that a provider can make one request of are given the same moment.
        """
        last = self._last.get(provider.name)
        if (
            last is not None
            and last.looks < provider.looks_together
            and last.at >= now + timedelta(seconds=provider.poll_seconds)
        ):
            last.looks += 1
            return last.at
        look = now + timedelta(seconds=provider.poll_seconds * random.uniform(1, 1 + JITTER))
        if last is not None:
            look = max(look, last.at + timedelta(seconds=1 / provider.polls_per_second))
        self._last[provider.name] = _Request(look)
        return look


def next_look_in_line(place: Place) -> timedelta:
    """The pause of a job in line, longer the further back it stands: 10,000 take 30 looks a second.

    It only brings the status message up to date; whoever may begin is woken.
    """
    least = LEAST_WAIT_HELD_UP if place.held_up_by else LEAST_WAIT
    return min(max(least, place.jobs_before * WAIT_PER_JOB), LONGEST_WAIT)
