"""Links to stored clips: signed, over after some days, and made anew whenever somebody may ask."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Self

from bot.memory import Memory

SECRET_KEY = "link_secret"
TOKEN_CHARS = 32
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
        self._secret = secret.encode()

    @classmethod
    async def load(cls, public_url: str, memory: Memory) -> Self:
        """With the secret this database was given when it was first needed."""
        secret = await memory.recall(SECRET_KEY)
        if secret is None:
            secret = secrets.token_urlsafe(32)
            await memory.remember(SECRET_KEY, secret)
        return cls(public_url, secret)

    def link(self, job_id: str, *, now: datetime) -> ClipLink:
        """A link to the clip of a job; the same one, asked for twice within an hour."""
        until = int((now + LASTS).timestamp()) // 3600 * 3600
        url = f"{self._public_url}/clips/{job_id}/{until}/{self._token(job_id, str(until))}"
        return ClipLink(url, datetime.fromtimestamp(until, UTC))

    def is_good(self, job_id: str, until: str, token: str, *, now: datetime) -> bool:
        """Whether these are the parts of a link that was made here, and is not over."""
        # Compared first, so that what is refused later was signed, and time tells nothing.
        is_genuine = hmac.compare_digest(self._token(job_id, until).encode(), _bytes(token))
        return is_genuine and now.timestamp() < int(until)

    def _token(self, job_id: str, until: str) -> str:
        told = _bytes(f"clip/{job_id}/{until}")
        return hmac.new(self._secret, told, hashlib.sha256).hexdigest()[:TOKEN_CHARS]


def _bytes(text: str) -> bytes:
    """The text of an address, which anybody may have sent, and which may be no Unicode at all."""
    return text.encode(errors="backslashreplace")
