"""How acts read on the desk: what was done to whom, by whom, when and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import discord

from bot.discord.views.desk_choices import SETTINGS
from bot.discord.views.desk_words import EVERY, mention, whom_caps
from bot.messages import in_credits
from storage import choosing
from storage.acts import ActKind, Line, Recorded
from storage.cap_schema import CapScope
from storage.desk_schema import AskState
from storage.guilds import GuildSettings
from storage.periods import Period
from storage.shield_schema import ReportState

SHOWN_LINES = 3


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
    return DEEDS[act.kind](act)


def short_words(act: Recorded) -> str:
    """What was done, where Discord shows neither mentions nor much."""
    match act.kind:
        case ActKind.GRANT | ActKind.ANSWER:
            return f"gave {act.credits:,}"
        case ActKind.TAKE:
            return f"took {-act.credits:,}"
        case ActKind.SETTING:
            return ", ".join(_title(name).lower() for name in act.subject.split(", "))
        case _:
            return act.kind.value


def _whom(act: Recorded) -> str:
    return ", ".join(mention(line.member_id) for line in act.lines[:SHOWN_LINES])


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


def _answer_deed(act: Recorded) -> str:
    return f"gave {_amounts(act.lines)}" if act.credits else f"gave nothing to {_whom(act)}"


def _setting_deed(act: Recorded) -> str:
    if act.subject == "is_paused":
        return "paused all spending" if act.after["is_paused"] else "let spending go on"
    changed = [_changed(name, act.before[name], act.after[name]) for name in sorted(act.after)]
    return "set " + "\n".join(changed)


def _changed(name: str, before: object, after: object) -> str:
    return f"{_title(name).lower()}: **{_shown(name, after)}**\n-# before: {_shown(name, before)}"


def _title(name: str) -> str:
    return SETTINGS[name].title if name in SETTINGS else "Pause"


def _shown(name: str, value: object) -> str:
    if name not in SETTINGS:
        return "yes" if value else "no"
    stood = GuildSettings(**choosing.settings_of_json({name: value}))
    return SETTINGS[name].shown(stood).partition("\n-#")[0].replace("\n", ", ")


def _approval_deed(act: Recorded) -> str:
    is_granted = act.after["state"] == AskState.GRANTED
    return f"{'let a clip begin' if is_granted else 'denied a clip'} · {_whom(act)}"


def _report_deed(act: Recorded) -> str:
    is_removed = act.after["state"] == ReportState.REMOVED
    return f"{'removed' if is_removed else 'kept'} a reported clip · {_whom(act)}"


DEEDS: Mapping[ActKind, Callable[[Recorded], str]] = {
    ActKind.GRANT: lambda act: f"gave {_amounts(act.lines)}",
    ActKind.ANSWER: _answer_deed,
    ActKind.TAKE: lambda act: f"took {_amounts(act.lines)}",
    ActKind.SETTING: _setting_deed,
    ActKind.CAP: _cap_deed,
    ActKind.ALLOWANCE: _allowance_deed,
    ActKind.UNDO: lambda act: f"undid #{act.undoes}",
    ActKind.APPROVAL: _approval_deed,
    ActKind.BLOCK: lambda act: f"blocked {_whom(act)}",
    ActKind.UNBLOCK: lambda act: f"unblocked {_whom(act)}",
    ActKind.WORDS: lambda act: "forbade a word" if act.after else "allowed a word",
    ActKind.REPORT: _report_deed,
}
