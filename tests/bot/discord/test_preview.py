"""/animate with a preview: what is seen is sent, for the price that stood there, or nothing is."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import discord
import pytest
from discord import ui
from PIL import Image
from simcord import InteractionResult, MemberActor

from bot.discord.permissions import require_sight
from bot.errors import NotAllowed
from providers.model import Shape, Variant
from storage import blocks, guilds, ledger
from storage.drafts import LIFETIME, of_member
from storage.errors import MemberBlocked
from storage.jobs import JobState
from tests.bot.discord.club import Club, labels, texts
from tests.bot.discord.desk import now
from tests.bot.discord.lists import buttons, shown
from tests.bot.discord.offers import FILM, silence
from tests.bot.orders import picture
from tests.scripted import PLAIN

MAKE, PAD, CROP, NEVER = "Make it · 3 credits", "Pad instead", "Crop instead", "Never mind"
WIDE = ("wide.png", picture((640, 360)))
TALL = ("tall.png", picture((600, 1200)))
BOTH = replace(
    PLAIN,
    id="both-1",
    name="Both",
    variants=(Variant(microdollars=10_000, last_frame=True),),
    shapes=(Shape.LANDSCAPE,),
)


async def previewed(club: Club, **options: object) -> discord.Message:
    """Let the member ask for a preview, and return the card."""
    return shown(await club.animate(preview=True, **options))


async def press(
    club: Club, card: discord.Message, label: str, actor: MemberActor | None = None
) -> InteractionResult:
    return await (actor or club.member).click(card, label=label)


def card_now(club: Club, card: discord.Message) -> discord.Message:
    return now(club, card, club.member)


def beneath(result: InteractionResult) -> str:
    """What is said to the member alone, beneath the card."""
    (said,) = [each for each in result.followups if each.ephemeral]
    return said.content


async def pictures(card: discord.Message) -> list[bytes]:
    return [await attachment.read() for attachment in card.attachments]


async def copied(club: Club, card: discord.Message, label: str) -> discord.Message:
    """A message with a button of the card as it is now, which outlives the card."""
    copy = ui.View(timeout=None)
    copy.add_item(ui.Button(label=label, custom_id=buttons(card)[label]))
    copy.stop()
    place = club.client.get_partial_messageable(club.channel.id, guild_id=club.guild.id)
    return await place.send("a copy", view=copy)


def kept(club: Club) -> list[str]:
    folder = club.workshop.files.upload("")
    return sorted(path.name for path in folder.glob("*"))


def sent(club: Club) -> list[bytes]:
    """The picture the provider was given, and the last frame where there was one."""
    (request,) = club.workshop.provider.requests
    return [path.read_bytes() for path in (request.picture, request.last_frame) if path]


async def set_price(club: Club, percent: int) -> None:
    await club.workshop.database.run(guilds.change, club.guild.id, price_percent=percent)


async def test_a_preview_is_private_and_costs_nothing(club: Club) -> None:
    card = await previewed(club, image=WIDE, prompt="heavy rain")

    assert "**Plain · 3 s · 16:9**\n> heavy rain" in texts(card)
    assert "Nothing is charged until you press." in texts(card)
    assert labels(card) == [MAKE, NEVER]
    assert club.channel.history() == []
    assert await club.jobs() == ()
    assert (await club.account()).held == 0


async def test_what_was_seen_is_sent_byte_for_byte(club: Club) -> None:
    card = await previewed(club, image=WIDE)
    (seen,) = await pictures(card)

    await press(club, card, MAKE)
    await club.finish()

    assert sent(club) == [seen]
    with Image.open(io.BytesIO(seen)) as frame:
        assert (frame.format, frame.size) == ("JPEG", (1024, 576))


async def test_where_the_picture_has_another_shape_both_ways_can_be_seen(club: Club) -> None:
    card = await previewed(club, shape="16:9", image=TALL)
    (padded,) = await pictures(card)
    assert labels(card) == [MAKE, CROP, NEVER]
    assert "All of it is shown" in texts(card)

    await press(club, card, CROP)

    card = card_now(club, card)
    (cropped,) = await pictures(card)
    assert labels(card) == [MAKE, PAD, NEVER]
    assert "Cropped to the shape of the clip." in texts(card)
    assert cropped != padded
    assert await club.jobs() == ()


@pytest.mark.parametrize("presses", [(), (CROP,), (CROP, PAD)])
async def test_the_way_that_is_shown_is_the_way_that_is_made(
    club: Club, presses: tuple[str, ...]
) -> None:
    card = await previewed(club, shape="16:9", image=TALL)
    for label in presses:
        await press(club, card, label)
        card = card_now(club, card)
    seen = await pictures(card)

    await press(club, card, MAKE)
    await club.finish()

    (request,) = club.workshop.provider.requests
    assert sent(club) == seen
    assert (request.inset is None) == (presses == (CROP,))


async def test_a_padded_picture_goes_with_the_place_it_lies_in(club: Club) -> None:
    card = await previewed(club, shape="16:9", image=TALL)

    await press(club, card, MAKE)
    await club.finish()

    (request,) = club.workshop.provider.requests
    assert request.inset is not None
    x, y, width, height = request.inset
    with Image.open(io.BytesIO(sent(club)[0])) as frame:
        assert (frame.width - width) // 2 == x
        assert (y, height) == (0, frame.height)
        assert abs(width / height - 0.5) < 0.01


async def test_the_last_frame_is_shown_and_sent_too_in_the_shape_of_the_first(club: Club) -> None:
    await club.offer(BOTH)

    card = await previewed(club, image=WIDE, last_frame=TALL)
    seen = await pictures(card)
    await press(club, card, "Make it · 3 credits")
    await club.finish()

    assert "First and last frame" in texts(card)
    assert labels(card)[1] == CROP
    assert sent(club) == seen
    sizes = []
    for data in seen:
        with Image.open(io.BytesIO(data)) as frame:
            sizes.append(round(frame.width / frame.height, 2))
    assert sizes == [1.78, 1.78]


async def test_a_sound_waits_with_the_pictures_and_goes_with_them(club: Club) -> None:
    await club.offer(FILM)

    card = await previewed(club, image=WIDE, audio=("song.wav", silence()), last_frame=WIDE)
    assert [name.rpartition(".")[2] for name in kept(club)] == ["jpg", "jpg", "mp3"]
    await press(club, card, labels(card)[0])
    await club.finish()

    (request,) = club.workshop.provider.requests
    assert request.audio is not None
    (job,) = await club.jobs()
    assert kept(club) == sorted([job.picture, job.last_frame, job.audio], key=str)


async def test_making_it_answers_in_public_and_opens_the_thread_there(club: Club) -> None:
    card = await previewed(club, prompt="heavy rain", seed=77)

    result = await press(club, card, MAKE)
    await club.finish()

    (reply,) = result.followups
    assert not reply.ephemeral
    assert club.thread.id == reply.id
    assert club.channel.history()[0].content == (
        f"🎞️ **Plain · 3 s · 16:9** · 3 credits\n> heavy rain\n-# Follow it in <#{club.thread.id}>"
    )
    assert "seed 77" in texts(club.posts[-1])
    assert (await club.account()).available == 97


async def test_the_card_says_what_became_of_it(club: Club) -> None:
    card = await previewed(club)

    await press(club, card, MAKE)

    (job,) = await club.jobs()
    card = card_now(club, card)
    assert "✅ **Ordered** for 3 credits" in texts(card)
    assert f"This is job {job.id}." in texts(card)
    assert (labels(card), card.attachments) == ([], [])


async def test_of_two_presses_one_makes_a_job(club: Club) -> None:
    card = await previewed(club)
    as_it_was = await copied(club, card, MAKE)
    await press(club, card, MAKE)

    again = await press(club, as_it_was, MAKE)

    assert again.response is not None
    assert again.response.content.startswith("That preview has become a clip already")
    assert len(await club.jobs()) == 1
    assert len(club.channel.history()) == 2
    assert (await club.account()).held == 3


async def test_never_mind_leaves_nothing_behind(club: Club) -> None:
    card = await previewed(club, shape="16:9", image=TALL)
    assert len(kept(club)) == 2

    await press(club, card, NEVER)

    card = card_now(club, card)
    assert "Nothing was made, and nothing was charged." in texts(card)
    assert (labels(card), card.attachments, kept(club)) == ([], [], [])


async def test_the_card_works_after_a_restart(club: Club) -> None:
    card = await previewed(club, shape="16:9", image=TALL)
    seen = await pictures(card)
    await club.restart()

    await press(club, card, MAKE)
    await club.finish()

    assert sent(club) == seen
    assert [job.state for job in await club.jobs()] == [JobState.DELIVERED]


async def test_after_hours_the_card_still_works(club: Club) -> None:
    card = await previewed(club)
    club.workshop.clock.advance(LIFETIME - timedelta(minutes=1))

    await press(club, card, MAKE)

    assert len(await club.jobs()) == 1


@pytest.mark.parametrize("label", [MAKE, CROP, NEVER])
async def test_after_a_day_the_card_says_that_it_is_over(club: Club, label: str) -> None:
    card = await previewed(club, shape="16:9", image=TALL)
    club.workshop.clock.advance(LIFETIME)

    await press(club, card, label)

    card = card_now(club, card)
    assert "That preview is no longer kept. Send the command again" in texts(card)
    assert labels(card) == []
    assert await club.jobs() == ()
    assert club.channel.history() == []


async def test_a_price_that_has_changed_is_shown_anew_and_nothing_is_taken(club: Club) -> None:
    card = await previewed(club)
    await set_price(club, 200)

    result = await press(club, card, MAKE)

    assert "The price has changed from 3 credits to 5 credits" in beneath(result)
    card = card_now(club, card)
    assert labels(card)[0] == "Make it · 5 credits"
    assert await club.jobs() == ()
    assert club.channel.history() == []

    await press(club, card, "Make it · 5 credits")

    assert [job.price_credits for job in await club.jobs()] == [5]


async def test_who_lacks_credits_may_ask_for_them_and_press_again(club: Club) -> None:
    await club.start_with(0)
    card = await previewed(club)

    result = await press(club, card, MAKE)

    assert "3 credits missing" in beneath(result)
    (said,) = [each for each in result.followups if each.ephemeral]
    assert labels(said.message) == ["Ask for credits"]
    assert labels(card_now(club, card))[0] == MAKE
    assert club.channel.history() == []

    await club.workshop.database.run(
        ledger.grant,
        guild_id=club.guild.id,
        member_id=club.member.id,
        credits=5,
        actor_id=club.moderator.id,
        reason=None,
        source="grant:1",
        now=club.workshop.clock(),
    )
    await press(club, card, MAKE)

    assert len(await club.jobs()) == 1


async def test_a_model_that_is_gone_makes_nothing_any_more(club: Club) -> None:
    card = await previewed(club)
    await club.offer(BOTH)

    result = await press(club, card, MAKE)

    assert beneath(result).startswith("There is no model called “scripted/plain-1” here.")
    assert await club.jobs() == ()
    assert club.channel.history() == []


async def test_a_word_forbidden_meanwhile_binds_when_it_is_to_be_made(club: Club) -> None:
    card = await previewed(club, prompt="heavy rain")
    await club.moderator.slash(club.channel, "shield words add", word="rain")

    result = await press(club, card, MAKE)

    assert "a word in it that the moderators do not allow" in beneath(result)
    assert await club.jobs() == ()


async def test_who_was_blocked_meanwhile_makes_nothing(club: Club) -> None:
    card = await previewed(club)
    await club.account()
    await club.workshop.database.run(
        blocks.block_member,
        club.guild.id,
        club.member.id,
        club.moderator.id,
        until=None,
        reason=None,
        now=club.workshop.clock(),
    )

    await press(club, card, MAKE)

    assert labels(card_now(club, card))[0] == MAKE
    assert await club.jobs() == ()
    assert club.channel.history() == []


async def test_who_is_blocked_gets_no_preview(club: Club) -> None:
    await club.account()
    await club.workshop.database.run(
        blocks.block_member,
        club.guild.id,
        club.member.id,
        club.moderator.id,
        until=None,
        reason=None,
        now=club.workshop.clock(),
    )

    result = await club.animate(preview=True)

    await club.assert_refused(result)
    assert isinstance(club.error(), MemberBlocked)
    assert kept(club) == []


@pytest.mark.parametrize("label", [MAKE, NEVER])
async def test_nobody_else_presses_a_members_card(club: Club, label: str) -> None:
    stolen = await copied(club, await previewed(club), label)

    result = await press(club, stolen, label, club.other)

    assert result.response is not None
    assert result.response.content == "Only the member whose preview it is can do that."
    assert len(kept(club)) == 2


async def test_inside_a_thread_the_clip_comes_right_there(club: Club) -> None:
    await club.animate()
    await club.finish()
    thread = club.thread
    result = await club.animate_in(thread, preview=True, prompt="again, please")
    card = shown(result)

    await press(club, card, MAKE)
    await club.finish()

    assert len(club.channel.threads) == 1
    assert "> again, please" in texts(club.posts[-1])


async def test_the_fit_can_be_chosen_with_the_command(club: Club) -> None:
    await club.animate(shape="16:9", image=TALL, fit="crop")
    await club.finish()
    await club.animate(shape="16:9", image=TALL, fit="pad")
    await club.finish()

    assert [request.inset is None for request in club.workshop.provider.requests] == [True, False]


async def test_what_is_to_be_said_of_the_picture_stands_on_the_card_alone(club: Club) -> None:
    card = await previewed(club, image=("small.png", picture((300, 200))))

    result = await press(club, card, MAKE)

    assert "-# Your picture is small, so I enlarged it" in texts(card)
    assert [said.ephemeral for said in result.followups] == [False]


async def test_drafts_are_counted_among_what_is_stored_of_a_member(club: Club) -> None:
    await previewed(club)

    asked = shown(await club.member.slash(club.channel, "privacy delete"))
    assert "- Your 1 preview." in texts(asked)
    held = await club.client.members.privacy.delete(club.guild.id, club.member.id)

    assert len(held.drafts) == 1
    assert kept(club) == []
    assert await club.workshop.database.read(of_member, club.guild.id, club.member.id) == []


async def test_drafts_are_handed_out_with_all_else(club: Club) -> None:
    await previewed(club, prompt="heavy rain", shape="16:9", image=TALL)

    data = await club.client.members.privacy.export(club.guild.id, club.member.id)

    [draft] = json.loads(data)["drafts"]
    assert (draft["prompt"], list(draft["frames"])) == ("heavy rain", ["pad", "crop"])
    assert draft["member_id"] == str(club.member.id)


def test_who_no_longer_sees_the_channel_makes_nothing_there() -> None:
    # Discord keeps such a press back, and so does its simulation; ours is the second check.
    blind: Any = SimpleNamespace(permissions=discord.Permissions.none())
    seeing: Any = SimpleNamespace(permissions=discord.Permissions(view_channel=True))

    require_sight(seeing)
    with pytest.raises(NotAllowed, match="who may see this channel"):
        require_sight(blind)
