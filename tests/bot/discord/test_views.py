"""The words on cards and status messages."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.discord.views.status import status_text
from bot.discord.views.text import bar, ordinal, price_line, quoted
from bot.jobs.catalogue import Catalogue
from bot.jobs.outcomes import Outcome
from bot.jobs.thread import Ended, Posting, Running, Stage, Waiting
from providers.base import ProviderSettings
from storage.jobs import Job
from tests.bot.workshop import Workshop
from tests.scripted import ScriptedProvider


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
    lines = status_text(job, "Plain", stage).splitlines()

    assert lines[0] == headline
    assert lines[-1] == f"-# Plain · 3 s · 16:9 · 3 credits held · job {job.id}"


def test_a_status_ends_with_the_time_taken_and_what_was_paid(job: Job) -> None:
    over = replace(job, finished_at=job.created_at + timedelta(seconds=62.4), paid_credits=2)

    said = status_text(over, "Plain", Ended(Outcome.DELIVERED))

    assert said.startswith("✅ **Done** in 62 s\n")
    assert "2 credits paid" in said


@pytest.mark.parametrize("outcome", [one for one in Outcome if one is not Outcome.DELIVERED])
def test_every_other_end_says_that_there_is_no_clip_and_why(job: Job, outcome: Outcome) -> None:
    said = status_text(job, "Plain", Ended(outcome))

    assert said.startswith("⚠️ **No clip.** ")
    assert "0 credits paid" in said


def test_a_long_prompt_is_cut_in_its_quote() -> None:
    assert quoted("x" * 300) == "> " + "x" * 300
    assert quoted("x" * 301) == "> " + "x" * 299 + "…"


def test_a_price_fits_into_a_choice_of_discord(tmp_path: Path) -> None:
    catalogue = Catalogue(
        [ScriptedProvider(ProviderSettings(), tmp_path)], credit_microdollars=10_000
    )

    assert (
        price_line(catalogue.find("Plain", from_picture=True))
        == "Plain · 1 credit/s · 3 s = 3 credits"
    )
