"""What extras need of the place they are posted in; `bot.discord.extras` provides it."""

from __future__ import annotations

from typing import Protocol

from bot.jobs.extra import Made
from storage.extras import PostedExtra
from storage.jobs import Job


class ExtraBoard(Protocol):
    """Where extras are posted. Every method raises ThreadError."""

    async def limit_bytes(self, job: Job) -> int:
        """How many bytes one file may have there."""
        ...

    async def post(self, job: Job, made: Made, *, member_id: int, nonce: str) -> int:
        """Post it beside the job's clip, or the link to it, and return the message's id."""
        ...

    async def delete(self, posted: PostedExtra) -> None:
        """Delete its message, also where nobody knows whether there is one. Safe to repeat."""
        ...
