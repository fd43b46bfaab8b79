"""What a member reads where a cap stands in the way: a part of `bot.messages`.

Each sentence names the cap, what is left of it, and when it begins anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, assert_never

from storage.alerts import Alert
from storage.cap_schema import CapScope
from storage.errors import (
    CapReached,
    CapsUnreadable,
    ChannelNotAllowed,
    OwnerStop,
    SpendingPaused,
)
from storage.periods import Period

CHANNELS_SHOWN = 5


def in_credits(amount: int) -> str:
    """An amount with its unit."""
    return f"{amount:,} credit" if amount == 1 else f"{amount:,} credits"


def in_change(amount: int) -> str:
    """What an account gained or lost, with its sign."""
    return f"{amount:+,}".replace("-", "−")


def how_soon(moment: datetime) -> str:
    """A moment as each reader's Discord tells it, "in 3 days"."""
    return f"<t:{int(moment.timestamp())}:R>"


def whose(scope: CapScope, subject: str) -> str:
    """Whom a cap speaks of, at the beginning of a sentence."""
    match scope:
        case CapScope.MEMBER:
            return "You" if subject else "Each member here"
        case CapScope.ROLE:
            return f"Whoever has <@&{subject}>" if subject else "Whoever has your roles"
        case CapScope.CHANNEL:
            return f"All of <#{subject}> together"
        case CapScope.PROVIDER:
            return f"All of this server together, at {subject.capitalize()},"
        case CapScope.GUILD | CapScope.OWNER:
            return "All of this server together"
        case _:
            assert_never(scope)


def alert_sentence(alert: Alert) -> str:
    """What moderators read once so much of a cap is used."""
    amounts = f"{alert.used:,} of {in_credits(alert.credits)} since {alert.start}"
    of_what = {
        CapScope.CHANNEL: f"<#{alert.subject}>",
        CapScope.PROVIDER: f"this server, at {alert.subject.capitalize()},",
    }.get(alert.scope, "this server")
    if alert.percent >= 100:
        return (
            f"🛑 All that {of_what} may spend a {alert.period} is used: {amounts}. "
            "Nothing more can be ordered against this cap until it starts anew."
        )
    return (
        f"🔔 **{alert.percent} %** of what {of_what} may spend a {alert.period} is used: {amounts}."
    )


def _cap_reached(error: CapReached) -> str:
    costs = f"This clip costs {in_credits(error.price)}."
    who = whose(error.scope, error.subject)
    if error.period is Period.JOB or error.resets_at is None:
        return (
            f"{costs} {who} may spend at most {in_credits(error.credits)} on one clip. "
            "Order a cheaper one. Nothing was charged."
        )
    return (
        f"{costs} {who} may spend {in_credits(error.credits)} a {error.period}, and "
        f"{in_credits(error.left)} of that {'is' if error.left == 1 else 'are'} left. "
        f"It starts anew {how_soon(error.resets_at)}. Nothing was charged."
    )


def _not_here(error: ChannelNotAllowed) -> str:
    channels = [f"<#{channel_id}>" for channel_id in sorted(error.channels)]
    shown = ", ".join(channels[:CHANNELS_SHOWN])
    return f"Clips are not ordered in this channel, but in {shown}. Nothing was charged."


CAP_SENTENCES: Mapping[type[BaseException], str | Callable[[Any], str]] = {
    CapReached: _cap_reached,
    SpendingPaused: "The moderators have paused all ordering in this server. Nothing was charged.",
    ChannelNotAllowed: _not_here,
    OwnerStop: lambda e: (
        "What this bot may spend in a month is used up, over all servers. It starts anew "
        f"{how_soon(e.resets_at)}. Nothing was charged."
    ),
    CapsUnreadable: (
        "I cannot find out how much may be spent here, so nothing was ordered or charged. "
        "Tell a moderator."
    ),
}
