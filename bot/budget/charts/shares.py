"""Whose credits they were: one bar each for models, members, and reasons for a loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.budget.charts.canvas import (
    GRID,
    HELD,
    INK,
    LOST,
    MARGIN,
    MUTED,
    RIGHT,
    SMALL,
    SPENT,
    TEXT,
    Canvas,
)
from bot.budget.charts.chart import Chart, Names
from bot.budget.charts.lettering import fitted, legible, width
from bot.budget.charts.numbers import percent, short
from bot.cap_words import in_credits
from bot.report_words import loss_reason
from storage.figures import Amount, Figures, Rest

TOP = 170
ROW = 92
BARLESS_ROW = 46
BAR = 26
FOOT = 30


@dataclass(frozen=True, kw_only=True)
class _Row:
    label: str
    spent: int
    held: int = 0
    is_rest: bool = False
    ink: str = SPENT

    @property
    def used(self) -> int:
        return self.spent + self.held


def by_model(figures: Figures, names: Names) -> Chart:
    """Draw what was spent on each model, the top ten and the rest."""
    rows = [
        _of(one, _plain(names.of_model(one.provider, one.model), f"Model {rank}"))
        for rank, one in enumerate(figures.models, 1)
    ]
    return _chart("models.png", "By model", rows + _rest(figures.other_models, "other models"))


def by_member(figures: Figures, names: Names) -> Chart:
    """Draw what each member spent, the top ten and the rest."""
    rows = [
        _of(one, f"{rank}  {_plain(names.members.get(one.member_id, ''), '(see the list)')}")
        for rank, one in enumerate(figures.members, 1)
    ]
    return _chart("members.png", "By member", rows + _rest(figures.other_members, "others"))


def losses(figures: Figures) -> Chart:
    """Draw what the house lost, by why."""
    reasons: dict[str, int] = {}
    for loss in figures.losses:
        reasons[loss_reason(loss)] = reasons.get(loss_reason(loss), 0) + loss.credits
    ranked = sorted(reasons.items(), key=lambda reason: (-reason[1], reason[0]))
    rows = [_Row(label=label, spent=credits, ink=LOST) for label, credits in ranked]
    return _chart("losses.png", "House losses", rows, what="billed, and paid by no member")


def _chart(name: str, title: str, rows: Sequence[_Row], *, what: str = "") -> Chart:
    spare = ROW - BARLESS_ROW if rows[-1].is_rest else 0
    canvas = Canvas(TOP + ROW * len(rows) + FOOT - spare)
    total = sum(row.used for row in rows)
    held = sum(row.held for row in rows)
    still = f" · {short(held)} held" if held else ""
    canvas.title(title, f"{short(total - held)} {what or 'spent'}{still}")
    most = max(row.used for row in rows if not row.is_rest)
    for number, row in enumerate(rows):
        _draw(canvas, row, TOP + ROW * number, most, total)
    shares = "; ".join(f"{row.label.strip()}: {in_credits(row.used)}" for row in rows)
    return Chart(name=name, png=canvas.png(), alt=f"{title}. {shares}.")


def _draw(canvas: Canvas, row: _Row, top: int, most: int, total: int) -> None:
    amount = short(row.used)
    share = f"  {percent(row.used, total)}"
    figures_width = width(amount, TEXT) + width(share, SMALL)
    label = fitted(row.label, TEXT, RIGHT - MARGIN - figures_width - 30)
    ink = MUTED if row.is_rest else INK
    canvas.text((MARGIN, top + 22), label, size=TEXT, anchor="lm", ink=ink)
    canvas.text((RIGHT, top + 22), share, size=SMALL, ink=MUTED, anchor="rm")
    canvas.text((RIGHT - width(share, SMALL), top + 22), amount, size=TEXT, anchor="rm")
    if row.is_rest:
        # Often more than anybody's own, it would leave no bar to be told from another.
        return
    bar_top = top + 46
    canvas.box((MARGIN, bar_top), (RIGHT, bar_top + BAR), GRID, radius=BAR / 2)
    reach = max(BAR, (RIGHT - MARGIN) * row.used / most)
    colour = HELD if row.held else row.ink
    canvas.box((MARGIN, bar_top), (MARGIN + reach, bar_top + BAR), colour, radius=BAR / 2)
    if row.held and row.spent:
        spent = max(BAR, reach * row.spent / row.used)
        canvas.box((MARGIN, bar_top), (MARGIN + spent, bar_top + BAR), row.ink, radius=BAR / 2)


def _of(amount: Amount, label: str) -> _Row:
    return _Row(label=label, spent=amount.spent, held=amount.held)


def _rest(rest: Rest, what: str) -> list[_Row]:
    if not rest.count:
        return []
    return [_Row(label=f"{rest.count:,} {what}", spent=rest.spent, held=rest.held, is_rest=True)]


def _plain(name: str, instead: str) -> str:
    return legible(name) or instead
