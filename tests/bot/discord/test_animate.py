"""/animate: from the command to a clip that plays in a thread."""

from __future__ import annotations

import io

import discord
import pytest
from PIL import Image

from providers.base import Pending
from storage.jobs import JobState
from tests.bot.discord.club import Club, labels, texts
from tests.bot.discord.offers import FILM
from tests.scripted import FANCY


async def test_the_first_answer_says_what_is_made_and_for_how_much(club: Club) -> None:
    result = await club.animate(prompt="heavy rain", model="plain-1", seconds=4, shape="1:1")

    assert result.response is not None
    assert not result.ephemeral
    assert "Plain · 4 s · 1:1" in result.response.content
    assert "3 credits" in result.response.content
    assert "> heavy rain" in result.response.content
    assert (await club.account()).held == 3


async def test_the_clip_is_posted_in_a_thread_on_the_reply(club: Club, clip_bytes: bytes) -> None:
    result = await club.animate(prompt="heavy rain", seed=77)
    await club.finish()

    card = club.posts[-1]
    assert club.thread.name == "heavy rain"
    assert result.response is not None
    assert result.response.content.endswith(f"Follow it in <#{club.thread.id}>")
    assert await card.attachments[0].read() == clip_bytes
    for fact in ("> heavy rain", "Plain · 3 s · 16:9", "seed 77", "3 credits paid", "made in "):
        assert fact in texts(card)
    assert labels(card) == ["Again · 3 credits", "New prompt …", "More …"]
    account = await club.account()
    assert (account.available, account.held) == (97, 0)


async def test_the_clip_plays_inline(club: Club) -> None:
    await club.animate()
    await club.finish()

    card = club.posts[-1]
    (container,) = card.components
    assert isinstance(container, discord.Container)
    gallery = container.children[1]
    assert isinstance(gallery, discord.MediaGalleryComponent)
    assert card.flags.components_v2
    assert [item.media.url for item in gallery.items] == [card.attachments[0].url]
    assert card.attachments[0].filename.endswith(".mp4")


async def test_one_status_message_moves_with_the_job(club: Club) -> None:
    club.workshop.provider.statuses.extend([Pending(position=2), Pending(progress=0.5)])
    await club.animate()
    seen = []

    while await club.visit():
        seen.append(texts(club.posts[0]).splitlines()[0])

    assert [line for line, before in zip(seen, ["", *seen], strict=False) if line != before] == [
        "⏳ **Waiting** · next in line",
        "⏳ **Waiting** · 2nd in line",
        "🎬 **Making your clip** · 50%",
        "📮 **Posting your clip** …",
        seen[-1],
    ]
    assert seen[-1].startswith("✅ **Done** in ")
    assert len(club.posts) == 2


async def test_the_cancel_button_is_there_only_while_there_is_something_to_cancel(
    club: Club,
) -> None:
    await club.animate()
    await club.visit()
    assert labels(club.posts[0]) == ["Cancel"]

    await club.finish()
    assert labels(club.posts[0]) == []


async def test_the_seed_is_told_only_where_the_model_takes_one(club: Club) -> None:
    await club.offer(FILM)

    await club.animate()
    await club.finish()

    assert "Film 2 · 5 s · your picture's shape · 720p · 42 credits paid" in texts(club.posts[-1])


async def test_an_order_inside_a_thread_stays_in_it(club: Club) -> None:
    await club.animate()
    await club.finish()
    thread = club.thread

    await club.animate_in(thread, prompt="again, please")
    await club.finish()

    assert club.channel.threads[0].id == thread.id
    assert len(club.channel.threads) == 1
    assert [len(message.attachments) for message in club.posts] == [0, 1, 0, 0, 1]
    assert "> again, please" in texts(club.posts[-1])


async def test_an_order_in_the_chat_of_a_voice_channel_is_followed_there(club: Club) -> None:
    voice = club.guild.create_voice_channel("lounge")

    await club.animate_in(voice)
    await club.finish()

    assert voice.threads == []
    assert [len(message.attachments) for message in voice.history()] == [0, 0, 1]


