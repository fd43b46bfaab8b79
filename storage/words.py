"""The words a guild's moderators forbid in prompts; each change of theirs is an act.

How a word is folded, and when a prompt contains one, is `bot.budget.folding`'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from storage import acts
from storage.acts import Act, ActKind
from storage.errors import TooManyWords
from storage.shield_schema import forbidden_word
from storage.statements import Row, execute, first

MOST_WORDS = 200


@dataclass(frozen=True, kw_only=True)
class ForbiddenWord:
    """One of them."""

    word: str
    """As the moderator wrote it."""
    folded: str
    """As prompts are searched for it."""


_of_guild = forbidden_word.c.guild_id == sa.bindparam("of_guild")
_is_it = sa.and_(_of_guild, forbidden_word.c.folded == sa.bindparam("of_folded"))
_ALL = (
    sa.select(forbidden_word.c.word, forbidden_word.c.folded)
    .where(_of_guild)
    .order_by(forbidden_word.c.folded)
)
_ONE = sa.select(forbidden_word.c.word, forbidden_word.c.folded).where(_is_it)
_ADD = insert(forbidden_word).on_conflict_do_nothing()
_REMOVE = sa.delete(forbidden_word).where(_is_it)


def of_guild(conn: sa.Connection, guild_id: int) -> list[ForbiddenWord]:
    """List a guild's words."""
    return [ForbiddenWord(**row) for row in execute(conn, _ALL, {"of_guild": guild_id})]


def add(
    conn: sa.Connection, guild_id: int, actor_id: int, new: ForbiddenWord, *, now: datetime
) -> bool:
    """Forbid a word; False where it was before. Raises TooManyWords."""
    known = of_guild(conn, guild_id)
    if any(one.folded == new.folded for one in known):
        return False
    if len(known) >= MOST_WORDS:
        raise TooManyWords(MOST_WORDS)
    execute(conn, _ADD, {"guild_id": guild_id, **vars(new)})
    acts.record(conn, guild_id, actor_id, Act(kind=ActKind.WORDS, after=vars(new)), now=now)
    return True


def remove(
    conn: sa.Connection, guild_id: int, actor_id: int, folded: str, *, now: datetime
) -> bool:
    """Allow a word again; False where it was allowed."""
    known = _find(conn, guild_id, folded)
    if known is None:
        return False
    execute(conn, _REMOVE, {"of_guild": guild_id, "of_folded": folded})
    acts.record(conn, guild_id, actor_id, Act(kind=ActKind.WORDS, before=vars(known)), now=now)
    return True


def put_back(
    conn: sa.Connection,
    guild_id: int,
    *,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
) -> bool:
    """Undo a change; False where it was changed again since."""
    like = ForbiddenWord(**(before or after or {}))
    stands = _find(conn, guild_id, like.folded)
    if (stands and vars(stands)) != after:
        return False
    if before is None:
        execute(conn, _REMOVE, {"of_guild": guild_id, "of_folded": like.folded})
    else:
        execute(conn, _ADD, {"guild_id": guild_id, **before})
    return True


def _find(conn: sa.Connection, guild_id: int, folded: str) -> ForbiddenWord | None:
    key: Row = {"of_guild": guild_id, "of_folded": folded}
    row = first(conn, _ONE, key)
    return None if row is None else ForbiddenWord(**row)
