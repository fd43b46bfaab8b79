"""The shield in a server: refusals, blocks, words, and channels restricted by age."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from simcord import InteractionResult, MemberActor

from bot import errors
from bot.budget.braking import Braking
from bot.discord.reports import DiscordReports
from providers.base import Failed, FailureReason
from providers.errors import Refused
from storage import blocks, guilds
from storage.errors import MemberBlocked, ProviderBraked
from storage.jobs import JobState
from storage.strikes import BRAKE_STRIKES
from tests.bot.discord.club import IMAGE, Club, texts
from tests.scripted import Mishap


async def refused(club: Club) -> str:
    """Let the member order a clip that the provider refuses; the words they are told with."""
    club.workshop.provider.submits.append(Mishap(Refused("no")))
    result = await club.animate()
    await club.finish()
    assert result.response is not None
    threads = club.channel.threads
    return texts(threads[-1].history()[-1])


def said(result: InteractionResult) -> str:
    """The one private sentence of an answer."""
    [message] = [message for message in [result.response, *result.followups] if message]
    assert message.ephemeral
    return message.content


def refusals(club: Club) -> list[type]:
    """What reached the commands' error handler."""
    return [type(getattr(error, "original", error)) for error in club.env.errors]


async def command(club: Club, who: MemberActor, name: str, **options: Any) -> str:
    return said(await who.slash(club.channel, name, **options))


async def test_a_first_refusal_warns_and_a_second_says_until_when(club: Club) -> None:
    first = await refused(club)
    second = await refused(club)

    assert "only a warning" in first
    assert "Nothing was charged." in first
    until = club.workshop.clock() + timedelta(minutes=10)
    assert "That makes 2 refusals lately, so you can order again <t:" in second
    found = await club.workshop.database.read(
        blocks.of_member, club.guild.id, club.member.id, now=club.workshop.clock()
    )
    assert found is not None
    assert found.until is not None
    assert abs(found.until - until) < timedelta(minutes=1)
    assert f"<t:{int(found.until.timestamp())}:R>" in second
    result = await club.animate()
    assert "you have to wait. It ends <t:" in said(result)
    assert refusals(club) == [MemberBlocked]
    assert (await club.account()).available == 100


async def test_a_refused_result_counts_too(club: Club) -> None:
    club.workshop.provider.statuses.append(Failed(FailureReason.RESULT_REFUSED, "no"))
    await club.animate()
    await club.finish()

    standing = await club.client.shield.standing(club.guild.id, club.member.id)

    assert [strike.number for strike in standing.strikes] == [1]


async def test_a_refusal_that_costs_says_so_beside_the_warning(club: Club) -> None:
    await club.workshop.database.run(guilds.change, club.guild.id, refused_pays=True)

    told = await refused(club)

    assert "It cost 3 credits. This once, it is only a warning." in told
    assert (await club.account()).available == 97


async def test_members_can_have_what_the_shield_knows_of_them(club: Club) -> None:
    for _ in range(2):
        await refused(club)

    document = json.loads(await club.client.members.privacy.export(club.guild.id, club.member.id))

    assert [strike["number"] for strike in document["shield"]["strikes"]] == [1, 2]
    assert document["shield"]["block"]["kind"] == "cooling_off"
    assert document["shield"]["reports"] == []


async def test_a_provider_that_breaks_down_counts_against_nobody(club: Club) -> None:
    club.workshop.provider.statuses.append(Failed(FailureReason.PROVIDER_FAULT, "no"))
    await club.animate()
    await club.finish()

    standing = await club.client.shield.standing(club.guild.id, club.member.id)

    assert standing.strikes == ()


async def test_whoever_is_blocked_orders_nothing_until_unblocked(club: Club) -> None:
    done = await command(club, club.moderator, "budget block", member=club.member, reason="spam")
    assert done == f"{club.member.mention} is blocked by a moderator, until it is lifted."

    refusal = await club.assert_refused(await club.animate())

    assert refusal == (
        "The moderators have blocked ordering for you in this server. Ask them. "
        "Nothing was charged."
    )
    listed = await command(club, club.moderator, "budget blocked")
    assert f"{club.member.mention}: blocked by a moderator" in listed
    assert "> spam" in listed
    await command(club, club.moderator, "budget unblock", member=club.member)
    await club.animate()
    assert len(await club.jobs()) == 1
    assert await command(club, club.moderator, "budget blocked") == "Nobody is blocked."
    assert refusals(club) == [MemberBlocked]


async def test_a_block_cancels_what_stands_in_line(club: Club) -> None:
    await club.animate()

    await command(club, club.moderator, "budget block", member=club.member, hours=2)
    await club.finish()

    [job] = await club.jobs()
    assert job.state is JobState.CANCELLED
    assert club.workshop.provider.requests == []
    assert (await club.account()).available == 100


