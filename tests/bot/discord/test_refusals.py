"""Bad input: a private sentence at once, nothing held, no thread, and no reply left behind."""

from __future__ import annotations

from pathlib import Path

import discord
import pytest

from bot import errors
from bot.media import errors as media
from storage.errors import NotEnoughCredits
from tests.bot.discord.club import IMAGE, Club
from tests.bot.orders import PICTURE, picture
from tests.media.pictures import whole_png

MIB = 2**20


@pytest.mark.parametrize(
    ("image", "error", "sentence"),
    [
        (("cat.png", b"not a picture"), media.NotAPicture, "not a picture I can read"),
        (("empty.png", b""), media.NotAPicture, "not a picture I can read"),
        (("cut.png", PICTURE[:70]), media.DamagedPicture, "damaged or was cut short"),
        (("clip.png", b"\0\0\0\x18ftypmp42" + bytes(99)), media.UnsupportedPicture, "video files"),
        (("bomb.png", whole_png(20_000, 20_000)), media.PictureTooBig, "20,000 × 20,000 pixels"),
        (("dot.png", picture((1, 1))), media.PictureTooSmall, "only 1 × 1 pixels"),
        (("strip.png", picture((500, 10))), media.PictureTooNarrow, "strip of 500 × 10 pixels"),
        (("big.png", bytes(25 * MIB + 1)), media.PictureTooHeavy, "over 25 MiB"),
    ],
)
async def test_a_picture_that_cannot_be_used(
    club: Club, image: tuple[str, bytes], error: type[Exception], sentence: str
) -> None:
    result = await club.animate(image=image)

    assert sentence in await club.assert_refused(result)
    assert isinstance(club.error(), error)


@pytest.mark.parametrize(
    ("options", "error", "sentence"),
    [
        ({"prompt": "   "}, errors.PromptEmpty, "The prompt is empty"),
        ({"prompt": "\u200b\u2060 "}, errors.PromptEmpty, "The prompt is empty"),
        ({"prompt": "x" * 201}, errors.PromptTooLong, "has 201 characters"),
        ({"model": "sora"}, errors.UnknownModel, "no model called “sora”"),
        ({"seconds": 60}, errors.UnsupportedSeconds, "Plain cannot make 60 s. It makes 2–5 s."),
        ({"model": "Fancy-XL", "shape": "1:1"}, errors.UnsupportedShape, "It makes 16:9."),
        ({"seed": -1}, errors.SeedOutOfRange, "from 0 to 2,147,483,647"),
    ],
)
async def test_options_that_cannot_be_met(
    club: Club, options: dict[str, object], error: type[Exception], sentence: str
) -> None:
    result = await club.animate(**options)

    assert sentence in await club.assert_refused(result)
    assert isinstance(club.error(), error)


async def test_no_picture(club: Club) -> None:
    # Discord asks for the option itself; an outdated client may not.
    for option in club.command("animate")["options"]:
        option["required"] = False

    result = await club.member.slash(club.channel, "animate", prompt="rain")

    assert "Put one into the `image` option" in await club.assert_refused(result)
    assert club.env.errors


async def test_a_command_as_an_earlier_version_had_it_says_what_to_do(club: Club) -> None:
    for option in club.command("animate")["options"]:
        option["required"] = False

    result = await club.member.slash(club.channel, "animate", image=IMAGE)

    assert "Run the command again." in await club.assert_refused(result)
    assert club.env.errors


async def test_a_picture_that_cannot_be_fetched(
    club: Club, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def time_out(url: str) -> bytes:
        raise TimeoutError

    monkeypatch.setattr(club.client.http, "get_from_cdn", time_out)

    result = await club.animate()

    assert "could not download your picture" in await club.assert_refused(result)
    assert isinstance(club.error(), errors.PictureUnavailable)


async def test_too_few_credits_says_how_many_are_missing(club: Club) -> None:
    await club.start_with(20)

    result = await club.animate(model="Fancy XL", seconds=10)

    said = await club.assert_refused(result)
    assert "costs 50 credits and you have 20 credits available: 30 credits missing" in said
    assert "`/budget grant`" in said
    assert isinstance(club.error(), NotEnoughCredits)


@pytest.mark.parametrize(
    "permission",
    [
        "attach_files",
        "create_public_threads",
        "embed_links",
        "read_message_history",
        "send_messages",
        "send_messages_in_threads",
        "view_channel",
    ],
)
async def test_a_permission_the_bot_lacks_in_this_channel_is_named(
    club: Club, permission: str
) -> None:
    assert club.guild.me is not None
    shut = discord.PermissionOverwrite(**{permission: False})
    club.channel = club.guild.create_text_channel("shut", overwrites={club.guild.me: shut})

    result = await club.animate()

    said = await club.assert_refused(result)
    assert permission.replace("_", " ").title() in said
    assert "Ask a moderator" in said
    assert isinstance(club.error(), errors.MissingPermissions)


async def test_inside_a_thread_only_what_is_needed_there_is_asked_for(club: Club) -> None:
    await club.animate()
    await club.finish()
    assert club.guild.me is not None
    shut = discord.PermissionOverwrite(create_public_threads=False, send_messages=False)
    # It is a text channel.
    await club.client.get_channel(club.channel.id).set_permissions(  # type: ignore[union-attr]
        club.guild.me, overwrite=shut
    )

    await club.animate_in(club.thread)
    await club.finish()

    assert [job.paid_credits for job in await club.jobs()] == [3, 3]


async def test_in_direct_messages_no_command_is_offered(club: Club) -> None:
    assert club.member.user.available_commands() == ()


@pytest.mark.parametrize(
    ("name", "options"),
    [("animate", {"image": IMAGE, "prompt": "rain"}), ("credits", {}), ("budget welcome", {})],
)
async def test_a_command_that_comes_from_direct_messages_all_the_same_is_refused(
    club: Club, name: str, options: dict[str, object]
) -> None:
    club.command(name.split()[0])["contexts"] = [0, 1]

    result = await club.member.user.slash(name, **options)

    said = [message for message in [result.response, *result.followups] if message]
    assert [message.content for message in said] == [
        "I only work inside a server. Use this command in one of its channels."
    ]
    assert isinstance(club.error(), errors.NotInServer)


async def test_an_unexpected_error_says_that_nothing_was_charged_and_nothing_else(
    club: Club, tmp_path: Path
) -> None:
    (tmp_path / "files").write_text("a file where a folder should be")

    result = await club.animate()

    said = await club.assert_refused(result)
    assert said.startswith("Something went wrong on my side, and nothing was charged. Try again")
    assert "Traceback" not in said
    assert "Error" not in said
    assert isinstance(club.error(), OSError)


async def test_a_refusal_that_cannot_be_said_is_not_an_error_of_its_own(club: Club) -> None:
    club.env.inject_error("DELETE", "/webhooks/*", status=401, code=50027)

    await club.animate(prompt=" ")

    assert isinstance(club.error(), errors.PromptEmpty)
    assert (await club.account()).held == 0
