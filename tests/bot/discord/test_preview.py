"""/animate with a preview: what is seen is what is sent, and nothing else."""

from __future__ import annotations

import io
import json

import pytest
from PIL import Image

from storage.drafts import of_member
from tests.bot.discord.club import Club, labels, texts
from tests.bot.discord.lists import shown
from tests.bot.discord.offers import FILM, silence
from tests.bot.discord.previews import (
    BOTH,
    CROP,
    MAKE,
    NEVER,
    PAD,
    TALL,
    WIDE,
    card_now,
    kept,
    pictures,
    press,
    previewed,
    sent,
)
from tests.bot.orders import picture


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


async def test_making_it_announces_the_clip_and_opens_the_thread_there(club: Club) -> None:
    card = await previewed(club, prompt="heavy rain", seed=77)

    result = await press(club, card, MAKE)
    await club.finish()

    (job,) = await club.jobs()
    assert result.followups == []
    assert club.thread.id == job.reply_id == job.thread_id
    announced = club.channel.history()[0]
    assert announced.content == (
        f"🎞️ **Plain · 3 s · 16:9** · 3 credits\n> heavy rain\n-# Follow it in <#{club.thread.id}>"
        f"\n-# For <@{club.member.id}> · job {job.id}"
    )
    assert announced.id == club.thread.id
    assert "seed 77" in texts(club.posts[-1])
    assert (await club.account()).available == 97


async def test_who_is_named_in_the_announcement_is_not_notified_by_it(club: Club) -> None:
    await press(club, await previewed(club), MAKE)

    await club.visit()

    (sent_first,) = [
        request.json
        for request in club.env.http_requests
        if request.method == "POST" and request.path.endswith(f"{club.channel.id}/messages")
    ]
    assert sent_first is not None
    assert sent_first["allowed_mentions"] == {"parse": []}


async def test_the_card_says_what_became_of_it(club: Club) -> None:
    card = await previewed(club)

    await press(club, card, MAKE)

    (job,) = await club.jobs()
    card = card_now(club, card)
    assert "✅ **Ordered** for 3 credits" in texts(card)
    assert f"This is job {job.id}." in texts(card)
    assert (labels(card), card.attachments) == ([], [])


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
    assert result.followups == []


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
