"""What was refused is remembered for a while, for each place, and forgotten for good reasons."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from storage import upload_limits
from storage.upload_limits import DIRECT, REMEMBERED_FOR
from tests.storage.examples import GUILD, NOW

MIB = 2**20


def limit(conn: sa.Connection, place_id: int = GUILD, *, days: int = 0, said: int = 50) -> int:
    """In MiB."""
    now = NOW + timedelta(days=days)
    return upload_limits.real_limit(conn, place_id, said * MIB, now=now) // MIB


def test_a_place_that_refused_nothing_is_believed(conn: sa.Connection) -> None:
    assert limit(conn) == 50


def test_what_was_refused_last_counts_in_its_place_alone(conn: sa.Connection) -> None:
    upload_limits.remember(conn, GUILD, 50 * MIB, 25 * MIB, now=NOW)
    upload_limits.remember(conn, GUILD, 50 * MIB, 10 * MIB, now=NOW)
    upload_limits.remember(conn, DIRECT, 50 * MIB, 8 * MIB, now=NOW)

    assert (limit(conn), limit(conn, GUILD + 1), limit(conn, DIRECT)) == (10, 50, 8)


def test_it_is_forgotten_after_some_days(conn: sa.Connection) -> None:
    upload_limits.remember(conn, GUILD, 50 * MIB, 10 * MIB, now=NOW)

    assert limit(conn, days=REMEMBERED_FOR.days) == 10
    assert limit(conn, days=REMEMBERED_FOR.days + 1) == 50


@pytest.mark.parametrize("said", [10, 100])
def test_a_guild_whose_limit_has_changed_is_believed_again(conn: sa.Connection, said: int) -> None:
    upload_limits.remember(conn, GUILD, 50 * MIB, 8 * MIB, now=NOW)

    assert limit(conn, said=said) == said


def test_it_can_be_forgotten_at_once(conn: sa.Connection) -> None:
    upload_limits.remember(conn, GUILD, 50 * MIB, 10 * MIB, now=NOW)

    upload_limits.forget(conn, GUILD)

    assert limit(conn) == 50
