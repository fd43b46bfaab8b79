"""What a status message says to who waits in line."""

from __future__ import annotations

import pytest

from bot.discord.views.status import begins_in, status_text
from bot.jobs.thread import Waiting
from providers.base import Stopping
from tests.bot.workshop import Workshop


@pytest.mark.parametrize(
    ("stage", "headline"),
    [
        (Waiting(1), "next in line"),
        (Waiting(1, seconds=40), "next in line · begins in less than a minute"),
        (Waiting(3, seconds=240), "3rd in line · begins in about 4 minutes"),
        (Waiting(1, own_running=2), "your other 2 clips come first"),
        (Waiting(4, own_running=1), "your other clip comes first"),
        (Waiting(1, is_guild_busy=True), "this server's other clips come first"),
    ],
)
async def test_a_status_says_where_a_job_stands_and_what_it_waits_for(
    workshop: Workshop, stage: Waiting, headline: str
) -> None:
    job = await workshop.order()

    said = status_text(job, "Plain", stage, stopping=Stopping.FREE)

    assert said.splitlines()[0] == f"⏳ **Waiting** · {headline}"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "less than a minute"),
        (59, "less than a minute"),
        (60, "about a minute"),
        (100, "about 2 minutes"),
        (5369, "about 89 minutes"),
        (5400, "about 2 hours"),
        (36_000, "about 10 hours"),
    ],
)
def test_a_wait_is_told_in_steps_of_minutes_and_then_of_hours(seconds: int, words: str) -> None:
    assert begins_in(seconds) == words
