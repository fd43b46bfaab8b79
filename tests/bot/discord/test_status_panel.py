"""/status: how the bot is, to a member and to a moderator."""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import discord
import pytest
from discord.utils import format_dt
from simcord import InteractionResult, MemberActor

import bot
from bot.discord.views.status_panel import StatusPanel
from bot.jobs.files import DiskUse
from bot.jobs.rests import Rest
from bot.keeping.condition import Amounts, AtProvider, Condition, Stock, Trouble
from bot.keeping.sweeping import Retention
from bot.media.permits import Load, Work
from bot.playground.message import Flag
from bot.playground.message_rules import Draft, shape_of
from providers.base import Failed, FailureReason
from providers.errors import KeyRefused, NotSubmitted, OutOfCredit, RateLimited
from storage.books import Discrepancy
from storage.traffic import Traffic
from tests.bot.clock import StillClock
from tests.bot.discord.club import Club, texts
from tests.bot.discord.offers import catalogue, offering
from tests.scripted import PLAIN, Mishap

DAY = timedelta(days=1)
NOON = StillClock().now
IDLE = Load(3, {}, {})


def shown(result: InteractionResult) -> discord.Message:
    assert result.response is not None
    assert result.response.ephemeral
    return result.response.message


async def status(club: Club, viewer: MemberActor | None = None) -> str:
    return texts(shown(await (viewer or club.member).slash(club.channel, "status")))


def panel(condition: Condition) -> str:
    card = StatusPanel(condition, catalogue(offering(PLAIN)))
    components = card.to_components()  # type: ignore[no-untyped-call]  # discord.py's
    shape_of(Draft(components=components, flags=Flag.COMPONENTS_V2))
    return "\n".join(
        str(part["content"]) for part in components[0]["components"] if "content" in part
    )


def condition(**changes: object) -> Condition:
    plain = Condition(trouble=None, providers=(), own=(), load=IDLE, stock=None, amounts=None)
    return replace(plain, **changes)  # type: ignore[arg-type]  # of any field


def provider(title: str, rest: Rest | None = None) -> AtProvider:
    return AtProvider(title=title, traffic=Traffic(1, 2), most_running=5, rest=rest)


async def test_a_member_sees_a_quiet_house(club: Club) -> None:
    said = await status(club)

    assert said.strip().splitlines() == [
        "### ✅ All is well",
        "✅ **Scripted**",
        "-# 0 of 1 running · 0 waiting",
        "You have nothing in line.",
        "**On this machine** · 0 of 3 at work",
        "-# No picture and no clip waits to be worked on.",
    ]


async def test_a_member_sees_their_own_place_in_line(club: Club) -> None:
    club.workshop.provider.max_running = 0
    await club.animate(prompt="slow *zoom* in")
    await club.visit()

    said = await status(club)

    assert "✅ **Scripted**\n-# 0 of 0 running · 1 waiting" in said
    assert "**Your place in line**\n⏳ next · slow \\*zoom\\* in\n-# Plain" in said


async def test_nobody_sees_what_others_ordered(club: Club) -> None:
    club.workshop.provider.max_running = 0
    await club.animate(prompt="a secret of ann")
    await club.visit()

    for viewer in (club.other, club.moderator):
        said = await status(club, viewer)
        assert "1 waiting" in said
        assert "You have nothing in line." in said
        assert "secret" not in said


@pytest.mark.parametrize(
    ("error", "words", "until"),
    [
        (RateLimited(60), "⏳ **Scripted** · asked for a pause\n", " · goes on <t:"),
        (NotSubmitted("no"), "⚠️ **Scripted** · out of order since <t:", " · next try <t:"),
    ],
)
async def test_a_provider_that_rests_says_until_when(
    club: Club, error: Exception, words: str, until: str
) -> None:
    club.workshop.provider.submits.append(Mishap(error))
    await club.animate()
    await club.visit()
    await club.visit()

    said = await status(club)

    assert words in said
    assert until in said


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (KeyRefused("401"), "⚠️ **Scripted** · refuses the owner's key since <t:"),
        (OutOfCredit("402"), "⚠️ **Scripted** · says the owner's account is empty since <t:"),
    ],
)
async def test_what_the_owner_has_to_mend_is_said_until_a_job_runs_again(
    club: Club, error: Exception, words: str
) -> None:
    club.workshop.provider.submits.append(Mishap(error))
    await club.animate()
    await club.finish()

    said = await status(club)
    await club.animate(prompt="again")
    await club.finish()

    assert said.strip().startswith("### ⚠️ Nothing is being made\nWhat a provider turns away")
    assert words in said
    assert "### ✅ All is well" in await status(club)


async def test_an_account_found_empty_while_a_clip_is_made_is_said_too(club: Club) -> None:
    club.workshop.provider.statuses.append(Failed(FailureReason.OUT_OF_CREDIT, "no"))
    await club.animate()
    await club.finish()

    assert "says the owner's account is empty" in await status(club)


async def test_a_moderator_sees_how_things_stand_and_no_amounts_of_others(club: Club) -> None:
    assert "Room for" not in await status(club)
    await club.workshop.files.keep_upload("1.jpg", bytes(5_000_000))

    said = await status(club, club.moderator)

    assert "**Room for pictures and clips** · plenty" in said
    assert "Pictures and clips are kept 30 days." in said
    assert "No backup yet." in said
    started = format_dt(club.workshop.clock(), "R")
    assert f"**Version** {bot.__version__} · started {started}" in said
    assert re.findall(r"\d+ [kMG]B", said) == []


