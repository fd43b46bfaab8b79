"""A signal at any moment of a start: the process ends soon, well, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import pytest

from bot.playground.faults import Fault, TooMany
from bot.playground.launch import bot_environment
from tests.end_to_end.stage import Stage
from tests.forks import fork_bot

pytestmark = pytest.mark.asyncio(loop_scope="session")

LONG_SECONDS = 25
LOGIN = "/users/@me"
SYNC = r"/applications/\d+/commands"


async def exit_status(stage: Stage, number: signal.Signals, *, waiting_for: Fault | None) -> int:
    """Start the bot, tell it to stop when it waits for Discord, and see how it ends."""
    environment = bot_environment(stage.playground, stage.folder)
    if waiting_for is not None:
        stage.playground.faults.add(waiting_for)
    async with fork_bot(["run"], environment, where=stage.folder, out=stage.log) as process:
        if waiting_for is None:
            await stage.until(lambda: (stage.folder / "zoetrope.db").exists())
        else:
            await stage.until(lambda: waiting_for.times == 0)
        process.send_signal(number)
        async with asyncio.timeout(LONG_SECONDS / 2):
            return await process.wait()


@pytest.mark.parametrize(("path", "number"), [(LOGIN, signal.SIGTERM), (SYNC, signal.SIGINT)])
async def test_it_ends_while_discord_lets_it_wait(
    tmp_path: Path, path: str, number: signal.Signals
) -> None:
    async with Stage.open(tmp_path / "waiting") as stage:
        wait = Fault(TooMany(LONG_SECONDS), path=path)

        assert await exit_status(stage, number, waiting_for=wait) == 0

        assert not stage.playground.gateway.has_session
        async with stage.bot():
            assert stage.playground.gateway.has_session


async def test_it_ends_while_the_database_is_opened(tmp_path: Path) -> None:
    async with Stage.open(tmp_path / "early") as stage:
        assert await exit_status(stage, signal.SIGTERM, waiting_for=None) == 0

        async with stage.bot():
            assert stage.records.discrepancies() == []


async def test_signals_without_end_change_nothing(tmp_path: Path) -> None:
    async with Stage.open(tmp_path / "impatient") as stage, stage.bot() as process:
        async with asyncio.TaskGroup() as group:
            ended = group.create_task(process.wait())
            while not ended.done():
                process.send_signal(signal.SIGTERM)
                await asyncio.sleep(0.01)

        assert ended.result() == 0
