"""/budget report and /budget export, and who may ask for them and for receipts."""

from __future__ import annotations

import csv
import io
from typing import Any

import discord
import pytest
from PIL import Image
from simcord import InteractionResult

from bot.discord.naming import LEFT, names_of
from bot.discord.views.report import loss_list
from bot.errors import ExportTooLarge, NoSuchMonth, NotAllowed
from providers.errors import Refused
from storage import caps, ledger, members
from storage.cap_schema import CapScope
from storage.caps import Cap
from storage.figures import Loss
from storage.jobs import JobState
from storage.periods import Period
from tests.bot.discord.club import Club, texts
from tests.bot.discord.lists import delivered, shown
from tests.scripted import Mishap


def galleries(message: discord.Message) -> list[Any]:
    return [
        part
        for part in _parts(message.components)
        if isinstance(part, discord.MediaGalleryComponent)
    ]


def _parts(components: list[Any]) -> list[Any]:
    return [
        part for one in components for part in (one, *_parts(list(getattr(one, "children", ()))))
    ]


async def report(club: Club, **options: Any) -> InteractionResult:
    return await club.moderator.slash(club.channel, "budget report", **options)


async def rows(message: discord.Message) -> list[dict[str, str]]:
    [file] = message.attachments
    text = (await file.read()).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


async def test_a_report_shows_the_month_in_pictures_and_in_words(club: Club) -> None:
    await delivered(club)
    club.workshop.advance(seconds=1)
    await club.animate(model="Fancy XL")

    message = shown(await report(club))

    said = texts(message)
    assert f"## {club.workshop.clock.now:%B %Y}\n**3 credits** spent · 25 credits held" in said
    assert f"1. {club.member.mention} · 28 credits" in said
    assert [gallery.items[0].description.split(".")[0] for gallery in galleries(message)] == [
        f"Spending in {club.workshop.clock.now:%B %Y}: 3 credits spent, 25 credits held",
        "By model",
        "By member",
    ]
    assert "1  ann: 28 credits" in galleries(message)[2].items[0].description
    assert "Fancy XL: 25 credits; Plain: 3 credits" in galleries(message)[1].items[0].description


async def test_every_picture_of_a_report_is_attached_and_opens(club: Club) -> None:
    await delivered(club)

    message = shown(await report(club))

    for file in message.attachments:
        Image.open(io.BytesIO(await file.read())).verify()
    assert [file.filename for file in message.attachments] == [
        "days.png",
        "models.png",
        "members.png",
    ]


async def test_a_server_that_spent_nothing_gets_a_report_too(club: Club) -> None:
    message = shown(await report(club))

    assert "**0 credits** spent · 0 credits held" in texts(message)
    assert [file.filename for file in message.attachments] == ["days.png"]


async def test_everybody_sees_a_report_only_where_the_moderator_says_so(club: Club) -> None:
    hidden = await report(club)
    seen = await report(club, public=True)

    assert hidden.ephemeral
    assert not seen.ephemeral
    assert len(club.channel.history(viewer=club.other)) == 1


async def test_whoever_had_their_data_deleted_is_named_nowhere(club: Club) -> None:
    await delivered(club)
    database = club.workshop.database
    await database.run(members.forget, club.guild.id, club.member.id, pseudonym=-5)

    message = shown(await report(club))

    assert f"1. {LEFT} · 3 credits" in texts(message)
    assert f"1  {LEFT}: 3 credits" in galleries(message)[2].items[0].description
    assert str(club.member.id) not in texts(message)


async def test_whoever_left_the_server_is_not_looked_for_in_vain(club: Club) -> None:
    await delivered(club)
    club.guild.remove_member(club.member)

    message = shown(await report(club))

    assert f"1  {LEFT}: 3 credits" in galleries(message)[2].items[0].description


async def test_a_month_is_offered_and_one_that_is_none_is_refused(club: Club) -> None:
    offered = await club.moderator.autocomplete(club.channel, "budget report", "month", "")
    refused = await report(club, month="2999-01")

    assert len(offered) == 12
    assert isinstance(club.error(), NoSuchMonth)
    assert shown(refused).content == (
        "I know no month “2999-01”. Write one that has begun, like 2026-05."
    )