async def test_prompts_ping_nobody_and_the_member_is_mentioned_once(club: Club) -> None:
    role = club.guild.create_role("Everyone awake", mentionable=True)
    ping = f"@everyone @here {club.other.mention} {role.mention} {club.member.mention}"

    await club.animate(prompt=ping)
    await club.finish()

    # The simulation puts a thread's name into a system message, which Discord does not send.
    history = [*club.channel.history(), *club.posts]
    messages = [message for message in history if not message.is_system()]
    pinged = [member.id for message in messages for member in message.mentions]
    assert pinged == [club.member.id]
    assert not any(message.mention_everyone or message.role_mentions for message in messages)


async def test_nothing_may_ping_unless_it_names_the_member(club: Club) -> None:
    await club.animate()
    await club.finish()

    allowed = [
        (request.json or {})["allowed_mentions"]
        for request in club.env.http_requests
        if request.method in ("POST", "PATCH") and "/messages" in request.path
        if "allowed_mentions" in (request.json or {})
    ]
    naming = [mentions for mentions in allowed if mentions.get("users")]
    assert all(not mentions["parse"] for mentions in allowed)
    assert [mentions["users"] for mentions in naming] == [[club.member.id]]
    assert len(allowed) > len(naming)


async def test_a_prompt_formats_nothing(club: Club) -> None:
    await club.animate(prompt="# big\n**bold** `code` [link](https://example.com)")
    await club.finish()

    for message in (club.channel.history()[0], club.posts[-1]):
        quote = next(line for line in texts(message).splitlines() if line.startswith("> "))
        assert quote.startswith("> # big ") or quote.startswith(r"> \# big ")
        assert r"\*\*bold\*\* \`code\`" in quote


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("  two\n lines  ", "two lines"),
        ("x" * 80, "x" * 80),
        ("y" * 200, "y" * 79 + "…"),
    ],
)
async def test_a_thread_is_named_after_the_prompt(club: Club, prompt: str, name: str) -> None:
    await club.animate(prompt=prompt)
    await club.visit()

    assert club.thread.name == name


async def test_of_an_animation_the_member_is_told_that_its_first_frame_is_used(
    club: Club,
) -> None:
    file = io.BytesIO()
    frames = [Image.new("RGB", (1024, 1024), (shade, 0, 0)) for shade in (50, 150, 250)]
    frames[0].paste((250, 250, 250), (0, 0, 512, 1024))
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])

    result = await club.animate(image=("party.gif", file.getvalue()))

    (note,) = result.followups
    assert note.ephemeral
    assert note.content == "Your picture is an animation; I use its first frame."


async def test_a_reply_that_cannot_be_edited_costs_no_job(club: Club) -> None:
    club.env.inject_error("PATCH", "/webhooks/*", status=503)

    await club.animate()
    await club.finish()

    assert [job.state for job in await club.jobs()] == [JobState.DELIVERED]
    assert "Follow it in" in club.channel.history()[0].content


async def test_models_are_offered_with_their_price_while_typing(club: Club) -> None:
    offered = await club.member.autocomplete(club.channel, "animate", "model", "")
    narrowed = await club.member.autocomplete(club.channel, "animate", "model", "XL")

    assert [(choice["name"], choice["value"]) for choice in offered] == [
        ("Plain · 0.75 credits/s · 3 s = 3 credits", "scripted/plain-1"),
        ("Fancy XL · 5 credits/s · 5 s = 25 credits", "scripted/Fancy-XL"),
    ]
    assert narrowed == offered[1:]


async def test_a_model_chosen_from_the_list_makes_the_clip(club: Club) -> None:
    offered = await club.member.autocomplete(club.channel, "animate", "model", "fancy")

    await club.animate(model=offered[0]["value"])
    await club.finish()

    (job,) = await club.jobs()
    assert (job.model, job.seconds, job.paid_credits) == (FANCY.id, 5, 25)
