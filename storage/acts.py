"""Acts: what moderators did, to whom, why and when. Appended, never edited.

Each act's digest covers the act, whom it concerned, and the digest before it in its guild; the
guild's book has the newest. People are accounts here, as in the ledger.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from storage import chain, ledger
from storage.desk_schema import ActKind as ActKind
from storage.desk_schema import act, act_book, act_line, act_reason
from storage.moments import as_microseconds
from storage.schema import AccountKind, account
from storage.statements import Row, execute, first


@dataclass(frozen=True, kw_only=True)
class Line:
    """Whom an act concerns, and how many credits it gives them or takes."""

    member_id: int
    credits: int = 0


@dataclass(frozen=True, kw_only=True)
class Act:
    """What a moderator does. `member_id` with `credits` is short for one line."""

    kind: ActKind
    member_id: int | None = None
    credits: int = 0
    lines: tuple[Line, ...] = ()
    subject: str = ""
    """What it concerns beside members: a setting's name, a role's id, a job's."""
    before: Any = None
    """How that stood, as JSON has it."""
    after: Any = None
    """How it stands now."""
    reason: str | None = None
    source: str | None = None
    """Whatever made it happen, at most once in a guild."""
    undoes: int | None = None
    """The number of the act this one undoes."""

    @property
    def concerned(self) -> tuple[Line, ...]:
        """Everybody it concerns."""
        if self.member_id is None:
            return self.lines
        return (Line(member_id=self.member_id, credits=self.credits), *self.lines)


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """An act as it stands in the book. Who was forgotten has an id below zero."""

    guild_id: int
    number: int
    kind: ActKind
    actor_id: int
    lines: tuple[Line, ...]
    subject: str
    before: Any
    after: Any
    reason: str | None
    undoes: int | None
    undone_by: int | None
    """The number of the act that undid it."""
    source: str | None
    at: datetime

    @property
    def credits(self) -> int:
        """How many it moved in all."""
        return sum(line.credits for line in self.lines)


_ELSEWHERE = ("actor_account_id", "reason_digest")
_undoing = act.alias("undoing")
_actor = account.alias("actor")
_ACTS = (
    sa.select(
        *(
            act.c[name]
            for name in chain.SEALED_ACT
            if name not in ("actor_account_id", "reason_digest")
        ),
        _actor.c.member_id.label("actor_id"),
        act_reason.c.text.label("reason"),
        _undoing.c.number.label("undone_by"),
    )
    .select_from(
        act.join(_actor, _actor.c.id == act.c.actor_account_id)
        .outerjoin(
            act_reason,
            sa.and_(act_reason.c.guild_id == act.c.guild_id, act_reason.c.number == act.c.number),
        )
        .outerjoin(
            _undoing,
            sa.and_(_undoing.c.guild_id == act.c.guild_id, _undoing.c.undoes == act.c.number),
        )
    )
    .where(act.c.guild_id == sa.bindparam("of_guild"))
)
_ACT = _ACTS.where(act.c.number == sa.bindparam("of_number"))
_PAGE = (
    _ACTS.order_by(act.c.number.desc()).limit(sa.bindparam("limit")).offset(sa.bindparam("skipped"))
)
_of_member = sa.and_(
    act_line.c.guild_id == sa.bindparam("of_guild"),
    account.c.guild_id == sa.bindparam("of_guild"),
    account.c.kind == AccountKind.MEMBER,
    account.c.member_id == sa.bindparam("of_member"),
)
_OF_MEMBER = _PAGE.where(
    act.c.number.in_(sa.select(act_line.c.number).join(account).where(_of_member))
)
_OF_ACTOR = _ACTS.where(_actor.c.member_id == sa.bindparam("of_actor")).order_by(
    act.c.number.desc()
)
_COUNT = (
    sa.select(sa.func.count().label("acts")).select_from(act_line.join(account)).where(_of_member)
)
_LINES = (
    sa.select(account.c.member_id, act_line.c.credits)
    .select_from(act_line.join(account))
    .where(
        act_line.c.guild_id == sa.bindparam("of_guild"),
        act_line.c.number == sa.bindparam("of_number"),
    )
    .order_by(act_line.c.account_id)
)
_BY_SOURCE = sa.select(act.c.number).where(
    act.c.guild_id == sa.bindparam("of_guild"), act.c.source == sa.bindparam("of_source")
)
_BOOK = sa.select(act_book).where(act_book.c.guild_id == sa.bindparam("of_guild"))
_FORGET = sa.delete(act_reason).where(
    sa.tuple_(act_reason.c.guild_id, act_reason.c.number).in_(
        sa.select(act_line.c.guild_id, act_line.c.number).where(
            act_line.c.account_id == sa.bindparam("of_account")
        )
    )
)
_ADD, _ADD_LINE, _EXPLAIN = sa.insert(act), sa.insert(act_line), sa.insert(act_reason)
_turned = insert(act_book)
_TURN = _turned.on_conflict_do_update(
    index_elements=[act_book.c.guild_id],
    set_={"acts": _turned.excluded.acts, "digest": _turned.excluded.digest},
)