async def test_an_export_has_every_entry_and_says_what_they_add_up_to(club: Club) -> None:
    await delivered(club)
    club.workshop.provider.submits.append(Mishap(Refused("no")))
    await delivered(club)

    message = shown(await club.moderator.slash(club.channel, "budget export"))

    table = await rows(message)
    spent = -sum(int(row["posted_change"]) for row in table if row["phase"] == "settle")
    assert [row["phase"] for row in table] == ["grant", "hold", "settle", "hold", "settle"]
    assert {row["member"] for row in table} == {str(club.member.id)}
    assert spent == 3
    assert "5 entries · 3 credits spent · 0 credits held" in message.content


async def test_an_export_that_may_not_be_attached_is_a_sentence(
    club: Club, monkeypatch: pytest.MonkeyPatch
) -> None:
    await delivered(club)

    class Tiny:
        def __get__(self, of: object, kind: type) -> int:
            return 200

        def __set__(self, of: object, value: int) -> None:
            """What Discord says is not heard."""

    monkeypatch.setattr(discord.Interaction, "filesize_limit", Tiny(), raising=False)

    message = shown(await club.moderator.slash(club.channel, "budget export"))

    assert isinstance(club.error(), ExportTooLarge)
    assert message.attachments == []
    assert "Ask the owner of the bot for a copy" in message.content


@pytest.mark.parametrize("command", ["report", "export", "receipt"])
async def test_a_member_whom_discord_lets_through_is_refused_in_code(
    club: Club, command: str
) -> None:
    job = await delivered(club)
    club.guild.set_command_permissions(int(club.command("budget")["id"]), {club.member: True})
    options = {"job": job.id} if command == "receipt" else {}

    result = await club.member.slash(club.channel, f"budget {command}", **options)

    assert isinstance(club.error(), NotAllowed)
    assert shown(result).attachments == []


@pytest.mark.parametrize("command", ["report", "export"])
async def test_whoever_has_the_managers_role_may_look(club: Club, command: str) -> None:
    role = club.guild.create_role("Treasurers")
    treasurer = club.guild.add_member(club.env.create_user("tina"), roles=[role])
    club.guild.set_command_permissions(int(club.command("budget")["id"]), {treasurer: True})
    await club.client.budget.change_settings(
        club.guild.id, moderator_id=club.moderator.id, manager_role_id=role.id
    )

    message = shown(await treasurer.slash(club.channel, f"budget {command}"))

    assert len(message.attachments) == 1


def test_losses_are_listed_by_why_and_the_small_ones_together() -> None:
    reasons = ["refused", "overdue", "lost", "too_large", "timed_out", "not_playable", "model_down"]
    losses = [
        Loss(state=JobState.FAILED, failure=why, is_paid=False, jobs=number, credits=10 - number)
        for number, why in enumerate(reasons, 1)
    ]

    lines = loss_list(losses).splitlines()

    assert lines[1] == "- Refused by the safety check: 9 credits, 1 job"
    assert lines[2] == "- Took too long, not stoppable: 8 credits, 2 jobs"
    assert lines[-1] == "- for other reasons: 7 credits"
    assert len(lines) == 7


async def test_a_report_says_how_much_of_the_cap_is_used_and_what_the_house_lost(
    club: Club,
) -> None:
    job = await delivered(club)
    await club.workshop.database.run(
        ledger.lose, job_id=job.id, guild_id=club.guild.id, credits=4, now=club.workshop.clock()
    )
    month_cap = Cap(guild_id=club.guild.id, scope=CapScope.GUILD, period=Period.MONTH, credits=6)
    await club.workshop.database.run(caps.set_cap, month_cap)

    said = texts(shown(await report(club)))

    assert "**3 credits** spent · 0 credits held · 50 % of the cap of 6 credits · 4 credits" in said
    assert "**Lost by the house**\n- Sold below the provider's bill: 4 credits, 1 job" in said
    assert "Caps are shown as they are now." in said


async def test_a_name_that_discord_does_not_tell_is_left_to_the_list(club: Club) -> None:
    await delivered(club)
    club.env.inject_error("GET", f"/guilds/{club.guild.id}/members/{club.member.id}", status=403)

    message = shown(await report(club))

    assert "1  (see the list): 3 credits" in galleries(message)[2].items[0].description
    assert f"1. {club.member.mention} · 3 credits" in texts(message)


async def test_without_a_guild_at_hand_only_those_who_left_have_a_name() -> None:
    assert await names_of(None, [-3, 5]) == {-3: LEFT}
