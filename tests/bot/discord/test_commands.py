"""/models, /credits and /budget, and what Discord is told of the commands."""

from __future__ import annotations

import discord
import pytest
from simcord import InteractionResult, SetupError

from bot.budget.desk import MOST_AT_ONCE
from bot.discord.client import COMMANDS_KEY
from bot.errors import AmountOutOfRange, NotAllowed
from bot.memory import Memory
from bot.settings import BadSettings
from providers.errors import Refused
from tests.bot.discord.club import Club, texts
from tests.scripted import Mishap


def answer(result: InteractionResult) -> str:
    """The words of a private answer."""
    assert result.response is not None
    assert result.ephemeral
    return texts(result.response.message)


async def test_credits_shows_what_a_new_member_starts_with(club: Club) -> None:
    said = answer(await club.member.slash(club.channel, "credits"))

    assert "**100 credits** available · 0 credits held" in said
    assert "No clips yet." in said


async def test_credits_shows_what_is_held_and_what_ran(club: Club) -> None:
    club.workshop.provider.submits.append(Mishap(Refused("no")))
    await club.animate(prompt="not *this*")
    await club.finish()
    await club.animate(prompt="heavy rain " + "x" * 100)
    await club.finish()
    club.workshop.advance(seconds=1)
    await club.animate(model="Fancy XL")

    said = answer(await club.member.slash(club.channel, "credits"))

    assert "**72 credits** available · 25 credits held" in said
    assert "🎬 slow zoom in\n-# Fancy XL · 25 credits held" in said
    assert f"✅ heavy rain {'x' * 28}…\n-# Plain · 3 credits paid" in said
    assert "⚠️ not \\*this\\*\n-# Plain · 0 credits paid" in said
    assert "grant" not in said


async def test_credits_still_shows_clips_of_a_model_that_is_no_longer_offered(club: Club) -> None:
    await club.animate()
    await club.finish()
    club.workshop.provider.models = ()
    club.workshop.open(club.workshop.database)
    await club.restart()

    said = answer(await club.member.slash(club.channel, "credits"))

    assert "✅ slow zoom in\n-# plain-1 · 3 credits paid" in said


@pytest.mark.parametrize("who", ["owner", "moderator"])
async def test_whoever_manages_the_server_grants_credits(club: Club, who: str) -> None:
    actor = getattr(club, who)

    result = await actor.slash(
        club.channel, "budget grant", member=club.member, credits=50, reason="a contest"
    )

    assert answer(result) == (
        f"{club.member.mention} got **50 credits** and now has **150 credits** available."
    )
    assert (await club.account()).available == 150


async def test_a_moderator_sees_what_moved_a_members_credits(club: Club) -> None:
    await club.moderator.slash(
        club.channel, "budget grant", member=club.member, credits=1, reason="a *contest*"
    )
    await club.animate()

    said = answer(await club.moderator.slash(club.channel, "budget show", member=club.member))

    assert f"### Credits of {club.member.mention}" in said
    assert "**98 credits** available · 3 credits held" in said
    assert "-# hold +3 held · " in said
    assert f"-# grant +1 posted by {club.moderator.mention} · " in said
    assert r"a \*contest\*" in said
    assert "-# grant +100 posted · " in said


async def test_a_clip_that_turned_out_free_is_an_entry_too(club: Club) -> None:
    await club.animate()
    club.workshop.provider.submits.append(Mishap(Refused("no")))
    await club.finish()

    said = answer(await club.moderator.slash(club.channel, "budget show", member=club.member))

    assert "-# settle −3 held · " in said


async def test_a_moderator_chooses_what_newcomers_start_with(club: Club) -> None:
    before = await club.moderator.slash(club.channel, "budget welcome")
    after = await club.moderator.slash(club.channel, "budget welcome", credits=0)

    assert answer(before) == "New members start with **100 credits**."
    assert answer(after) == "New members start with **0 credits**."
    assert (await club.account()).available == 0


@pytest.mark.parametrize("command", ["budget grant", "budget show", "budget welcome"])
async def test_discord_does_not_offer_the_budget_to_members(club: Club, command: str) -> None:
    assert command in club.moderator.available_commands(club.channel)
    assert command not in club.member.available_commands(club.channel)


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("budget grant", {"credits": 50}),
        ("budget show", {}),
        ("budget welcome", {"credits": 1_000}),
    ],
)
async def test_a_member_whom_discord_lets_through_is_refused_in_code(
    club: Club, command: str, options: dict[str, int]
) -> None:
    club.guild.set_command_permissions(int(club.command("budget")["id"]), {club.member: True})
    about = {} if command == "budget welcome" else {"member": club.member}

    result = await club.member.slash(club.channel, command, **about, **options)

    assert answer(result) == "Only a moderator with the Manage Server permission can do that."
    assert isinstance(club.error(), NotAllowed)
    assert (await club.account()).available == 100
    assert (await club.client.budget.settings(club.guild.id)).starting_credits == 100


@pytest.mark.parametrize(
    ("command", "credits"),
    [
        ("budget grant", 0),
        ("budget grant", -1),
        ("budget grant", MOST_AT_ONCE + 1),
        ("budget welcome", -1),
        ("budget welcome", MOST_AT_ONCE + 1),
    ],
)
async def test_amounts_out_of_range_are_refused_by_discord_and_in_code(
    club: Club, command: str, credits: int
) -> None:
    about = {"member": club.member} if command == "budget grant" else {}
    with pytest.raises(SetupError):
        await club.moderator.slash(club.channel, command, **about, credits=credits)
    # A client that does not keep to the range Discord was told of.
    for option in club.command("budget")["options"]:
        for inner in option["options"]:
            inner.pop("min_value", None)
            inner.pop("max_value", None)

    result = await club.moderator.slash(club.channel, command, **about, credits=credits)

    assert "must be a whole number from" in answer(result)
    assert isinstance(club.error(), AmountOutOfRange)
    assert (await club.account()).available == 100


async def test_what_a_moderator_does_is_seen_by_nobody_else(club: Club) -> None:
    await club.moderator.slash(club.channel, "budget grant", member=club.member, credits=5)

    assert club.channel.history(viewer=club.member) == []


def synced(club: Club) -> int:
    """How often Discord was told of the commands."""
    return sum(
        request.method == "PUT" and request.path.endswith("/commands")
        for request in club.env.http_requests
    )


async def test_commands_are_synced_once_and_not_again_while_they_stay_the_same(club: Club) -> None:
    assert synced(club) == 1

    await club.restart()
    await club.restart()

    assert synced(club) == 1
    assert answer(await club.member.slash(club.channel, "credits"))


async def test_commands_are_synced_again_when_they_changed(club: Club) -> None:
    await Memory(club.workshop.database).remember(COMMANDS_KEY, "of an older version")

    await club.restart()

    assert synced(club) == 2


async def test_a_bot_without_a_token_says_where_to_put_one(club: Club) -> None:
    with pytest.raises(BadSettings, match="DISCORD_TOKEN is missing"):
        await club.client.log_in("")


async def test_the_bot_asks_for_one_intent(club: Club) -> None:
    assert [name for name, is_set in club.client.intents if is_set] == ["guilds"]


async def test_only_the_budget_needs_a_permission(club: Club) -> None:
    needed = {
        name: club.command(name)["default_member_permissions"]
        for name in ("animate", "create", "models", "credits", "budget")
    }

    managing = discord.Permissions(manage_guild=True).value
    assert needed == {
        "animate": None,
        "create": None,
        "models": None,
        "credits": None,
        "budget": managing,
    }
