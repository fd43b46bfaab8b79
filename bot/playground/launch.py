"""Starts the real, unmodified bot as a process of its own, pointed at a playground."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

from bot.playground.refusals import PlaygroundError
from bot.settings import names_of_settings

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


def project_environment() -> dict[str, str]:
    """Our own environment, in which Python finds this project's modules."""
    return {**os.environ, "PYTHONPATH": str(PROJECT)}


def bot_environment(discord: Served, folder: Path, *, with_keys: bool = False) -> dict[str, str]:
    """The settings that point a bot at this Discord and keep its data in this folder.

    The owner's own settings are left out unless asked for: whoever plays shall not spend money.
    """
    inherited = project_environment()
    if not with_keys:
        for name in names_of_settings():
            inherited.pop(name, None)
    return inherited | {
        "DISCORD_TOKEN": discord.token,
        "DISCORD_API_URL": discord.api_url,
        "DISCORD_GATEWAY_URL": discord.gateway_url,
        "DATABASE_URL": f"sqlite:///{folder / 'zoetrope.db'}",
    }


@asynccontextmanager
async def launch_bot(
    discord: Served,
    folder: Path,
    *,
    log: Path,
    module: Sequence[str] = ("bot", "run"),
    environment: Mapping[str, str] | None = None,
    with_keys: bool = False,
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run `python -m bot run` against this Discord until the block ends; its log goes to a file.

    The module, with its arguments, may be another bot that reads the same settings; the
    environment holds more of them. With keys, the owner's environment and .env count too.
    """
    settings = bot_environment(discord, folder, with_keys=with_keys) | dict(environment or {})
    # There is no .env in the bot's own folder.
    where = PROJECT if with_keys else folder
    async with launch(module, settings, log=log, where=where) as process:
        yield process


@asynccontextmanager
async def launch(
    module: Sequence[str],
    environment: Mapping[str, str],
    *,
    log: Path,
    where: Path = PROJECT,
    is_piped: bool = False,
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a module of this project until the block ends; what it says goes to a file.

    Piped, its input is ours to close and its output ours to read.
    """
    with log.open("ab") as file:
        starting = asyncio.ensure_future(
            asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                *module,
                cwd=where,
                env=environment,
                stdin=asyncio.subprocess.PIPE if is_piped else asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE if is_piped else file,
                stderr=file,
                start_new_session=True,
            )
        )
        try:
            # Cancelled half started, it would live on with nobody to stop it.
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
    """What a process said last, for a sentence about why it stopped."""
    lines = log.read_text(errors="replace").split("\n") if log.exists() else []
    return next((line for line in reversed(lines) if line.strip()), "it said nothing.")
