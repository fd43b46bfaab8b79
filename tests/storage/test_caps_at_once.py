"""A thousand requests at once over mixed caps: not one credit over any of them."""

from __future__ import annotations

import asyncio
import random
from collections import Counter

import pytest
import sqlalchemy as sa

from storage import caps, guilds, jobs
from storage.books import audit
from storage.cap_schema import CapScope
from storage.database import Database
from storage.errors import BudgetError, CapReached, NotEnoughCredits, OwnerStop
from storage.jobs import Job, NewJob
from storage.periods import Period
from tests.storage.capped import cap, enrich
from tests.storage.examples import GUILD, NOW, new_job

MEMBERS = 40
HELPER, PATRON = 55, 56
OTHER = GUILD + 1
CAPS = [
    cap(CapScope.MEMBER, "", 40, Period.DAY),
    cap(CapScope.ROLE, HELPER, 55),
    cap(CapScope.ROLE, PATRON, 70, Period.WEEK),
    cap(CapScope.CHANNEL, 33, 333),
    cap(CapScope.CHANNEL, 34, 211, Period.DAY),
    cap(CapScope.GUILD, "", 709),
    cap(CapScope.PROVIDER, "local", 607, Period.WEEK),
    cap(CapScope.MEMBER, "", 9, Period.JOB),
]
STOP_MICRODOLLARS = 15_000_000


def roles_of(member: int) -> tuple[int, ...]:
    return (HELPER,) * (member % 3 == 0) + (PATRON,) * (member % 5 == 0)


def wish(number: int, chance: random.Random) -> NewJob:
    price = chance.randint(1, 11)
    return new_job(
        number,
        guild_id=chance.choice([GUILD, GUILD, GUILD, OTHER]),
        member_id=chance.randint(1, MEMBERS),
        channel_id=chance.choice([33, 34, 35, 36]),
        provider=chance.choice(["local", "kling"]),
        price_credits=price,
        provider_microdollars=price * 10_000,
    )


def prepare(conn: sa.Connection) -> None:
    guilds.change(conn, GUILD, timezone="Asia/Tokyo")
    for one in CAPS:
        caps.set_cap(conn, one)
    caps.set_owner_stop(conn, STOP_MICRODOLLARS)
    for guild in (GUILD, OTHER):
        for member in range(1, MEMBERS + 1):
            enrich(conn, member, guild)


async def place(database: Database, new: NewJob) -> Job | None:
    """The job, or None where it was refused."""
    try:
        return await database.run(jobs.create, new, now=NOW, role_ids=roles_of(new.member_id))
    except (CapReached, OwnerStop):
        return None


@pytest.mark.parametrize("seed", [1, 2])
async def test_of_a_thousand_requests_at_once_not_one_credit_goes_over_a_cap(
    database: Database, seed: int
) -> None:
    await database.run(prepare)
    chance = random.Random(seed)
    wishes = [wish(number, chance) for number in range(1, 1_001)]

    placed = [job for job in await asyncio.gather(*(place(database, one) for one in wishes)) if job]

    of_guild = [job for job in placed if job.guild_id == GUILD]
    by_channel = Counter[int]()
    by_member = Counter[int]()
    for job in of_guild:
        by_channel[job.channel_id] += job.price_credits
        by_member[job.member_id] += job.price_credits
    assert 700 <= sum(job.price_credits for job in of_guild) <= 709
    assert by_channel[33] <= 333
    assert by_channel[34] <= 211
    assert sum(job.price_credits for job in of_guild if job.provider == "local") <= 607
    assert max(job.price_credits for job in of_guild) <= 9
    for member, used in by_member.items():
        # A role's week beats nothing of the day: that of everybody goes on beside it.
        assert used <= 40, member
    assert sum(job.provider_microdollars or 0 for job in placed) <= STOP_MICRODOLLARS
    assert any(job.guild_id == OTHER for job in placed)
    assert (await database.read(audit)).discrepancies == ()


async def test_two_that_would_share_the_last_credits_do_not_both_get_them(
    database: Database,
) -> None:
    await database.run(prepare)
    await database.run(caps.set_cap, cap(CapScope.GUILD, "", 8))
    wishes = [
        new_job(number, member_id=number, price_credits=5, provider_microdollars=1)
        for number in (1, 2)
    ]

    done = await asyncio.gather(
        *(database.run(jobs.create, one, now=NOW) for one in wishes), return_exceptions=True
    )

    assert [type(one) for one in done] in ([Job, CapReached], [CapReached, Job])


async def test_a_refusal_leaves_the_rest_of_its_batch_as_it_was(database: Database) -> None:
    await database.run(prepare)
    await database.run(caps.set_cap, cap(CapScope.GUILD, "", 20))
    wishes = [
        new_job(number, member_id=number, price_credits=9, provider_microdollars=1)
        for number in range(1, 10)
    ]

    done = await asyncio.gather(
        *(database.run(jobs.create, one, now=NOW) for one in wishes), return_exceptions=True
    )

    assert sum(isinstance(one, Job) for one in done) == 2
    assert sum(isinstance(one, BudgetError | NotEnoughCredits) for one in done) == 7
    assert (await database.read(audit)).discrepancies == ()
