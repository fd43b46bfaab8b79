"""The addresses providers may call when a task moves: one for each job, that nobody can guess."""

from __future__ import annotations

from typing import Self

from bot.jobs.signing import Signer, secret_named
from bot.memory import Memory

SECRET_KEY = "callback_secret"


class Callbacks:
    """Makes the addresses, and knows them again after any restart."""

    def __init__(self, public_url: str, secret: str) -> None:
        self._public_url = public_url.rstrip("/")
        self._signer = Signer(secret)

    @classmethod
    async def load(cls, public_url: str, memory: Memory) -> Self:
        """With the secret this database was given when it was first needed."""
        return cls(public_url, await secret_named(SECRET_KEY, memory))

    def url(self, provider: str, job_id: str) -> str:
        """Where this provider may call about this job."""
        told = f"{provider}/{job_id}"
        return f"{self._public_url}/hooks/{told}/{self._signer.token(told)}"

    def is_genuine(self, provider: str, job_id: str, token: str) -> bool:
        """Whether a token is the one of that address."""
        return self._signer.is_genuine(f"{provider}/{job_id}", token)
