"""What a member may look at before paying: the pictures as they would be sent, and the price.

A draft is a row and files. Buttons say which way of framing and which price was shown with them,
so what is made is what was seen, however long ago that was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from bot.errors import NoRoom, NotAllowed, PictureGone, PriceChanged
from bot.jobs import uploads
from bot.jobs.order import Given, Order, Placed, RefusalCosts, Uploads
from bot.jobs.placing import Asked, Placing, notes_of, on_disk
from bot.jobs.uploads import Ready
from bot.logs import get_logger
from bot.messages import note_sentence
from storage import drafts, jobs
from storage.drafts import Draft, Frames
from storage.errors import BudgetError, DraftGone

log = get_logger("drafts")


@dataclass(frozen=True, kw_only=True)
class Preview:
    """A draft as it is shown to its member."""

    draft: Draft
    way: str
    """How the pictures are framed."""
    model_name: str
    price_credits: int
    pictures: tuple[bytes, ...] = field(repr=False)
    """The first frame, and the last where there is one; JPEG."""
    notes: tuple[str, ...]
    """What its member should be told, in words."""

    @property
    def other_ways(self) -> tuple[str, ...]:
        """How else they may be framed."""
        return tuple(way for way in self.draft.frames if way != self.way)


class Drafts:
    """Shows orders before they are paid for, and makes them jobs."""

    def __init__(self, placing: Placing) -> None:
        self._placing = placing
        self._preparation = placing.preparation
        self._database = placing.database

    async def preview(self, order: Order, files: Uploads) -> Preview:
        """Check an order, make its files ready, and keep both for a day; nothing is set aside.

        Raises as `JobService.place`, but for what only a hold can be refused for.
        """
        asked = await self._placing.check(order, files.given)
        model = asked.checked.choice.model
        prepare = partial(self._preparation.prepare_ways, order, files, model)
        async with self._placing.prepared(prepare) as ways:
            draft = _draft(asked, ways, now=self._placing.clock())
            await self._keep(draft, ways)
        way, ready = next(iter(ways.items()))
        return _preview(asked, draft, way, ready)

    async def show(self, order: Order, draft_id: str, way: str) -> Preview:
        """A draft as it would be made by an order given now, framed in one of its ways.

        Raises DraftGone, DraftUsed, NotAllowed, PictureGone, OrderError or PlaceError.
        """
        draft, asked = await self._look_up(order, draft_id)
        ready = await self._read(draft, way)
        return _preview(asked, draft, way, ready)

    async def make(self, order: Order, draft_id: str, way: str, *, price_credits: int) -> Placed:
        """Make a draft the job it was shown for, at the price that was shown. Holds credits.

        The order says by whom and where. Raises as `show` and `JobService.place`, and PriceChanged.
        """
        draft, asked = await self._look_up(order, draft_id)
        price = asked.checked.price_credits
        if price != price_credits:
            raise PriceChanged(price_credits, price)
        ready = await self._read(draft, way)
        placed = await self._placing.write(asked, ready, partial(drafts.use, draft_id=draft_id))
        await self._let_go(draft)
        # What is to be said of the pictures stood on the card.
        told = tuple(note for note in placed.notes if isinstance(note, RefusalCosts))
        return replace(placed, notes=told)

    async def drop(self, draft_id: str, *, member_id: int) -> None:
        """Give a draft up. Raises DraftGone, DraftUsed or NotAllowed."""
        draft = await self._own(draft_id, member_id)
        await self._database.run(drafts.drop, draft.id, now=self._placing.clock())
        await self._let_go(draft)

    async def _keep(self, draft: Draft, ways: Mapping[str, Ready]) -> None:
        try:
            with on_disk():
                for way, ready in ways.items():
                    await self._preparation.keep(_owner(draft.id, way), ready)
            surplus = await self._database.run(drafts.create, draft)
        except (BudgetError, NoRoom):
            await self._let_go(draft)
            raise
        for old in surplus:
            await self._let_go(old)

    async def _look_up(self, order: Order, draft_id: str) -> tuple[Draft, Asked]:
        draft = await self._own(draft_id, order.member_id)
        if draft.guild_id != order.guild_id:
            raise DraftGone(draft_id)
        return draft, await self._placing.check(_ordered(draft, order), _given(draft))

    async def _read(self, draft: Draft, way: str) -> Ready:
        try:
            return await self._preparation.read_draft(draft, way)
        except PictureGone:
            # Another press may have used the draft meanwhile, or given it up.
            await self._own(draft.id, draft.member_id)
            raise

    async def _own(self, draft_id: str, member_id: int) -> Draft:
        draft = await self._database.read(drafts.get, draft_id, now=self._placing.clock())
        if draft.member_id != member_id:
            raise NotAllowed("the member whose preview it is")
        return draft

    async def _let_go(self, draft: Draft) -> None:
        try:
            await self._preparation.drop(draft.files)
        except OSError as error:
            # No row needs them any more: they go with what else is swept at night.
            log.warning("files of a draft stay for now", reason=str(error))


def _preview(asked: Asked, draft: Draft, way: str, ready: Ready) -> Preview:
    price = asked.checked.price_credits
    costs = (note_sentence(RefusalCosts(price)),) if asked.chosen.refused_pays else ()
    return Preview(
        draft=draft,
        way=way,
        model_name=asked.checked.choice.model.name,
        price_credits=price,
        pictures=tuple(each for each in (ready.picture, ready.last_frame) if each),
        notes=(*draft.frames[way].notes, *costs),
    )


def _draft(asked: Asked, ways: Mapping[str, Ready], *, now: datetime) -> Draft:
    order, checked = asked.order, asked.checked
    draft_id = jobs.job_id(order.interaction_id)
    best = next(iter(ways.values()))
    files = {way: uploads.names(_owner(draft_id, way), ready) for way, ready in ways.items()}
    return Draft(
        id=draft_id,
        guild_id=order.guild_id,
        member_id=order.member_id,
        provider=checked.choice.provider,
        model=checked.choice.model.id,
        prompt=order.prompt.strip(),
        negative_prompt=(order.negative_prompt or "").strip() or None,
        seconds=checked.seconds,
        shape=asked.shape(best),
        resolution=checked.variant.resolution,
        sound=checked.variant.sound,
        seed=order.seed,
        audio=next((names["audio"] for names in files.values() if "audio" in names), None),
        frames={way: _frames(asked, files[way], ready) for way, ready in ways.items()},
        created_at=now,
    )


def _frames(asked: Asked, files: Mapping[str, str], ready: Ready) -> Frames:
    return Frames(
        picture=files["picture"],
        last_frame=files.get("last_frame"),
        ratio=ready.ratio or 1.0,
        inset=ready.inset,
        notes=[note_sentence(note) for note in notes_of(asked, ready)],
    )


def _ordered(draft: Draft, order: Order) -> Order:
    """An order given now, for what the draft is about."""
    return replace(
        order,
        prompt=draft.prompt,
        model=f"{draft.provider}/{draft.model}",
        seconds=draft.seconds,
        shape=draft.shape,
        seed=draft.seed,
        resolution=draft.resolution or None,
        sound=draft.sound,
        negative_prompt=draft.negative_prompt,
    )


def _given(draft: Draft) -> Given:
    frames = next(iter(draft.frames.values()))
    return Given(
        picture=True, last_frame=frames.last_frame is not None, audio=draft.audio is not None
    )


def _owner(draft_id: str, way: str) -> str:
    return f"{draft_id}-{way}"
