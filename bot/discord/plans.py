"""Plans that were shown and wait for their moderator's word; a restart forgets them.

They name members, so they are never written to the disk. Whoever confirms one that is gone reads
that, and nothing is done.
"""

from __future__ import annotations

from bot.budget.desk import Plan
from bot.errors import PlanGone

KEPT = 500


class Plans:
    """The latest plans, by their ids."""

    def __init__(self) -> None:
        self._plans: dict[str, Plan] = {}

    def keep(self, plan: Plan) -> None:
        """Keep a plan until many more have been made."""
        self._plans[plan.id] = plan
        if len(self._plans) > KEPT:
            del self._plans[next(iter(self._plans))]

    def of(self, plan_id: str, *, guild_id: int, moderator_id: int) -> Plan:
        """The plan a moderator was shown in this guild. Raises PlanGone."""
        plan = self._plans.get(plan_id)
        if plan is None or (plan.guild_id, plan.actor_id) != (guild_id, moderator_id):
            raise PlanGone
        return plan
