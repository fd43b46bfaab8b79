"""How long a clip that is done at the provider takes into its thread, by webhook and by polling.

The real bot plays in the playground, and orders from a fake Kling. The clip is 720p and 5 s long,
of about 5 MB. Counted is the time from the moment the fake's task is done until the message with
the clip has arrived. Either the webhook is called at that very moment, or the call never comes, and
the bot finds out at its next look, as it would without an address of its own. The bytes' own
transfer is a GET of the same clip and a POST of it to the same Discord, in bare aiohttp, in a
process of its own. The bot takes most of its time to decode the clip to its last frame, before it
believes it and again before it posts it; what decoding it once takes is measured too.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.media.clips import probe
from bot.media.ffmpeg import Ffmpeg
from bot.playground.fake_providers import webhook_settings
from bot.playground.picker import Value
from bot.playground.world import Event
from tests.benchmarks.bare_transfer import BareTransfer, ready_to_transfer
from tests.benchmarks.clips import make_clip
from tests.benchmarks.measurement import Measurement
from tests.end_to_end.order import Order
from tests.end_to_end.stage import Stage
from tests.fakes.fake_server import FakeTask, Pace
from tests.fakes.kling import FakeKling
from tests.media.pictures import corners, saved

CALLS, POLLS = 6, 7
APART_SECONDS = 2.4
"""Between the ends of two tasks without a call: each clip is posted before the next one is done,
but for what the bot waits until its next look, which comes every 5 s or so."""
NEVER = Pace(seconds=86_400)
CLIP = "testsrc2=s=1280x720:r=24:d=5,noise=alls=20:allf=t"
ENCODING = ("-b:v", "8M", "-maxrate", "8M", "-bufsize", "8M")
PICTURE = saved(corners(size=(640, 360)), "JPEG")
ORDER: dict[str, Value] = {"prompt": "slow zoom in", "model": "kling/kling-2.5-turbo", "seconds": 5}
TRANSFER, DECODING = "the bytes' own transfer", "that, and decoding it once"


@dataclass
class Times:
    """What was measured, in seconds."""

    by_webhook: list[float] = field(default_factory=list)
    by_polling: list[float] = field(default_factory=list)
    transfers: list[float] = field(default_factory=list)
    decodings: list[float] = field(default_factory=list)

    def measurements(self) -> list[Measurement]:
        """The medians, in milliseconds."""
        transfer = _median_ms(self.transfers)
        baselines = {TRANSFER: transfer, DECODING: transfer + _median_ms(self.decodings)}
        ways = {"webhook": self.by_webhook, "polling": self.by_polling}
        return [
            Measurement(f"done to posted, by {way}", _median_ms(taken), "ms", baseline, value)
            for way, taken in ways.items()
            for baseline, value in baselines.items()
        ]


async def measure() -> list[Measurement]:
    """Measure both ways with the same bot."""
    times = Times()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clip = folder / "clip.mp4"
        data = await asyncio.to_thread(make_clip, CLIP, *ENCODING, folder=folder)
        await asyncio.to_thread(clip.write_bytes, data)

        async def give(_: FakeTask) -> bytes:
            return data

        async with (
            FakeKling.open(give, pace=NEVER) as fake,
            _scene(fake, folder / "bot", clip) as scene,
        ):
            await scene.be_called(times)
            await scene.be_polled(times)
    return times.measurements()


class Scene:
    """The bot, and what it plays with."""

    def __init__(self, stage: Stage, fake: FakeKling, bare: BareTransfer, clip: Path) -> None:
        self._stage = stage
        self._fake = fake
        self._bare = bare
        self._clip = clip
        self._ffmpeg = Ffmpeg()
        self._posted_at: dict[str, float] = {}
        stage.playground.world.listeners.append(self._note)

    async def be_called(self, times: Times) -> None:
        """Let tasks end one after the other, and say so; in turns with the baselines."""
        for order in await self._orders(CALLS):
            task = self._task(order)
            done_at = self._end(task)
            status = await self._fake.call_back(task)
            if status != 200:
                raise ConnectionError(f"the bot answered the call with {status}")
            times.by_webhook.append(await self._came_at(order) - done_at)
            channel = self._stage.new_channel()
            clip_url = self._fake.clip_url(task)
            times.transfers.append(await self._bare.seconds(clip_url, channel.id))
            times.decodings.append(await self._decoding())

    async def be_polled(self, times: Times) -> None:
        """Let tasks end at moments that have nothing to do with when the bot looks."""

        async def end(order: Order) -> None:
            done_at = self._end(self._task(order))
            times.by_polling.append(await self._came_at(order) - done_at)

        orders = await self._orders(POLLS)
        async with asyncio.TaskGroup() as group:
            for order in orders:
                group.create_task(end(order))
                await asyncio.sleep(APART_SECONDS)

    async def _orders(self, count: int) -> list[Order]:
        return [await self._order() for _ in range(count)]

    async def _order(self) -> Order:
        channel, member = self._stage.new_channel(), self._stage.new_member()
        image = {"image": ("picture.jpg", PICTURE)}
        slash = self._stage.playground.slash
        interaction = await slash(member.id, channel.id, "animate", ORDER, image)
        return await self._stage.order_of(interaction).state("running")

    async def _decoding(self) -> float:
        start = time.monotonic()
        await probe(self._ffmpeg, self._clip)
        return time.monotonic() - start

    def _task(self, order: Order) -> FakeTask:
        return next(task for task in self._fake.tasks if str(task.reference).endswith(order.id))

    def _end(self, task: FakeTask) -> float:
        task.made_at = 0.0
        return time.monotonic()

    async def _came_at(self, order: Order) -> float:
        [message] = await self._stage.until(lambda: order.clips)
        return self._posted_at[str(message.id)]

    def _note(self, event: Event) -> None:
        if event.name == "MESSAGE_CREATE":
            self._posted_at[event.data["id"]] = time.monotonic()


@asynccontextmanager
async def _scene(fake: FakeKling, folder: Path, clip: Path) -> AsyncIterator[Scene]:
    """A bot on a stage, which can be called."""
    more = {"KLING_MAX_RUNNING": str(CALLS + POLLS)}
    settings = fake.environment | webhook_settings() | more
    settings |= {"MEMBER_RUNNING": "0", "GUILD_RUNNING": "0"}
    async with Stage.open(folder) as stage:
        stage.look_seconds = None
        # What is measured is the bot, not how long Discord makes it wait.
        stage.playground.rate_limits.enabled = False
        at = (stage.playground.api_url, f"Bot {stage.playground.token}")
        async with ready_to_transfer(*at) as bare, stage.bot(**settings):
            yield Scene(stage, fake, bare, clip)


def _median_ms(seconds: list[float]) -> float:
    return 1000 * statistics.median(seconds)
