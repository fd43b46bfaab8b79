"""A guild's own prices and rules: quoted, remembered by the job, and settled by."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.jobs.order import RefusalCosts
from bot.jobs.outcomes import Outcome
from providers.base import FailureReason
from storage import caps, guilds, jobs
from storage.books import audit
from storage.cap_schema import CapScope
from storage.caps import Cap
from storage.errors import BudgetError, CapReached, ChannelNotAllowed, OwnerStop, SpendingPaused
from storage.jobs import JobState
from storage.periods import Period
from tests.bot.orders import ORDER, UPLOADS
from tests.bot.workshop import CHANNEL, GUILD, Workshop
from tests.scripted import PLAIN


async def choose(workshop: Workshop, **changes: Any) -> None:
    await workshop.database.run(guilds.change, GUILD, **changes)


async def test_a_quote_follows_the_guilds_percentage_and_rounds_up(workshop: Workshop) -> None:
    order = replace(ORDER, seconds=3)
    quotes = []
    for number, percent in enumerate((100, 150, 50, 1), start=1):
        await choose(workshop, price_percent=percent)
        placed = await workshop.service.place(replace(order, interaction_id=number), UPLOADS)
        quotes.append((placed.job.price_credits, placed.job.price_percent))
        assert placed.job.provider_microdollars == 22_500

    assert quotes == [(3, 100), (4, 150), (2, 50), (1, 1)]


async def test_what_is_shown_before_ordering_is_what_is_paid(workshop: Workshop) -> None:
    await choose(workshop, price_percent=150)

    offered = (await workshop.service.offers(GUILD)).find(PLAIN.id, from_picture=True)
    placed = await workshop.service.place(replace(ORDER, seconds=3), UPLOADS)

    assert offered.price(3) == placed.job.price_credits
    elsewhere = await workshop.service.offers(GUILD + 1)
    assert elsewhere.find(PLAIN.id, from_picture=True).price(3) == 3


async def test_a_job_is_settled_by_the_percentage_of_its_order(workshop: Workshop) -> None:
    await choose(workshop, price_percent=200)
    placed = await workshop.service.place(replace(ORDER, seconds=3), UPLOADS)
    await choose(workshop, price_percent=50)

    done = await workshop.visit_until(JobState.DELIVERED, placed.job)

    await workshop.assert_settled(done, JobState.DELIVERED, paid=5)
    assert (await workshop.database.read(audit)).discrepancies == ()


@pytest.mark.parametrize("reason", [FailureReason.REFUSED, FailureReason.RESULT_REFUSED])
async def test_a_refusal_costs_the_quote_where_that_was_said_before(
    workshop: Workshop, reason: FailureReason
) -> None:
    await choose(workshop, refused_pays=True)
    placed = await workshop.service.place(replace(ORDER, seconds=3), UPLOADS)
    await choose(workshop, refused_pays=False)
    assert RefusalCosts(3) in placed.notes

    running = await workshop.visit_until(JobState.RUNNING, placed.job)
    await workshop.bench.end(running, Outcome.of_failure(reason))

    await workshop.assert_settled(running, JobState.FAILED, paid=3)
    assert (await workshop.database.read(audit)).discrepancies == ()


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [({"is_paused": True}, SpendingPaused), ({"channels": frozenset({1})}, ChannelNotAllowed)],
)
async def test_an_order_the_guild_does_not_allow_leaves_no_file_behind(
    workshop: Workshop, changes: dict[str, Any], refusal: type[BudgetError]
) -> None:
    await choose(workshop, **changes)

    with pytest.raises(refusal):
        await workshop.service.place(ORDER, UPLOADS)

    assert await workshop.files.uploads() == []
    assert (await workshop.account()).held == 0


async def test_an_order_is_judged_by_its_members_roles_and_its_threads_channel(
    workshop: Workshop,
) -> None:
    for scope, subject in ((CapScope.ROLE, "55"), (CapScope.CHANNEL, str(CHANNEL))):
        one = Cap(guild_id=GUILD, scope=scope, subject=subject, period=Period.DAY, credits=3)
        await workshop.database.run(caps.set_cap, one)
    elsewhere = replace(ORDER, seconds=3, channel_id=999)

    await workshop.service.place(replace(elsewhere, interaction_id=1), UPLOADS)
    again = replace(elsewhere, interaction_id=2, role_ids=(54, 55))
    with pytest.raises(CapReached) as by_role:
        await workshop.service.place(again, UPLOADS)
    in_thread = replace(elsewhere, interaction_id=3, parent_id=CHANNEL, seconds=5)
    with pytest.raises(CapReached) as by_channel:
        await workshop.service.place(in_thread, UPLOADS)

    assert by_role.value.scope is CapScope.ROLE
    assert by_channel.value.scope is CapScope.CHANNEL


async def test_the_owners_stop_holds_whatever_a_guild_makes_of_prices(workshop: Workshop) -> None:
    await workshop.database.run(caps.set_owner_stop, 30_000)
    await choose(workshop, price_percent=1)
    order = replace(ORDER, seconds=3)
    placed = await workshop.service.place(order, UPLOADS)

    with pytest.raises(OwnerStop):
        await workshop.service.place(replace(order, interaction_id=2), UPLOADS)

    assert await workshop.database.read(jobs.get, placed.job.id) == placed.job
