"""Kills the bot again and again while members order clips, and audits what became of them."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Self

from bot.playground.places import Channel, User
from bot.playground.refusals import PlaygroundError
from storage.jobs import JobState
from tests.crash.lives import SIGKILLED, Life, begin_life
from tests.crash.moments import Call, DeadlyFaults, When, kill_in_states
from tests.end_to_end.order import Order
from tests.end_to_end.stage import Stage

MEMBERS = 3
MOST_JOBS_OF_A_MEMBER = 8
RUN_SECONDS = 80


@dataclass
class Plan:
    """When the bot is to be killed; what happened is taken out."""

    calls: list[tuple[Call, When]] = field(default_factory=list)
    states: list[JobState] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)
    """Seconds of life before each kill that comes from nowhere."""

    @property
    def is_done(self) -> bool:
        """Whether every kill has happened."""
        return not (self.calls or self.states or self.pauses)


@dataclass
class Figures:
    """What an audit found."""

    kills: int
    jobs: int
    lost: list[str] = field(default_factory=list)
    """Jobs without a clip in their thread."""
    doubled: list[str] = field(default_factory=list)
    """Jobs with two of something: threads, status messages, clips, mentions."""
    wrong: list[str] = field(default_factory=list)
    """Jobs that are not settled exactly once, for exactly their price."""

    def __str__(self) -> str:
        return (
            f"{self.kills} kills, {self.jobs} jobs, {len(self.lost)} lost, "
            f"{len(self.doubled)} doubled, {len(self.wrong)} wrong"
        )


class CrashHarness:
    """A playground, and a bot that is started again whenever it was killed."""

    def __init__(self, stage: Stage, plan: Plan) -> None:
        self.stage = stage
        self.plan = plan
        self.orders: list[Order] = []
        self.kills = 0
        self._life: Life | None = None
        self._over = asyncio.Event()
        stage.playground.loopback.faults = DeadlyFaults(plan.calls, self.kill)

    @classmethod
    @asynccontextmanager
    async def open(cls, folder: Path, plan: Plan) -> AsyncIterator[Self]:
        """A harness with nobody playing yet."""
        async with Stage.open(folder) as stage:
            yield cls(stage, plan)

    def kill(self) -> bool:
        """Kill the bot without a word; False where it is dead already."""
        life, self._life = self._life, None
        if life is None or life.exit_status is not None:
            return False
        life.kill()
        return True

    async def play(self) -> Figures:
        """Order clips until every kill has happened and every job is over, then audit."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keep_alive())
            group.create_task(asyncio.to_thread(self._watch_states))
            group.create_task(self._kill_from_nowhere())
            try:
                async with asyncio.TaskGroup() as members:
                    for _ in range(MEMBERS):
                        members.create_task(self._order_clips())
            finally:
                self._over.set()
        return self._audit()

    # -- the bot --------------------------------------------------------------------------------

    async def _keep_alive(self) -> None:
        stage = self.stage
        while not self._over.is_set():
            async with begin_life(stage.playground, stage.folder, stage.log) as life:
                self._life = life
                async with asyncio.TaskGroup() as group:
                    death = group.create_task(life.over())
                    over = group.create_task(self._over.wait())
                    await asyncio.wait({death, over}, return_when=asyncio.FIRST_COMPLETED)
                    if over.done():
                        life.terminate()
                    over.cancel()
            self.kills += life.exit_status == SIGKILLED
            assert life.exit_status in (0, SIGKILLED), stage.said()[-1:]
            await stage.until(lambda: not stage.playground.gateway.online)

    def _watch_states(self) -> None:
        database = self.stage.records.file
        kill_in_states(database, self.plan.states, self.kill, self._over.is_set)

    async def _kill_from_nowhere(self) -> None:
        while self.plan.pauses:
            await self._until(lambda: self._life)
            await asyncio.sleep(self.plan.pauses[0])
            if self.kill():
                self.plan.pauses.pop(0)

    # -- members --------------------------------------------------------------------------------

    async def _order_clips(self) -> None:
        channel, member = self.stage.new_channel(), self.stage.new_member()
        for _ in range(MOST_JOBS_OF_A_MEMBER):
            order = await self._order(channel, member)
            self.orders.append(order)
            await self._until(partial(is_over, order))
            if self.plan.is_done:
                return
        raise AssertionError(f"these kills never came: {self.plan}")

    async def _order(self, channel: Channel, member: User) -> Order:
        """Order a clip, again and again where the bot died over it, as a member would."""
        while True:
            await self._until(self._is_online)
            life = self._life
            try:
                order = await self.stage.order(channel, member)
            except (PlaygroundError, TimeoutError):
                continue
            await self._until(partial(self._is_job_or_dead, order, life))
            if order.row:
                return order

    def _is_online(self) -> bool:
        return self._life is not None and self.stage.playground.gateway.online

    def _is_job_or_dead(self, order: Order, life: Life | None) -> bool:
        # Really dead: between the signal and its effect, the bot may still write the row.
        return bool(order.row) or life is None or life.exit_status is not None

    async def _until(self, predicate: Callable[[], object]) -> None:
        """Wait longer than a test does: the job waited for may be killed several times over."""
        await self.stage.playground.until(predicate, RUN_SECONDS)

    # -- the audit ------------------------------------------------------------------------------

    def _audit(self) -> Figures:
        figures = Figures(self.kills, len(self.stage.records.jobs()))
        known = {order.id for order in self.orders}
        figures.lost += [row["id"] for row in self.stage.records.jobs() if row["id"] not in known]
        for order in self.orders:
            seen = (order.threads, order.statuses, order.clips, order.pings)
            if not all(seen):
                figures.lost.append(order.id)
            if any(len(each) > 1 for each in seen):
                figures.doubled.append(order.id)
            if not is_settled_once(self.stage, order):
                figures.wrong.append(order.id)
        return figures

    def strays(self) -> list[str]:
        """Files beside the kept pictures and clips, and processes that still work for the bot."""
        files = self.stage.folder / "zoetrope-files"
        kept = {"uploads", "clips", "providers", "providers/local"}
        for order in self.orders:
            kept |= {f"uploads/{order.id}.jpg", f"clips/{order.id}.mp4"}
        found = {str(file.relative_to(files)) for file in files.rglob("*")}
        return sorted(found ^ kept) + processes_at(self.stage.folder)


def is_over(order: Order) -> bool:
    """Whether nothing is left to do for a job."""
    row = order.row
    return row["finished_at"] is not None and row["due_at"] is None


def is_settled_once(stage: Stage, order: Order) -> bool:
    """Whether the member paid the price, once."""
    price = order.row["price_credits"]
    return (
        order.row["state"] == JobState.DELIVERED
        and order.row["paid_credits"] == price
        and stage.records.entries(order.id) == [("hold", 0, price), ("settle", -price, -price)]
    )


def processes_at(folder: Path) -> list[str]:
    """The living processes that stand in a folder or name it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            place = os.readlink(process / "cwd")
        except OSError:
            continue
        if str(folder) in command or place.startswith(str(folder)):
            found.append(command)
    return found


def random_pauses(seed: int) -> list[float]:
    """Some lives of any length, and one so short that two kills come in a row."""
    chance = random.Random(seed)
    return [*(chance.uniform(0.8, 3.5) for _ in range(4)), chance.uniform(0.05, 0.5)]
