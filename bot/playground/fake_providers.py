"""Starts the tests' fake providers as a process of their own, for people without a key."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.playground.launch import PROJECT, last_log_line, launch, project_environment
from bot.playground.refusals import PlaygroundError

PROGRAM = PROJECT / "tests" / "fakes" / "__main__.py"
READY_SECONDS = 30
ABOUT = (
    "Every provider is a fake on this machine, so nothing is spent. Words to try in a prompt: "
    "“forbidden” is refused by the provider's moderation, “overload” makes it break down, and "
    "“nocredit” finds the owner's account empty."
)


class FakesMissing(PlaygroundError):
    """The fakes are not here."""

    def __init__(self) -> None:
        super().__init__(
            "The fake providers stand in the tests folder, which is not here: start the "
            "playground in a checkout of the repository, or leave out --providers."
        )


class FakesStopped(PlaygroundError):
    """The fakes ended by themselves; the message says what they said last."""

    def __init__(self, last_words: str) -> None:
        super().__init__(f"The fake providers stopped: {last_words}")


@dataclass(frozen=True)
class FakeProviders:
    """Fakes of all providers, served until their process ends."""

    process: asyncio.subprocess.Process
    environment: dict[str, str]
    """The settings that point a bot at them."""


@asynccontextmanager
async def launch_fakes(*, log: Path) -> AsyncIterator[FakeProviders]:
    """Serve the fakes until the block ends. Raises FakesMissing or FakesStopped."""
    if not await asyncio.to_thread(PROGRAM.is_file):
        raise FakesMissing
    # Their input is a pipe that nobody writes to: it ends with us, however we end.
    environment = project_environment()
    async with launch(("tests.fakes",), environment, log=log, is_piped=True) as process:
        yield FakeProviders(process, await _settings(process, log))


async def _settings(process: asyncio.subprocess.Process, log: Path) -> dict[str, str]:
    assert process.stdout is not None
    try:
        async with asyncio.timeout(READY_SECONDS):
            line = await process.stdout.readline()
    except TimeoutError:
        raise FakesStopped("they did not get ready in time.") from None
    if not line:
        raise FakesStopped(last_log_line(log))
    settings: dict[str, str] = json.loads(line)
    return settings


def webhook_settings() -> dict[str, str]:
    """A public address that is none: it leads to this machine, and so do the fakes' calls."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    return {"PUBLIC_URL": f"http://127.0.0.1:{port}", "PORT": str(port)}
