"""Giving and taking at the desk: first whom and how much, then exactly that."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import discord
from discord import ui

from bot.budget.desk import Done, Plan
from bot.discord.membership import members_with
from bot.discord.views.desk_controls import (
    DeskCard,
    DeskForm,
    Press,
    button,
    home_button,
    line,
    rows_of,
)
from bot.discord.views.desk_words import mention
from bot.errors import BadChoice
from bot.messages import in_credits
from storage.acts import ActKind

MOST_AT_A_TIME = 1_000
MOST_DAYS = 365
MOST_CHOSEN = 25
SHOWN = 20
MENTIONED = re.compile(r"<@!?(\d{1,20})>|\b(\d{15,20})\b")
TITLES = {ActKind.GRANT: "Give", ActKind.TAKE: "Take"}


async def ask_to_give(press: Press) -> DeskForm:
    """Ask whom to give how much."""
    return _form(press, ActKind.GRANT)


async def ask_to_take(press: Press) -> DeskForm:
    """Ask from whom to take how much."""
    return _form(press, ActKind.TAKE)


async def give(press: Press) -> DeskCard:
    """Show what a grant would do."""
    return await show_plan(press, ActKind.GRANT, await _whom(press))


async def take(press: Press) -> DeskCard:
    """Show what a take would do."""
    return await show_plan(press, ActKind.TAKE, await _whom(press))


async def show_plan(press: Press, kind: ActKind, member_ids: Sequence[int]) -> DeskCard:
    """Show whom the desk would give how much, or from whom it would take; nothing is done yet."""
    if not member_ids:
        raise BadChoice("nobody was named whom that could concern")
    if len(member_ids) > MOST_AT_A_TIME:
        raise BadChoice(f"more than {MOST_AT_A_TIME:,} members at once are too many")
    plan = await plan_of(press, kind, member_ids)
    danger, success = discord.ButtonStyle.danger, discord.ButtonStyle.success
    style = success if kind is ActKind.GRANT else danger
    confirm = button(f"{TITLES[kind]} {in_credits(plan.total)}", "do", plan.id[5:], style=style)
    # Where there is nothing to take, there is nothing to confirm.
    buttons = [confirm] if plan.total else []
    return DeskCard(plan_text(plan), rows=rows_of(*buttons, button("Don't", "home")))


async def plan_of(press: Press, kind: ActKind, member_ids: Sequence[int]) -> Plan:
    """Plan what a form or a command asks for. Raises AmountOutOfRange, GivingCeilingReached."""
    credits = press.amount("credits", least=1) or 0
    if kind is ActKind.TAKE:
        return await press.budget.plan_take(
            press.guild_id, member_ids, credits, giver=press.giver, reason=press.reason
        )
    days = press.amount("days", least=1, most=MOST_DAYS)
    expires_at = press.budget.in_days(days) if days else None
    return await press.budget.plan_grant(
        press.guild_id,
        member_ids,
        credits,
        giver=press.giver,
        reason=press.reason,
        expires_at=expires_at,
    )


async def carry_out(press: Press) -> DeskCard:
    """Do what a plan says. Raises PlanGone, PlanOutdated, GivingCeilingReached."""
    done = await press.budget.carry_out(press.guild_id, f"plan:{press.of}", giver=press.giver)
    return DeskCard(
        done_text(done),
        rows=rows_of(button("Undo …", "undo-ask", done.act.number), home_button()),
    )


def plan_text(plan: Plan) -> str:
    """A dry run: whom and how much, and who has less than is to be taken."""
    verb, sign = ("Give", 1) if plan.kind is ActKind.GRANT else ("Take", -1)
    changes = [(one, sign * one.credits) for one in plan.lines]
    moved = [(one.member_id, change, one.available + change) for one, change in changes]
    people = f"{len(plan.lines):,} {'member' if len(plan.lines) == 1 else 'members'}"
    lines = [
        f"## {verb} {in_credits(plan.total)}?",
        f"-# {people}. Nothing is done yet.",
        *_people(moved),
    ]
    if plan.has_less:
        have = "member has" if len(plan.has_less) == 1 else "members have"
        lines.append(f"⚠️ {len(plan.has_less):,} {have} less than {plan.lines[0].wanted:,}")
    return "\n".join([*lines, *_until_and_why(plan.expires_at, plan.reason)])


def done_text(done: Done) -> str:
    """What was done, and what each has since."""
    act = done.act
    verb = "Gave" if act.kind is ActKind.GRANT else "Took"
    head = f"✅ **{verb} {in_credits(abs(act.credits))}.**\n-# Act #{act.number} in the history"
    moved = [(one.member_id, one.credits, done.available[one.member_id]) for one in act.lines]
    expires_at = datetime.fromisoformat(act.after["expires_at"]) if act.after else None
    return "\n".join([head, *_people(moved), *_until_and_why(expires_at, act.reason)])


def mentioned_in(text: str) -> list[int]:
    """The members a text names, by mention or by id."""
    return [int(one or other) for one, other in MENTIONED.findall(text)]


def _people(moved: Sequence[tuple[int, int, int]]) -> list[str]:
    """Whom it concerns, how many credits it moves, and how many they have then."""
    shown = [
        f"{mention(member_id)} {_sign(credits)}{abs(credits):,} → {in_credits(then)}"
        for member_id, credits, then in moved[:SHOWN]
    ]
    if more := moved[SHOWN:]:
        total = sum(credits for _, credits, _ in more)
        shown.append(f"-# and {len(more):,} more: {_sign(total)}{in_credits(abs(total))} in all")
    return shown


def _until_and_why(expires_at: datetime | None, reason: str | None) -> Iterator[str]:
    if expires_at:
        yield f"Expires {discord.utils.format_dt(expires_at, 'R')}"
    if reason:
        yield f"-# “{discord.utils.escape_markdown(reason)}”"


def _sign(credits: int) -> str:
    return "+" if credits > 0 else "−"


def _form(press: Press, kind: ActKind) -> DeskForm:
    deed = "give" if kind is ActKind.GRANT else "take"
    form = DeskForm(f"{TITLES[kind]} credits", deed, press.of)
    if not press.of:
        whom: ui.MentionableSelect[DeskForm] = ui.MentionableSelect(
            custom_id="whom", max_values=MOST_CHOSEN, required=True
        )
        form.ask("Who", whom, "Members, or everybody who has a role.")
    form.ask("Credits for each", line("credits"))
    if kind is ActKind.GRANT:
        days = line("days", required=False)
        form.ask("Days until they expire", days, "Leave it empty if they last.")
    return form.ask_reason()


async def _whom(press: Press) -> list[int]:
    """The members a form names, those of its roles among them."""
    if press.of:
        return [int(press.of)]
    data: dict[str, Any] = dict(press.interaction.data or {})
    resolved = data.get("resolved") or {}
    roles, users = resolved.get("roles") or {}, resolved.get("users") or {}
    found: list[int] = []
    for chosen in press.filled.get("whom", ()):
        if chosen in roles:
            found += await members_with(press.interaction.client, press.guild_id, int(chosen))
        elif not users.get(chosen, {}).get("bot"):
            found.append(int(chosen))
    return list(dict.fromkeys(found))
