"""Who may order nothing in a guild: by a moderator's word, or because of strikes.

A block ends by its time or by a moderator's lifting it, and by nothing else: of two, the one that
ends later stands. Whoever is blocked loses what they have in line, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from storage import acts, ledger
from storage.acts import Act, ActKind
from storage.desk_schema import act_reason
from storage.errors import MemberBlocked
from storage.job import JobState
from storage.job_schema import job
from storage.moments import EPOCH, MICROSECOND, as_microseconds
from storage.schema import AccountKind, account
from storage.shield_schema import BlockKind as BlockKind
from storage.shield_schema import block, strike
from storage.statements import Row, execute, first, is_one_of
from storage.visits import WAKING

BEFORE_SUBMIT = frozenset({JobState.NEEDS_APPROVAL, JobState.QUEUED})


@dataclass(frozen=True, kw_only=True)
class Block:
    """One member's block."""

    kind: BlockKind
    since: datetime
    until: datetime | None
    """None: until a moderator lifts it."""
    act: int | None = None
    """The number of the moderator's act, where one decided it."""

    def outlasts(self, other: Block) -> bool:
        """Whether it ends later than another."""
        if other.until is None or self.until is None:
            return other.until is not None
        return self.until > other.until


@dataclass(frozen=True, kw_only=True)
class Blocked:
    """A block in force, and whose it is."""

    member_id: int
    block: Block
    reason: str | None
    """What the moderator wrote."""


_COLUMNS = (block.c.kind, block.c.since, block.c.until, block.c.act)
_now = sa.bindparam("now", type_=block.c.until.type)
_in_force = sa.or_(block.c.until.is_(None), block.c.until > _now)
_OF_ACCOUNT = sa.select(*_COLUMNS).where(block.c.account_id == sa.bindparam("of_account"))
_IN_FORCE = _OF_ACCOUNT.where(_in_force)
_IN_FORCE_OF_MEMBER = (
    sa.select(*_COLUMNS)
    .join(account, account.c.id == block.c.account_id)
    .where(
        account.c.guild_id == sa.bindparam("of_guild"),
        account.c.kind == AccountKind.MEMBER,
        account.c.member_id == sa.bindparam("of_member"),
        _in_force,
    )
)
_OF_GUILD = (
    sa.select(account.c.member_id, *_COLUMNS, act_reason.c.text.label("reason"))
    .select_from(
        block.join(account, account.c.id == block.c.account_id).outerjoin(
            act_reason,
            sa.and_(act_reason.c.guild_id == block.c.guild_id, act_reason.c.number == block.c.act),
        )
    )
    .where(block.c.guild_id == sa.bindparam("of_guild"), _in_force)
    .order_by(block.c.since.desc(), block.c.account_id)
    .limit(sa.bindparam("limit"))
)
_set = insert(block)
_SET = _set.on_conflict_do_update(
    index_elements=[block.c.account_id],
    set_={name: _set.excluded[name] for name in ("kind", "since", "until", "act")},
)
_LIFT = sa.delete(block).where(block.c.account_id == sa.bindparam("of_account"))
_FORGIVE = (
    sa.update(strike)
    .where(strike.c.account_id == sa.bindparam("of_account"), strike.c.lifted_by.is_(None))
    .values(lifted_by=sa.bindparam("number_of_act"))
)
_REMEMBER = (
    sa.update(strike)
    .where(
        strike.c.account_id == sa.bindparam("of_account"),
        strike.c.lifted_by == sa.bindparam("number_of_act"),
    )
    .values(lifted_by=None)
)
_CANCEL_LINE = (
    sa.update(job)
    .where(
        job.c.guild_id == sa.bindparam("of_guild"),
        job.c.member_id == sa.bindparam("of_member"),
        is_one_of(job.c.state, BEFORE_SUBMIT),
    )
    .values({**WAKING, "cancel_requested": True})
)


def check(conn: sa.Connection, guild_id: int, member_id: int, *, now: datetime) -> None:
    """Let a member through who may order; opens no account. Raises MemberBlocked."""
    found = of_member(conn, guild_id, member_id, now=now)
    if found is not None:
        raise MemberBlocked(found.kind, found.until)


def of_member(conn: sa.Connection, guild_id: int, member_id: int, *, now: datetime) -> Block | None:
    """The block of a member that is in force."""
    key = {"of_guild": guild_id, "of_member": member_id, "now": now}
    row = first(conn, _IN_FORCE_OF_MEMBER, key)
    return None if row is None else Block(**row)


