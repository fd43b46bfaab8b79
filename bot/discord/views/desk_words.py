"""How caps and allowances read on the desk: short lines, one idea each."""

from __future__ import annotations

from typing import assert_never

from bot.messages import in_credits
from storage.allowances import Allowance
from storage.cap_schema import CapScope
from storage.periods import Period

EVERY = {Period.JOB: "a clip", Period.DAY: "a day", Period.WEEK: "a week", Period.MONTH: "a month"}
PERIODS = (
    ("A day", Period.DAY.value),
    ("A week", Period.WEEK.value),
    ("A month", Period.MONTH.value),
)
CAP_PERIODS = (("One clip", Period.JOB.value), *PERIODS)


def mention(member_id: int) -> str:
    """A member; below zero is one who was forgotten."""
    return f"<@{member_id}>" if member_id > 0 else "somebody forgotten"


def whom_caps(scope: CapScope, subject: str, member_id: int | None = None) -> str:
    """Whom a cap limits; a member's is named by the member, not by the account."""
    match scope:
        case CapScope.MEMBER:
            return mention(member_id) if member_id is not None else "each member"
        case CapScope.ROLE:
            return f"<@&{subject}>"
        case CapScope.CHANNEL:
            return f"<#{subject}>"
        case CapScope.PROVIDER:
            return subject.capitalize()
        case CapScope.GUILD | CapScope.OWNER:
            return "the whole server"
        case _:
            assert_never(scope)


def allowance_words(allowance: Allowance) -> str:
    """What a role carries."""
    kept = "what is left stays" if allowance.carries_over else "what is left expires"
    amount = f"{in_credits(allowance.credits)} {EVERY[allowance.period]}"
    return f"<@&{allowance.role_id}>: **{amount}**\n-# {kept}"
