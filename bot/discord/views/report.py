"""A month in pictures, with the same in words for whoever cannot see them."""

from __future__ import annotations

from collections.abc import Sequence

import discord
from discord import ui

from bot.budget.charts.numbers import percent
from bot.budget.reporting import Chart, Figures
from bot.discord.naming import mention_of
from bot.discord.views.clip import ACCENT
from bot.discord.views.text import cut
from bot.messages import in_credits
from bot.report_words import loss_reason
from storage.figures import Loss

LONGEST_ALT_CHARS = 1024
LOSSES_SHOWN = 5


class ReportCard(ui.LayoutView):
    """The sums, each picture as wide as the phone, and the lists."""

    def __init__(self, figures: Figures, charts: Sequence[Chart]) -> None:
        super().__init__(timeout=None)
        container: ui.Container[ReportCard] = ui.Container(accent_colour=ACCENT)
        container.add_item(ui.TextDisplay(sums(figures)))
        for chart in charts:
            # Of several in one gallery, a phone shows each at half the width.
            gallery: ui.MediaGallery[ReportCard] = ui.MediaGallery()
            gallery.add_item(
                media=f"attachment://{chart.name}", description=cut(chart.alt, LONGEST_ALT_CHARS)
            )
            container.add_item(gallery)
        for text in (member_list(figures), loss_list(figures.losses)):
            if text:
                container.add_item(ui.TextDisplay(text))
        container.add_item(ui.TextDisplay(_small_print(figures)))
        self.add_item(container)
        self.stop()


def sums(figures: Figures) -> str:
    """The month in one line."""
    parts = [f"**{in_credits(figures.spent)}** spent", f"{in_credits(figures.held)} held"]
    if figures.month_cap is not None:
        used = percent(figures.spent + figures.held, figures.month_cap)
        parts.append(f"{used} of the cap of {in_credits(figures.month_cap)}")
    if figures.lost:
        parts.append(f"{in_credits(figures.lost)} lost by the house")
    return f"## {figures.span.first:%B %Y}\n{' · '.join(parts)}"


def member_list(figures: Figures) -> str:
    """Who spent most, as the picture numbers them; empty where nobody did."""
    if not figures.members:
        return ""
    lines = [
        f"{rank}. {mention_of(one.member_id)} · {in_credits(one.used)}"
        for rank, one in enumerate(figures.members, 1)
    ]
    rest = figures.other_members
    if rest.count:
        lines.append(f"-# and {rest.count:,} more: {in_credits(rest.used)}")
    return "**By member**\n" + "\n".join(lines)


def loss_list(losses: Sequence[Loss]) -> str:
    """Why the house lost; empty where it did not."""
    if not losses:
        return ""
    lines = [
        f"- {loss_reason(loss)}: {in_credits(loss.credits)}, "
        f"{loss.jobs:,} {'job' if loss.jobs == 1 else 'jobs'}"
        for loss in losses[:LOSSES_SHOWN]
    ]
    if more := sum(loss.credits for loss in losses[LOSSES_SHOWN:]):
        lines.append(f"- for other reasons: {in_credits(more)}")
    return "**Lost by the house**\n" + "\n".join(lines)


def _small_print(figures: Figures) -> str:
    zone = discord.utils.escape_markdown(figures.span.timezone)
    caps = " Caps are shown as they are now." if figures.month_cap or figures.day_cap else ""
    return f"-# Days by {zone}; a job counts for the day it was ordered on.{caps}"
