"""Addresses nobody can guess: a token says that the rest of one was made here."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from bot.memory import Memory

TOKEN_CHARS = 32


class Signer:
    """Makes tokens, and knows them again after any restart."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def token(self, told: str) -> str:
        """The token of a text."""
        signed = hmac.new(self._secret, _bytes(told), hashlib.sha256)
        return signed.hexdigest()[:TOKEN_CHARS]

    def is_genuine(self, told: str, token: str) -> bool:
        """Whether a token is the one of that text; how long that takes tells nothing."""
        return hmac.compare_digest(self.token(told).encode(), _bytes(token))


async def secret_named(name: str, memory: Memory) -> str:
    """A secret of this database, which it was given when it was first needed."""
    secret = await memory.recall(name)
    if secret is None:
        secret = secrets.token_urlsafe(32)
        await memory.remember(name, secret)
    return secret


def _bytes(text: str) -> bytes:
    """The text of an address, which anybody may have sent, and which may be no Unicode at all."""
    return text.encode(errors="backslashreplace")
