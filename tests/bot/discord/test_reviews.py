"""The moderators' card: where it stands, who may answer, and what becomes of each answer."""

from __future__ import annotations

import pytest
from discord import ui

from bot.discord.views.review import Answer, ReviewButton
from bot.jobs.thread import ThreadUnreachable
from storage import jobs
from storage.cap_schema import CapScope
from storage.jobs import JobState
from tests.bot.discord.caps import limit
from tests.bot.discord.club import Club, labels, texts
from tests.bot.discord.lost import AGAIN, DECIDED, NEVER, RAN, SURE, card, job_of, lost, wire


@pytest.fixture(autouse=True)
def wired(club: Club) -> None:
    wire(club)


async def test_the_card_says_who_what_when_and_what_is_known(club: Club) -> None:
    job = await lost(club)

    said = texts(card(club))

    assert said.strip().startswith("### ❔ Did this clip run?")
    assert f"{club.member.mention} ordered it" in said
    assert f"in <#{job.thread_id}>" in said
    assert "> heavy rain" in said
    assert "No answer came" in said
    assert "The 3 credits were given back." in said
    assert "No webhook has named its task." in said
    assert "Plain · 3 s" in said
    assert f"job {job.id}" in said
    assert labels(card(club)) == [RAN, NEVER, AGAIN]
    bodies = [
        request.json or {}
        for request in club.env.http_requests
        if request.method == "POST" and request.path.endswith("/messages")
    ]
    (posted,) = [body for body in bodies if body.get("nonce") == f"{job.id}-card"]
    assert (posted["enforce_nonce"], posted["allowed_mentions"]) == (True, {"parse": []})
    assert job.state is JobState.NEEDS_REVIEW


@pytest.mark.parametrize("label", [RAN, NEVER, AGAIN])
@pytest.mark.parametrize("who", ["member", "other"])
async def test_only_moderators_answer(club: Club, who: str, label: str) -> None:
    await lost(club)

    result = await getattr(club, who).click(card(club), label=label)
    await club.finish()

    assert result.response is not None
    assert result.ephemeral
    assert "Only a moderator with the Manage Server permission" in result.response.content
    assert labels(card(club)) == [RAN, NEVER, AGAIN]


async def test_it_never_ran_closes_the_card_with_who_and_when(club: Club) -> None:
    await lost(club)

    result = await club.moderator.click(card(club), label=NEVER)
    await club.finish()

    assert result.response is not None
    assert result.ephemeral
    assert result.response.content == "Closed."
    assert f"{club.moderator.mention}, <t:" in texts(card(club))
    assert "**it never ran.**" in texts(card(club))
    assert labels(card(club)) == []


async def test_the_second_of_two_presses_is_told_so(club: Club) -> None:
    await lost(club)
    before = card(club)

    await club.moderator.click(before, label=NEVER)
    results = [await club.owner.click(before, label=label) for label in (RAN, NEVER, AGAIN)]

    assert [result.response and result.response.content for result in results] == [DECIDED] * 3
    assert (await club.account()).held == 0


async def test_buttons_of_a_card_work_after_a_restart(club: Club) -> None:
    await lost(club)
    await club.restart()
    wire(club)

    await club.moderator.click(card(club), label=NEVER)
    await club.finish()

    assert "**it never ran.**" in texts(card(club))


async def test_it_ran_asks_for_the_task_and_delivers_on_the_house(club: Club) -> None:
    job = await lost(club)

    shown = await club.moderator.click(card(club), label=RAN)
    result = await club.moderator.submit_modal(shown, {"task": "17"})
    await club.finish()

    assert result.response is not None
    assert "on the house" in result.response.content
    clip = club.posts[-1]
    assert len(clip.attachments) == 1
    assert [member.id for member in clip.mentions] == [club.member.id]
    assert "It came late, so it is on the house." in texts(clip)
    assert "0 credits paid" in texts(clip)
    assert [texts(post).strip().splitlines()[0] for post in club.posts[1:3]] == [
        f"{club.member.mention} The model lost track of this job. Try again. Nothing was charged.",
        "### ✅ The clip came late",
    ]
    now = await job_of(club)
    assert (now.state, now.paid_credits, now.id) == (JobState.DELIVERED, 0, job.id)
    assert (await club.account()).available == 100


