"""How caps, allowances and acts read on the desk: short lines, one idea each."""

from __future__ import annotations

from typing import assert_never

import discord

from bot.messages import in_credits
from storage.acts import ActKind, Line, Recorded
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
SHOWN_LINES = 3
SETTING_NAMES = {
    "starting_credits": "welcome credits",
    "log_channel_id": "log channel",
    "timezone": "time zone",
    "roles_add_up": "how roles count",
    "price_percent": "price",
    "approval_credits": "approval",
    "manager_role_id": "manager role",
    "giving_ceiling": "giving ceiling",
    "is_paused": "pause",
    "welcome_age_days": "welcome age",
    "refused_pays": "refused pays",
    "channels": "channels",
}


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


def act_words(act: Recorded) -> str:
    """One act: what, by whom, when and why."""
    when = discord.utils.format_dt(act.at, "R")
    undone = f" · undone by #{act.undone_by}" if act.undone_by else ""
    said = f"**#{act.number}** {deed_words(act)}\n-# by {mention(act.actor_id)} · {when}{undone}"
    if act.reason:
        said += f"\n-# “{discord.utils.escape_markdown(act.reason)}”"
    return said


def deed_words(act: Recorded) -> str:
    """What was done."""
    match act.kind:
        case ActKind.GRANT | ActKind.ANSWER:
            return f"gave {_amounts(act.lines)}"
        case ActKind.TAKE:
            return f"took {_amounts(act.lines)}"
        case ActKind.SETTING:
            return f"set {setting_names(act.subject)}"
        case ActKind.CAP:
            return _cap_deed(act)
        case ActKind.ALLOWANCE:
            return _allowance_deed(act)
        case ActKind.UNDO:
            return f"undid #{act.undoes}"
        case ActKind.APPROVAL | ActKind.BLOCK | ActKind.UNBLOCK | ActKind.WORDS | ActKind.REPORT:
            whom = ", ".join(mention(line.member_id) for line in act.lines[:SHOWN_LINES])
            return f"{act.kind}" + (f" · {whom}" if whom else "")
        case _:
            assert_never(act.kind)


def setting_names(subject: str) -> str:
    """The settings an act names, as moderators know them."""
    return ", ".join(SETTING_NAMES.get(name, name) for name in subject.split(", "))


def _amounts(lines: tuple[Line, ...]) -> str:
    each = {abs(line.credits) for line in lines}
    if len(each) == 1:
        [credits] = each
        apiece = " each" if len(lines) > 1 else ""
        said = f"{in_credits(credits)}{apiece} · "
    else:
        said = f"{in_credits(sum(abs(line.credits) for line in lines))} in all · "
    whom = ", ".join(mention(line.member_id) for line in lines[:SHOWN_LINES])
    more = f" and {len(lines) - SHOWN_LINES:,} more" if len(lines) > SHOWN_LINES else ""
    return f"{said}{whom}{more}"


def _cap_deed(act: Recorded) -> str:
    cap = act.after or act.before or {}
    member_id = act.lines[0].member_id if act.lines else None
    whom = whom_caps(CapScope(cap["scope"]), cap["subject"], member_id)
    every = EVERY[Period(cap["period"])]
    if act.after is None:
        return f"lifted the cap {every} of {whom}"
    return f"capped {whom} at {in_credits(cap['credits'])} {every}"


def _allowance_deed(act: Recorded) -> str:
    given = act.after or act.before or {}
    every = EVERY[Period(given["period"])]
    if act.after is None:
        return f"ended the allowance {every} of <@&{given['role_id']}>"
    return f"let <@&{given['role_id']}> have {in_credits(given['credits'])} {every}"
