"""Running the statements made at import: compiled to SQL once, then handed straight to sqlite3.

SQLAlchemy prepares every execution anew, and that takes several times as long as SQLite needs for
a short statement. A transaction of six statements is twice as quick without.
"""

from __future__ import annotations

import enum
import sqlite3
from collections.abc import Callable, Set
from functools import cache
from typing import Any, TypeAlias, cast

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.types import TypeEngine

Row: TypeAlias = dict[str, Any]
Statement: TypeAlias = sa.Select[Any] | sa.Insert | sa.Update | sa.Delete
Convert: TypeAlias = Callable[[Any], Any]

_SQLITE = sqlite.dialect()


def execute(conn: sa.Connection, statement: Statement, parameters: Row | None = None) -> list[Row]:
    """Run a statement and return its rows.

    Statements are remembered for good: one made anew for every call belongs in `conn.execute`.
    """
    given = parameters or {}
    return _compiled(statement, tuple(given)).execute(conn, given)


def first(conn: sa.Connection, statement: Statement, parameters: Row) -> Row | None:
    """Run a statement and return its first row, if any."""
    rows = execute(conn, statement, parameters)
    return rows[0] if rows else None


def is_one_of(column: sa.ColumnElement[Any], words: Set[enum.StrEnum]) -> sa.ColumnElement[bool]:
    """Say `column IN (words)` once and for all; `in_` would be spelled anew by every execution."""
    return sa.or_(*(column == word for word in sorted(words)))


@cache
def _compiled(statement: Statement, names: tuple[str, ...]) -> _Compiled:
    return _Compiled(statement, names)


class _Compiled:
    """One statement as SQL, and what converts its parameters and its columns."""

    def __init__(self, statement: Statement, names: tuple[str, ...]) -> None:
        compiled = statement.compile(dialect=_SQLITE, column_keys=names)
        self._sql = str(compiled)
        self._constants = compiled.params
        self._parameters = [
            (name, _to_sqlite(compiled.binds[name].type)) for name in compiled.positiontup or ()
        ]
        self._names = [column.name for column in statement.exported_columns]
        self._columns = [
            (column.name, convert)
            for column in statement.exported_columns
            if (convert := _from_sqlite(column.type))
        ]

    def execute(self, conn: sa.Connection, parameters: Row) -> list[Row]:
        given = {**self._constants, **parameters}
        values = [
            convert(given[name]) if convert else given[name] for name, convert in self._parameters
        ]
        raw = cast("sqlite3.Connection", conn.connection.driver_connection)
        return [self._row(found) for found in raw.execute(self._sql, values)]

    def _row(self, found: tuple[Any, ...]) -> Row:
        row = dict(zip(self._names, found, strict=True))
        for name, convert in self._columns:
            row[name] = convert(row[name])
        return row


def _to_sqlite(kind: TypeEngine[Any]) -> Convert | None:
    return kind.dialect_impl(_SQLITE).bind_processor(_SQLITE)


def _from_sqlite(kind: TypeEngine[Any]) -> Convert | None:
    return kind.dialect_impl(_SQLITE).result_processor(_SQLITE, None)
