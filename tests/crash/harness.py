"""Strikes the bot again and again while members order clips, and audits what became of them."""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import Self, TypeVar

from bot.playground.launch import bot_environment
from bot.playground.places import Channel
from bot.playground.refusals import PlaygroundError
from storage.jobs import JobState
from tests.crash.audit import Figures, check_orders, check_remains
from tests.crash.files import check_file
from tests.crash.market import Market
from tests.crash.moments import Blow, FatefulDiscord, Fates, kill_in_states
from tests.crash.plans import Plan
from tests.crash.wares import Ware, wares_from
from tests.end_to_end.order import Order
from tests.end_to_end.seller import LOOK_SECONDS
from tests.end_to_end.stage import Stage
from tests.forks import SIGKILLED, Fork, fork_bot

T = TypeVar("T")

RUN_SECONDS = 80
LONGER = 1.3
"""A freeze lasts so many leases."""
TERMINATED = -signal.SIGTERM
"""The exit status of a bot that was told to stop before it was ready to listen."""
REFUSED = 1
"""The exit status of a bot whose database another has open."""
IN_DOUBT = (JobState.SUBMITTING, JobState.UNKNOWN)


class CrashHarness:
    """A playground, a market, and a bot that is started again whenever it has ended."""

    def __init__(self, stage: Stage, market: Market, plan: Plan) -> None:
        self.stage = stage
        self.market = market
        self.plan = plan
        self.figures = Figures()
        self._orders: list[Order] = []
        self._doubted: set[str] = set()
        """Jobs whose bot died between the intent and its answer; a frozen one has it later."""
        self._numbers = count(1)
        self._life: Fork | None = None
        self._frozen = asyncio.Queue[Fork]()
        self._over = asyncio.Event()
        fates = Fates(plan.moments, self.strike)
        stage.playground.loopback.faults = FatefulDiscord(fates)
        market.be_watched(fates)

    @classmethod
    @asynccontextmanager
    async def open(cls, folder: Path, plan: Plan) -> AsyncIterator[Self]:
        """A harness with nobody playing yet."""
        async with Stage.open(folder) as stage, Market.open(stage.records.file) as market:
            yield cls(stage, market, plan)

    def strike(self, blow: Blow) -> bool:
        """Strike the bot; False where it is not there to be struck."""
        life, self._life = self._life, None
        if life is None or life.returncode is not None:
            return False
        match blow:
            case Blow.KILL:
                life.kill()
            case Blow.TERMINATE:
                life.terminate()
            case Blow.CUT_SHORT:
                life.terminate()
                asyncio.get_running_loop().call_later(random.uniform(0, 0.3), life.kill)
            case Blow.FREEZE:
                life.freeze()
                self._frozen.put_nowait(life)
        return True

    async def play(self) -> Figures:
        """Order clips until everything has happened and every job is over, then audit."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keep_alive())
            group.create_task(asyncio.to_thread(self._watch_states))
            group.create_task(self._strike_from_nowhere())
            group.create_task(self.market.run(self._over))
            thawing = group.create_task(self._thaw())
            try:
                async with asyncio.TaskGroup() as members:
                    for number in range(self.plan.members):
                        members.create_task(self._order_clips(wares_from(number, self.plan.wares)))
            finally:
                self._over.set()
                thawing.cancel()
        figures = self.figures
        check_orders(figures, self.stage, self.market, self._orders, self._doubted)
        figures.wrong += check_remains(self.stage)
        figures.wrong += check_file(self.stage.records.file)
        figures.wrong += [line for line in self.stage.said("error") if "step failed" in line]
        return figures

    # -- the bot --------------------------------------------------------------------------------

    @asynccontextmanager
    async def _begin_life(self, log: Path) -> AsyncIterator[Fork]:
        environment = bot_environment(self.stage.playground, self.stage.folder)
        async with fork_bot(
            ["run"],
            environment | self.market.settings,
            where=self.stage.folder,
            out=log,
            lease_seconds=self.plan.lease_seconds,
            look_seconds=LOOK_SECONDS,
        ) as life:
            yield life

    async def _keep_alive(self) -> None:
        while not self._over.is_set():
            said = len(self.stage.said())
            async with self._begin_life(self.stage.log) as life:
                self._life = life
                async with asyncio.TaskGroup() as group:
                    death = group.create_task(life.wait())
                    over = group.create_task(self._over.wait())
                    looking = group.create_task(self._look_on())
                    await asyncio.wait({death, over}, return_when=asyncio.FIRST_COMPLETED)
                    if not death.done():
                        life.terminate()
                    over.cancel()
                    looking.cancel()
            was_struck, self._life = self._life is None, None
            self._count(life, self.stage.said()[said:], was_struck=was_struck)
            await self.stage.until(lambda: not self.stage.playground.gateway.online)

    async def _look_on(self) -> None:
        """Look at jobs by one connection, but not while a bot may find its database unclosed."""
        await self._until(lambda: self.stage.playground.gateway.online)
        with self.stage.records.watching():
            await asyncio.Event().wait()

    def _count(self, life: Fork, said: Sequence[str], *, was_struck: bool) -> None:
        """Look at what a bot left behind that is no more, as anybody could who opens the file."""
        # Only before it does anything at all may the signal find nobody who listens.
        good = (0, SIGKILLED) if said else (0, SIGKILLED, TERMINATED)
        assert life.returncode in good, (life.returncode, *said[-1:])
        if life.returncode != 0:
            self.figures.kills += 1
        elif was_struck:
            self.figures.stops += 1
        if self.figures.kills + self.figures.stops and self._has_tables():
            self._doubt()
            self.figures.wrong += check_file(self.stage.records.file)

    def _has_tables(self) -> bool:
        file = self.stage.records.file
        asked = "SELECT name FROM sqlite_master WHERE name = 'job'"
        return file.exists() and bool(self.stage.records.rows(asked))

    def _doubt(self) -> None:
        rows = self.stage.records.jobs()
        self._doubted |= {row["id"] for row in rows if row["state"] in IN_DOUBT}

    async def _thaw(self) -> None:
        """Let nobody else in while a bot is frozen, and let it go on after more than a lease."""
        while True:
            life = await self._frozen.get()
            self.figures.freezes += 1
            seconds = LONGER * (self.plan.lease_seconds or 0)
            async with asyncio.TaskGroup() as group:
                group.create_task(asyncio.sleep(seconds))
                group.create_task(self._check_refused())
            life.thaw()
            if life.returncode is None:
                self._life = life

    async def _check_refused(self) -> None:
        async with self._begin_life(self.stage.folder.with_name("refused.log")) as second:
            await second.wait()
        if second.returncode != REFUSED:
            self.figures.wrong.append(f"a second bot ended with {second.returncode}")

    def _watch_states(self) -> None:
        database = self.stage.records.file
        kill_in_states(database, self.plan.states, self.strike, self._over.is_set)

    async def _strike_from_nowhere(self) -> None:
        while self.plan.pauses:
            await self._until(lambda: self._life)
            await asyncio.sleep(self.plan.pauses[0].seconds)
            if self.strike(self.plan.pauses[0].blow):
                self.plan.pauses.pop(0)

    # -- members --------------------------------------------------------------------------------

    async def _order_clips(self, wares: Iterator[Ware]) -> None:
        channel = self.stage.new_channel()
        for _ in range(self.plan.most_jobs):
            order = await self._order(next(wares), channel)
            self._orders.append(order)
            await self._until(partial(is_over, order))
            if self.plan.is_done:
                return
        raise AssertionError(f"this never came: {self.plan}")

    async def _order(self, ware: Ware, channel: Channel) -> Order:
        """Order a clip, again and again where the bot died over it, as a member would."""
        while True:
            # Looked at once: between two looks it may be struck, and its last row be nobody's.
            life = await self._until(self._life_online)
            try:
                order = await ware.order(self.stage, channel, f"clip {next(self._numbers)}")
            except (PlaygroundError, TimeoutError):
                continue
            await self._until(partial(self._is_answered, order, life))
            if order.row:
                return order

    def _life_online(self) -> Fork | None:
        return self._life if self.stage.playground.gateway.online else None

    def _is_answered(self, order: Order, life: Fork) -> bool:
        # Really dead: between the signal and its effect, the bot may still write the row.
        return (
            bool(order.row)
            or life.returncode is not None
            or any(message.ephemeral and message.text for message in order.interaction.messages)
        )

    async def _until(self, predicate: Callable[[], T | None]) -> T:
        """Wait longer than a test does: the job waited for may be struck several times over."""
        return await self.stage.playground.until(predicate, RUN_SECONDS)


def is_over(order: Order) -> bool:
    """Whether nothing is left to do for a job."""
    row = order.row
    return row["finished_at"] is not None and row["due_at"] is None