async def test_a_forbidden_word_stops_an_order_and_is_repeated_nowhere(club: Club) -> None:
    assert (
        await command(club, club.moderator, "shield words add", word="Zoom")
        == "Forbidden from now on."
    )

    refusal = await club.assert_refused(await club.animate(prompt="slow zo\u200bOm in"))

    assert "a word in it that the moderators do not allow here" in refusal
    assert "zoom" not in refusal.casefold()
    assert refusals(club) == [errors.ForbiddenPrompt]
    assert club.workshop.provider.calls == []
    standing = await club.client.shield.standing(club.guild.id, club.member.id)
    assert standing.strikes == ()


async def test_words_are_listed_and_removed(club: Club) -> None:
    await command(club, club.moderator, "shield words add", word="Zoom")
    assert "||Zoom||" in await command(club, club.moderator, "shield words list")
    again = await command(club, club.moderator, "shield words add", word="zôom")
    assert again == "That is forbidden already."

    gone = await command(club, club.moderator, "shield words remove", word="ZOOM")

    assert gone == "Allowed again."
    assert await command(club, club.moderator, "shield words list") == "No words are forbidden."
    await club.animate()
    assert len(await club.jobs()) == 1


async def test_what_has_no_letter_cannot_be_forbidden(club: Club) -> None:
    assert "nothing to look for" in await command(
        club, club.moderator, "shield words add", word="!?"
    )
    assert refusals(club) == [errors.NoWord]


@pytest.mark.parametrize(
    ("rule", "is_restricted", "is_refused"),
    [
        ("anywhere", True, False),
        ("restricted_only", False, True),
        ("restricted_only", True, False),
        ("never_restricted", True, True),
        ("never_restricted", False, False),
    ],
)
async def test_a_guild_says_whether_age_restricted_channels_will_do(
    club: Club, rule: str, is_restricted: bool, is_refused: bool
) -> None:
    restrict(club, is_restricted)
    await command(club, club.moderator, "shield channels", rule=rule)

    result = await club.animate()

    if is_refused:
        assert "age-restricted channels" in await club.assert_refused(result)
        assert refusals(club) == [errors.WrongChannelAge]
    else:
        assert len(await club.jobs()) == 1


async def test_a_thread_is_as_its_channel_is(club: Club) -> None:
    await club.animate()
    await club.finish()
    await command(club, club.moderator, "shield channels", rule="restricted_only")

    in_thread = await club.animate_in(club.thread)
    restrict(club, True)
    restricted = await club.animate_in(club.thread)

    assert "only in age-restricted channels" in said(in_thread)
    assert refusals(club) == [errors.WrongChannelAge]
    assert restricted.response is not None
    assert len(await club.jobs()) == 2


async def test_the_rule_about_channels_is_an_act_that_can_be_undone(club: Club) -> None:
    await command(club, club.moderator, "shield channels", rule="restricted_only")

    await club.client.budget.undo(club.guild.id, 1, moderator_id=club.moderator.id)

    assert "in every channel" in await command(club, club.moderator, "shield channels")


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("budget block", {"member": None}),
        ("budget unblock", {"member": None}),
        ("budget blocked", {}),
        ("shield words add", {"word": "zoom"}),
        ("shield words remove", {"word": "zoom"}),
        ("shield words list", {}),
        ("shield channels", {"rule": "restricted_only"}),
    ],
)
async def test_only_moderators_use_the_shield(
    club: Club, name: str, options: dict[str, Any]
) -> None:
    # The server lets everybody see the commands: who may is checked in code all the same.
    for group in ("budget", "shield"):
        club.command(group)["default_member_permissions"] = None
    given = {key: value or club.other for key, value in options.items()}

    heard = {await command(club, who, name, **given) for who in (club.member, club.other)}

    assert heard == {"Only a moderator with the Manage Server permission can do that."}
    assert refusals(club) == [errors.NotAllowed] * 2
    assert await club.client.shield.blocked(club.guild.id) == ()
    assert await club.client.shield.words(club.guild.id) == ()
    await command(club, club.owner, name, **given)


async def test_moderators_are_told_once_when_too_much_is_refused(club: Club) -> None:
    database, clock = club.workshop.database, club.workshop.clock
    mods = club.guild.create_text_channel("mods")
    await database.run(guilds.change, club.guild.id, log_channel_id=mods.id)
    await club.start_with(1000)
    for number in range(BRAKE_STRIKES):
        club.workshop.provider.submits.append(Mishap(Refused("no")))
        member = club.guild.add_member(club.env.create_user(f"m{number}"))
        await member.slash(club.channel, "animate", image=IMAGE, prompt="a fox")
    await club.finish()
    braking = Braking(database, DiscordReports(club.client, club.workshop.bench.catalogue))

    assert await braking.is_due(clock())
    await braking.do(clock())

    assert not await braking.is_due(clock())
    [posted] = mods.history()
    assert "Scripted has refused so much" in posted.content
    assert "Too many orders of this server were refused at Scripted" in said(await club.animate())
    assert refusals(club) == [ProviderBraked]


def restrict(club: Club, is_restricted: bool) -> None:
    """Restrict the channel by age, as the gateway would tell; simcord has no such channels."""
    channel: Any = club.client.get_channel(club.channel.id)
    channel.nsfw = is_restricted
