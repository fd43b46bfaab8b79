"""Plans, acts and accounts for the tests of the desk to vary."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import sqlalchemy as sa

from storage import giving, ledger, plans
from storage.acts import ActKind
from storage.giving import Giver, Plan
from tests.storage.examples import GUILD, MEMBER, NOW

MODERATOR = 9
GIVER = Giver(member_id=MODERATOR)


def planned(
    conn: sa.Connection,
    kind: ActKind = ActKind.GRANT,
    credits: int = 50,
    *,
    member_ids: tuple[int, ...] = (MEMBER,),
    giver: Giver = GIVER,
    now: datetime = NOW,
    make: Callable[..., Plan] = giving.plan,
    **changes: Any,
) -> Plan:
    """Plan to give or take."""
    return make(conn, _blank(kind, credits, giver, changes), giver, member_ids, credits, now=now)


kept = partial(planned, make=plans.make)
"""Plan to give or take, and keep the plan until it is confirmed."""


def done(
    conn: sa.Connection, kind: ActKind = ActKind.GRANT, credits: int = 50, **changes: Any
) -> int:
    """Plan and carry out, and say the act's number."""
    giver, now = changes.get("giver", GIVER), changes.get("now", NOW)
    return giving.carry_out(conn, planned(conn, kind, credits, **changes), giver, now=now)


def available(conn: sa.Connection, *, member_id: int = MEMBER, now: datetime = NOW) -> int:
    """What a member could spend."""
    return ledger.account(conn, GUILD, member_id, now=now).available


def _blank(kind: ActKind, credits: int, giver: Giver, changes: dict[str, Any]) -> Plan:
    given = {"id": f"plan:{kind}:{credits}", "guild_id": GUILD, "reason": "a contest", **changes}
    return Plan(actor_id=giver.member_id, kind=kind, lines=(), **given)