def record(conn: sa.Connection, guild_id: int, actor_id: int, new: Act, *, now: datetime) -> int:
    """Write an act down in the transaction that does it, and say its number in the guild."""
    book = first(conn, _BOOK, {"of_guild": guild_id})
    number = book["acts"] + 1 if book else 1
    before = book["digest"] if book else chain.origin_of_acts(guild_id)
    lines = _lines(conn, guild_id, new, now)
    salt = chain.new_salt()
    row: Row = {
        "guild_id": guild_id,
        "number": number,
        "kind": new.kind,
        "actor_account_id": ledger.account_id(conn, guild_id, actor_id, now=now),
        "subject": new.subject,
        "before": as_json(new.before),
        "after": as_json(new.after),
        "reason_digest": new.reason and chain.reason_digest(salt, number, new.reason),
        "undoes": new.undoes,
        "source": new.source,
        "at": now,
    }
    sealed = [row[name] for name in chain.SEALED_ACT[:-1]]
    digest = chain.seal(before, [*sealed, as_microseconds(now), lines])
    execute(conn, _ADD, {**row, "digest": digest})
    for account_id, credits in lines:
        line = {"guild_id": guild_id, "number": number, "account_id": account_id}
        execute(conn, _ADD_LINE, {**line, "credits": credits})
    if new.reason:
        written = {"guild_id": guild_id, "number": number, "salt": salt, "text": new.reason}
        execute(conn, _EXPLAIN, written)
    execute(conn, _TURN, {"guild_id": guild_id, "acts": number, "digest": digest})
    return number


def get(conn: sa.Connection, guild_id: int, number: int) -> Recorded | None:
    """Read one act; None where the guild has none of this number."""
    row = first(conn, _ACT, {"of_guild": guild_id, "of_number": number})
    return None if row is None else _recorded(conn, row)


def by_source(conn: sa.Connection, guild_id: int, source: str) -> int | None:
    """The number of the act that something made happen, if it did."""
    row = first(conn, _BY_SOURCE, {"of_guild": guild_id, "of_source": source})
    return None if row is None else int(row["number"])


def history(
    conn: sa.Connection, guild_id: int, *, skip: int, limit: int, member_id: int | None = None
) -> list[Recorded]:
    """Some of a guild's acts, newest first; those that concern one member, if one is given."""
    key: Row = {"of_guild": guild_id, "limit": limit, "skipped": skip}
    if member_id is None:
        rows = execute(conn, _PAGE, key)
    else:
        rows = execute(conn, _OF_MEMBER, {**key, "of_member": member_id})
    return [_recorded(conn, row) for row in rows]


def of_actor(conn: sa.Connection, guild_id: int, actor_id: int) -> list[Recorded]:
    """All that somebody did in a guild as a moderator, newest first."""
    rows = execute(conn, _OF_ACTOR, {"of_guild": guild_id, "of_actor": actor_id})
    return [_recorded(conn, row) for row in rows]


def count(conn: sa.Connection, guild_id: int, *, member_id: int | None = None) -> int:
    """How many acts a guild has; those that concern one member, if one is given."""
    if member_id is not None:
        [counted] = execute(conn, _COUNT, {"of_guild": guild_id, "of_member": member_id})
        return int(counted["acts"])
    book = first(conn, _BOOK, {"of_guild": guild_id})
    return int(book["acts"]) if book else 0


def forget(conn: sa.Connection, account_id: int) -> None:
    """Keep no words about somebody who is forgotten; what was done stays."""
    execute(conn, _FORGET, {"of_account": account_id})


def as_json(value: object) -> str | None:
    """How a value stands in the book: one spelling for each."""
    return None if value is None else json.dumps(value, sort_keys=True, ensure_ascii=False)


def _lines(
    conn: sa.Connection, guild_id: int, new: Act, now: datetime
) -> Sequence[tuple[int, int]]:
    summed: dict[int, int] = {}
    for line in new.concerned:
        account_id = ledger.account_id(conn, guild_id, line.member_id, now=now)
        summed[account_id] = summed.get(account_id, 0) + line.credits
    return sorted(summed.items())


def _recorded(conn: sa.Connection, row: Row) -> Recorded:
    key = {"of_guild": row["guild_id"], "of_number": row["number"]}
    return Recorded(
        **{name: value for name, value in row.items() if name not in ("before", "after")},
        before=_parsed(row["before"]),
        after=_parsed(row["after"]),
        lines=tuple(Line(**line) for line in execute(conn, _LINES, key)),
    )


def _parsed(text: str | None) -> Any:  # noqa: ANN401 - JSON is whatever was given
    return None if text is None else json.loads(text)
