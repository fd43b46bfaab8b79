"""Links to stored clips: signed, over after some days, and made anew whenever somebody may ask."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Self

from bot.jobs.signing import Signer, secret_named
from bot.memory import Memory

SECRET_KEY = "link_secret"
LASTS = timedelta(days=7)


@dataclass(frozen=True)
class ClipLink:
    """Where a stored clip can be had by whoever knows the address, and until when."""

    url: str = field(repr=False)
    """Kept out of the repr, because that may reach a log."""
    until: datetime


class ClipLinks:
    """Makes the links, and knows them again after any restart."""

    def __init__(self, public_url: str, secret: str) -> None:
        self._public_url = public_url.rstrip("/")
        self._signer = Signer(secret)

    @classmethod
    async def load(cls, public_url: str, memory: Memory) -> Self:
        """With the secret this database was given when it was first needed."""
        return cls(public_url, await secret_named(SECRET_KEY, memory))

    def link(self, job_id: str, *, now: datetime) -> ClipLink:
        """A link to the clip of a job; the same one, asked for twice within an hour."""
        until = int((now + LASTS).timestamp()) // 3600 * 3600
        token = self._signer.token(_told(job_id, str(until)))
        url = f"{self._public_url}/clips/{job_id}/{until}/{token}"
        return ClipLink(url, datetime.fromtimestamp(until, UTC))

    def is_good(self, job_id: str, until: str, token: str, *, now: datetime) -> bool:
        """Whether these are the parts of a link that was made here, and is not over."""
        # Compared first, so that what is refused later was signed, and time tells nothing.
        is_genuine = self._signer.is_genuine(_told(job_id, until), token)
        return is_genuine and now.timestamp() < int(until)


def _told(job_id: str, until: str) -> str:
    return f"clip/{job_id}/{until}"
