"""How many requests a job costs, from its order to its end, against the official SDK's loop.

The requests are counted by a fake Runway and a fake Kling; fetching the clip is none of them. The
real worker's steps and the real clients run under a clock that jumps from look to look, and so
does the loop `wait_for_task_output` of Runway's SDK. Both spread their looks at random, from the
same seed each time. Kling has no SDK: twenty jobs at once are held against a request for every
look, though looks that begin within 20 ms share one.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import TypeVar
from unittest import mock

from runwayml import AsyncRunwayML, DefaultAsyncHttpxClient

from providers.kling import TOGETHER_SECONDS, KlingProvider, KlingSettings
from providers.runway import RunwayProvider, RunwaySettings
from tests.benchmarks.clips import make_clip
from tests.benchmarks.measurement import Measurement
from tests.benchmarks.still_worker import StillWorker
from tests.bot.clock import StillClock
from tests.fakes.fake_server import FakeServer, FakeTask, Pace
from tests.fakes.kling import FakeKling
from tests.fakes.kling_keys import API_KEY
from tests.fakes.runway import KEY, FakeRunway

F = TypeVar("F", bound=FakeServer)

TASK_SECONDS = (10, 60, 180)
JOBS = 8
KLING_JOBS, KLING_SECONDS = 20, 60
SEED = 1
TINY = "testsrc2=s=64x64:r=12:d=1"
PICTURE = "https://pictures.example/lighthouse.jpg"


async def measure() -> list[Measurement]:
    """Measure tasks of 10, 60 and 180 seconds."""
    random.seed(SEED)
    measured = []
    for seconds in TASK_SECONDS:
        ours, sdk = await _runway(seconds), await _runway_sdk(seconds)
        measured.append(
            Measurement(
                f"requests per Runway job of {seconds} s", ours, "requests", "Runway's SDK", sdk
            )
        )
    ours, looks = await _kling(KLING_SECONDS)
    name = f"requests per Kling job of {KLING_SECONDS} s, {KLING_JOBS} at once"
    return [*measured, Measurement(name, ours, "requests", "a request for each look", looks)]


async def _runway(seconds: float) -> float:
    clock = StillClock()
    async with _fake(FakeRunway, seconds, clock) as (fake, folder):
        values = {"runwayml_api_secret": KEY, "runwayml_base_url": fake.url}
        settings = RunwaySettings.model_validate(values | {"runwayml_max_running": JOBS})
        async with StillWorker.open(RunwayProvider(settings, folder), folder, clock) as worker:
            for number in range(1, JOBS + 1):
                await worker.order(number)
            await worker.finish()
        return len(fake.asked) / JOBS


async def _runway_sdk(seconds: float) -> float:
    clock = StillClock()

    async def sleep(pause: float) -> None:
        clock.advance(timedelta(seconds=pause))

    jumping = SimpleNamespace(sleep=sleep, current_time=lambda: clock().timestamp())
    async with _fake(FakeRunway, seconds, clock) as (fake, _):
        # Certificates take longer to read than all of this to run.
        http_client = DefaultAsyncHttpxClient(verify=False)
        async with AsyncRunwayML(api_key=KEY, base_url=fake.url, http_client=http_client) as sdk:
            with mock.patch("runwayml.lib.polling.anyio", jumping):
                for _ in range(JOBS):
                    task = await sdk.image_to_video.create(
                        model="gen4.5",
                        prompt_image=PICTURE,
                        prompt_text="slow zoom in",
                        ratio="1280:720",
                        duration=5,
                    )
                    await task.wait_for_task_output()
        return len(fake.asked) / JOBS


async def _kling(seconds: float) -> tuple[float, float]:
    """Requests per job, and what they would be if every look were a request."""
    clock = StillClock()
    async with _fake(FakeKling, seconds, clock) as (fake, folder):
        values = {"kling_api_key": API_KEY, "kling_base_url": fake.url}
        settings = KlingSettings.model_validate(values | {"kling_max_running": KLING_JOBS})
        async with StillWorker.open(KlingProvider(settings, folder), folder, clock) as worker:
            for number in range(1, KLING_JOBS + 1):
                await worker.order(number)
            await worker.finish(together=timedelta(seconds=TOGETHER_SECONDS))
        looks = sum(task.looks for task in fake.tasks)
        return len(fake.asked) / KLING_JOBS, (len(fake.tasks) + looks) / KLING_JOBS


@asynccontextmanager
async def _fake(kind: type[F], seconds: float, clock: StillClock) -> AsyncIterator[tuple[F, Path]]:
    """A fake whose tasks take so many seconds, and a folder for whoever asks it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clip = make_clip(TINY, folder=folder)

        async def give(_: FakeTask) -> bytes:
            return clip

        at_clock = SimpleNamespace(time=lambda: clock().timestamp())
        with mock.patch("tests.fakes.fake_server.time", at_clock):
            async with kind.open(give, pace=Pace(seconds=seconds)) as fake:
                yield fake, folder
