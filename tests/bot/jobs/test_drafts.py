"""Drafts as the service keeps them: one job of many presses, and no file left behind."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from bot.errors import NotAllowed, PictureGone, PriceChanged
from bot.jobs.drafts import Preview
from bot.jobs.files import JobFiles
from bot.jobs.leftovers import clear_leftovers
from bot.jobs.order import Placed, Uploads
from bot.jobs.uploads import WHOLE
from bot.keeping.old_drafts import OldDrafts
from bot.keeping.sweeping import Retention, Sweep
from bot.media.framing import Fit
from storage import guilds
from storage.drafts import LIFETIME, MOST_OF_A_MEMBER
from storage.errors import DraftGone, DraftUsed, NotEnoughCredits
from tests.bot.orders import ORDER, picture, pictured
from tests.bot.workshop import GUILD, MEMBER, Workshop

TALL = pictured(picture((600, 1200)))
WIDE = pictured(picture((640, 360)))
WANTED = replace(ORDER, shape="16:9")


async def preview(workshop: Workshop, number: int = 1, files: Uploads = TALL) -> Preview:
    return await workshop.service.drafts.preview(replace(WANTED, interaction_id=number), files)


async def make(workshop: Workshop, shown: Preview, number: int = 100) -> Placed:
    pressed = replace(ORDER, interaction_id=number, prompt="")
    return await workshop.service.drafts.make(
        pressed, shown.draft.id, shown.way, price_credits=shown.price_credits
    )


def kept(workshop: Workshop) -> list[str]:
    return sorted(path.name for path in workshop.files.upload("").glob("*"))


async def test_each_way_of_framing_is_kept_the_one_that_suits_first(workshop: Workshop) -> None:
    shown = await preview(workshop)

    assert list(shown.draft.frames) == ["pad", "crop"]
    assert (shown.way, shown.other_ways) == ("pad", ("crop",))
    assert kept(workshop) == ["1-crop.jpg", "1-pad.jpg"]


async def test_a_picture_of_the_clips_shape_is_kept_once(workshop: Workshop) -> None:
    shown = await preview(workshop, files=WIDE)

    assert (shown.way, shown.other_ways) == (WHOLE, ())
    assert kept(workshop) == ["1-whole.jpg"]


async def test_a_way_in_which_nothing_could_be_seen_is_not_offered(workshop: Workshop) -> None:
    shown = await preview(workshop, files=pictured(picture((150, 600))))

    assert (shown.way, shown.other_ways) == ("pad", ())


@pytest.mark.parametrize("fit", list(Fit))
async def test_a_way_that_was_asked_for_is_shown_first(workshop: Workshop, fit: Fit) -> None:
    shown = await workshop.service.drafts.preview(replace(WANTED, fit=fit), TALL)

    assert shown.way == fit


async def test_of_many_presses_at_once_one_makes_a_job(workshop: Workshop) -> None:
    shown = await preview(workshop)

    results = await asyncio.gather(
        *(make(workshop, shown, number) for number in range(100, 105)), return_exceptions=True
    )

    [placed] = [each for each in results if isinstance(each, Placed)]
    assert sum(isinstance(each, DraftUsed) for each in results) == 4
    assert (await workshop.account()).held == 3
    assert kept(workshop) == [placed.job.picture]


class Overtaken:
    """Files that are read only after another press has been answered."""

    def __init__(self, files: JobFiles) -> None:
        self._files = files
        self.other: Callable[[], Awaitable[object]] | None = None

    def __getattr__(self, name: str) -> object:
        attribute: object = getattr(self._files, name)
        return attribute

    async def read_upload(self, name: str) -> bytes:
        other, self.other = self.other, None
        if other is not None:
            await other()
        return await self._files.read_upload(name)


@pytest.mark.parametrize("other", [DraftUsed, DraftGone])
async def test_a_press_that_is_overtaken_is_told_what_became_of_the_draft(
    workshop: Workshop, other: type[Exception]
) -> None:
    files = Overtaken(workshop.files)
    workshop.open(
        workshop.database,
        around=lambda tool: files if isinstance(tool, JobFiles) else tool,
    )
    shown = await preview(workshop)
    drafts = workshop.service.drafts
    files.other = (
        partial(make, workshop, shown, 100)
        if other is DraftUsed
        else partial(drafts.drop, shown.draft.id, member_id=MEMBER)
    )

    with pytest.raises(other):
        await make(workshop, shown, 101)


async def test_what_was_seen_is_what_the_job_keeps(workshop: Workshop) -> None:
    shown = await preview(workshop)

    placed = await make(workshop, shown)

    assert [await workshop.picture(placed.job)] == list(shown.pictures)
    assert placed.job.prompt == ORDER.prompt
    assert placed.job.inset == shown.draft.frames["pad"].inset


async def test_the_clip_once_more_keeps_the_place_of_a_padded_picture(workshop: Workshop) -> None:
    placed = await make(workshop, await preview(workshop))

    again = await workshop.service.place_again(
        replace(ORDER, interaction_id=200, prompt=""), job_id=placed.job.id
    )

    assert again.job.inset == placed.job.inset is not None


async def test_only_for_the_price_that_was_shown_it_becomes_a_job(workshop: Workshop) -> None:
    shown = await preview(workshop)
    await workshop.database.run(guilds.change, GUILD, price_percent=200)

    with pytest.raises(PriceChanged) as refusal:
        await make(workshop, shown)

    assert (refusal.value.shown, refusal.value.price) == (3, 5)
    assert (await workshop.account()).held == 0


async def test_a_draft_that_cannot_be_paid_stays_with_its_files(workshop: Workshop) -> None:
    await workshop.database.run(guilds.change, GUILD, starting_credits=0)
    shown = await preview(workshop)

    with pytest.raises(NotEnoughCredits):
        await make(workshop, shown)

    assert kept(workshop) == ["1-crop.jpg", "1-pad.jpg"]


async def test_a_draft_is_its_members_and_its_guilds_alone(workshop: Workshop) -> None:
    shown = await preview(workshop)
    drafts = workshop.service.drafts
    strange = replace(ORDER, interaction_id=100, member_id=MEMBER + 1)
    elsewhere = replace(ORDER, interaction_id=101, guild_id=GUILD + 1)

    with pytest.raises(NotAllowed):
        await drafts.make(strange, shown.draft.id, shown.way, price_credits=3)
    with pytest.raises(DraftGone):
        await drafts.make(elsewhere, shown.draft.id, shown.way, price_credits=3)
    with pytest.raises(NotAllowed):
        await drafts.drop(shown.draft.id, member_id=MEMBER + 1)


async def test_a_picture_that_is_gone_is_said_to_be(workshop: Workshop) -> None:
    shown = await preview(workshop)
    await workshop.files.drop_upload("1-pad.jpg")

    with pytest.raises(PictureGone):
        await make(workshop, shown)

    assert (await workshop.account()).held == 0


async def test_of_too_many_drafts_the_oldest_goes_with_its_files(workshop: Workshop) -> None:
    for number in range(1, MOST_OF_A_MEMBER + 2):
        await preview(workshop, number, WIDE)
        workshop.advance(seconds=1)

    assert len(kept(workshop)) == MOST_OF_A_MEMBER
    assert "1-whole.jpg" not in kept(workshop)


async def test_old_drafts_are_removed_with_their_files(workshop: Workshop) -> None:
    await preview(workshop, 1)
    workshop.clock.advance(LIFETIME)
    young = await preview(workshop, 2, WIDE)
    chore = OldDrafts(workshop.database, workshop.files)

    assert await chore.is_due(workshop.clock())
    await chore.do(workshop.clock())

    assert kept(workshop) == ["2-whole.jpg"]
    assert (await make(workshop, young)).job.picture == "34.jpg"
    assert not await chore.is_due(workshop.clock() + timedelta(minutes=59))
    assert await chore.is_due(workshop.clock() + timedelta(hours=1))


async def test_neither_a_start_nor_the_sweep_takes_a_drafts_files(workshop: Workshop) -> None:
    await preview(workshop)
    await workshop.files.keep_upload("9-crop.jpg", b"of a preview that was cut short")
    for path in workshop.files.upload("").glob("*"):
        moment = (workshop.clock() - timedelta(days=2)).timestamp()
        os.utime(path, (moment, moment))

    await Sweep(workshop.database, workshop.files, Retention(None, None)).do(workshop.clock())
    assert kept(workshop) == ["1-crop.jpg", "1-pad.jpg"]

    await workshop.files.keep_upload("9-crop.jpg", b"of a preview that was cut short")
    await clear_leftovers(workshop.database, workshop.files)
    assert kept(workshop) == ["1-crop.jpg", "1-pad.jpg"]
