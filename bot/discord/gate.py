"""The gate at which discord.py lets all calls wait out a global rate limit.

The call that was told of the limit closes it, sleeps, and opens it. If that call is given up
meanwhile, discord.py leaves it closed, and no call of the bot would ever get through again.
"""

from __future__ import annotations

import asyncio

import discord


class Gate(asyncio.Event):
    """Closed, it opens again by itself."""

    def __init__(self, opens_after_seconds: float) -> None:
        super().__init__()
        self._opens_after_seconds = opens_after_seconds
        self.set()

    def clear(self) -> None:
        """Close it."""
        super().clear()
        asyncio.get_running_loop().call_later(self._opens_after_seconds, self.set)


def mend_gate(client: discord.Client, *, patience_seconds: float) -> None:
    """Give a client that has logged in a gate that opens at the latest after its patience."""
    client.http._global_over = Gate(patience_seconds)
