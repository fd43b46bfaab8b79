"""What an order is refused for beside caps: a pause, the wrong channel, the owner's own stop."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from storage import caps, guilds
from storage.errors import CapsUnreadable, ChannelNotAllowed, OwnerStop, SpendingPaused
from tests.storage.capped import at, enrich, order
from tests.storage.examples import GUILD, MEMBER

JUNE = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def account(conn: sa.Connection) -> int:
    return enrich(conn)


def test_nothing_is_ordered_while_spending_is_paused(conn: sa.Connection) -> None:
    guilds.change(conn, GUILD, is_paused=True)
    with pytest.raises(SpendingPaused):
        order(conn, 1, 0)

    guilds.change(conn, GUILD, is_paused=False)
    order(conn, 1, 0)


def test_jobs_are_ordered_in_the_channels_that_were_chosen_and_in_their_threads(
    conn: sa.Connection,
) -> None:
    guilds.change(conn, GUILD, channels=frozenset({70, 71}))
    with pytest.raises(ChannelNotAllowed) as refusal:
        order(conn, 1, 1)

    assert refusal.value.channels == {70, 71}
    order(conn, 2, 1, channel_id=70)
    order(conn, 3, 1, channel_id=900, parent_id=71)


def test_the_owners_stop_counts_the_providers_prices_of_all_guilds(conn: sa.Connection) -> None:
    enrich(conn, MEMBER, GUILD + 1)
    caps.set_owner_stop(conn, 100_000)
    order(conn, 1, 90, provider_microdollars=60_000)

    with pytest.raises(OwnerStop) as stop:
        order(conn, 2, 1, guild_id=GUILD + 1, provider_microdollars=40_001)

    assert stop.value.resets_at == JUNE
    order(conn, 3, 1, guild_id=GUILD + 1, provider_microdollars=40_000)
    with pytest.raises(OwnerStop):
        order(conn, 4, 0, provider_microdollars=1)
    caps.set_owner_stop(conn, None)
    order(conn, 5, 0, provider_microdollars=1)


def test_the_owners_month_is_in_utc_whatever_a_guilds_calendar_says(conn: sa.Connection) -> None:
    guilds.change(conn, GUILD, timezone="America/Los_Angeles")
    caps.set_owner_stop(conn, 100_000)
    order(conn, 1, 1, now=at("2026-06-01", 3), provider_microdollars=100_000)

    with pytest.raises(OwnerStop):
        order(conn, 2, 1, now=at("2026-06-15"), provider_microdollars=1)


def test_a_price_nobody_noted_is_refused_once_the_owner_has_a_stop(conn: sa.Connection) -> None:
    caps.set_owner_stop(conn, 100_000)

    with pytest.raises(CapsUnreadable):
        order(conn, 1, 1, provider_microdollars=None)
