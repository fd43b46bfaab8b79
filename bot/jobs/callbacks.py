"""The addresses providers may call when a task moves: one for each job, that nobody can guess."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Self

from bot.memory import Memory

SECRET_KEY = "callback_secret"
TOKEN_CHARS = 32


class Callbacks:
    """Makes the addresses, and knows them again after any restart."""

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

    def url(self, provider: str, job_id: str) -> str:
        """Where this provider may call about this job."""
        return f"{self._public_url}/hooks/{provider}/{job_id}/{self._token(provider, job_id)}"

    def is_genuine(self, provider: str, job_id: str, token: str) -> bool:
        """Whether a token is the one of that address."""
        return hmac.compare_digest(self._token(provider, job_id).encode(), _bytes(token))

    def _token(self, provider: str, job_id: str) -> str:
        told = _bytes(f"{provider}/{job_id}")
        return hmac.new(self._secret, told, hashlib.sha256).hexdigest()[:TOKEN_CHARS]


def _bytes(text: str) -> bytes:
    """The text of an address, which anybody may have sent, and which may be no Unicode at all."""
    return text.encode(errors="backslashreplace")
