"""What moderators choose for their guild: read whole, changed by name, and checked."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from storage import guilds
from storage.guilds import GuildSettings
from tests.storage.examples import GUILD

EVERYTHING: dict[str, Any] = {
    "starting_credits": 7,
    "log_channel_id": 70,
    "timezone": "Europe/Berlin",
    "roles_add_up": True,
    "price_percent": 150,
    "approval_credits": 40,
    "manager_role_id": 80,
    "giving_ceiling": 900,
    "is_paused": True,
    "welcome_age_days": 0,
    "refused_pays": True,
    "channels": frozenset({3, 4}),
}


def test_a_guild_that_chose_nothing_has_the_defaults(conn: sa.Connection) -> None:
    assert guilds.settings(conn, GUILD) == GuildSettings()


@pytest.mark.parametrize("name", EVERYTHING)
def test_each_setting_is_changed_alone_and_can_be_put_back(conn: sa.Connection, name: str) -> None:
    before, after = guilds.change(conn, GUILD, **{name: EVERYTHING[name]})

    assert before == GuildSettings()
    assert guilds.settings(conn, GUILD) == after == GuildSettings(**{name: EVERYTHING[name]})
    assert guilds.change(conn, GUILD, **{name: getattr(before, name)}) == (after, before)


def test_all_are_changed_at_once_and_in_one_guild_alone(conn: sa.Connection) -> None:
    guilds.change(conn, GUILD, **EVERYTHING)

    assert guilds.settings(conn, GUILD) == GuildSettings(**EVERYTHING)
    assert guilds.settings(conn, GUILD + 1) == GuildSettings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("starting_credits", -1),
        ("timezone", "Mars/Olympus"),
        ("price_percent", 0),
        ("price_percent", 10_001),
        ("approval_credits", -1),
        ("giving_ceiling", -1),
        ("welcome_age_days", -1),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    conn: sa.Connection, name: str, value: object
) -> None:
    with pytest.raises(ValueError, match=r"credits|zone|percent|days"):
        guilds.change(conn, GUILD, **{name: value})

    assert guilds.settings(conn, GUILD) == GuildSettings()


def test_there_is_no_setting_of_another_name(conn: sa.Connection) -> None:
    with pytest.raises(TypeError, match="colour"):
        guilds.change(conn, GUILD, colour="red")
