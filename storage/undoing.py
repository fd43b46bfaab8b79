"""Undoing an act: what it changed is put back exactly as it was, or nothing is touched."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

import sqlalchemy as sa

from storage import acts, allowances, blocks, caps, choosing, giving, guilds, ledger, lots, words
from storage.acts import Act, ActKind, Line, Recorded
from storage.allowances import Allowance
from storage.errors import NotEnoughCredits, StorageError
from storage.periods import Period


class Obstacle(enum.StrEnum):
    """Why an act cannot be undone."""

    UNKNOWN = "unknown"
    """The guild has no act of this number."""
    UNDONE = "undone"
    """It was undone before."""
    CHANGED_SINCE = "changed_since"
    """Somebody has changed the same since."""
    LESS_AVAILABLE = "less_available"
    """A member has spent what would be taken back."""
    MEMBER_GONE = "member_gone"
    """It concerns somebody who was forgotten."""
    STAYS = "stays"
    """There is nothing that could be put back."""


class CannotUndo(StorageError):
    """This act cannot be undone, or not any more."""

    def __init__(self, why: Obstacle) -> None:
        super().__init__(f"this act cannot be undone: {why}")
        self.why = why


@dataclass(frozen=True, kw_only=True)
class Undoing:
    """Who undoes an act, and as which one."""

    actor_id: int
    number: int
    reason: str | None
    now: datetime


Restore: TypeAlias = Callable[[sa.Connection, Recorded, Undoing], tuple[Line, ...]]
"""Puts back what an act changed, and says whom that concerns; raises CannotUndo."""


def undo(
    conn: sa.Connection,
    guild_id: int,
    number: int,
    actor_id: int,
    *,
    reason: str | None = None,
    now: datetime,
) -> int:
    """Undo an act, once, and say the number of the act that did it. Raises CannotUndo."""
    undone = acts.get(conn, guild_id, number)
    if undone is None:
        raise CannotUndo(Obstacle.UNKNOWN)
    if undone.undone_by is not None:
        raise CannotUndo(Obstacle.UNDONE)
    restore = RESTORES.get(undone.kind)
    if restore is None:
        raise CannotUndo(Obstacle.STAYS)
    if any(line.member_id < 0 for line in undone.lines):
        raise CannotUndo(Obstacle.MEMBER_GONE)
    own = acts.count(conn, guild_id) + 1
    lines = restore(conn, undone, Undoing(actor_id=actor_id, number=own, reason=reason, now=now))
    undoing = Act(
        kind=ActKind.UNDO,
        lines=lines,
        subject=undone.subject,
        before=undone.after,
        after=undone.before,
        reason=reason,
        undoes=number,
    )
    return acts.record(conn, guild_id, actor_id, undoing, now=now)


def _take_back(conn: sa.Connection, undone: Recorded, undoing: Undoing) -> tuple[Line, ...]:
    """A grant: whoever has less by now than was granted and did not expire keeps all of it."""
    if not undone.credits:
        raise CannotUndo(Obstacle.STAYS)
    lines = []
    for line in undone.lines:
        account_id = ledger.account_id(conn, undone.guild_id, line.member_id, now=undoing.now)
        source = giving.source_of(undone.guild_id, undone.number, account_id)
        lot = lots.of_grant(conn, source)
        credits = line.credits - (lot.expired if lot else 0)
        lines.append(Line(member_id=line.member_id, credits=-credits))
        if not credits:
            continue
        try:
            ledger.take(
                conn, **_moving(undone, undoing, line, account_id, credits), first_of=source
            )
        except NotEnoughCredits as error:
            raise CannotUndo(Obstacle.LESS_AVAILABLE) from error
    return tuple(lines)


def _give_back(conn: sa.Connection, undone: Recorded, undoing: Undoing) -> tuple[Line, ...]:
    """A take: what was taken of credits that expire expires as before."""
    for line in undone.lines:
        account_id = ledger.account_id(conn, undone.guild_id, line.member_id, now=undoing.now)
        ledger.grant(conn, **_moving(undone, undoing, line, account_id, -line.credits))
    used = (undone.before or {}).get("lots", {})
    lots.put_back(conn, {int(lot): credits for lot, credits in used.items()})
    for line in undone.lines:
        ledger.account(conn, undone.guild_id, line.member_id, now=undoing.now)
    return tuple(Line(member_id=line.member_id, credits=-line.credits) for line in undone.lines)


def _set_back(conn: sa.Connection, undone: Recorded, undoing: Undoing) -> tuple[Line, ...]:
    """Settings, if they still stand as the act left them."""
    now = choosing.settings_as_json(guilds.settings(conn, undone.guild_id), set(undone.after))
    if now != undone.after:
        raise CannotUndo(Obstacle.CHANGED_SINCE)
    guilds.change(conn, undone.guild_id, **choosing.settings_of_json(undone.before))
    return ()


def _cap_back(conn: sa.Connection, undone: Recorded, undoing: Undoing) -> tuple[Line, ...]:
    after = choosing.cap_of_json(undone.guild_id, undone.after)
    before = choosing.cap_of_json(undone.guild_id, undone.before)
    like = after or before
    if like is None or caps.find(conn, like) != after:
        raise CannotUndo(Obstacle.CHANGED_SINCE)
    if before is None:
        caps.remove(conn, like)
    else:
        caps.set_cap(conn, before)
    return undone.lines


def _allowance_back(conn: sa.Connection, undone: Recorded, undoing: Undoing) -> tuple[Line, ...]:
    after = choosing.allowance_of_json(undone.guild_id, undone.after)
    before = choosing.allowance_of_json(undone.guild_id, undone.before)
    like = after or before
    if like is None or allowances.find(conn, *_place(like)) != after:
        raise CannotUndo(Obstacle.CHANGED_SINCE)
    if before is None:
        allowances.remove(conn, *_place(like))
    else:
        allowances.set_allowance(conn, before)
    return ()


def _block_back(conn: sa.Connection, undone: Recorded, undoing: Undoing) -> tuple[Line, ...]:
    [line] = undone.lines
    if not blocks.put_back(conn, undone.guild_id, line.member_id, undone, now=undoing.now):
        raise CannotUndo(Obstacle.CHANGED_SINCE)
    return undone.lines


def _words_back(conn: sa.Connection, undone: Recorded, undoing: Undoing) -> tuple[Line, ...]:
    if not words.put_back(conn, undone.guild_id, before=undone.before, after=undone.after):
        raise CannotUndo(Obstacle.CHANGED_SINCE)
    return ()


RESTORES: Mapping[ActKind, Restore] = {
    ActKind.GRANT: _take_back,
    ActKind.ANSWER: _take_back,
    ActKind.TAKE: _give_back,
    ActKind.SETTING: _set_back,
    ActKind.CAP: _cap_back,
    ActKind.ALLOWANCE: _allowance_back,
    ActKind.BLOCK: _block_back,
    ActKind.UNBLOCK: _block_back,
    ActKind.WORDS: _words_back,
}
"""How each kind of act is undone; one that is not here stays."""


def _moving(
    undone: Recorded, undoing: Undoing, line: Line, account_id: int, credits: int
) -> dict[str, Any]:
    return {
        "guild_id": undone.guild_id,
        "member_id": line.member_id,
        "credits": credits,
        "actor_id": undoing.actor_id,
        "reason": undoing.reason,
        "source": giving.source_of(undone.guild_id, undoing.number, account_id),
        "now": undoing.now,
    }


def _place(like: Allowance) -> tuple[int, int, Period]:
    return like.guild_id, like.role_id, like.period
