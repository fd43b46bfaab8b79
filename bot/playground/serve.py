"""Serves the playground with the real bot in it until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
import tempfile
from pathlib import Path

from bot.playground.launch import BotStopped, last_log_line, launch_bot
from bot.playground.server import Playground


async def serve_playground(*, port: int) -> None:
    """Serve on 127.0.0.1 until SIGINT or SIGTERM. Raises BotStopped when the bot ends first."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    with tempfile.TemporaryDirectory(prefix="zoetrope-playground-") as folder:
        log = Path(folder) / "bot.log"
        async with (
            Playground.open(port) as playground,
            launch_bot(playground, Path(folder), log=log) as process,
            asyncio.TaskGroup() as group,
        ):
            print(f"The playground: {playground.page_url}  (end it with Ctrl+C)", flush=True)
            waits = [group.create_task(process.wait()), group.create_task(stopping.wait())]
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            for wait in waits:
                wait.cancel()
        if not stopping.is_set():
            raise BotStopped(last_log_line(log))
