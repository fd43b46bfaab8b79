"""The status message of a running job: its Cancel button, and how seldom it is edited."""

from __future__ import annotations

import pytest

from bot.jobs.thread import Running
from providers.base import Pending, Stopping
from storage.jobs import JobState
from tests.bot.discord.club import Club, labels, texts
from tests.scripted import PLAIN, ScriptedProvider


async def brought_to_run(club: Club) -> None:
    """Order a clip, and let it be seen running."""
    club.workshop.provider.statuses.extend([Pending(progress=0.5)] * 2)
    await club.animate()
    await club.visit()
    while "**Making your clip**" not in texts(club.posts[0]):
        await club.visit()


async def test_cancelling_what_has_begun_says_first_what_it_may_cost(club: Club) -> None:
    club.workshop.provider.bills_cancelled = True
    await brought_to_run(club)

    assert labels(club.posts[0]) == ["Cancel · may cost up to 3 credits"]
    await club.member.click(club.posts[0], label="Cancel · may cost up to 3 credits")
    await club.finish()

    (job,) = await club.jobs()
    assert (job.state, job.paid_credits) == (JobState.CANCELLED, 3)


async def test_what_cannot_be_stopped_any_more_offers_no_cancel(
    club: Club, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ScriptedProvider, "stopping", Stopping.NEVER)
    await club.offer(PLAIN)
    await brought_to_run(club)

    assert labels(club.posts[0]) == []


async def test_a_cancel_that_comes_too_late_to_stop_anything_says_what_it_costs(
    club: Club, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ScriptedProvider, "stopping", Stopping.NEVER)
    await club.offer(PLAIN)
    await club.animate()
    await club.visit()
    while (await club.jobs())[0].state is not JobState.RUNNING:
        await club.visit()

    # The model has begun, and the message does not say so yet.
    result = await club.member.click(club.posts[0], label="Cancel")
    await club.finish()

    assert result.response is not None
    assert result.response.content == (
        "This model cannot be stopped once it has begun. "
        "The clip will come, and costs 3 credits as quoted."
    )
    assert [job.state for job in await club.jobs()] == [JobState.DELIVERED]


async def test_a_place_in_the_providers_own_line_takes_the_button_away_too(
    club: Club, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ScriptedProvider, "stopping", Stopping.NEVER)
    await club.offer(PLAIN)
    club.workshop.provider.statuses.extend([Pending(position=1)] * 2)
    await club.animate()
    await club.visit()
    assert labels(club.posts[0]) == ["Cancel"]

    while (await club.jobs())[0].state is not JobState.RUNNING:
        await club.visit()
    await club.visit()

    assert "next in line" in texts(club.posts[0])
    assert labels(club.posts[0]) == []


async def test_the_time_left_is_not_told_anew_every_second(club: Club) -> None:
    await brought_to_run(club)
    (job,) = await club.jobs()
    thread = club.workshop.bench.thread
    before = len(club.env.http_requests)

    for seconds_left in range(149, 90, -1):
        club.workshop.advance(seconds=5)
        await thread.show(job, Running(seconds_left=seconds_left))

    edits = [request for request in club.env.http_requests[before:] if request.method == "PATCH"]
    assert len(edits) == 1
