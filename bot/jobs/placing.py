"""How an order becomes a job: checked, made ready in its turn, and written with its hold."""

from __future__ import annotations

import asyncio
import errno
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from bot.budget.screening import screen
from bot.clock import Clock
from bot.errors import NoRoom
from bot.jobs import uploads
from bot.jobs.catalogue import Catalogue
from bot.jobs.last_orders import LastOrders
from bot.jobs.options import SEED_LIMIT, Checked, check, is_other_shape, shape_for
from bot.jobs.order import Given, Note, Order, Placed, RefusalCosts, RunsAs, ShapeInstead
from bot.jobs.uploads import Preparation, Ready
from bot.keeping.spending import Spending
from providers.model import Shape
from storage import guilds, jobs
from storage.database import Database
from storage.errors import BudgetError, DraftGone, DraftUsed, NotEnoughCredits, NotWritten
from storage.guilds import GuildSettings
from storage.jobs import Job, NewJob
from storage.retention import Need, needs

REPLY_GRACE = timedelta(seconds=15)
"""A new job waits this long for its reply to be in place, unless `start` comes first."""
ORDERS_AT_ONCE = 4
"""Two pictures are decoded while the next two are on their way."""
DISK_TAKES_NOTHING = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG, errno.EIO}

T = TypeVar("T")


@dataclass(frozen=True)
class Asked:
    """An order that may be made here, by its model and by the guild's rules."""

    order: Order
    chosen: GuildSettings
    checked: Checked

    def shape(self, ready: Ready) -> Shape | None:
        """The clip's shape, with that picture."""
        return shape_for(self.checked.choice.model, self.order.shape, ratio=ready.ratio)


class Placing:
    """Takes orders to jobs; `JobService` and `Drafts` stand on it."""

    def __init__(
        self,
        database: Database,
        catalogue: Catalogue,
        preparation: Preparation,
        *,
        clock: Clock,
        spending: Spending,
    ) -> None:
        self.database = database
        self.catalogue = catalogue
        self.preparation = preparation
        self.clock = clock
        self.last_orders = LastOrders()
        self._turns = asyncio.Semaphore(ORDERS_AT_ONCE)
        self._spending = spending

    async def settings(self, guild_id: int) -> GuildSettings:
        """What a guild has set."""
        return await self.database.read(guilds.settings, guild_id)

    async def check(self, order: Order, given: Given) -> Asked:
        """Look at words, place, model and options, before anything is fetched or stored.

        Raises OrderError, PlaceError, BooksDoNotBalance or NoRoom.
        """
        chosen = await self.settings(order.guild_id)
        await screen(self.database, order, chosen, now=self.clock())
        checked = check(self.catalogue.at(chosen.price_percent), order, given)
        self._spending.check()
        return Asked(order, chosen, checked)

    @asynccontextmanager
    async def prepared(self, prepare: Callable[[], Awaitable[T]]) -> AsyncIterator[T]:
        """Make files ready when their turn comes. Raises NotWritten or Restarting.

        A rush costs the memory of a few pictures, and leaves the loop to the first answers.
        """
        async with AsyncExitStack() as stack:
            # The turn ends with the block, for the pictures are in memory until then; what may be
            # cut short ends before it.
            async with self.last_orders.in_time():
                await stack.enter_async_context(self._turns)
                with on_disk():
                    ready = await prepare()
            yield ready

    async def write(
        self, asked: Asked, ready: Ready, create: Callable[..., Job] = jobs.create
    ) -> Placed:
        """Store the files, hold the price and make the job; or change nothing at all.

        Raises NotEnoughCredits, BudgetError, NoRoom, NotWritten, and what else `create` raises.
        """
        self._spending.check()
        now = self.clock()
        job_id = jobs.job_id(asked.order.interaction_id)
        new = NewJob(**_request(asked, ready, job_id), due_at=now + REPLY_GRACE)
        roles = asked.order.role_ids
        try:
            with on_disk():
                await self.preparation.keep(job_id, ready)
            job = await self.database.run(create, new, now=now, role_ids=roles)
        except (NotEnoughCredits, BudgetError, DraftGone, DraftUsed):
            # After any other error the files may be those of a job which is there already.
            await self._drop(job_id, ready)
            raise
        except NoRoom:
            need = await self.database.read(needs, [job_id], ended_before=None)
            if need[job_id] is Need.NO_JOB:
                await self._drop(job_id, ready)
            raise
        notes = notes_of(asked, ready)
        if new.refused_pays:
            notes = (*notes, RefusalCosts(new.price_credits))
        return Placed(job, asked.checked.choice, notes)

    async def _drop(self, job_id: str, ready: Ready) -> None:
        await self.preparation.drop(list(uploads.names(job_id, ready).values()))


def _request(asked: Asked, ready: Ready, job_id: str) -> dict[str, Any]:
    order, checked = asked.order, asked.checked
    return {
        "interaction_id": order.interaction_id,
        "guild_id": order.guild_id,
        "channel_id": order.channel_id,
        "member_id": order.member_id,
        "reply_id": order.reply_id,
        "thread_id": order.thread_id,
        "provider": checked.choice.provider,
        "model": checked.choice.model.id,
        "prompt": order.prompt.strip(),
        "seconds": checked.seconds,
        "shape": asked.shape(ready),
        "seed": secrets.randbelow(SEED_LIMIT) if order.seed is None else order.seed,
        "picture": None,
        **uploads.names(job_id, ready),
        "inset": ready.inset,
        "negative_prompt": (order.negative_prompt or "").strip() or None,
        "resolution": checked.variant.resolution,
        "sound": checked.variant.sound,
        "price_credits": checked.price_credits,
        "parent_id": order.parent_id,
        "price_percent": asked.chosen.price_percent,
        "provider_microdollars": checked.provider_microdollars,
        "refused_pays": asked.chosen.refused_pays,
    }


def notes_of(asked: Asked, ready: Ready) -> tuple[Note, ...]:
    """What the member should be told of files, model and shape."""
    notes: list[Note] = [*ready.notes]
    order, choice = asked.order, asked.checked.choice
    name = (order.model or "").strip().casefold()
    if name in choice.model.aliases and name not in choice.names:
        notes.append(RunsAs(name, choice.model.name))
    shape = asked.shape(ready)
    if order.shape and shape and is_other_shape(order.shape, shape):
        notes.append(ShapeInstead(order.shape, shape))
    return tuple(notes)


@contextmanager
def on_disk() -> Iterator[None]:
    """A disk that does not take a file is as bad as one that does not take a row."""
    try:
        yield
    except OSError as error:
        if error.errno in DISK_TAKES_NOTHING:
            raise NotWritten(str(error)) from error
        raise
