"""Cards are brought up to date by whoever changes a question, and by the chore after a crash."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, cast

import pytest

from bot.budget.ask_cards import AskCards
from bot.budget.asking import AskingService, AskKind, AskState
from bot.budget.desk import Giver
from bot.budget.dossier import Dossier
from bot.jobs.thread import ThreadError, ThreadGone, ThreadUnreachable
from storage import asks, guilds
from storage.database import Database
from storage.jobs import JobState
from tests.bot.workshop import GUILD, MEMBER, PRICE, Workshop

LOG, ELSEWHERE = 70, 71
GIVER = Giver(member_id=40)


class RecordedBoard:
    """Implements `bot.budget.ask_cards.AskBoard`; fails where a test says so."""

    def __init__(self) -> None:
        self.errors: dict[int, deque[ThreadError]] = {}
        self.tried: list[int] = []
        self.posted: list[tuple[int, int]] = []
        self.shown: list[tuple[int, AskState]] = []
        self.told: list[tuple[int, AskState]] = []
        self.histories: list[bool] = []
        self.meanwhile: Callable[[], Awaitable[object]] | None = None
        self.refuses_direct = False

    async def post(self, dossier: Dossier, *, channel_id: int) -> int:
        """Keep where the card was posted."""
        self.tried.append(dossier.ask.id)
        if errors := self.errors.get(channel_id):
            raise errors.popleft()
        self.posted.append((dossier.ask.id, channel_id))
        self.histories.append(dossier.history is not None)
        if self.meanwhile is not None:
            await self.meanwhile()
        return 9_000 + dossier.ask.id

    async def show(self, dossier: Dossier) -> None:
        """Keep what the card says."""
        assert dossier.ask.message_id is not None, "which card?"
        self.shown.append((dossier.ask.id, dossier.ask.state))

    async def tell(self, dossier: Dossier) -> None:
        """Keep what the member was told."""
        if self.refuses_direct:
            raise ThreadGone("no direct messages")
        self.told.append((dossier.ask.id, dossier.ask.state))


@pytest.fixture
def board() -> RecordedBoard:
    return RecordedBoard()


@pytest.fixture
async def cards(workshop: Workshop, board: RecordedBoard) -> AskCards:
    for guild_id, channel_id in ((GUILD, LOG), (GUILD + 1, ELSEWHERE)):
        await workshop.database.run(guilds.change, guild_id, log_channel_id=channel_id)
    cards = AskCards(workshop.database, board, clock=workshop.clock)
    workshop.bench = replace(workshop.bench, ask_cards=cards)
    return cards


@pytest.fixture
def asking(workshop: Workshop, cards: AskCards) -> AskingService:
    return AskingService(
        workshop.database, clock=workshop.clock, wake_worker=workshop.count_wake_up, cards=cards
    )


class Interrupted:
    """A database at which something else happens right after a question was read, once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.run = database.run
        self.meanwhile: Callable[[], Awaitable[object]] | None = None

    async def read(self, function: Callable[..., Any], *args: object, **given: object) -> object:
        """Read, and let that happen."""
        found = await self._database.read(function, *args, **given)
        if function is asks.get and self.meanwhile is not None:
            meanwhile, self.meanwhile = self.meanwhile, None
            await meanwhile()
        return found


async def keep_house(workshop: Workshop, cards: AskCards) -> None:
    if await cards.is_due(workshop.clock()):
        await cards.do(workshop.clock())


async def test_a_question_and_its_answer_need_no_chore(
    workshop: Workshop, asking: AskingService, cards: AskCards, board: RecordedBoard
) -> None:
    asked = await asking.ask(GUILD, MEMBER, 50, "a film")
    await asking.grant(asked.id, giver=GIVER)

    assert not await cards.is_due(workshop.clock())
    assert board.posted == [(asked.id, LOG)]
    assert board.told == [(asked.id, AskState.GRANTED)]
    assert board.shown == [(asked.id, AskState.GRANTED)]


async def test_one_refusal_ends_the_round_for_that_guild_and_no_other(
    workshop: Workshop, asking: AskingService, cards: AskCards, board: RecordedBoard
) -> None:
    board.errors[LOG] = deque([ThreadGone("shut")] * 4)
    board.errors[ELSEWHERE] = deque([ThreadUnreachable("slow")])
    here = [(await asking.ask(GUILD, member, 5, "a film")).id for member in (31, 32, 33)]
    there = (await asking.ask(GUILD + 1, MEMBER, 5, "a film")).id
    board.tried.clear()

    await keep_house(workshop, cards)

    assert board.tried == [here[0], there]
    assert board.posted == [(there, ELSEWHERE)]
    await keep_house(workshop, cards)
    assert [ask_id for ask_id, _ in board.posted] == [there, *here]


