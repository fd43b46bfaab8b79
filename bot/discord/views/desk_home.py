"""The first page of the moderators' desk: the month at a glance, and the ways to all else."""

from __future__ import annotations

from collections.abc import Iterator

import discord
from discord import ui

from bot.budget.desk import Overview
from bot.cap_words import alert_sentence
from bot.discord.views.desk_controls import DeskCard, Press, button, rows_of
from bot.discord.views.desk_member import look_menu
from bot.discord.views.desk_words import mention
from bot.discord.views.text import bar
from bot.jobs.catalogue import Catalogue
from bot.messages import in_credits
from storage.month import Share

TOP = 5
ALERTS = 2


async def home(press: Press, notice: str = "") -> DeskCard:
    """Show the month."""
    overview = await press.budget.overview(press.guild_id)
    catalogue = press.interaction.client.service.catalogue
    return DeskCard(
        _month(overview),
        _shares("Top members", overview.month.members, catalogue),
        _shares("Top models", overview.month.models, catalogue),
        "\n".join(f"-# {alert_sentence(alert)}" for alert in overview.alerts[:ALERTS]),
        rows=_ways(is_paused=overview.month.is_paused),
        notice=notice,
    )


async def pause(press: Press) -> DeskCard:
    """Let nothing new be ordered."""
    return await set_pause(press, is_paused=True)


async def resume(press: Press) -> DeskCard:
    """Let members order again."""
    return await set_pause(press, is_paused=False)


async def set_pause(press: Press, *, is_paused: bool) -> DeskCard:
    """Pause all spending or let it go on, and show the month."""
    await press.budget.change_settings(
        press.guild_id, moderator_id=press.moderator_id, reason=press.reason, is_paused=is_paused
    )
    said = (
        "⏸️ **Paused.** Nothing new can be ordered.\n-# What runs goes on."
        if is_paused
        else "▶️ **Resumed.** Members can order again."
    )
    return await home(press, said)


def _month(overview: Overview) -> str:
    month = overview.month
    lines = [
        f"## Budget · {month.start:%B %Y}",
        f"**{in_credits(month.spent)}** spent",
        f"**{in_credits(month.held)}** held",
    ]
    if month.cap is None:
        lines.append("No cap on the month")
    else:
        share = month.used / month.cap if month.cap else 1.0
        lines.append(f"**{in_credits(month.left or 0)}** left of {month.cap:,}")
        lines.append(f"{bar(min(share, 1.0))} {round(share * 100)} %")
    warning = " ⚠️ over the cap" if overview.exceeds_cap else ""
    lines.append(f"Forecast: {in_credits(overview.forecast)}{warning}")
    ends = discord.utils.format_dt(month.ends_at, "R")
    lines.append(f"-# Starts anew {ends} ({month.timezone})")
    if month.pending:
        lines.append(
            f"✋ {month.pending:,} {'asks' if month.pending == 1 else 'ask'} for an answer"
        )
    if month.is_paused:
        lines.append("⏸️ **All spending is paused**")
    return "\n".join(lines)


def _shares(title: str, shares: tuple[Share, ...], catalogue: Catalogue) -> str:
    if not shares:
        return ""
    shown = [f"{_name(one, catalogue)} · {_amount(one)}" for one in shares[:TOP]]
    return "\n".join([f"**{title}**", *shown])


def _name(share: Share, catalogue: Catalogue) -> str:
    provider, slash, model = share.name.partition("/")
    return catalogue.name_of(provider, model) if slash else mention(int(share.name))


def _amount(share: Share) -> str:
    held = f" + {share.held:,} held" if share.held else ""
    return f"{share.spent:,}{held}"


def _ways(*, is_paused: bool) -> Iterator[ui.ActionRow[ui.LayoutView]]:
    success, danger = discord.ButtonStyle.success, discord.ButtonStyle.danger
    pausing = (
        button("Resume spending", "resume", style=success)
        if is_paused
        else button("Pause spending", "pause", style=danger)
    )
    yield from rows_of(
        button("Give …", "give"),
        button("Take …", "take"),
        button("Caps", "caps"),
        button("Allowances", "allowances"),
        button("Settings", "settings"),
        button("History", "history", 1),
        button("Blocked", "blocked"),
        button("Refresh", "home"),
        pausing,
        look_menu(),
        each=2,
    )
