"""What a guild has set, and single values of the whole program."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from storage import guilds, meta


def test_a_guild_that_has_set_nothing_starts_members_with_100_credits(
    conn: sa.Connection,
) -> None:
    assert guilds.starting_credits(conn, 1) == 100


def test_the_last_setting_counts_in_its_guild(conn: sa.Connection) -> None:
    guilds.change(conn, 1, starting_credits=20)
    guilds.change(conn, 1, starting_credits=30)

    assert guilds.starting_credits(conn, 1) == 30
    assert guilds.starting_credits(conn, 2) == 100


def test_members_cannot_start_in_debt(conn: sa.Connection) -> None:
    with pytest.raises(ValueError, match="-1"):
        guilds.change(conn, 1, starting_credits=-1)


def test_a_value_is_the_last_one_set(conn: sa.Connection) -> None:
    assert meta.get_meta(conn, "commands") is None

    meta.set_meta(conn, "commands", "abc")
    meta.set_meta(conn, "commands", "def")

    assert meta.get_meta(conn, "commands") == "def"