async def test_an_id_that_is_none_leaves_the_card_open(club: Club) -> None:
    await lost(club)

    shown = await club.moderator.click(card(club), label=RAN)
    result = await club.moderator.submit_modal(shown, {"task": "what task?"})
    await club.finish()

    assert result.response is not None
    assert "Copy it anew" in result.response.content
    assert labels(card(club)) == [RAN, NEVER, AGAIN]


async def test_where_no_id_names_a_task_the_clip_is_fetched_by_hand(club: Club) -> None:
    club.workshop.provider.takes_ids = False
    await lost(club)

    result = await club.moderator.click(card(club), label=RAN)
    await club.finish()

    assert result.modal is None
    assert result.response is not None
    assert "fetch the clip at the provider" in result.response.content
    assert "by hand" in texts(card(club))


async def test_running_again_asks_twice_and_holds_anew(club: Club) -> None:
    job = await lost(club)

    asked = await club.moderator.click(card(club), label=AGAIN)

    assert asked.response is not None
    assert asked.ephemeral
    assert "the owner pays the provider a second time" in asked.response.content
    assert (await club.account()).held == 0
    sure = await club.moderator.click(asked.response, label=SURE)
    assert (await club.account()).held == 3
    await club.finish()
    second, first = await club.jobs()
    assert sure.response is not None
    assert second.id in sure.response.content
    assert (second.member_id, second.thread_id) == (club.member.id, job.thread_id)
    assert (second.state, first.state) == (JobState.DELIVERED, JobState.NEEDS_REVIEW)
    assert (await club.account()).available == 97


async def test_running_again_needs_a_moderator_at_the_second_press_too(club: Club) -> None:
    await lost(club)
    view = ui.View(timeout=None)
    view.add_item(ReviewButton(Answer.SURELY_AGAIN, (await job_of(club)).id, label=SURE))
    view.stop()
    place = club.client.get_partial_messageable(club.thread.id, guild_id=club.guild.id)
    copied = await place.send("as a client might be made to send it", view=view)

    result = await club.member.click(copied, label=SURE)

    assert result.response is not None
    assert "Only a moderator" in result.response.content
    assert len(await club.jobs()) == 1


async def test_running_again_without_credits_says_so_and_decides_nothing(club: Club) -> None:
    await club.start_with(3)
    await lost(club)
    asked = await club.moderator.click(card(club), label=AGAIN)
    await club.animate(prompt="something else")
    assert asked.response is not None

    result = await club.moderator.click(asked.response, label=SURE)

    assert result.response is not None
    assert "3 credits missing" in result.response.content
    assert labels(card(club)) == [RAN, NEVER, AGAIN]


async def test_running_again_is_bound_by_the_caps_of_the_members_own_roles(club: Club) -> None:
    role = club.guild.create_role("Guests")
    await lost(club)
    asked = await club.moderator.click(card(club), label=AGAIN)
    await club.client.http.add_role(club.guild.id, club.member.id, role.id)
    await limit(club, CapScope.ROLE, role.id)
    assert asked.response is not None

    result = await club.moderator.click(asked.response, label=SURE)

    assert result.response is not None
    assert "may spend 1 credit a month" in result.response.content
    assert len(await club.jobs()) == 1
    assert labels(card(club)) == [RAN, NEVER, AGAIN]


async def test_a_job_of_who_has_left_the_server_can_be_run_again(club: Club) -> None:
    await lost(club)
    asked = await club.moderator.click(card(club), label=AGAIN)
    await club.client.http.kick(club.member.id, club.guild.id)
    assert asked.response is not None

    await club.moderator.click(asked.response, label=SURE)

    assert len(await club.jobs()) == 2


async def test_a_webhook_alone_brings_the_clip(club: Club) -> None:
    job = await lost(club)

    await club.workshop.database.run(
        jobs.hint, job.id, task={"number": 1}, now=club.workshop.clock()
    )
    await club.finish()

    assert len(club.posts[-1].attachments) == 1
    assert (await job_of(club)).state is JobState.DELIVERED


async def test_the_card_is_posted_once_though_the_step_is_repeated(club: Club) -> None:
    job = await lost(club)
    cards = club.workshop.bench.cards
    assert cards is not None
    assert job.thread_id is not None

    again = await cards.post(job, channel_id=job.thread_id)

    assert again == card(club).id


async def test_while_discord_does_not_answer_the_card_waits(club: Club) -> None:
    job = await lost(club)
    cards = club.workshop.bench.cards
    assert cards is not None
    club.env.inject_error("POST", "/channels/*/messages", status=429)

    with pytest.raises(ThreadUnreachable):
        await cards.post(job, channel_id=club.channel.id)
