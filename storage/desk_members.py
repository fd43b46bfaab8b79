"""What the desk knows of a member in a guild, and what is left of it once they are forgotten."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from storage import acts, allowances, asks, caps, plans, shield_members
from storage.acts import Recorded
from storage.asks import Ask
from storage.desk_schema import act, act_line, ask
from storage.giving import Plan
from storage.schema import account
from storage.shield_members import ShieldHoldings
from storage.statements import execute

ALL = -1
"""No limit, as SQLite has it."""


@dataclass(frozen=True, kw_only=True)
class DeskHoldings:
    """What moderators did to a member, or the member as one of them, and what was asked."""

    acts: tuple[Recorded, ...]
    """Those that concern the member, newest first."""
    own_acts: tuple[Recorded, ...]
    """Those the member did as a moderator, newest first."""
    plans: tuple[Plan, ...]
    """What a moderator may yet confirm that concerns the member, oldest first."""
    own_plans: tuple[Plan, ...]
    """What the member may yet confirm as a moderator, oldest first."""
    asks: tuple[Ask, ...]
    """Newest first."""
    shield: ShieldHoldings
    """Strikes, a block, and what the member reported."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing."""
        of_moderators = self.acts or self.own_acts or self.plans or self.own_plans
        return not (of_moderators or self.asks or self.shield.reports)


is_known = sa.or_(
    sa.exists().where(act.c.actor_account_id == account.c.id),
    sa.exists().where(act_line.c.account_id == account.c.id),
    sa.exists().where(ask.c.account_id == account.c.id),
    sa.exists().where(ask.c.moderator_account_id == account.c.id),
    shield_members.is_known,
)
"""Whether an account is named by something of the desk."""

_old = account.alias("old")
_AWAIT = (
    sa.update(account)
    .where(account.c.id == sa.bindparam("new"))
    .values(
        awaits_welcome=sa.select(_old.c.awaits_welcome)
        .where(_old.c.id == sa.bindparam("old"))
        .scalar_subquery()
    )
)


def holdings(conn: sa.Connection, guild_id: int, member_id: int) -> DeskHoldings:
    """Read all that the desk knows of a member in a guild."""
    here = {"skip": 0, "limit": ALL}
    return DeskHoldings(
        acts=tuple(acts.history(conn, guild_id, **here, member_id=member_id)),
        own_acts=tuple(acts.of_actor(conn, guild_id, member_id)),
        plans=tuple(plans.about(conn, guild_id, member_id)),
        own_plans=tuple(plans.of_moderator(conn, guild_id, member_id)),
        asks=tuple(asks.of_member(conn, guild_id, member_id, limit=ALL)),
        shield=shield_members.holdings(conn, guild_id, member_id),
    )


def forget(conn: sa.Connection, old_account: int, new_account: int) -> None:
    """Keep no words of the old account's, and let the new one get nothing a second time."""
    acts.forget(conn, old_account)
    asks.forget(conn, old_account)
    allowances.move(conn, old_account, new_account)
    caps.move(conn, old_account, new_account)
    shield_members.forget(conn, old_account, new_account)
    execute(conn, _AWAIT, {"old": old_account, "new": new_account})
