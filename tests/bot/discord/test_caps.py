"""What members see of a guild's prices and caps: before they order, and when one is reached."""

from __future__ import annotations

from typing import Any

import pytest

from bot.budget.alerting import Alerting
from bot.discord.alerts import DiscordAlerts
from storage import alerts, guilds
from storage.cap_schema import CapScope
from storage.errors import CapReached, ChannelNotAllowed, SpendingPaused
from tests.bot.discord.caps import limit
from tests.bot.discord.club import IMAGE, Club


async def choose(club: Club, **changes: Any) -> None:
    await club.workshop.database.run(guilds.change, club.guild.id, **changes)


async def test_a_cap_is_named_privately_with_the_moment_it_starts_anew(club: Club) -> None:
    await limit(club, CapScope.CHANNEL, club.channel.id)

    said = await club.assert_refused(await club.animate())

    assert isinstance(club.error(), CapReached)
    assert f"All of <#{club.channel.id}> together may spend 1 credit a month" in said
    assert "It starts anew <t:" in said
    assert ":R>" in said


async def test_a_members_roles_come_with_the_command(club: Club) -> None:
    role = club.guild.create_role("Guests")
    guest = club.guild.add_member(club.env.create_user("guest"), roles=[role])
    await limit(club, CapScope.ROLE, role.id)

    await guest.slash(club.channel, "animate", image=IMAGE, prompt="slow zoom in")
    [refusal] = club.env.errors
    await club.animate()

    assert isinstance(getattr(refusal, "original", refusal), CapReached)
    assert len(await club.jobs()) == 1


async def test_nothing_is_ordered_while_spending_is_paused(club: Club) -> None:
    await choose(club, is_paused=True)

    assert "paused all ordering" in await club.assert_refused(await club.animate())
    assert isinstance(club.error(), SpendingPaused)


async def test_another_channel_is_named_where_this_is_none_of_those_chosen(club: Club) -> None:
    await choose(club, channels=frozenset({7}))

    assert "but in <#7>" in await club.assert_refused(await club.animate())
    assert isinstance(club.error(), ChannelNotAllowed)


async def test_prices_are_shown_as_they_are_paid_here(club: Club) -> None:
    model = club.workshop.provider.models[0]
    before = await club.offered("animate", "seconds", model=model.id)
    await choose(club, price_percent=300)

    offered = await club.offered("animate", "seconds", model=model.id)
    await club.animate(model=model.id, seconds=3)

    assert "3 s · 3 credits" in before
    assert "3 s · 7 credits" in offered
    [job] = await club.jobs()
    assert (job.price_credits, job.price_percent) == (7, 300)


async def test_what_a_refusal_by_the_provider_costs_is_said_before(club: Club) -> None:
    await choose(club, refused_pays=True)

    result = await club.animate()

    assert any("it still costs" in message.content for message in result.followups)


async def test_an_alert_waits_for_the_moderators(club: Club) -> None:
    await limit(club, CapScope.GUILD, credits=5)

    await club.animate(seconds=3)

    [alert] = await club.workshop.database.read(alerts.untold)
    assert (alert.percent, alert.guild_id) == (50, club.guild.id)


@pytest.mark.parametrize(
    ("credits", "said"),
    [
        (5, "🔔 **50 %** of what this server may spend a month is used: 3 of 5 credits since 20"),
        (3, "🛑 All that this server may spend a month is used: 3 of 3 credits since 20"),
    ],
)
async def test_an_alert_stands_in_the_log_channel_once(club: Club, credits: int, said: str) -> None:
    mods = club.guild.create_text_channel("mods")
    await choose(club, log_channel_id=mods.id)
    await limit(club, CapScope.GUILD, credits=credits)
    await club.animate(seconds=3)
    chore = Alerting(club.workshop.database, DiscordAlerts(club.client))

    for _ in range(2):
        await chore.do(club.workshop.clock())

    [message] = mods.history()
    assert message.content.startswith(said)


async def test_an_alert_for_a_channel_that_is_gone_is_let_go(club: Club) -> None:
    await choose(club, log_channel_id=1)
    await limit(club, CapScope.GUILD, credits=5)
    await club.animate(seconds=3)

    await Alerting(club.workshop.database, DiscordAlerts(club.client)).do(club.workshop.clock())

    assert await club.workshop.database.read(alerts.untold) == []
