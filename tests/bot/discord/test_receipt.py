"""/budget receipt, and a member's own /receipt: who paid what of a job, and why."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeGuard

import pytest
from discord import ui

from bot.discord.views.receipt import ReceiptCard
from bot.errors import NotAllowed
from bot.report_words import payment_reason
from providers.errors import Refused
from storage.errors import JobNotFound
from storage.jobs import Job, JobState
from storage.receipts import Receipt, ReceiptEntry
from storage.schema import AccountKind, HoldState, Phase
from tests.bot.discord.club import Club, texts
from tests.bot.discord.lists import delivered, shown
from tests.scripted import Mishap


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
