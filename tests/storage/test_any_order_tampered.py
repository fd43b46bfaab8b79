"""Whichever single column of whichever row of the ledger is edited, the audit names the row."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from storage.backups import contents_of
from tests.storage.copies import NEVER
from tests.storage.examples import MEMBER
from tests.storage.test_any_order_forgotten import OTHER, act_out

DEEDS = [
    ("order", MEMBER),
    ("grant", OTHER),
    ("finish", MEMBER),
    ("forget", MEMBER),
    ("grant", MEMBER),
    ("order", OTHER),
    ("finish", OTHER),
    ("order", OTHER),
    ("grant", MEMBER),
]
GUARDED = {
    "account": "guild_id member_id posted held entries salt origin digest",
    "entry": "account_id number source phase posted_change held_change posted_after held_after "
    "actor_account_id reason_digest ending at digest",
    "reason": "account_id number text",
    "hold": "job_id account_id credits state captured_credits",
    "job": "id guild_id member_id price_credits state paid_credits created_at finished_at",
}
NAMES = {
    "account": ("{kind} {member_id} of guild {guild_id}", "account {id} "),
    "entry": ("entry {number} ", "({source},", "job {source} "),
    "reason": ("entry {number} ",),
    "hold": ("job {job_id} ",),
    "job": ("job {id} ", "job {id},"),
}
VALUES = st.one_of(
    st.integers(-(2**40), 2**40),
    st.sampled_from([0, -1]),
    st.sampled_from(
        ["hold", "settle", "grant", "loss", "held", "captured", "released", "delivered", "failed"]
    ),
    st.text(max_size=3),
    st.binary(max_size=3),
    st.none(),
)


@pytest.fixture(scope="module")
def history(newest: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Jobs open and over, grants with reasons, somebody forgotten; and nothing that guards them."""
    path = tmp_path_factory.mktemp("tampered") / "zoetrope.db"
    shutil.copy(newest, path)
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as conn:
        act_out(conn, DEEDS)
    engine.dispose()
    return path


@settings(
    max_examples=25,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)
@given(data=st.data())
def test_an_edited_column_is_found_and_its_row_named(
    history: Path, tmp_path: Path, data: st.DataObject
) -> None:
    path = tmp_path / "zoetrope.db"
    shutil.copy(history, path)
    table = data.draw(st.sampled_from(sorted(GUARDED)))
    column = data.draw(st.sampled_from(GUARDED[table].split()))

    names = edit(path, table, column, data)

    found = [str(one) for one in contents_of(NEVER, path).discrepancies]
    assert [line for line in found if any(name in line for name in names)] != []


def edit(path: Path, table: str, column: str, data: st.DataObject) -> set[str]:
    """Change one column of one row behind every guard's back; by what the row can be named."""
    with contextlib.closing(sqlite3.connect(path)) as file, file:
        file.row_factory = sqlite3.Row
        file.execute("PRAGMA ignore_check_constraints = ON")
        guards = file.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = guards.fetchall()
        for trigger in triggers:
            file.execute(f"DROP TRIGGER {trigger['name']}")
        before = file.execute(f"SELECT * FROM {table}").fetchall()
        row = before[data.draw(st.integers(0, len(before) - 1))]
        value = data.draw(VALUES)
        assume(is_guarded(table, column, row, value))
        # A row iterates over its values.
        where = " AND ".join(f"{name} IS ?" for name in row.keys())  # noqa: SIM118
        try:
            file.execute(f"UPDATE {table} SET {column} = ? WHERE {where}", (value, *row))
        except sqlite3.IntegrityError:
            assume(False)
        after = [one for one in file.execute(f"SELECT * FROM {table}") if one not in before]
        assume(after)
        for trigger in triggers:
            file.execute(trigger["sql"])
    return {name.format(**dict(each)) for each in (row, *after) for name in NAMES[table]}


def is_guarded(table: str, column: str, row: sqlite3.Row, value: Any) -> bool:  # noqa: ANN401 - any column
    """Whether the books can tell: not whose a forgotten account was, nor how far a job is."""
    if table in ("account", "job") and column in ("guild_id", "member_id"):
        return bool(row["member_id"] >= 0)
    if (table, column, row[column], value) == ("job", "paid_credits", None, 0):
        return False
    is_open = table == "job" and row["finished_at"] is None
    return not is_open or (column != "finished_at" and (column != "state" or value == "delivered"))
