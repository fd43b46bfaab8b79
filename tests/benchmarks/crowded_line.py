"""A line before a provider in simulated time: the real rules on a real SQLite file, no waiting.

Members order now and then; every clip takes a minute, and a few are made at once. A job begins as
soon as the line lets it, which is asked whenever somebody ordered or a clip is done.
"""

from __future__ import annotations

import heapq
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from storage import jobs, visits
from storage.job import Job, JobState, NewJob
from storage.slots import Limits

START = datetime(2026, 1, 1, tzinfo=UTC)
CLIP_SECONDS = 60
LEASE = timedelta(days=30)
PLACES = 5
LIMITS = Limits(member=2)
MEMBERS = 20
FLOODER, NEWCOMER = 1000, 2000
FLOOD = 500
NEWCOMER_AT = 1800
NEWCOMERS = 10


@dataclass(order=True, frozen=True)
class Order:
    """A member orders a clip, so many seconds after the start."""

    at: float
    number: int
    member: int


@dataclass
class Served:
    """What became of the orders."""

    waits: dict[int, float] = field(default_factory=dict)
    """By order: the seconds from the order to the submit."""
    begun: list[tuple[float, int]] = field(default_factory=list)
    """When whose jobs began, in that order."""


def ordinary(
    seed: int, *, members: int = MEMBERS, pause_seconds: float = 300, until: float = 2400
) -> list[Order]:
    """Members who order now and then, and a newcomer who orders once."""
    return [
        Order(NEWCOMER_AT, NEWCOMER, NEWCOMER),
        *_now_and_then(seed, members, pause_seconds, until),
    ]


def with_newcomers(seed: int, *, members: int) -> list[Order]:
    """Members who order now and then, and ten newcomers after the flood, one after another."""
    newcomers = [
        Order(NEWCOMER_AT - 500 + 100 * one, NEWCOMER + one, NEWCOMER + one)
        for one in range(NEWCOMERS)
    ]
    return newcomers + _now_and_then(seed, members, 300, 2400)


def _now_and_then(seed: int, members: int, pause_seconds: float, until: float) -> list[Order]:
    chance = random.Random(seed)
    orders = []
    number = 1
    for member in range(1, members + 1):
        at = chance.uniform(0, pause_seconds)
        while at < until:
            orders.append(Order(at, number, member))
            number += 1
            at += chance.expovariate(1 / pause_seconds)
    return orders


def flood(at: float = NEWCOMER_AT - 600) -> list[Order]:
    """Five hundred orders of one member at one moment."""
    return [Order(at, 10_000 + number, FLOODER) for number in range(FLOOD)]


def backlogged() -> list[Order]:
    """The flood, and ten members with enough orders to stand in line for half an hour."""
    many = [
        Order(0, member * 100 + number, member) for member in range(1, 11) for number in range(20)
    ]
    return flood(0) + many


def serve(
    conn: sa.Connection, orders: Sequence[Order], *, limits: Limits = LIMITS, until: float = 2400
) -> Served:
    """Let the provider make what was ordered; what has not begun by then stays in line."""
    simulation = _Simulation(conn, limits)
    coming, running = sorted(orders), list[tuple[float, str]]()
    while coming or running:
        at = min(coming[0].at if coming else until, running[0][0] if running else until)
        if at >= until:
            break
        while coming and coming[0].at == at:
            simulation.order(coming.pop(0))
        while running and running[0][0] == at:
            simulation.end(heapq.heappop(running)[1], at)
        for job_id in simulation.begin_all(at):
            heapq.heappush(running, (at + CLIP_SECONDS, job_id))
    return simulation.served


class _Simulation:
    """Plays members, worker and provider, on the functions the worker calls."""

    def __init__(self, conn: sa.Connection, limits: Limits) -> None:
        self._conn, self._limits = conn, limits
        self._orders: dict[str, Order] = {}
        self._running: dict[str, Job] = {}
        self.served = Served()

    def order(self, order: Order) -> None:
        now = _moment(order.at)
        job = jobs.create(self._conn, _new(order, now), now=now)
        self._orders[job.id] = order
        [job] = visits.claim_due(self._conn, now=now, lease=LEASE, limit=1)
        jobs.update(self._conn, job, now=now, due_at=None, status_id=order.number)

    def begin_all(self, at: float) -> Iterator[str]:
        """Visit whoever is due, as the worker does, until nobody is."""
        now = _moment(at)
        jobs.wake_next(self._conn, now=now, limits=self._limits)
        while due := visits.claim_due(self._conn, now=now, lease=LEASE, limit=1):
            begun = jobs.begin_submit(
                self._conn, due[0], max_running=PLACES, now=now, limits=self._limits
            )
            if isinstance(begun, Job):
                order = self._orders[begun.id]
                self._running[begun.id] = begun
                self.served.waits[order.number] = at - order.at
                self.served.begun.append((at, order.member))
                yield begun.id
            else:
                jobs.update(self._conn, due[0], now=now, due_at=None)

    def end(self, job_id: str, at: float) -> None:
        now, job = _moment(at), self._running.pop(job_id)
        jobs.finish(self._conn, job, JobState.FAILED, now=now, paid_credits=0, due_at=None)


def jain(shares: list[float]) -> float:
    """Jain's index: 1 where all have the same, 1/n where one has all."""
    return sum(shares) ** 2 / (len(shares) * sum(share**2 for share in shares))


def shares(served: Served, *, since: float, until: float) -> list[float]:
    """How many jobs of each member began in a time, of those of whom any did."""
    began = Counter(member for at, member in served.begun if since <= at < until)
    return [float(count) for count in began.values()]


def _moment(at: float) -> datetime:
    return START + timedelta(seconds=at)


def _new(order: Order, now: datetime) -> NewJob:
    return NewJob(
        interaction_id=order.number,
        guild_id=1,
        channel_id=2,
        member_id=order.member,
        reply_id=3,
        thread_id=4,
        provider="simulated",
        model="model",
        prompt="slow zoom in",
        seconds=5,
        shape=None,
        seed=1,
        picture=None,
        price_credits=0,
        due_at=now,
    )
