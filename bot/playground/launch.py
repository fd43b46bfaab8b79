"""Starts the real, unmodified bot as a process of its own, pointed at a playground."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

from bot.playground.refusals import PlaygroundError

PROJECT = Path(__file__).parents[2]
STOP_SECONDS = 25


class BotStopped(PlaygroundError):
    """The bot ended by itself; the message says what it said last."""

    def __init__(self, last_words: str) -> None:
        super().__init__(f"The bot stopped: {last_words}")


class Served(Protocol):
    """What the bot needs to know of the Discord it connects to."""

    token: str
    api_url: str
    gateway_url: str


def bot_environment(discord: Served, folder: Path) -> dict[str, str]:
    """The settings that point a bot at this Discord and keep its data in this folder."""
    return {
        **os.environ,
        "DISCORD_TOKEN": discord.token,
        "DISCORD_API_URL": discord.api_url,
        "DISCORD_GATEWAY_URL": discord.gateway_url,
        "DATABASE_URL": f"sqlite:///{folder / 'zoetrope.db'}",
        "PYTHONPATH": str(PROJECT),
    }


@asynccontextmanager
async def launch_bot(
    discord: Served, folder: Path, *, log: Path, module: Sequence[str] = ("bot", "run")
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run `python -m bot run` against this Discord until the block ends; its log goes to a file.

    The module, with its arguments, may be another bot that reads the same settings.
    """
    with log.open("ab") as file:
        starting = asyncio.ensure_future(
            asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                *module,
                cwd=PROJECT,
                env=bot_environment(discord, folder),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )
        )
        try:
            # Cancelled half started, a bot would live on with nobody to stop it.
            yield await asyncio.shield(starting)
        finally:
            await _stop(await starting)


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def last_log_line(log: Path) -> str:
    """What the bot said last, for a sentence about why it stopped."""
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return lines[-1] if lines else "it said nothing."