async def test_an_answer_quicker_than_the_card_is_written_down_settles_it_at_once(
    workshop: Workshop, asking: AskingService, cards: AskCards, board: RecordedBoard
) -> None:
    board.errors[LOG] = deque([ThreadUnreachable("slow")])
    asked = await asking.ask(GUILD, MEMBER, 50, "a film")
    later = AskingService(
        workshop.database, clock=workshop.clock, wake_worker=workshop.count_wake_up
    )
    board.meanwhile = lambda: later.deny(asked.id, giver=GIVER)

    await keep_house(workshop, cards)

    assert board.shown == [(asked.id, AskState.DENIED)]
    assert board.told == [(asked.id, AskState.DENIED)]
    assert not await cards.is_due(workshop.clock())


async def test_two_who_settle_a_card_at_once_are_no_trouble_to_each_other(
    workshop: Workshop, asking: AskingService, cards: AskCards, board: RecordedBoard
) -> None:
    asked = await asking.ask(GUILD, MEMBER, 50, "a film")
    elsewhere = AskingService(
        workshop.database, clock=workshop.clock, wake_worker=workshop.count_wake_up
    )
    await elsewhere.grant(asked.id, giver=GIVER)
    database = Interrupted(workshop.database)
    database.meanwhile = lambda: cards.update(asked.id)
    slow = AskCards(cast("Database", database), board, clock=workshop.clock)

    assert await slow.update(asked.id)

    assert board.shown == [(asked.id, AskState.GRANTED)]


async def test_an_answer_before_a_crash_is_told_after_it(
    workshop: Workshop, asking: AskingService, cards: AskCards, board: RecordedBoard
) -> None:
    asked = await asking.ask(GUILD, MEMBER, 50, "a film")
    dying = AskingService(
        workshop.database, clock=workshop.clock, wake_worker=workshop.count_wake_up
    )
    await dying.grant(asked.id, giver=GIVER)

    await keep_house(workshop, cards)

    assert board.told == [(asked.id, AskState.GRANTED)]
    assert board.shown == [(asked.id, AskState.GRANTED)]
    assert not await cards.is_due(workshop.clock())


async def test_whoever_takes_no_messages_keeps_no_card_open(
    workshop: Workshop, asking: AskingService, cards: AskCards, board: RecordedBoard
) -> None:
    board.refuses_direct = True
    asked = await asking.ask(GUILD, MEMBER, 50, "a film")

    await asking.deny(asked.id, giver=GIVER, reason="not now")

    assert board.shown == [(asked.id, AskState.DENIED)]
    assert not await cards.is_due(workshop.clock())
    last = await asking.last(GUILD, MEMBER)
    assert last is not None
    assert (last.ask.state, last.reason) == (AskState.DENIED, "not now")


async def test_long_ago_is_no_news(workshop: Workshop, asking: AskingService) -> None:
    await asking.ask(GUILD, MEMBER, 50, "a film")
    workshop.advance(days=30)

    assert await asking.last(GUILD, MEMBER) is None


async def test_a_job_nobody_could_be_asked_about_asks_again_within_an_hour(
    workshop: Workshop, cards: AskCards, board: RecordedBoard
) -> None:
    await workshop.database.run(guilds.change, GUILD, approval_credits=PRICE - 1)
    job = await workshop.order()
    await workshop.visit()
    thread_id = (await workshop.job(job)).thread_id
    assert thread_id is not None
    for channel_id in (LOG, thread_id):
        board.errors[channel_id] = deque([ThreadGone("shut")])

    await workshop.visit()
    none_yet = list(board.posted)
    workshop.advance(hours=1)
    await workshop.visit()

    question = await workshop.database.read(asks.of_job, job.id)
    assert question is not None
    assert (none_yet, question.kind) == ([], AskKind.JOB)
    assert board.posted == [(question.id, LOG)]
    assert (await workshop.job(job)).state is JobState.NEEDS_APPROVAL


async def test_in_a_thread_where_everybody_reads_along_there_is_no_history(
    workshop: Workshop, cards: AskCards, board: RecordedBoard
) -> None:
    await workshop.database.run(
        guilds.change, GUILD, approval_credits=PRICE - 1, log_channel_id=None
    )
    job = await workshop.order()
    await workshop.visit()
    await workshop.visit()

    assert [channel_id for _, channel_id in board.posted] == [(await workshop.job(job)).thread_id]
    assert board.histories == [False]


async def test_the_card_of_a_job_is_settled_as_the_job_ends(
    workshop: Workshop, asking: AskingService, cards: AskCards, board: RecordedBoard
) -> None:
    await workshop.database.run(guilds.change, GUILD, approval_credits=PRICE - 1)
    job = await workshop.order()
    await workshop.visit()
    await workshop.visit()
    await workshop.cancel(job)

    await workshop.visit_all(job)

    question = await workshop.database.read(asks.of_job, job.id)
    assert question is not None
    assert board.shown == [(question.id, AskState.EXPIRED)]
    assert board.told == []
    assert not await cards.is_due(workshop.clock())
