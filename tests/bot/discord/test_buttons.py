"""The buttons of a job: who may press them, what they do, and that they survive a restart."""

from __future__ import annotations

import discord
import pytest
from discord import ui

from bot.discord.views.buttons import Act, JobButton
from storage.jobs import JobState
from tests.bot.discord.club import Club, texts

AGAIN, PROMPT, CANCEL = "Again · 3 credits", "New prompt …", "Cancel"


async def waiting(club: Club) -> discord.Message:
    """Order a clip, and return its status message while it waits."""
    await club.animate()
    await club.visit()
    return club.posts[0]


async def delivered(club: Club) -> discord.Message:
    """Order a clip, and return the message that carries it."""
    await club.animate(prompt="heavy rain", seconds=3, shape="1:1")
    await club.finish()
    return club.posts[-1]


@pytest.mark.parametrize("who", ["member", "moderator", "owner"])
async def test_a_job_is_cancelled_by_its_member_or_by_who_manages_the_server(
    club: Club, who: str
) -> None:
    status = await waiting(club)

    result = await getattr(club, who).click(status, label=CANCEL)
    await club.finish()

    assert result.response is not None
    assert result.ephemeral
    assert result.response.content.startswith("Stopping it.")
    (job,) = await club.jobs()
    assert (job.state, job.paid_credits) == (JobState.CANCELLED, 0)
    assert "It was cancelled before it started." in texts(club.posts[0])
    assert len(club.posts) == 1
    assert (await club.account()).available == 100


async def test_nobody_else_cancels_a_job(club: Club) -> None:
    status = await waiting(club)

    result = await club.other.click(status, label=CANCEL)
    await club.finish()

    assert result.response is not None
    assert result.ephemeral
    assert result.response.content == (
        "Only the member whose job it is, or a moderator can do that."
    )
    assert (await club.jobs())[0].state is JobState.DELIVERED


async def test_a_clip_that_is_made_already_is_posted_and_no_promise_is_made_against_it(
    club: Club,
) -> None:
    status = await waiting(club)
    while (await club.jobs())[0].state is not JobState.FETCHED:
        await club.visit()

    result = await club.member.click(status, label=CANCEL)
    await club.finish()

    assert result.response is not None
    assert "already made is still posted" in result.response.content
    (job,) = await club.jobs()
    assert (job.state, job.paid_credits) == (JobState.DELIVERED, 3)


async def test_a_cancel_that_comes_too_late_says_so(club: Club) -> None:
    status = await waiting(club)
    (job,) = await club.jobs()
    await club.finish()
    # The button is gone from the message; a slow client may still show it.
    late = await shown_button(club, Act.CANCEL, job.id)
    assert status.id != late.id

    result = await club.member.click(late, label=CANCEL)

    assert result.response is not None
    assert result.response.content == "It is already over."


async def shown_button(club: Club, act: Act, job_id: str) -> discord.Message:
    """Post a button of a job, whatever has become of it."""
    view = ui.View(timeout=None)
    view.add_item(JobButton(act, job_id))
    view.stop()
    place = club.client.get_partial_messageable(club.thread.id, guild_id=club.guild.id)
    return await place.send("a button", view=view)


async def test_again_orders_the_same_clip_in_the_same_thread(club: Club) -> None:
    card = await delivered(club)

    result = await club.member.click(card, label=AGAIN)
    await club.finish()

    assert result.response is not None
    assert not result.ephemeral
    second, first = await club.jobs()
    assert (second.prompt, second.shape) == (first.prompt, first.shape) == ("heavy rain", "1:1")
    assert second.thread_id == club.thread.id
    assert [len(message.attachments) for message in club.posts] == [0, 1, 0, 0, 1]
    assert (await club.account()).available == 94


async def test_again_is_for_the_member_whose_clip_it_is(club: Club) -> None:
    card = await delivered(club)

    result = await club.other.click(card, label=AGAIN)

    said = [message for message in [result.response, *result.followups] if message]
    assert [(message.ephemeral, message.content) for message in said] == [
        (True, "Only the member whose clip it is can do that.")
    ]
    assert len(await club.jobs()) == 1
    assert (await club.account(club.other)).held == 0
    assert len(club.posts) == 2


