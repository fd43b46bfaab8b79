"""The desk's page of caps: who may spend how much, and changing that."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import discord
from discord import ui

from bot.budget.desk import CapChoice
from bot.discord.views.desk_controls import (
    MOST_OPTIONS,
    DeskCard,
    DeskForm,
    Press,
    choice,
    home_button,
    line,
    menu,
    option,
    rows_of,
)
from bot.discord.views.desk_words import CAP_PERIODS, EVERY, whom_caps
from bot.errors import BadChoice
from bot.messages import in_credits
from storage.cap_schema import CapScope
from storage.caps import Cap
from storage.periods import Period

EACH = "each"
KINDS = {
    CapScope.GUILD.value: "The whole server",
    EACH: "Each member, on their own",
    CapScope.MEMBER.value: "One member",
    CapScope.ROLE.value: "Each member who has a role",
    CapScope.CHANNEL.value: "A channel",
    CapScope.PROVIDER.value: "A provider",
}
SHOWN = 30


async def caps(press: Press, notice: str = "") -> DeskCard:
    """List the caps."""
    found = await press.budget.caps(press.guild_id)
    named = [(cap, await member_of(press, cap)) for cap in found]
    listed = "\n".join(cap_line(cap, member_id) for cap, member_id in named[:SHOWN])
    more = f"\n-# and {len(named) - SHOWN:,} more" if len(named) > SHOWN else ""
    return DeskCard(
        "## Caps\n-# What may be spent at most.\n-# Of several, the tightest counts.",
        (listed or "No caps yet: only the members' own credits count.") + more,
        rows=_rows(press, named),
        notice=notice,
    )


async def ask(press: Press) -> DeskForm:
    """Ask for the cap of what was chosen; of one member, where the id says whom."""
    kind = CapScope.MEMBER.value if press.of else press.chosen
    form = DeskForm(f"Cap: {KINDS[kind].lower()}", "cap", f"{kind}-{press.of}")
    if not press.of and (subject := _subject_input(press, kind)):
        form.ask(*subject)
    form.ask("Counted over", choice("period", CAP_PERIODS, default=Period.MONTH.value))
    form.ask("Credits", line("credits", required=False), "Leave it empty to lift the cap.")
    return form.ask_reason()


async def set_cap(press: Press) -> DeskCard:
    """Set the cap a form describes, or lift it."""
    kind, _, member = press.of.partition("-")
    subject = member or press.text("subject")
    wanted = cap_choice(kind, subject, Period(press.text("period")), press.amount("credits"))
    return await apply(press, wanted)


async def lift(press: Press) -> DeskCard:
    """Lift the cap that was chosen."""
    scope, period, subject = press.chosen.split("|", 2)
    if scope == CapScope.MEMBER.value and subject:
        subject = str(await press.budget.member_of_account(int(subject)))
        return await apply(press, cap_choice(scope, subject, Period(period), None))
    kind = EACH if scope == CapScope.MEMBER.value else scope
    return await apply(press, cap_choice(kind, subject, Period(period), None))


async def apply(press: Press, wanted: CapChoice) -> DeskCard:
    """Set or lift a cap, and list them all."""
    await press.budget.set_cap(
        press.guild_id, wanted, moderator_id=press.moderator_id, reason=press.reason
    )
    whom = whom_caps(wanted.scope, wanted.subject, wanted.member_id)
    every = EVERY[wanted.period]
    if wanted.credits is None:
        return await caps(press, f"✅ No cap {every} on {whom} any more.")
    return await caps(press, f"✅ Cap on {whom}: **{in_credits(wanted.credits)} {every}**.")


def cap_choice(kind: str, subject: str, period: Period, credits: int | None) -> CapChoice:
    """A cap as the desk names it. Raises BadChoice where it names nobody."""
    scope = CapScope.MEMBER if kind == EACH else CapScope(kind)
    if kind in (EACH, CapScope.GUILD):
        return CapChoice(scope=scope, period=period, credits=credits)
    if not subject:
        raise BadChoice(f"a cap of this kind needs {KINDS[kind].lower()} to be named")
    if scope is CapScope.MEMBER:
        return CapChoice(scope=scope, period=period, credits=credits, member_id=int(subject))
    return CapChoice(scope=scope, period=period, credits=credits, subject=subject)


async def member_of(press: Press, cap: Cap) -> int | None:
    """Whose a cap of one member is."""
    if cap.scope is not CapScope.MEMBER or not cap.subject:
        return None
    return await press.budget.member_of_account(int(cap.subject))


def cap_line(cap: Cap, member_id: int | None) -> str:
    """A cap in the list."""
    whom = whom_caps(cap.scope, cap.subject, member_id)
    return f"{whom[:1].upper()}{whom[1:]}: **{in_credits(cap.credits)} {EVERY[cap.period]}**"


def _rows(press: Press, named: list[tuple[Cap, int | None]]) -> Iterator[ui.ActionRow[Any]]:
    items: list[ui.Item[Any]] = [
        menu("Set a cap for …", "cap-for", [option(label, kind) for kind, label in KINDS.items()])
    ]
    here = [pair for pair in named if (pair[1] or 0) >= 0][:MOST_OPTIONS]
    if here:
        items.append(menu("Lift a cap …", "lift", [_lifting(press, *pair) for pair in here]))
    yield from rows_of(*items, home_button())


def _lifting(press: Press, cap: Cap, member_id: int | None) -> discord.SelectOption:
    whom = _plain(press.interaction.guild, cap, member_id)
    words = f"{whom}: {in_credits(cap.credits)} {EVERY[cap.period]}"
    return option(words, f"{cap.scope}|{cap.period}|{cap.subject}")


def _plain(guild: discord.Guild | None, cap: Cap, member_id: int | None) -> str:
    """Whom a cap limits, where Discord shows no mentions."""
    match cap.scope:
        case CapScope.ROLE:
            role = guild.get_role(int(cap.subject)) if guild else None
            return f"@{role.name}" if role else f"Role {cap.subject}"
        case CapScope.CHANNEL:
            channel = guild.get_channel(int(cap.subject)) if guild else None
            return f"#{channel.name}" if channel else f"Channel {cap.subject}"
        case CapScope.MEMBER if member_id is not None:
            return f"Member {member_id}"
        case _:
            whom = whom_caps(cap.scope, cap.subject)
            return f"{whom[:1].upper()}{whom[1:]}"


def _subject_input(press: Press, kind: str) -> tuple[str, ui.Item[Any]] | None:
    match kind:
        case CapScope.MEMBER.value:
            return "Who", ui.UserSelect(custom_id="subject", required=True)
        case CapScope.ROLE.value:
            return "Which role", ui.RoleSelect(custom_id="subject", required=True)
        case CapScope.CHANNEL.value:
            return "Which channel", ui.ChannelSelect(custom_id="subject", required=True)
        case CapScope.PROVIDER.value:
            return "Which provider", choice("subject", providers(press))
        case _:
            return None


def providers(press: Press) -> list[tuple[str, str]]:
    """The providers that offer something, by title and name."""
    offered = press.interaction.client.service.catalogue.choices
    titles = {one.provider: one.provider_title for one in offered}
    return [(title, name) for name, title in titles.items()][:MOST_OPTIONS]
