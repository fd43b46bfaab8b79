"""What is to happen to a bot: a short list for every day, and long ones at random."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from storage.jobs import JobState
from tests.crash.calls import CLIP_POST, READS, SUBMITS, TO_DISCORD
from tests.crash.moments import Blow, Moment, When
from tests.crash.wares import FROM_NETWORK, WARES, Ware

STATES = (
    JobState.QUEUED,
    JobState.SUBMITTING,
    JobState.RUNNING,
    JobState.FETCHED,
    JobState.DELIVERED,
)
"""Every state a job passes through when nothing goes wrong."""
ALL_MOMENTS = tuple(Moment(call, when) for call in (*TO_DISCORD, *SUBMITS, *READS) for when in When)


@dataclass(frozen=True)
class Pause:
    """A stretch of a bot's life, from its very start, and what ends it."""

    seconds: float
    blow: Blow = Blow.KILL


@dataclass
class Plan:
    """When the bot is to be struck; what happened is taken out."""

    moments: list[Moment] = field(default_factory=list)
    states: list[JobState] = field(default_factory=list)
    pauses: list[Pause] = field(default_factory=list)
    members: int = 4
    """So many order at once, each from another provider."""
    wares: Sequence[Ware] = WARES
    most_jobs: int = 12
    """After so many for each member, what has not happened yet never will."""
    lease_seconds: float | None = None
    """Shorter than the bot's own, to be slept through."""

    @property
    def is_done(self) -> bool:
        """Whether everything has happened."""
        return not (self.moments or self.states or self.pauses)


def spending_plan() -> Plan:
    """Each submit on every side, an upload before it, and the states around it."""
    return Plan(
        [Moment(call, when) for call in SUBMITS for when in When]
        + [Moment(READS[0], When.AFTER), Moment(READS[-1], When.AFTER)],
        [JobState.SUBMITTING, JobState.FETCHED],
        # The second comes while the bot still recovers from the first.
        [Pause(1.5), Pause(0.2)],
        members=6,
        wares=FROM_NETWORK,
    )


def posting_plan() -> Plan:
    """Each request to Discord on one side or the other, and a clip's on all of them."""
    sides = itertools.cycle(When)
    clip = [Moment(CLIP_POST, when) for when in When]
    return Plan(clip + [Moment(c, next(sides)) for c in TO_DISCORD if c != CLIP_POST])


def frozen_plan() -> Plan:
    """The bot sleeps through its leases where a reply matters most."""
    runway, _, _ = SUBMITS
    asleep = [(runway, When.ANSWERED), (CLIP_POST, When.BEFORE)]
    moments = [Moment(call, when, Blow.FREEZE) for call, when in asleep]
    return Plan(moments, members=2, wares=FROM_NETWORK, lease_seconds=3)


def long_plan(chance: random.Random) -> Plan:
    """Some of everything, in an order that only the chance knows."""
    moments = chance.sample(ALL_MOMENTS, 24)
    pauses = [Pause(chance.uniform(0.3, 5)) for _ in range(6)]
    pauses += [Pause(chance.uniform(0.02, 0.8)) for _ in range(4)]
    pauses += [Pause(chance.uniform(0.5, 5), Blow.CUT_SHORT) for _ in range(2)]
    chance.shuffle(pauses)
    return Plan(moments, list(STATES), pauses, members=6, most_jobs=40)


def long_frozen_plan(chance: random.Random) -> Plan:
    """Sleep through leases at random moments, with kills among them."""
    asleep = [
        Moment(moment.call, moment.when, Blow.FREEZE) for moment in chance.sample(ALL_MOMENTS, 8)
    ]
    pauses = [Pause(chance.uniform(1, 6), Blow.FREEZE) for _ in range(3)]
    pauses += [Pause(chance.uniform(0.2, 4)) for _ in range(3)]
    chance.shuffle(pauses)
    return Plan(asleep, [], pauses, most_jobs=40, lease_seconds=3)


def restarts_plan(restarts: int, seconds: float, *, members: int = 4) -> Plan:
    """Stopped and started again and again, as by a deployment, under load."""
    pauses = [Pause(seconds, Blow.TERMINATE) for _ in range(restarts)]
    return Plan(pauses=pauses, members=members, most_jobs=10_000)
