"""Charts: their numbers, their letters, and pictures that hold up to any month."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.budget.charts import Chart, Names, draw
from bot.budget.charts.canvas import BACKGROUND, CAP, LOST, SPENT, TOTAL, WIDTH
from bot.budget.charts.lettering import fitted, legible, width
from bot.budget.charts.numbers import percent, short, ticks
from bot.jobs.outcomes import Outcome
from bot.report_words import BELOW_COST, ENDED_OTHERWISE, NOBODY_KNOWS, ON_THE_HOUSE, loss_reason
from storage.figures import DaySpent, Figures, Loss, MemberSpent, ModelSpent, Rest
from storage.job import JobState
from storage.spans import Span

SPAN = Span(
    first=date(2026, 2, 1),
    last=date(2026, 2, 28),
    timezone="UTC",
    begins_at=datetime(2026, 2, 1, tzinfo=UTC),
    ends_at=datetime(2026, 3, 1, tzinfo=UTC),
    today=date(2026, 2, 20),
)
NAMES = Names(members={1: "Zoë"}, models={("local", "depth"): "Depth"})
HUGE = 10**15


def days(**spent: int) -> tuple[DaySpent, ...]:
    """February, with so much spent on the 3rd as `d3` says."""
    return tuple(DaySpent(day=day, spent=spent.get(f"d{day.day}", 0)) for day in SPAN.days)


def month(**changes: Any) -> Figures:
    blank: dict[str, Any] = {
        "span": SPAN,
        "days": days(),
        "models": (),
        "other_models": Rest(),
        "members": (),
        "other_members": Rest(),
        "losses": (),
        "month_cap": None,
        "day_cap": None,
    }
    return Figures(**{**blank, **changes})


def members(count: int, spent: int = 10) -> tuple[MemberSpent, ...]:
    return tuple(MemberSpent(account_id=n, member_id=n, spent=spent) for n in range(1, count + 1))


def loss(state: JobState = JobState.FAILED, **changes: Any) -> Loss:
    blank: dict[str, Any] = {"failure": None, "is_paid": False, "jobs": 1, "credits": 5}
    return Loss(state=state, **{**blank, **changes})


def picture(chart: Chart) -> Image.Image:
    return Image.open(io.BytesIO(chart.png)).convert("RGB")


def share_of(chart: Chart, ink: str) -> float:
    """How much of a picture is nearly of that colour."""
    wanted = tuple(int(ink[start : start + 2], 16) for start in (1, 3, 5))
    colours = picture(chart).getcolors(1 << 24) or []
    of_ink = sum(
        count
        for count, colour in colours
        if isinstance(colour, tuple)
        and max(abs(a - b) for a, b in zip(colour, wanted, strict=True)) < 12
    )
    return of_ink / (chart_size(chart)[0] * chart_size(chart)[1])


def chart_size(chart: Chart) -> tuple[int, int]:
    return picture(chart).size


def test_a_month_without_spending_is_one_picture_that_says_so() -> None:
    [chart] = draw(month(), NAMES)

    assert chart.alt == "Spending in February 2026: 0 credits spent, 0 credits held."
    assert share_of(chart, SPENT) < 0.002
    assert share_of(chart, TOTAL) == 0


def test_what_was_spent_and_the_caps_are_drawn() -> None:
    [chart] = draw(month(days=days(d3=30, d9=40), month_cap=100, day_cap=50), NAMES)

    assert "70 credits spent, 0 credits held, of a cap of 100 credits" in chart.alt
    assert "Most on the 9.: 40 credits." in chart.alt
    for ink in (SPENT, TOTAL, CAP):
        assert share_of(chart, ink) > 0.002


def test_twice_the_spending_is_twice_the_bar() -> None:
    one, two = (
        share_of(draw(month(days=days(d3=amount), day_cap=100), NAMES)[0], SPENT)
        for amount in (40, 80)
    )
    [none] = draw(month(day_cap=100), NAMES)

    key = share_of(none, SPENT)
    assert (two - key) / (one - key) == pytest.approx(2, rel=0.05)


def test_each_chart_is_there_only_where_there_is_something_in_it() -> None:
    everything = month(
        days=days(d3=30),
        models=(ModelSpent(provider="local", model="depth", spent=30),),
        members=members(1, 30),
        losses=(loss(),),
    )

    assert [chart.name for chart in draw(everything, NAMES)] == [
        "days.png",
        "models.png",
        "members.png",
        "losses.png",
    ]


def test_members_are_numbered_and_the_rest_is_one_row() -> None:
    chart = draw(month(members=members(10), other_members=Rest(count=190, spent=900)), NAMES)[1]

    assert chart.alt.startswith("By member. 1  Zoe: 10 credits; 2  (see the list): 10 credits")
    assert chart.alt.endswith("190 others: 900 credits.")


def test_losses_of_one_reason_are_added_up() -> None:
    chart = draw(
        month(losses=(loss(failure="refused"), loss(failure="refused", credits=7))), NAMES
    )[1]

    assert chart.alt == "House losses. Refused by the safety check: 12 credits."
    assert share_of(chart, LOST) > 0.02


@pytest.mark.parametrize(
    "figures",
    [
        month(),
        month(days=days(d1=1), month_cap=0),
        month(days=days(**{f"d{n}": HUGE for n in range(1, 29)}), month_cap=1, day_cap=1),
        month(days=days(d28=3), month_cap=HUGE),
        month(members=members(10, HUGE), other_members=Rest(count=10**6, spent=HUGE)),
        month(models=(ModelSpent(provider="p", model="m" * 300, spent=1, held=HUGE),)),
        month(losses=tuple(loss(failure=outcome.value) for outcome in Outcome)),
    ],
)
def test_any_month_is_a_picture_of_a_phones_width_and_light(figures: Figures) -> None:
    for chart in draw(figures, NAMES):
        assert chart_size(chart)[0] == WIDTH
        assert len(chart.png) < 150_000
        corners = {picture(chart).getpixel((x, y)) for x in (0, WIDTH - 1) for y in (0, 5)}
        assert corners == {tuple(int(BACKGROUND[at : at + 2], 16) for at in (1, 3, 5))}


def test_no_text_leaves_the_picture() -> None:
    names = Names(members={n: "W" * 32 for n in range(1, 11)}, models={})

    chart = draw(month(members=members(10, HUGE)), names)[1]

    edge = picture(chart).crop((WIDTH - 30, 0, WIDTH, chart_size(chart)[1]))
    assert len(edge.getcolors() or []) == 1


def test_the_same_figures_are_the_same_bytes() -> None:
    figures = month(days=days(d3=30), members=members(10), losses=(loss(),))

    assert [chart.png for chart in draw(figures, NAMES)] == [
        chart.png for chart in draw(figures, NAMES)
    ]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "0"),
        (99_999, "99,999"),
        (100_000, "100k"),
        (123_456, "123k"),
        (999_999, "999k"),
        (1_099_999, "1.09M"),
        (10_050_000, "10M"),
        (1_250_000, "1.25M"),
        (12_000_000_000, "12B"),
        (HUGE * 10, "10,000T"),
    ],
)
def test_numbers_are_written_short(number: int, words: str) -> None:
    assert short(number) == words


@given(st.integers(1, 10**18))
def test_an_axis_has_few_round_numbers_and_reaches_the_most(most: int) -> None:
    marks = ticks(most)

    assert marks[0] == 0
    assert marks[-2] < most <= marks[-1]
    assert 2 <= len(marks) <= 5
    assert len({after - before for before, after in pairwise(marks)}) == 1


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [(0, 0, "0 %"), (0, 9, "0 %"), (1, 1_000, "<1 %"), (1, 3, "33 %"), (90, 1, "9,000 %")],
)
def test_a_share_that_is_there_is_never_none(part: int, whole: int, words: str) -> None:
    assert percent(part, whole) == words


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Jürgen Groß", "Jurgen Gross"),
        ("Łukasz Ørsted", "Lukasz Orsted"),
        ("𝓕𝓪𝓷𝓬𝔂 ✨", "Fancy"),
        ("Bob 😀", "Bob"),
        ("  two \n words ", "two words"),
        ("漢字太郎", ""),
        ("Мария", ""),
        ("😀", ""),
        ("a漢字太郎", ""),
        ("\u202eabc\u200b", "abc"),
    ],
)
def test_names_are_written_in_the_letters_there_are(name: str, shown: str) -> None:
    assert legible(name) == shown


@given(st.text(max_size=40))
def test_any_name_fits_its_room(name: str) -> None:
    assert width(fitted(legible(name), 32, 200), 32) <= 200


@pytest.mark.parametrize(
    ("lost", "words"),
    [
        (loss(JobState.DELIVERED, is_paid=True), BELOW_COST),
        (loss(JobState.DELIVERED), ON_THE_HOUSE),
        (loss(JobState.LATE), NOBODY_KNOWS),
        (loss(JobState.NEEDS_REVIEW, failure="lost"), NOBODY_KNOWS),
        (loss(failure="overdue"), "Took too long, not stoppable"),
        (loss(failure="of an older version"), ENDED_OTHERWISE),
        (loss(), ENDED_OTHERWISE),
    ],
)
def test_every_loss_has_a_reason(lost: Loss, words: str) -> None:
    assert loss_reason(lost) == words
