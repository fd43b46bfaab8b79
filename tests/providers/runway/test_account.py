from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from providers.base import Usage
from providers.errors import KeyRefused, Unreachable
from providers.runway import RunwayProvider
from tests.fakes.runway import FakeRunway
from tests.providers.runway.orders import Files, provider_at, submitted


async def test_the_account_is_its_credits_and_the_limits_of_what_is_offered(
    provider: RunwayProvider, fake: FakeRunway, files: Files
) -> None:
    fake.balance, fake.concurrency, fake.daily_limit = 1000, 2, 50
    await submitted(provider, fake, files)

    account = await provider.account()

    assert account.balance == "940 credits ($9.40)"
    assert account.balance_microdollars == 9_400_000
    assert "gen4.5: 2 at once, 50 a day, 1 used today" in account.limits
    assert "gen4_turbo: 2 at once, 50 a day, 0 used today" in account.limits
    assert len(account.limits) == len(provider.models)
    assert len(fake.tasks) == 1


async def test_no_limit_is_said_as_such(provider: RunwayProvider, fake: FakeRunway) -> None:
    account = await provider.account()

    assert "gen4.5: any number at once, any number a day, 0 used today" in account.limits


async def test_usage_is_told_by_day_and_model(
    provider: RunwayProvider, fake: FakeRunway, files: Files
) -> None:
    await submitted(provider, fake, files)
    [(today, _)] = fake.used
    fake.used[today - timedelta(days=1), "gen4_turbo"] = -25
    fake.used[today + timedelta(days=1), "veo3.1"] = 7

    used = await provider.usage(today - timedelta(days=1), today)

    assert used == [
        Usage(today - timedelta(days=1), "gen4_turbo", -250_000),
        Usage(today, "gen4.5", 600_000),
    ]


async def test_a_long_time_is_asked_for_in_parts_that_neither_overlap_nor_leave_gaps(
    provider: RunwayProvider, fake: FakeRunway
) -> None:
    first, last = date(2026, 1, 1), date(2026, 7, 31)
    for days in range((last - first).days + 1):
        fake.used[first + timedelta(days=days), "gen4.5"] = 1

    used = await provider.usage(first, last)

    assert [one.day for one in used] == [first + timedelta(days=days) for days in range(212)]
    assert len(fake.asked) == 3


async def test_a_wrong_key_is_named(fake: FakeRunway, tmp_path: Path) -> None:
    async with provider_at(fake.url, tmp_path, key="key_wrong") as provider:
        with pytest.raises(KeyRefused):
            await provider.account()
        with pytest.raises(KeyRefused):
            await provider.usage(date(2026, 1, 1), date(2026, 1, 2))


@pytest.mark.parametrize("answer", [None, [], {}, {"creditBalance": "many"}, {"results": [7]}])
async def test_an_account_that_cannot_be_read_is_unreachable(
    answer: object, provider: RunwayProvider, fake: FakeRunway
) -> None:
    fake.instead += [(200, answer), (200, answer)]

    with pytest.raises(Unreachable):
        await provider.account()
    with pytest.raises(Unreachable):
        await provider.usage(date(2026, 1, 1), date(2026, 1, 2))
