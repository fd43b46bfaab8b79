"""The desk's page of one member: how they stand, and what can be done for them."""

from __future__ import annotations

import discord

from bot.budget.desk import Statement
from bot.discord.views.desk_caps import member_of
from bot.discord.views.desk_controls import DeskCard, Press, button, home_button, rows_of
from bot.discord.views.desk_words import EVERY
from bot.discord.views.statement import entry_line, job_line
from bot.messages import in_credits
from storage.caps import Cap

SHOWN = 3


async def look(press: Press) -> DeskCard:
    """Show the member that was chosen."""
    return await show_member(press, int(press.chosen))


async def member(press: Press) -> DeskCard:
    """Show the member the id names."""
    return await show_member(press, int(press.of))


async def show_member(press: Press, member_id: int) -> DeskCard:
    """Show one member's credits, caps, entries and clips."""
    statement = await press.budget.statement(press.guild_id, member_id)
    caps = [
        cap
        for cap in await press.budget.caps(press.guild_id)
        if await member_of(press, cap) == member_id
    ]
    catalogue = press.interaction.client.service.catalogue
    return DeskCard(
        f"## <@{member_id}>\n{_standing(statement)}",
        "\n".join(_cap(cap) for cap in caps),
        "\n".join(entry_line(entry) for entry in statement.entries[:SHOWN]),
        "\n".join(job_line(job, catalogue) for job in statement.jobs[:SHOWN]) or "No clips yet.",
        rows=rows_of(
            button("Give …", "give", member_id, style=discord.ButtonStyle.success),
            button("Take …", "take", member_id),
            button("Cap …", "cap-for", member_id),
            button("History", "history", f"1-{member_id}"),
            home_button(),
        ),
    )


def _standing(statement: Statement) -> str:
    account = statement.account
    lines = [f"**{in_credits(account.available)}** available", f"{in_credits(account.held)} held"]
    for lot in statement.expiring[:SHOWN]:
        when = discord.utils.format_dt(lot.expires_at, "R")
        lines.append(f"-# {in_credits(lot.remaining)} of it expire {when}")
    return "\n".join(lines)


def _cap(cap: Cap) -> str:
    return f"Cap: **{in_credits(cap.credits)} {EVERY[cap.period]}**"
