"""What reviews need of the place where moderators answer; `bot.discord.cards` provides it."""

from __future__ import annotations

from typing import Protocol

from storage.jobs import Job
from storage.verdicts import Case


class ReviewCards(Protocol):
    """The cards that ask moderators what became of a job. Safe to repeat; raises ThreadError."""

    async def post(self, job: Job, *, channel_id: int) -> int:
        """Post a job's card once, with nothing decided, and return the message's id."""
        ...

    async def show(self, job: Job, case: Case) -> None:
        """Bring a posted card up to date."""
        ...
