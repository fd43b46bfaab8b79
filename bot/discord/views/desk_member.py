"""The desk's page of one member: how they stand, and what can be done for them."""

from __future__ import annotations

from datetime import timedelta

import discord
from discord import ui

from bot.budget.desk import Statement
from bot.budget.shielding import ShieldStanding
from bot.discord.views.desk_caps import member_of
from bot.discord.views.desk_controls import (
    DeskCard,
    DeskForm,
    Press,
    button,
    home_button,
    line,
    menu_id,
    rows_of,
)
from bot.discord.views.desk_words import EVERY
from bot.discord.views.shield_text import blocked_text
from bot.discord.views.statement import entry_line, job_line
from bot.messages import in_credits
from bot.shield_words import block_words
from storage.caps import Cap

SHOWN = 3
MOST_HOURS = 24 * 365


async def look(press: Press) -> DeskCard:
    """Show the member that was chosen."""
    return await show_member(press, int(press.chosen))


async def member(press: Press) -> DeskCard:
    """Show the member the id names."""
    return await show_member(press, int(press.of))


async def ask_to_block(press: Press) -> DeskForm:
    """Ask for how long a member may order nothing."""
    form = DeskForm("Block a member", "block", press.of)
    form.ask("Hours", line("hours", required=False), "Leave it empty to block until you unblock.")
    return form.ask_reason()


async def block(press: Press) -> DeskCard:
    """Let a member order nothing, and cancel what they have in line."""
    member_id = int(press.of)
    hours = press.amount("hours", least=1, most=MOST_HOURS)
    stands = await press.interaction.client.shield.block(
        press.guild_id,
        member_id,
        moderator_id=press.moderator_id,
        lasts=timedelta(hours=hours) if hours else None,
        reason=press.reason,
    )
    return await show_member(press, member_id, f"✅ <@{member_id}> is {block_words(stands)}.")


async def unblock(press: Press) -> DeskCard:
    """Let a member order again, whatever kept them from it."""
    member_id = int(press.of)
    lifted = await press.interaction.client.shield.unblock(
        press.guild_id, member_id, moderator_id=press.moderator_id
    )
    said = "can order again" if lifted else "was not blocked"
    return await show_member(press, member_id, f"✅ <@{member_id}> {said}.")


async def blocked(press: Press) -> DeskCard:
    """List who may order nothing; the menu leads to each of them."""
    listed = await press.interaction.client.shield.blocked(press.guild_id)
    return DeskCard("## Blocked", blocked_text(listed), rows=rows_of(look_menu(), home_button()))


def look_menu() -> ui.UserSelect[ui.LayoutView]:
    """The menu that leads to a member."""
    return ui.UserSelect(custom_id=menu_id("look"), placeholder="Look at a member …")


async def show_member(press: Press, member_id: int, notice: str = "") -> DeskCard:
    """Show one member's credits, caps, entries and clips, and whether they are blocked."""
    shield = await press.interaction.client.shield.standing(press.guild_id, member_id)
    statement = await press.budget.statement(press.guild_id, member_id)
    caps = [
        cap
        for cap in await press.budget.caps(press.guild_id)
        if await member_of(press, cap) == member_id
    ]
    catalogue = press.interaction.client.service.catalogue
    return DeskCard(
        f"## <@{member_id}>\n{_standing(statement)}{_shield(shield)}",
        "\n".join(_cap(cap) for cap in caps),
        "\n".join(entry_line(entry) for entry in statement.entries[:SHOWN]),
        "\n".join(job_line(job, catalogue) for job in statement.jobs[:SHOWN]) or "No clips yet.",
        rows=rows_of(
            button("Give …", "give", member_id, style=discord.ButtonStyle.success),
            button("Take …", "take", member_id),
            button("Cap …", "cap-for", member_id),
            button("Unblock", "unblock", member_id)
            if shield.block
            else button("Block …", "block", member_id, style=discord.ButtonStyle.danger),
            button("History", "history", f"1-{member_id}"),
            home_button(),
        ),
        notice=notice,
    )


def _standing(statement: Statement) -> str:
    account = statement.account
    lines = [f"**{in_credits(account.available)}** available", f"{in_credits(account.held)} held"]
    for lot in statement.expiring[:SHOWN]:
        when = discord.utils.format_dt(lot.expires_at, "R")
        lines.append(f"-# {in_credits(lot.remaining)} of it expire {when}")
    return "\n".join(lines)


def _shield(standing: ShieldStanding) -> str:
    lines = []
    if standing.block:
        lines.append(f"⛔ {block_words(standing.block)}")
    if standing.strikes:
        lines.append(f"-# Strikes: {len(standing.strikes):,}")
    return "".join(f"\n{one}" for one in lines)


def _cap(cap: Cap) -> str:
    return f"Cap: **{in_credits(cap.credits)} {EVERY[cap.period]}**"
