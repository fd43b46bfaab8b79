"""What moderators and members read where the desk cannot do something; `bot.messages` has these."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from storage.errors import (
    AskedAlready,
    AskNotFound,
    GivingCeilingReached,
    PlanGone,
    PlanOutdated,
)
from storage.undoing import CannotUndo, Obstacle


def _ceiling(error: GivingCeilingReached) -> str:
    again = f" It starts again <t:{int(error.resets_at.timestamp())}:R>." if error.resets_at else ""
    return (
        f"You may give {error.ceiling:,} credits a month here, and have given {error.given:,}; "
        f"{error.asked:,} more are too many. Nothing was given.{again}"
    )


OBSTACLES: Mapping[Obstacle, str] = {
    Obstacle.UNKNOWN: "There is no act of that number here. Look it up in the history.",
    Obstacle.UNDONE: "That was undone already.",
    Obstacle.CHANGED_SINCE: (
        "Somebody has changed the same since, so undoing it would undo that too. "
        "Undo the later act first."
    ),
    Obstacle.LESS_AVAILABLE: (
        "A member has spent or set aside some of those credits, so they cannot all be taken back. "
        "Nothing was changed; take what is left instead."
    ),
    Obstacle.MEMBER_GONE: "It concerns somebody who had their data deleted, so it stays.",
    Obstacle.STAYS: "There is nothing in that which could be put back.",
}

DESK_SENTENCES: Mapping[type[BaseException], str | Callable[[Any], str]] = {
    GivingCeilingReached: _ceiling,
    PlanOutdated: lambda e: (
        f"<@{e.member_id}> has less by now than you saw, so nothing was done. Look again first."
    ),
    PlanGone: (
        "I keep a plan for a day, for the moderator who made it. This one is gone or not yours, "
        "so nothing was done. Make a new one."
    ),
    AskNotFound: "I do not know that request any more.",
    AskedAlready: (
        "You have asked already. The moderators have a week to answer; then you can ask again."
    ),
    CannotUndo: lambda e: OBSTACLES[e.why],
}