async def test_again_without_enough_credits_holds_nothing(club: Club) -> None:
    await club.start_with(5)
    card = await delivered(club)

    result = await club.member.click(card, label=AGAIN)

    (said,) = result.followups
    assert said.ephemeral
    assert "1 credit missing" in said.content
    assert (await club.account()).held == 0


async def test_again_after_the_picture_was_removed_says_what_to_do(club: Club) -> None:
    card = await delivered(club)
    (job,) = await club.jobs()
    await club.workshop.files.drop_upload(f"{job.id}.jpg")

    result = await club.member.click(card, label=AGAIN)

    assert "no longer kept" in result.followups[0].content


async def test_a_button_of_an_unknown_job_says_what_to_do(club: Club) -> None:
    await delivered(club)
    for act in Act:
        message = await shown_button(club, act, "zzz")

        result = await club.member.click(message)

        said = [message for message in [result.response, *result.followups] if message]
        assert [message.content for message in said] == [
            "I do not know that job any more. Order a new one with `/animate` or `/create`."
        ]
        assert said[0].ephemeral


async def test_a_new_prompt_is_asked_for_with_the_old_one_and_the_price(club: Club) -> None:
    card = await delivered(club)

    shown = await club.member.click(card, label=PROMPT)

    assert shown.modal is not None
    assert shown.modal["title"] == "New prompt, same picture"
    (label,) = shown.modal["components"]
    assert label["description"] == "The clip costs 3 credits."
    assert label["component"]["value"] == "heavy rain"


async def test_a_new_prompt_orders_another_clip_of_the_same_picture(club: Club) -> None:
    card = await delivered(club)

    shown = await club.member.click(card, label=PROMPT)
    await club.member.submit_modal(shown, {"prompt": "light snow"})
    await club.finish()

    second, first = await club.jobs()
    assert (second.prompt, second.seconds, second.shape) == ("light snow", 3, "1:1")
    assert await club.workshop.picture(second) == await club.workshop.picture(first)
    assert "> light snow" in texts(club.posts[-1])


async def test_a_new_prompt_is_for_the_member_whose_clip_it_is(club: Club) -> None:
    card = await delivered(club)

    result = await club.other.click(card, label=PROMPT)

    assert result.modal is None
    assert result.response is not None
    assert result.ephemeral
    assert result.response.content == "Only the member whose clip it is can do that."


@pytest.mark.parametrize("prompt", ["  ", "x" * 201])
async def test_a_new_prompt_that_cannot_be_used_is_refused_in_private(
    club: Club, prompt: str
) -> None:
    card = await delivered(club)

    shown = await club.member.click(card, label=PROMPT)
    result = await club.member.submit_modal(shown, {"prompt": prompt})

    (said,) = result.followups
    assert said.ephemeral
    assert said.content.startswith("The prompt ")
    assert len(await club.jobs()) == 1


async def test_the_longest_prompt_of_a_model_can_be_changed(club: Club) -> None:
    await club.animate(model="Fancy-XL", prompt="x" * 2_500)
    await club.finish()

    shown = await club.member.click(club.posts[-1], label=PROMPT)
    await club.member.submit_modal(shown, {"prompt": "y" * 2_500})

    assert [job.prompt[0] for job in await club.jobs()] == ["y", "x"]


async def test_buttons_work_after_a_restart(club: Club) -> None:
    status = await waiting(club)
    await club.restart()

    await club.member.click(status, label=CANCEL)
    await club.finish()

    assert (await club.jobs())[0].state is JobState.CANCELLED


async def test_the_buttons_of_a_clip_work_after_a_restart(club: Club) -> None:
    card = await delivered(club)
    await club.restart()

    shown = await club.member.click(card, label=PROMPT)
    await club.member.submit_modal(shown, {"prompt": "light snow"})
    await club.member.click(card, label=AGAIN)
    await club.finish()

    assert [job.prompt for job in await club.jobs()] == ["heavy rain", "light snow", "heavy rain"]
    assert [job.state for job in await club.jobs()] == [JobState.DELIVERED] * 3
