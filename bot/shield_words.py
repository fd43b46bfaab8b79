"""What members and moderators read of the shield; `bot.messages` has the sentences for errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, assert_never

from bot.cap_words import how_soon
from storage.age import AgeRule
from storage.blocks import Block, BlockKind
from storage.errors import (
    AlreadyReported,
    MemberBlocked,
    NothingToReport,
    ProviderBraked,
    TooManyWords,
)
from storage.strikes import COOL_OFFS, COUNTS_FOR, Brake, Strike

CHECK = "the model's safety check"

AGE_RULES: Mapping[AgeRule, str] = {
    AgeRule.ANYWHERE: "in every channel",
    AgeRule.RESTRICTED_ONLY: "only in age-restricted channels",
    AgeRule.NEVER_RESTRICTED: "never in age-restricted channels",
}
"""Where clips can be ordered, for moderators."""


def strike_sentence(strike: Strike) -> str:
    """What a member reads after why their job was refused."""
    if strike.is_warning:
        return (
            "This once, it is only a warning. If more is refused within "
            f"{COUNTS_FOR.days} days, you have to wait: {_in_words(COOL_OFFS[1])} at first, then "
            "longer each time."
        )
    count = f"That makes {strike.number} refusals lately, so"
    line = "what you had in line is cancelled."
    if strike.until is None:
        return f"{count} you can order nothing until a moderator lifts that; {line}"
    return f"{count} you can order again {how_soon(strike.until)}; {line}"


def block_words(block: Block) -> str:
    """Why somebody may order nothing, and until when, for moderators."""
    match block.kind:
        case BlockKind.BLOCKED:
            why = "blocked by a moderator"
        case BlockKind.COOLING_OFF:
            why = "cooling off after refusals"
        case BlockKind.QUARANTINED:
            why = "quarantined after many refusals"
        case _:
            assert_never(block.kind)
    until = f"it ends {how_soon(block.until)}" if block.until else "until it is lifted"
    return f"{why}, {until}"


def brake_sentence(brake: Brake) -> str:
    """What moderators read once too much of their guild was refused."""
    return (
        f"🛡️ {brake.provider.capitalize()} has refused so much of what was ordered here within an "
        f"hour that nothing more goes there for now; it goes on {how_soon(brake.until)}. "
        "See who is blocked with `/budget blocked`."
    )


def wrong_age(rule: AgeRule) -> str:
    """Why nothing can be ordered in a channel, for its age restriction."""
    if rule is AgeRule.RESTRICTED_ONLY:
        where = "only in age-restricted channels, and this is none"
    else:
        where = "not in age-restricted channels"
    return f"The moderators let clips be ordered {where}. Use another channel."


def _in_words(span: timedelta) -> str:
    return f"{span // timedelta(minutes=1)} minutes"


def _blocked(error: MemberBlocked) -> str:
    until = f" It ends {how_soon(error.until)}." if error.until else ""
    match error.kind:
        case BlockKind.BLOCKED:
            return (
                "The moderators have blocked ordering for you in this server."
                f"{until or ' Ask them.'} Nothing was charged."
            )
        case BlockKind.COOLING_OFF:
            return (
                f"After several orders that {CHECK} refused, you have to wait.{until} "
                "Nothing was charged."
            )
        case BlockKind.QUARANTINED:
            return (
                f"So many of your orders were refused by {CHECK} that only a moderator can let "
                "you order again. Ask one. Nothing was charged."
            )
        case _:
            assert_never(error.kind)


SHIELD_SENTENCES: Mapping[type[BaseException], str | Callable[[Any], str]] = {
    MemberBlocked: _blocked,
    ProviderBraked: lambda e: (
        f"Too many orders of this server were refused at {e.provider.capitalize()}, so nothing "
        f"goes there for now; it goes on {how_soon(e.until)}. Use another model. "
        "Nothing was charged."
    ),
    TooManyWords: "There are {e.limit:,} words on the list already. Remove one first.",
    AlreadyReported: "You have reported this clip already. The moderators know.",
    NothingToReport: "That is no clip I posted here, or it is gone already.",
}
