"""A playground in a process of its own, with a crowd in it that acts all at once.

So that measuring takes nothing from the bot, this process does all of it. It says on stdout where
it listens; then, for each line on stdin, the name of a command, it lets every member run that
command at the same moment and answers with the seconds each of them waited for the first answer.
"""

from __future__ import annotations

import asyncio
import io
import json
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvloop
from PIL import Image

from bot.playground.interaction import Kind
from bot.playground.picker import fill, pick
from bot.playground.places import Json
from bot.playground.server import Playground
from bot.playground.world import Event

MEMBERS = 200
PICTURE_SIZE = (1280, 960)
PROMPT = "slow dolly in, drifting embers"
PATIENCE_SECONDS = 30
PROJECT = Path(__file__).parents[2]


class CrowdFailed(Exception):
    """Some members were not answered in time."""


@dataclass
class Answers:
    """When each first answer came, by the clock of `time.perf_counter`."""

    at: list[float]
    missing: int = 0


class Crowd:
    """The members of one playground."""

    def __init__(self, playground: Playground) -> None:
        self._playground = playground
        world = playground.world
        self._channel = world.channel_named("gallery")
        self._members = [world.add_user(f"Member {number}") for number in range(MEMBERS)]
        for member in self._members:
            world.join(world.guild, member)
        self._picture = photograph()

    async def act(self, name: str) -> list[float]:
        """Let every member run a command; returns the seconds each waited. Raises CrowdFailed."""
        requests = [self._fill_in(name) for _ in self._members]
        with _answers_to(self._playground) as answers:
            send = self._playground.loopback.interactions.send
            for member, request in zip(self._members, requests, strict=True):
                send(Kind.COMMAND, member, self._channel, request)
            # Nothing has left yet: the gateway writes as soon as this coroutine waits.
            start = time.perf_counter()
            await self._playground.until(
                lambda: len(answers.at) + answers.missing == MEMBERS, PATIENCE_SECONDS
            )
        if answers.missing:
            raise CrowdFailed(f"{answers.missing} of {MEMBERS} were not answered in time.")
        return [at - start for at in answers.at]

    def _fill_in(self, name: str) -> Json:
        loopback, guild = self._playground.loopback, self._playground.world.guild
        picked = pick(loopback.commands.usable(guild.id), name)
        if picked is None:
            raise CrowdFailed(f"The bot offers no /{name}.")
        place = (guild, self._channel, loopback.cdn)
        if name != "animate":
            return fill(picked, {}, {}, place)
        return fill(picked, {"prompt": PROMPT}, {"image": ("picture.jpg", self._picture)}, place)


@contextmanager
def _answers_to(playground: Playground) -> Iterator[Answers]:
    answers = Answers([])

    def note(event: Event) -> None:
        if event.name == "INTERACTION" and event.data["state"] == "acknowledged":
            answers.at.append(time.perf_counter())
        elif event.name == "INTERACTION" and event.data["state"] == "failed":
            answers.missing += 1

    playground.world.listeners.append(note)
    try:
        yield answers
    finally:
        playground.world.listeners.remove(note)


def photograph() -> bytes:
    """A JPEG as heavy as a photograph of its size, about 300 kB."""
    width, height = PICTURE_SIZE
    channels = [Image.effect_noise((width // 8, height // 8), 100) for _ in "RGB"]
    picture = Image.merge("RGB", channels).resize(PICTURE_SIZE, Image.Resampling.BICUBIC)
    jpeg = io.BytesIO()
    picture.save(jpeg, "JPEG", quality=85)
    return jpeg.getvalue()


# -- the two ends of the pipe ---------------------------------------------------------------------


@dataclass
class RemoteCrowd:
    """A crowd in another process, and where its playground listens."""

    token: str
    api_url: str
    gateway_url: str
    process: asyncio.subprocess.Process

    async def act(self, name: str) -> list[float]:
        """Let every member run a command; returns the seconds each waited. Raises CrowdFailed."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{name}\n".encode())
        answer = await _next_line(self.process)
        if "failed" in answer:
            raise CrowdFailed(answer["failed"])
        return list(answer["seconds"])


@asynccontextmanager
async def gather_crowd() -> AsyncIterator[RemoteCrowd]:
    """Open a playground with a crowd in it, in another process, until the block ends."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        __name__,
        cwd=PROJECT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    try:
        yield RemoteCrowd(process=process, **await _next_line(process))
    finally:
        process.stdin.close()
        await process.wait()


async def _next_line(process: asyncio.subprocess.Process) -> Json:
    assert process.stdout is not None
    async with asyncio.timeout(2 * PATIENCE_SECONDS):
        answer: Json = json.loads(await process.stdout.readline())
    return answer


async def _serve() -> None:
    async with Playground.open() as playground:
        # What is measured is the bot, not how long Discord makes it wait.
        playground.rate_limits.enabled = False
        crowd = Crowd(playground)
        _say(
            {
                "token": playground.token,
                "api_url": playground.api_url,
                "gateway_url": playground.gateway_url,
            }
        )
        while name := (await asyncio.to_thread(sys.stdin.readline)).strip():
            try:
                _say({"seconds": await crowd.act(name)})
            except CrowdFailed as error:
                _say({"failed": str(error)})


def _say(answer: Json) -> None:
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve())
