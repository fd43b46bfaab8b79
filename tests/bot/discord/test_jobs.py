"""/jobs: what a member ordered, cancelling it, and who may do that."""

from __future__ import annotations

import re

import discord
import pytest

from bot.discord.views.jobs import Deed
from bot.errors import NotAllowed
from bot.jobs.history import PAGE_JOBS
from providers.errors import Refused
from storage.jobs import Job, JobState
from tests.bot.discord.club import Club, texts
from tests.bot.discord.lists import (
    answers,
    bring_to,
    buttons,
    delivered,
    list_of,
    posted,
    shown,
    viewer,
)
from tests.scripted import Mishap


async def test_a_member_without_jobs_reads_how_to_order_one(club: Club) -> None:
    message = await list_of(club)

    assert texts(message).strip() == (
        "## Your jobs\nNo clips yet. Order one with `/animate` or `/create`."
    )
    assert buttons(message) == {}


async def test_each_job_says_how_it_stands_what_it_cost_and_where_it_is(club: Club) -> None:
    done = await delivered(club, prompt="heavy *rain*")
    club.workshop.provider.submits.append(Mishap(Refused("no")))
    failed = await delivered(club, prompt="a storm")
    club.workshop.advance(seconds=1)
    await club.animate(model="Fancy XL")

    message = await list_of(club)

    waiting = (await club.jobs())[0]
    link = f"https://discord.com/channels/{club.guild.id}/{done.thread_id}/{done.clip_id}"
    assert texts(message).strip().splitlines() == [
        "## Your jobs",
        "⏳ **Waiting in line**",
        "slow zoom in",
        f"-# Fancy XL · 5 s · 16:9 · 25 credits held · {ago(waiting)} · job {waiting.id}",
        "⚠️ **No clip.** The model's safety check refused this picture or prompt. "
        "Change them and try again.",
        "a storm",
        f"-# Plain · 3 s · 16:9 · 0 credits paid · {ago(failed)} · <#{failed.thread_id}>"
        f" · job {failed.id}",
        "✅ **Posted**",
        "heavy \\*rain\\*",
        f"-# Plain · 3 s · 16:9 · 3 credits paid · {ago(done)} · [see the clip]({link})"
        f" · job {done.id}",
    ]
    assert list(buttons(message)) == ["Cancel …", "Get clip"]


def ago(job: Job) -> str:
    return discord.utils.format_dt(job.created_at, "R")


async def test_the_list_is_seen_by_nobody_else(club: Club) -> None:
    await list_of(club)

    assert club.channel.history(viewer=club.other) == []


async def test_many_jobs_are_turned_page_by_page(club: Club) -> None:
    for number in range(PAGE_JOBS + 2):
        await club.animate(prompt=f"clip {number}")
        club.workshop.advance(seconds=1)

    first = await list_of(club)
    assert "-# Page 1 of 2" in texts(first)
    assert "clip 6" in texts(first)
    assert "clip 1" not in texts(first)
    assert "◀ Newer" not in buttons(first)

    await club.restart()
    last = shown(await club.member.click(first, label="Older ▶"))
    assert "clip 1" in texts(last)
    assert "clip 0" in texts(last)
    assert "clip 2" not in texts(last)
    assert "Older ▶" not in buttons(last)

    again = shown(await club.member.click(last, label="◀ Newer"))
    assert "clip 6" in texts(again)


async def test_a_page_that_is_no_more_becomes_the_last(club: Club) -> None:
    await club.animate()

    page = await club.client.members.page(viewer(club), club.member.id, 9)

    assert (page.number, page.pages, len(page.jobs)) == (1, 1, 1)


async def test_a_waiting_job_is_cancelled_after_saying_that_it_is_free(club: Club) -> None:
    await club.animate()
    asked = shown(await club.member.click(await list_of(club), label="Cancel …"))

    assert "**Cancelling is free until the model begins:** you get the 3 credits" in texts(asked)
    assert (await club.jobs())[0].cancel_requested is False

    told = shown(await club.member.click(asked, label="Cancel it"))
    assert texts(told).strip().startswith("✋ **Stopping it.**")
    listed = shown(await club.member.click(told, label="Back"))
    assert "✋ **Being stopped**" in texts(listed)
    assert buttons(listed) == {}

    await club.finish()
    (job,) = await club.jobs()
    assert (job.state, job.paid_credits) == (JobState.CANCELLED, 0)
    assert "✖️ **Cancelled**" in texts(await list_of(club))