async def test_the_owner_alone_sees_how_much_is_kept_of_all_servers(club: Club) -> None:
    await club.workshop.files.keep_upload("1.jpg", bytes(5_000_000))
    application = club.client.application
    assert application is not None
    application.owner = SimpleNamespace(id=club.other.id)  # type: ignore[assignment]

    said = await status(club, club.other)

    assert "**Disk** · 5 MB, no budget set" in said
    assert "-# 5 MB pictures · 0 kB clips" in said
    assert "**Database** · " in said
    assert "**Version**" in said


@pytest.mark.parametrize("asking", ["one of the team", "somebody else"])
async def test_where_a_team_owns_the_bot_its_members_are_owners(club: Club, asking: str) -> None:
    application = club.client.application
    assert application is not None
    who = club.other if asking == "one of the team" else club.moderator
    application.team = SimpleNamespace(  # type: ignore[assignment]
        members=[SimpleNamespace(id=club.other.id)]
    )

    assert ("**Disk**" in await status(club, who)) == (asking == "one of the team")


@pytest.mark.parametrize(("kept", "said"), [(0, "plenty"), (901_000, "short")])
async def test_room_is_told_to_be_short_before_it_is_gone(club: Club, kept: int, said: str) -> None:
    changed = {"disk_budget_gb": Decimal("0.001")}
    club.workshop.settings = club.workshop.settings.model_copy(update=changed)
    await club.restart()
    await club.workshop.files.keep_upload("1.jpg", bytes(kept))

    told = await status(club, club.moderator)

    assert f"**Room for pictures and clips** · {said}" in told
    assert "the oldest go sooner when room is short." in told


async def test_a_moderator_sees_the_last_backup(club: Club) -> None:
    folder = club.workshop.settings.backups_folder
    folder.mkdir()
    for name in ("zoetrope-20260227-030000.db", "zoetrope-20260228-030000.db", "mine.db"):
        (folder / name).touch()

    assert "Last backup <t:1772247600:R>." in await status(club, club.moderator)


async def test_books_that_do_not_balance_are_said_first(club: Club) -> None:
    club.workshop.spending.judge([Discrepancy(account="1/2", what="posted", expected=1, found=2)])

    assert (await status(club)).strip().startswith("### ⚠️ Nothing can be ordered\nCredits are")


async def test_a_full_disk_is_said_first(club: Club) -> None:
    club.workshop.spending.mind_room(has_room=False)

    assert "### ⚠️ Nothing can be ordered\nThere is no room for another clip" in await status(club)


def test_one_provider_out_of_order_is_not_the_end() -> None:
    failing = Rest(NOON, NOON - DAY)

    some = panel(condition(providers=(provider("Runway"), provider("Kling", failing))))
    all_of_them = panel(condition(providers=(provider("Kling", failing),)))

    assert some.startswith("### ⚠️ Mostly well")
    assert all_of_them.startswith("### ⚠️ Nothing is being made\nJobs of a provider")


def test_work_on_this_machine_is_told_by_its_kind() -> None:
    load = Load(3, {Work.CLIP: 2, Work.PICTURE: 1}, {Work.PICTURE: 4, Work.EXTRA: 1})

    assert panel(condition(load=load)).splitlines()[-4:] == [
        "**On this machine** · 3 of 3 at work",
        "-# Preparing pictures: 1 running, 4 waiting",
        "-# Checking and fitting clips: 2 running, 0 waiting",
        "-# Extras: 0 running, 1 waiting",
    ]


def test_every_kind_of_work_and_trouble_has_its_words() -> None:
    every = Load(3, dict.fromkeys(Work, 1), {})

    assert len(panel(condition(load=every)).splitlines()) == 4 + len(Work)
    for trouble in Trouble:
        assert "nothing can be ordered for now" in panel(condition(trouble=trouble))


def test_the_owner_reads_the_disk_against_its_budget_and_what_goes_when() -> None:
    stock = Stock(
        is_room_short=True,
        has_budget=True,
        retention=Retention(pictures=DAY, clips=None),
        last_backup=None,
        are_backups_scheduled=False,
        version="1.0",
        up_since=NOON,
    )
    amounts = Amounts(
        disk=DiskUse(uploads_bytes=250_000_000, clips_bytes=4_750_000_000),
        budget_bytes=20_000_000_000,
        database_bytes=1_500_000,
    )

    assert panel(condition(stock=stock, amounts=amounts)).splitlines()[-9:] == [
        "**Room for pictures and clips** · short",
        "-# Pictures are kept a day, clips for ever; the oldest go sooner when room is short.",
        "-# No backups are scheduled.",
        f"**Version** 1.0 · started {format_dt(NOON, 'R')}",
        "-# Of all servers together, for you as the bot's owner:",
        "**Disk** · 5.0 GB of 20.0 GB",
        "▰▰▰▰▱▱▱▱▱▱▱▱▱▱",
        "-# 250 MB pictures · 4.8 GB clips",
        "**Database** · 2 MB",
    ]


def test_the_version_is_that_of_the_package() -> None:
    project = Path(os.fspath(bot.__path__[0])).parent / "pyproject.toml"

    assert tomllib.loads(project.read_text())["project"]["version"] == bot.__version__