def of_guild(
    conn: sa.Connection, guild_id: int, *, now: datetime, limit: int = 25
) -> list[Blocked]:
    """Who may order nothing in a guild, newest first."""
    rows = execute(conn, _OF_GUILD, {"of_guild": guild_id, "now": now, "limit": limit})
    return [
        Blocked(member_id=row.pop("member_id"), reason=row.pop("reason"), block=Block(**row))
        for row in rows
    ]


def impose(
    conn: sa.Connection, guild_id: int, member_id: int, wanted: Block, *, now: datetime
) -> Block:
    """Block a member, unless the block in force ends later; say which one stands."""
    account_id = ledger.account_id(conn, guild_id, member_id, now=now)
    before = _find(conn, account_id, now)
    if before is not None and not wanted.outlasts(before):
        return before
    _put(conn, guild_id, account_id, wanted)
    execute(conn, _CANCEL_LINE, {"of_guild": guild_id, "of_member": member_id, "now": now})
    return wanted


def block_member(
    conn: sa.Connection,
    guild_id: int,
    member_id: int,
    actor_id: int,
    *,
    until: datetime | None,
    reason: str | None,
    now: datetime,
) -> Block:
    """Block a member as a moderator; an act, unless a block in force ends no earlier."""
    account_id = ledger.account_id(conn, guild_id, member_id, now=now)
    before = _find(conn, account_id, now)
    number = acts.count(conn, guild_id) + 1
    wanted = Block(kind=BlockKind.BLOCKED, since=now, until=until, act=number)
    stands = impose(conn, guild_id, member_id, wanted, now=now)
    if stands is wanted:
        done = Act(
            kind=ActKind.BLOCK,
            member_id=member_id,
            before=as_json(before),
            after=as_json(wanted),
            reason=reason,
        )
        acts.record(conn, guild_id, actor_id, done, now=now)
    return stands


def lift(
    conn: sa.Connection,
    guild_id: int,
    member_id: int,
    actor_id: int,
    *,
    reason: str | None,
    now: datetime,
) -> Block | None:
    """Let a blocked member order again, with no strike against them; None where nobody was.

    Returns the block that was in force.
    """
    account_id = ledger.account_id(conn, guild_id, member_id, now=now)
    before = _find(conn, account_id, now)
    if before is None:
        return None
    done = Act(
        kind=ActKind.UNBLOCK, member_id=member_id, before=as_json(before), after=None, reason=reason
    )
    number = acts.record(conn, guild_id, actor_id, done, now=now)
    execute(conn, _LIFT, {"of_account": account_id})
    execute(conn, _FORGIVE, {"of_account": account_id, "number_of_act": number})
    return before


def put_back(
    conn: sa.Connection, guild_id: int, member_id: int, undone: acts.Recorded, *, now: datetime
) -> bool:
    """Undo a block or its lifting; False where somebody has changed it since."""
    account_id = ledger.account_id(conn, guild_id, member_id, now=now)
    row = first(conn, _OF_ACCOUNT, {"of_account": account_id})
    stands = None if row is None else Block(**row)
    is_over = stands is not None and stands.until is not None and stands.until <= now
    if as_json(stands) != undone.after and not (is_over and undone.after is None):
        return False
    execute(conn, _LIFT, {"of_account": account_id})
    if undone.before is not None:
        _put(conn, guild_id, account_id, _of_json(undone.before))
        execute(conn, _CANCEL_LINE, {"of_guild": guild_id, "of_member": member_id, "now": now})
    if undone.kind is ActKind.UNBLOCK:
        execute(conn, _REMEMBER, {"of_account": account_id, "number_of_act": undone.number})
    return True


def as_json(found: Block | None) -> dict[str, Any] | None:
    """How a block stands in an act; moments in microseconds since 1970."""
    if found is None:
        return None
    until = None if found.until is None else as_microseconds(found.until)
    return {**vars(found), "since": as_microseconds(found.since), "until": until}


def _of_json(value: Row) -> Block:
    until = value["until"]
    moments = {
        "since": EPOCH + value["since"] * MICROSECOND,
        "until": None if until is None else EPOCH + until * MICROSECOND,
    }
    return Block(**(value | moments | {"kind": BlockKind(value["kind"])}))


def _find(conn: sa.Connection, account_id: int, now: datetime) -> Block | None:
    row = first(conn, _IN_FORCE, {"of_account": account_id, "now": now})
    return None if row is None else Block(**row)


def _put(conn: sa.Connection, guild_id: int, account_id: int, wanted: Block) -> None:
    execute(conn, _SET, {"account_id": account_id, "guild_id": guild_id, **vars(wanted)})
