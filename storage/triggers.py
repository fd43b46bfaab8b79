"""The triggers that keep history from being rewritten, made with the tables they guard."""

from __future__ import annotations

import sqlalchemy as sa

TRIGGERS: dict[str, str] = {}
"""By name, those of all tables; the audit looks whether they are there."""


def guard(table: sa.Table, *, update: str | None = None, delete: str | None = None) -> None:
    """Refuse to update a table's rows, or to delete them, and say why."""
    for action, why in (("UPDATE", update), ("DELETE", delete)):
        if why is None:
            continue
        name = f"{table.name}_{action.lower()}"
        TRIGGERS[name] = (
            f"CREATE TRIGGER {name} BEFORE {action} ON {table.name} "
            f"BEGIN SELECT RAISE(ABORT, '{why}'); END"
        )
        # SQLAlchemy leaves it untyped.
        made = sa.DDL(TRIGGERS[name])  # type: ignore[no-untyped-call]
        sa.event.listen(table.metadata, "after_create", made)