async def test_going_back_cancels_nothing(club: Club) -> None:
    await club.animate()
    asked = shown(await club.member.click(await list_of(club), label="Cancel …"))

    listed = shown(await club.member.click(asked, label="Back"))

    assert "⏳ **Waiting in line**" in texts(listed)
    assert not (await club.jobs())[0].cancel_requested


async def test_a_running_job_says_what_cancelling_may_cost(club: Club) -> None:
    await bring_to(club, JobState.RUNNING)

    asked = shown(await club.member.click(await list_of(club), label="Cancel …"))

    assert "**The model has begun.** If you cancel, you pay what it charges" in texts(asked)
    assert "at most 3 credits" in texts(asked)
    assert list(buttons(asked)) == ["Cancel it", "Back"]


async def test_what_was_made_meanwhile_can_no_longer_be_cancelled(club: Club) -> None:
    await club.animate()
    listed = await list_of(club)
    await club.finish()

    asked = shown(await club.member.click(listed, label="Cancel …"))

    assert "It is already over." in texts(asked)
    assert list(buttons(asked)) == ["Back"]


async def test_a_confirmation_that_comes_too_late_says_so(club: Club) -> None:
    await club.animate()
    asked = shown(await club.member.click(await list_of(club), label="Cancel …"))
    await club.finish()

    told = shown(await club.member.click(asked, label="Cancel it"))

    assert texts(told).strip() == "It is already over."
    assert (await club.jobs())[0].paid_credits == 3


async def test_a_clip_that_is_made_is_shown_as_kept_and_can_be_had_at_its_price(
    club: Club,
) -> None:
    await bring_to(club, JobState.FETCHED)

    message = await list_of(club)

    assert "📮 **Made, being posted** · kept, and offered until its place takes it" in texts(
        message
    )
    assert list(buttons(message)) == ["Get clip · 3 credits"]


async def test_a_member_sees_nobody_elses_jobs(club: Club) -> None:
    await club.animate()

    result = await club.other.slash(club.channel, "jobs", member=club.member)

    assert isinstance(club.error(), NotAllowed)
    assert shown(result).content == (
        "Only a moderator with the Manage Server permission can do that."
    )


async def test_a_member_may_name_themselves(club: Club) -> None:
    await club.animate()

    assert "⏳" in texts(await list_of(club, member=club.member))


@pytest.mark.parametrize("who", ["moderator", "owner"])
async def test_whoever_manages_the_server_sees_and_cancels_anybodys_jobs(
    club: Club, who: str
) -> None:
    await club.animate()
    actor = getattr(club, who)

    listed = await list_of(club, actor, member=club.member)
    asked = shown(await actor.click(listed, label="Cancel …"))
    told = shown(await actor.click(asked, label="Cancel it"))
    back = shown(await actor.click(told, label="Back"))
    await club.finish()

    assert texts(listed).strip().startswith(f"## Jobs of {club.member.mention}")
    assert texts(back).strip().startswith(f"## Jobs of {club.member.mention}")
    assert (await club.jobs())[0].state is JobState.CANCELLED


@pytest.mark.parametrize("deed", Deed)
async def test_who_presses_a_button_is_asked_anew(club: Club, deed: Deed) -> None:
    done = await delivered(club)
    await club.animate()
    waiting = (await club.jobs())[0]
    of = {Deed.TURN: str(club.member.id), Deed.CLIP: done.id}.get(deed, waiting.id)

    result = await club.other.click(await posted(club, deed, of))

    [refusal] = answers(result)
    assert re.match("Only (the member whose|a moderator)", refusal)
    assert not any(job.cancel_requested for job in await club.jobs())


@pytest.mark.parametrize("deed", [Deed.ASK, Deed.STOP, Deed.CLIP])
async def test_a_job_of_another_server_is_unknown_here(club: Club, deed: Deed) -> None:
    await delivered(club)
    elsewhere = await club.workshop.order(99)

    result = await club.moderator.click(await posted(club, deed, elsewhere.id))

    [refusal] = answers(result)
    assert refusal.startswith("I do not know that job any more.")
    assert not (await club.workshop.job(elsewhere)).cancel_requested
