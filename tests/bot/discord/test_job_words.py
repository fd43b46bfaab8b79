"""What the list of jobs says of each state and each end of a job."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.discord.views.job_words import cost_of_cancelling, job_text, state_words
from bot.discord.views.jobs import JobsCard
from bot.discord.views.status import cancel_label
from bot.jobs.history import PAGE_JOBS, Page
from bot.jobs.outcomes import Outcome
from bot.outcome_words import failure_sentence
from bot.playground.message import Flag
from bot.playground.message_rules import Draft, shape_of
from providers.base import Stopping
from storage.job import RUNNING_STATES
from storage.jobs import Job, JobState
from tests.bot.workshop import Workshop


@pytest.fixture
async def job(workshop: Workshop) -> Job:
    return await workshop.order()


@pytest.mark.parametrize("state", JobState)
@pytest.mark.parametrize("stopping", Stopping)
def test_every_state_is_worded_and_says_what_cancelling_costs(
    job: Job, state: JobState, stopping: Stopping
) -> None:
    finished_at = job.created_at if state.is_terminal else None
    job = replace(job, state=state, finished_at=finished_at)

    words, cost = state_words(job), cost_of_cancelling(job, stopping)

    assert "**" in words
    assert cost.endswith(".")
    has_not_begun = state in (JobState.NEEDS_APPROVAL, JobState.QUEUED)
    can_stop = has_not_begun or (state in RUNNING_STATES and stopping is not Stopping.NEVER)
    assert can_stop == (cancel_label(job, stopping=stopping) is not None)
    is_free = can_stop and (has_not_begun or stopping is Stopping.FREE)
    assert ("free" in cost) == is_free


@pytest.mark.parametrize("outcome", Outcome)
def test_every_end_of_a_job_is_worded(job: Job, outcome: Outcome) -> None:
    words = state_words(replace(job, state=JobState.FAILED, failure=outcome.value))

    assert words.endswith(failure_sentence(outcome))


def test_discord_takes_the_fullest_page(job: Job, workshop: Workshop) -> None:
    done = replace(
        job,
        prompt="*" * 200,
        state=JobState.FAILED,
        failure=Outcome.THREAD_GONE,
        clip="x.mp4",
        id="z" * 13,
        thread_id=2**63,
        clip_id=2**63,
        guild_id=2**63,
        finished_at=job.created_at,
    )
    for kept in (frozenset({done.id}), frozenset[str]()):
        page = Page(member_id=2**63, jobs=(done,) * PAGE_JOBS, kept=kept, number=4, pages=9)
        card = JobsCard(page, workshop.bench.catalogue, is_own=False)
        components = card.to_components()  # type: ignore[no-untyped-call]  # discord.py's
        for number, button in enumerate(_custom_ids(components)):
            button["custom_id"] += str(number)
        shape_of(Draft(components=components, flags=Flag.COMPONENTS_V2))


def _custom_ids(components: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = [one for one in components if "custom_id" in one]
    for one in components:
        nested = [*one.get("components", ()), one.get("accessory")]
        found += _custom_ids([each for each in nested if each])
    return found


def test_a_prompt_in_the_list_pings_and_formats_nothing(job: Job) -> None:
    prompt = "@everyone # **big** " + "x" * 100

    line = job_text(replace(job, prompt=prompt), "Plain").splitlines()[1]

    assert line.startswith("@​everyone # \\*\\*big\\*\\* xxx")
    assert line.endswith("…")
