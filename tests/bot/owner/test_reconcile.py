"""`python -m bot reconcile`: what members paid beside what the providers billed."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest

from bot.owner.asking import NoAnswer, Why
from bot.owner.bills import Compared, Days, Line, Sums
from bot.owner.reconcile import WrongDays, chosen_days
from bot.settings import CannotStart
from providers import load_providers
from providers.base import Usage
from providers.errors import KeyRefused, Unreachable
from storage.database import Database
from storage.errors import BadDatabaseUrl
from tests.bot.owner.books import (
    DAYS,
    FIRST,
    SECOND,
    URL,
    bill_of,
    ended,
    reconciled,
    stored,
    two_days,
)
from tests.bot.owner.shop import RICH, shop
from tests.fakes.fake_server import FakeTask
from tests.fakes.runway import FakeRunway

TODAY = date(2026, 5, 20)


async def test_every_model_and_day_has_its_sums_and_the_provider_their_total() -> None:
    await stored(two_days)

    bill = await bill_of(shop())

    assert [(line.model, line.day) for line in bill.lines] == [
        ("Fancy-XL", SECOND),
        ("plain-1", FIRST),
        ("plain-1", SECOND),
    ]
    assert bill.lines[1] == Line(
        FIRST,
        "plain-1",
        Sums(
            jobs=2,
            delivered=1,
            paid_credits=6,
            paid_microdollars=60_000,
            billed_microdollars=100_000,
            house_loss_credits=4,
            house_loss_microdollars=40_000,
            unbilled_jobs=0,
        ),
    )
    assert bill.lines[1].sums.difference_microdollars == -40_000
    assert (bill.total.jobs, bill.total.delivered, bill.total.paid_credits) == (5, 3, 18)
    assert bill.total.billed_microdollars == 160_000
    assert bill.total.unbilled_jobs == 1


async def test_credits_are_worth_what_the_owner_says(monkeypatch: pytest.MonkeyPatch) -> None:
    await stored(partial(ended, paid=3, loss=2, billed=1))
    monkeypatch.setenv("CREDIT_USD", "0.25")

    total = (await bill_of(shop())).total

    assert (total.paid_microdollars, total.house_loss_microdollars) == (750_000, 500_000)


async def test_jobs_to_be_reviewed_are_named() -> None:
    await stored(two_days)

    [review] = (await bill_of(shop())).reviews

    assert (review.model, review.price_credits) == ("Fancy-XL", 8)
    assert review.ended_at == datetime(2026, 5, 6, 12, tzinfo=UTC)


async def test_only_the_days_that_were_asked_for_count() -> None:
    await stored(two_days, partial(ended, day=SECOND + timedelta(days=1), paid=8))

    assert (await bill_of(shop(), Days(SECOND, SECOND))).total.jobs == 3
    assert (await bill_of(shop())).total.jobs == 5


async def test_each_provider_is_told_by_itself() -> None:
    await stored(
        partial(ended, paid=1), partial(ended, provider="gone", model="x"), partial(ended, paid=2)
    )

    gone, mine = (await reconciled(shop())).bills

    assert (gone.provider, gone.total.jobs, gone.told, gone.account) == ("gone", 1, None, None)
    assert (mine.provider, mine.total.paid_credits, mine.account) == ("shop", 3, RICH)


async def test_what_the_provider_says_is_set_beside_what_is_stored() -> None:
    await stored(two_days)
    used = [
        Usage(FIRST, "plain-1", 70_000),
        Usage(FIRST, "plain-1", 30_000),
        Usage(SECOND, "Fancy-XL", 50_000),
        Usage(SECOND, "other", 0),
    ]

    told = (await bill_of(shop(usage=used))).told

    assert told == (
        Compared(FIRST, "plain-1", 100_000, 100_000),
        Compared(SECOND, "Fancy-XL", 0, 50_000),
        Compared(SECOND, "plain-1", 60_000, 0),
    )
    assert [row.differs for row in told] == [False, True, True]


async def test_a_provider_that_tells_one_sum_a_day_is_compared_by_it() -> None:
    await stored(two_days)

    told = (await bill_of(shop(usage=[Usage(SECOND, "", 60_000)]))).told

    assert told == (Compared(FIRST, "plain-1", 100_000, 0), Compared(SECOND, "", 60_000, 60_000))


@pytest.mark.parametrize(
    ("usage", "why"),
    [
        (KeyRefused("401"), Why.KEY_REFUSED),
        (Unreachable("503"), Why.UNREACHABLE),
        (ZeroDivisionError(), Why.BROKE),
        (None, Why.CANNOT_TELL),
    ],
)
async def test_a_provider_that_says_nothing_hides_nothing(
    usage: Exception | None, why: Why
) -> None:
    await stored(two_days)

    bill = await bill_of(shop(usage=usage))

    assert isinstance(bill.told, NoAnswer)
    assert bill.told.why is why
    assert (bill.total.jobs, bill.account) == (5, RICH)


async def test_a_provider_that_is_not_used_is_left_out() -> None:
    await stored(two_days)
    assert "RUNWAYML_API_SECRET" not in os.environ

    bills = (await reconciled(shop() | load_providers())).bills

    assert [bill.provider for bill in bills] == ["shop"]


async def test_a_provider_that_billed_what_we_know_nothing_of_is_told() -> None:
    await stored()

    bill = await bill_of(shop(usage=[Usage(FIRST, "plain-1", 10_000)]))

    assert bill.lines == ()
    assert bill.told == (Compared(FIRST, "plain-1", 0, 10_000),)


async def no_clip(task: FakeTask) -> bytes:
    raise AssertionError("nobody asked for a clip")


async def test_a_real_provider_is_asked_for_its_days(monkeypatch: pytest.MonkeyPatch) -> None:
    await stored(partial(ended, paid=60, billed=600_000, provider="runway", model="gen4.5"))
    async with FakeRunway.open(no_clip) as fake:
        fake.used[FIRST, "gen4.5"] = 60
        fake.used[SECOND, "gen4_turbo"] = 25
        fake.used[SECOND + timedelta(days=1), "gen4.5"] = 60
        for name, value in fake.environment.items():
            monkeypatch.setenv(name, value)

        bill = await bill_of({"runway": load_providers()["runway"]})

    assert bill.told == (
        Compared(FIRST, "gen4.5", 600_000, 600_000),
        Compared(SECOND, "gen4_turbo", 0, 250_000),
    )
    assert fake.tasks == []


async def test_the_bot_may_run_meanwhile() -> None:
    async with Database.open(URL) as running:
        await running.run(two_days)

        bill = await bill_of(shop())
        await running.run(ended)

        assert bill.total.jobs == 5


async def test_without_a_database_none_is_made() -> None:
    with pytest.raises(BadDatabaseUrl, match="there is no database"):
        await reconciled(shop())

    assert os.listdir() == []


def test_usually_it_is_about_the_last_thirty_days() -> None:
    assert chosen_days(None, None, today=TODAY) == Days(date(2026, 4, 21), TODAY)
    assert chosen_days(None, FIRST, today=TODAY) == Days(date(2026, 4, 6), FIRST)
    assert chosen_days(FIRST, SECOND, today=TODAY) == DAYS


def test_days_to_come_are_not_asked_for() -> None:
    assert chosen_days(FIRST, date.max, today=TODAY) == Days(FIRST, TODAY)


@pytest.mark.parametrize(
    ("since", "until"), [(SECOND, FIRST), (date(2026, 5, 21), None), (date.min, None)]
)
def test_days_that_cannot_be_reported_are_refused_in_a_sentence(
    since: date, until: date | None
) -> None:
    with pytest.raises(WrongDays) as refusal:
        chosen_days(since, until, today=TODAY)

    assert isinstance(refusal.value, CannotStart)
    assert len(str(refusal.value).split()) > 5


async def test_even_the_first_day_of_all_can_be_asked_for() -> None:
    await stored(two_days)

    assert (await reconciled(shop(), chosen_days(None, date.min, today=TODAY))).bills[0].lines == ()
