"""What a crash left undone between a report, its card and the decision."""

from __future__ import annotations

from storage import clip_reports
from storage.clip_reports import ReportState
from tests.bot.discord.club import Club, labels, texts
from tests.bot.discord.test_reports import (
    DISMISS,
    REMOVE,
    card_in,
    job_of,
    log_channel,
    posted,
    report,
    said,
)


async def test_a_card_that_was_posted_before_a_crash_is_found_again(club: Club) -> None:
    mods = await log_channel(club)
    await report(club, await posted(club), club.other)
    job = await job_of(club)
    await club.workshop.database.run(
        clip_reports.keep_card, job.id, channel_id=None, message_id=None
    )

    await club.client.shield.reports.do(club.workshop.clock())

    case = await club.client.shield.reports.case(club.guild.id, job.id)
    assert case.message_id == card_in(mods).id


async def test_a_clip_that_is_reported_anew_gets_a_card_of_its_own(club: Club) -> None:
    mods = await log_channel(club)
    clip = await posted(club)
    await report(club, clip, club.other)
    await club.moderator.click(card_in(mods), label=DISMISS)

    await report(club, clip, club.owner)

    assert [len(labels(card)) for card in mods.history()] == [0, 2]


async def test_a_card_left_open_by_a_crash_says_how_it_was_decided_once_pressed(
    club: Club,
) -> None:
    mods = await log_channel(club)
    await report(club, await posted(club), club.other)
    job = await job_of(club)
    await club.workshop.database.run(
        clip_reports.decide,
        club.guild.id,
        job.id,
        club.owner.id,
        ReportState.DISMISSED,
        now=club.workshop.clock(),
    )
    await club.restart()

    answer = said(await club.moderator.click(card_in(mods), label=REMOVE))

    assert answer == "That is decided already; the card says how."
    assert "**Dismissed: the clip stays**" in texts(card_in(mods))
    assert labels(card_in(mods)) == []
