"""/budget report, export and receipt, and a member's own /receipt."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import Any, TypeGuard

import discord
import pytest
from discord import ui
from PIL import Image
from simcord import InteractionResult

from bot.discord.naming import LEFT, names_of
from bot.discord.views.receipt import ReceiptCard
from bot.discord.views.report import loss_list
from bot.errors import ExportTooLarge, NoSuchMonth, NotAllowed
from bot.report_words import payment_reason
from providers.errors import Refused
from storage import caps, ledger, members
from storage.cap_schema import CapScope
from storage.caps import Cap
from storage.errors import JobNotFound
from storage.figures import Loss
from storage.jobs import Job, JobState
from storage.periods import Period
from storage.receipts import Receipt, ReceiptEntry
from storage.schema import AccountKind, HoldState, Phase
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


async def test_a_receipt_says_who_paid_what_and_why(club: Club) -> None:
    job = await delivered(club)

    said = texts(shown(await club.moderator.slash(club.channel, "budget receipt", job=job.id)))

    assert f"### Receipt of job `{job.id}`\n✅ **Posted**" in said
    assert "Quote: **3 credits** · the provider's $0.0225 at 100 %" in said
    assert "Held: 3 credits" in said
    assert "Billed by the provider: $0.0225 · its price, for it does not say" in said
    assert "Paid by the member: **3 credits** · 0 credits given back" in said
    assert "Lost by the house: 0 credits" in said
    assert "The clip was delivered: the quote is paid" in said
    assert "entry 2: hold +3 held" in said
    assert "entry 3: settle −3 posted, −3 held" in said


async def test_a_receipt_of_a_refusal_says_that_all_was_given_back(club: Club) -> None:
    club.workshop.provider.submits.append(Mishap(Refused("no")))
    job = await delivered(club)

    said = texts(shown(await club.member.slash(club.channel, "receipt", job=job.id)))

    assert "Paid by the member: **0 credits** · 3 credits given back" in said
    assert "There was no clip to pay for" in said


async def test_a_receipt_of_a_job_under_way_says_what_is_held(club: Club) -> None:
    await club.animate()
    [job] = await club.jobs()

    said = texts(shown(await club.member.slash(club.channel, "receipt", job=f" {job.id} ")))

    assert "Billed by the provider: nothing yet" in said
    assert "set aside until the job is over" in said


async def test_members_find_their_own_jobs_while_they_type(club: Club) -> None:
    job = await delivered(club, prompt="heavy rain")

    offered = await club.choices("receipt", "job", "rain")

    assert offered == [(f"heavy rain · 3 credits · {job.id}", job.id)]


async def test_nobody_sees_the_receipt_of_another_member(club: Club) -> None:
    job = await delivered(club)

    said = shown(await club.other.slash(club.channel, "receipt", job=job.id))

    assert isinstance(club.error(), NotAllowed)
    assert "credits" not in texts(said)


async def test_a_job_that_nobody_knows_has_no_receipt(club: Club) -> None:
    await club.moderator.slash(club.channel, "budget receipt", job="nothing")

    assert isinstance(club.error(), JobNotFound)


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


def receipt_of(job: Job, state: HoldState, **changes: Any) -> Receipt:
    blank: dict[str, Any] = {
        "held_credits": 3,
        "paid_credits": 3,
        "billed_microdollars": 0,
        "entries": (),
    }
    return Receipt(job=job, state=state, **{**blank, **changes})


@pytest.mark.parametrize(
    ("state", "failure", "held", "words"),
    [
        (JobState.DELIVERED, None, HoldState.RELEASED, "so it was on the house"),
        (JobState.FAILED, "lost", HoldState.RELEASED, "all credits were given back"),
        (JobState.FAILED, "refused", HoldState.CAPTURED, "chose that a refusal costs the quote"),
        (JobState.CANCELLED, "cancelled_late", HoldState.CAPTURED, "cancelled after it began"),
        (JobState.DELIVERED, None, HoldState.CAPTURED, "the quote is paid, or less"),
    ],
)
async def test_every_way_a_job_is_paid_for_has_its_reason(
    club: Club, state: JobState, failure: str | None, held: HoldState, words: str
) -> None:
    job = replace(await delivered(club), state=state, failure=failure)

    assert words in payment_reason(receipt_of(job, held))


async def test_a_receipt_shows_what_the_provider_says_it_billed_and_what_the_house_lost(
    club: Club,
) -> None:
    job = replace(await delivered(club), billed_microdollars=45_000, provider_microdollars=None)
    loss = ReceiptEntry(
        account_id=8,
        kind=AccountKind.HOUSE,
        number=1,
        phase=Phase.LOSS,
        posted_change=-2,
        held_change=0,
        at=job.created_at,
        digest=b"\x01" * 32,
    )

    card = ReceiptCard(receipt_of(job, HoldState.CAPTURED, entries=(loss,)), "Plain")

    said = "\n".join(part.content for part in card.walk_children() if is_text(part))
    assert "Quote: **3 credits**\n" in said
    assert "Billed by the provider: $0.0450\n" in said
    assert "Lost by the house: 2 credits" in said
    assert "What the provider billed beyond that is the house's loss." in said
    assert "house 8, entry 1: loss −2 posted" in said


def is_text(part: object) -> TypeGuard[ui.TextDisplay[Any]]:
    return isinstance(part, ui.TextDisplay)


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
