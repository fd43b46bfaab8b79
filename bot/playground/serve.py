"""Serves the playground with the real bot in it until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
import tempfile
from asyncio.subprocess import Process
from contextlib import AsyncExitStack
from pathlib import Path

from bot.playground.fake_providers import ABOUT, FakesStopped, launch_fakes, webhook_settings
from bot.playground.launch import BotStopped, last_log_line, launch_bot
from bot.playground.server import Playground


async def serve_playground(
    *, port: int, with_fakes: bool = False, with_keys: bool = False, with_webhooks: bool = False
) -> None:
    """Serve on 127.0.0.1 until SIGINT or SIGTERM. Webhooks are the fakes' alone.

    With keys, the owner's own, the clips of real providers cost real money.

    Raises BotStopped or FakesStopped when one of them ends first, and FakesMissing.
    """
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    async with AsyncExitStack() as stack:
        temporary = tempfile.TemporaryDirectory(prefix="zoetrope-playground-")
        folder = Path(stack.enter_context(temporary))
        log, fakes_log = folder / "bot.log", folder / "fakes.log"
        playground = await stack.enter_async_context(Playground.open(port))
        fakes: Process | None = None
        environment: dict[str, str] = {}
        if with_fakes:
            providers = await stack.enter_async_context(launch_fakes(log=fakes_log))
            fakes, environment = providers.process, providers.environment
            # The fakes call nobody else, and real providers could not call this machine.
            environment |= webhook_settings() if with_webhooks else {}
            print(ABOUT)
        if with_keys:
            print("The keys in your .env are used: clips of these providers cost real money.")
        launched = launch_bot(
            playground, folder, log=log, environment=environment, with_keys=with_keys
        )
        bot = await stack.enter_async_context(launched)
        print(f"The playground: {playground.page_url}  (end it with Ctrl+C)", flush=True)
        await _first_end(stopping, *filter(None, (bot, fakes)))
        if fakes is not None and fakes.returncode is not None:
            raise FakesStopped(last_log_line(fakes_log))
        if not stopping.is_set():
            raise BotStopped(last_log_line(log))


async def _first_end(stopping: asyncio.Event, *processes: Process) -> None:
    """Wait until one of the processes has ended, or all of this shall."""
    async with asyncio.TaskGroup() as group:
        ends = [group.create_task(process.wait()) for process in processes]
        waits = {group.create_task(stopping.wait()), *ends}
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
