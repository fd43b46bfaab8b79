"""Pictures of a guild's month, for Discord's dark background and a phone's width.

Drawn by Pillow with the font it brings along; the same figures are the same bytes everywhere.
"""

from __future__ import annotations

from bot.budget.charts.chart import Chart as Chart
from bot.budget.charts.chart import Names as Names
from bot.budget.charts.days import by_day
from bot.budget.charts.shares import by_member, by_model, losses
from storage.figures import Figures


def draw(figures: Figures, names: Names) -> tuple[Chart, ...]:
    """Draw all charts of a month; those there is nothing for are left out. Takes half a second."""
    drawn = [by_day(figures)]
    if figures.models:
        drawn.append(by_model(figures, names))
    if figures.members:
        drawn.append(by_member(figures, names))
    if figures.losses:
        drawn.append(losses(figures))
    return tuple(drawn)
