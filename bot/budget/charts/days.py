"""The month day by day: all together against the cap, and what each day cost."""

from __future__ import annotations

from itertools import accumulate

from bot.budget.charts.canvas import (
    CAP,
    GRID,
    HELD,
    INK,
    MARGIN,
    MUTED,
    RIGHT,
    SMALL,
    SPENT,
    TEXT,
    TOTAL,
    TOTAL_AREA,
    Canvas,
    Point,
)
from bot.budget.charts.chart import Chart
from bot.budget.charts.lettering import width
from bot.budget.charts.numbers import percent, short, ticks
from bot.cap_words import in_credits
from storage.figures import Figures

HEIGHT = 1000
LEFT = 130
"""Right of the numbers of an axis."""
TOGETHER = (248, 526)
EACH_DAY = (662, 930)
WEEK = 7


class _Panel:
    """A piece of the canvas with days across and credits upwards."""

    def __init__(self, canvas: Canvas, edges: tuple[int, int], most: int, days: int) -> None:
        self.canvas = canvas
        self.top, self.bottom = edges
        self.marks = ticks(max(most, 1))
        self.day_width = (RIGHT - LEFT) / days
        for mark in self.marks:
            y = self.y(mark)
            canvas.line([(LEFT, y), (RIGHT, y)], GRID)
            canvas.text((LEFT - 14, y), short(mark), size=SMALL, ink=MUTED, anchor="rm")

    def x(self, number: float) -> float:
        """Where a day begins, counted from 0."""
        return LEFT + number * self.day_width

    def y(self, credits: int) -> float:
        """How high so many credits stand."""
        return self.bottom - (self.bottom - self.top) * credits / self.marks[-1]


def by_day(figures: Figures) -> Chart:
    """Draw what was spent and is held, by day and added up, with the caps as they are now."""
    canvas = Canvas(HEIGHT)
    canvas.title(f"{figures.span.first:%B %Y}", _sums(figures))
    _draw_together(canvas, figures)
    _draw_each_day(canvas, figures)
    return Chart(name="days.png", png=canvas.png(), alt=_in_words(figures))


def _draw_together(canvas: Canvas, figures: Figures) -> None:
    sums = _added_up(figures)
    cap = figures.month_cap
    canvas.text((MARGIN, TOGETHER[0] - 48), "Added up", size=TEXT, anchor="lm")
    panel = _Panel(canvas, TOGETHER, max([*sums, cap or 0]), len(figures.days))
    line: list[Point] = [(LEFT, panel.bottom)]
    line += [(panel.x(number + 1), panel.y(sum_)) for number, sum_ in enumerate(sums)]
    if sums and sums[-1]:
        canvas.area([*line, (line[-1][0], panel.bottom)], TOTAL_AREA)
        canvas.line(line, TOTAL, width=5)
        canvas.dot(line[-1], TOTAL)
    else:
        middle = ((LEFT + RIGHT) / 2, (panel.top + panel.bottom) / 2)
        canvas.text(middle, "Nothing was spent.", ink=MUTED, anchor="mm")
    if cap is not None:
        canvas.dashes(LEFT, RIGHT, panel.y(cap), CAP)
        _key(canvas, TOGETHER[0] - 48, (f"cap {short(cap)}", CAP))
    _write_days(panel, figures)


def _draw_each_day(canvas: Canvas, figures: Figures) -> None:
    cap = figures.day_cap
    most = max([day.used for day in figures.days] + [cap or 0])
    canvas.text((MARGIN, EACH_DAY[0] - 48), "Each day", size=TEXT, anchor="lm")
    panel = _Panel(canvas, EACH_DAY, most, len(figures.days))
    gap = panel.day_width * 0.14
    for number, day in enumerate(figures.days):
        left, right = panel.x(number) + gap, panel.x(number + 1) - gap
        canvas.box((left, panel.y(day.used)), (right, panel.y(day.spent)), HELD)
        canvas.box((left, panel.y(day.spent)), (right, panel.bottom), SPENT)
    keys = [("spent", SPENT)]
    if figures.held:
        keys.append(("held", HELD))
    if cap is not None:
        canvas.dashes(LEFT, RIGHT, panel.y(cap), CAP)
        keys.append((f"cap {short(cap)}", CAP))
    _key(canvas, EACH_DAY[0] - 48, *keys)
    _write_days(panel, figures)


def _write_days(panel: _Panel, figures: Figures) -> None:
    for number, day in enumerate(figures.days):
        if number % WEEK == 0:
            middle = panel.x(number + 0.5)
            panel.canvas.text(
                (middle, panel.bottom + 14), str(day.day.day), size=SMALL, ink=MUTED, anchor="ma"
            )


def _key(canvas: Canvas, y: float, *entries: tuple[str, str]) -> None:
    """Say, from the right edge on, what the colours are."""
    x: float = RIGHT
    for text, ink in reversed(entries):
        x -= width(text, SMALL)
        canvas.text((x, y), text, size=SMALL, ink=INK, anchor="lm")
        x -= 36
        canvas.box((x, y - 11), (x + 24, y + 11), ink, radius=5)
        x -= 26


def _added_up(figures: Figures) -> list[int]:
    """What each day ended with, as far as the month has come."""
    span = figures.span
    come = [day for day in figures.days if day.day <= span.today or day.used]
    last = come[-1].day if come else span.first
    return list(accumulate(day.used for day in figures.days if day.day <= last))


def _sums(figures: Figures) -> str:
    parts = [f"{short(figures.spent)} spent"]
    if figures.held:
        parts.append(f"{short(figures.held)} held")
    if figures.month_cap is not None:
        used = percent(figures.spent + figures.held, figures.month_cap)
        parts.append(f"{used} of the cap")
    return " · ".join(parts)


def _in_words(figures: Figures) -> str:
    most = max(figures.days, key=lambda day: day.used)
    words = f"Spending in {figures.span.first:%B %Y}: {in_credits(figures.spent)} spent, "
    words += f"{in_credits(figures.held)} held"
    if figures.month_cap is not None:
        words += f", of a cap of {in_credits(figures.month_cap)}"
    if most.used:
        words += f". Most on the {most.day.day}.: {in_credits(most.used)}"
    return f"{words}."
