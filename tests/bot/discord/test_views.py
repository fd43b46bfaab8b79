"""The words on cards and status messages."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.discord.views.status import cancel_label, status_text
from bot.discord.views.text import bar, ordinal, quoted, summary, time_left
from bot.jobs.outcomes import Outcome
from bot.jobs.thread import Ended, Posting, Running, Stage, Waiting
from providers.base import Stopping
from storage.jobs import Job, JobState
from tests.bot.workshop import Workshop


@pytest.fixture
async def job(workshop: Workshop) -> Job:
    return await workshop.order()


@pytest.mark.parametrize(
    ("position", "word"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th")],
)
def test_a_place_in_line_is_said_as_people_say_it(position: int, word: str) -> None:
    assert ordinal(position) == word


@pytest.mark.parametrize(("position", "word"), [(21, "21st"), (102, "102nd"), (111, "111th")])
def test_a_far_place_in_line_too(position: int, word: str) -> None:
    assert ordinal(position) == word


@pytest.mark.parametrize(
    ("progress", "drawn"), [(0.0, "▱▱▱▱"), (0.5, "▰▰▱▱"), (0.99, "▰▰▰▰"), (1.0, "▰▰▰▰")]
)
def test_a_bar_fills_with_the_progress(progress: float, drawn: str) -> None:
    assert bar(progress, cells=4) == drawn


@pytest.mark.parametrize(
    ("stage", "headline"),
    [
        (Waiting(1), "⏳ **Waiting** · next in line"),
        (Waiting(3), "⏳ **Waiting** · 3rd in line"),
        (Running(None), "🎬 **Making your clip** …"),
        (Running(0.25), "🎬 **Making your clip** · 25%"),
        (Posting(), "📮 **Posting your clip** …"),
    ],
)
def test_a_status_says_what_is_going_on_and_what_is_held(
    job: Job, stage: Stage, headline: str
) -> None:
    lines = status_text(job, "Plain", stage, stopping=Stopping.BILLED).splitlines()

    assert lines[0] == headline
    assert lines[-1] == f"-# Plain · 3 s · 16:9 · 3 credits held · job {job.id}"


def test_a_status_ends_with_the_time_taken_and_what_was_paid(job: Job) -> None:
    over = replace(job, finished_at=job.created_at + timedelta(seconds=62.4), paid_credits=2)

    said = status_text(over, "Plain", Ended(Outcome.DELIVERED), stopping=Stopping.BILLED)

    assert said.startswith("✅ **Done** in 62 s\n")
    assert "2 credits paid" in said


@pytest.mark.parametrize("outcome", [one for one in Outcome if one is not Outcome.DELIVERED])
def test_every_other_end_says_that_there_is_no_clip_and_why(job: Job, outcome: Outcome) -> None:
    said = status_text(job, "Plain", Ended(outcome), stopping=Stopping.BILLED)

    assert said.startswith("⚠️ **No clip.** ")
    assert "0 credits paid" in said


@pytest.mark.parametrize(
    ("stage", "headline"),
    [
        (Running(seconds_left=200), "🎬 **Making your clip** · about 3 min left"),
        (Running(seconds_left=44), "🎬 **Making your clip** · about 45 s left"),
        (Running(seconds_left=9), "🎬 **Making your clip** · a few seconds left"),
        (Running(seconds_left=0), "🎬 **Making your clip** · longer than usual"),
        (Running(has_begun=False), "⏳ **Waiting for the model to begin** …"),
        (
            Running(seconds_left=70, has_begun=False),
            "⏳ **Waiting for the model to begin** · about 1 min left",
        ),
    ],
)
def test_a_status_tells_how_long_it_may_take(job: Job, stage: Stage, headline: str) -> None:
    running = replace(job, state=JobState.RUNNING)

    said = status_text(running, "Plain", stage, stopping=Stopping.BILLED)
    assert said.splitlines()[0] == headline


def test_the_time_left_is_told_in_few_words_that_seldom_change() -> None:
    told = list(dict.fromkeys(time_left(seconds) for seconds in range(600, -1, -1)))

    assert told == [
        *(f"about {minutes} min left" for minutes in range(10, 0, -1)),
        "about 45 s left",
        "about 30 s left",
        "about 15 s left",
        "a few seconds left",
        "longer than usual",
    ]


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"shape": None}, "Plain · 3 s · your picture's shape"),
        ({"shape": None, "picture": None}, "Plain · 3 s"),
        ({"resolution": "1080p"}, "Plain · 3 s · 16:9 · 1080p"),
        ({"resolution": "1080p", "sound": True}, "Plain · 3 s · 16:9 · 1080p · sound"),
    ],
)
def test_a_job_is_summed_up_in_a_line(job: Job, changes: dict[str, Any], line: str) -> None:
    assert summary(replace(job, **changes), "Plain") == line


@pytest.mark.parametrize(
    ("stopping", "line"),
    [
        (
            Stopping.BILLED,
            "-# Cancelling is free until the model begins; then you pay what it charges, "
            "at most 3 credits.",
        ),
        (
            Stopping.NEVER,
            "-# You can cancel until the model begins; then it makes the clip to its end.",
        ),
    ],
)
def test_what_cancelling_costs_is_said_while_it_is_free(
    job: Job, stopping: Stopping, line: str
) -> None:
    waiting = status_text(job, "Plain", Waiting(1), stopping=stopping)
    begun = replace(job, state=JobState.RUNNING)

    assert waiting.splitlines()[1] == line
    assert line not in status_text(begun, "Plain", Waiting(1), stopping=stopping)


MAY_COST = "Cancel · may cost up to 3 credits"


@pytest.mark.parametrize(
    ("state", "stoppable", "unstoppable"),
    [
        (JobState.QUEUED, "Cancel", "Cancel"),
        (JobState.SUBMITTING, MAY_COST, None),
        (JobState.UNKNOWN, MAY_COST, None),
        (JobState.RUNNING, MAY_COST, None),
        (JobState.FETCHED, None, None),
        (JobState.DELIVERED, None, None),
    ],
)
def test_the_cancel_button_says_what_it_may_cost_and_is_not_there_in_vain(
    job: Job, state: JobState, stoppable: str | None, unstoppable: str | None
) -> None:
    now = replace(job, state=state)

    assert cancel_label(now, stopping=Stopping.BILLED) == stoppable
    assert cancel_label(now, stopping=Stopping.NEVER) == unstoppable


def test_cancelling_a_clip_that_is_free_costs_nothing(job: Job) -> None:
    free = replace(job, state=JobState.RUNNING, price_credits=0)

    assert cancel_label(free, stopping=Stopping.BILLED) == "Cancel"
    running = replace(job, state=JobState.RUNNING)
    assert cancel_label(running, stopping=Stopping.FREE) == "Cancel"
    waiting = status_text(job, "Plain", Waiting(1), stopping=Stopping.FREE)
    assert len(waiting.splitlines()) == 2


def test_a_long_prompt_is_cut_in_its_quote() -> None:
    assert quoted("x" * 300) == "> " + "x" * 300
    assert quoted("x" * 301) == "> " + "x" * 299 + "…"
