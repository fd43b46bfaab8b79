"""Bringing a database to the newest revision, with Alembic and without its command line."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy.pool import NullPool

from storage.errors import BadDatabaseUrl


def upgrade_file(path: Path) -> None:
    """Apply every revision that is missing, all or none. Raises BadDatabaseUrl.

    Foreign keys are off meanwhile: SQLite changes many things about a table only by building it
    anew, and would refuse to drop the old one.
    """
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)),
        poolclass=NullPool,
        connect_args={"isolation_level": None},
    )
    try:
        with engine.connect() as conn:
            conn.exec_driver_sql("BEGIN IMMEDIATE")
            upgrade(conn)
            conn.commit()
    except CommandError as error:
        raise BadDatabaseUrl(f"{path} was written by another version: {error}") from error
    except sa.exc.DatabaseError as error:
        raise BadDatabaseUrl(f"{path} cannot be opened: {error.orig}") from error


def upgrade(conn: sa.Connection) -> None:
    """Apply every missing revision inside the caller's transaction."""
    config = Config(attributes={"connection": conn})
    config.set_main_option("script_location", "storage:migrations")
    command.upgrade(config, "head")
