"""The owner's wallet at ModelsLab."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from providers.errors import CannotTell, KeyRefused, Unreachable
from providers.modelslab import ModelsLabProvider
from tests.fakes.fake_server import Fault
from tests.fakes.modelslab import Canned, FakeModelsLab
from tests.providers.modelslab.asking import opened, request_for


@pytest.mark.parametrize(
    ("balance", "told", "microdollars"),
    [
        (12.75, "$12.75", 12_750_000),
        ("12.75", "$12.75", 12_750_000),
        ("0.000001", "$0.00", 1),
        (1234, "$1,234.00", 1_234_000_000),
        (0, "$0.00", 0),
    ],
)
async def test_the_balance_is_in_dollars(
    fake: FakeModelsLab,
    provider: ModelsLabProvider,
    balance: float | str,
    told: str,
    microdollars: int,
) -> None:
    fake.balance = balance

    account = await provider.account()

    assert (account.balance, account.balance_microdollars) == (told, microdollars)
    assert fake.tasks == []


async def test_the_queue_is_told(
    fake: FakeModelsLab, provider: ModelsLabProvider, tmp_path: Path
) -> None:
    await provider.submit(request_for(provider, tmp_path), "job-1")

    assert (await provider.account()).limits == ("1 in process; the plan takes 5, 10 or 15",)


@pytest.mark.parametrize("count", [None, "many", -1, True, 10**400])
async def test_a_queue_that_cannot_be_read_is_left_out(
    fake: FakeModelsLab, provider: ModelsLabProvider, count: object
) -> None:
    fake.answer_instead("request_count", Canned({"processing_count": count}))

    assert (await provider.account()).limits == ()


async def test_a_queue_that_cannot_be_reached_is_left_out(
    fake: FakeModelsLab, provider: ModelsLabProvider
) -> None:
    fake.answer_instead("request_count", *[Canned({}, 503)] * 3)

    assert (await provider.account()).limits == ()


@pytest.mark.parametrize("errors_with_200", [False, True])
async def test_a_wrong_key_is_told(
    fake: FakeModelsLab, tmp_path: Path, errors_with_200: bool
) -> None:
    fake.errors_with_200 = errors_with_200

    async with opened(fake.environment | {"MODELSLAB_API_KEY": "wrong-key"}, tmp_path) as provider:
        with pytest.raises(KeyRefused):
            await provider.account()


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        {"status": "error", "message": "maintenance"},
        {"data": 12},
        {"data": {"balance": None}},
        {"data": {"balance": "nan"}},
        {"data": {"balance": "a lot"}},
        {"data": {"balance": True}},
        {"data": {"balance": 10**400}},
        {"data": {"balance": 1e300}},
    ],
)
async def test_a_balance_that_cannot_be_read_is_asked_for_again(
    fake: FakeModelsLab, provider: ModelsLabProvider, data: object
) -> None:
    fake.answer_instead("wallet_balance", Canned(data))

    with pytest.raises(Unreachable):
        await provider.account()


async def test_a_wallet_that_cannot_be_reached_is_asked_for_again(
    fake: FakeModelsLab, provider: ModelsLabProvider
) -> None:
    fake.read_faults.extend([Fault.SERVER_ERROR] * 3)

    with pytest.raises(Unreachable):
        await provider.account()


async def test_what_was_billed_cannot_be_asked(provider: ModelsLabProvider) -> None:
    with pytest.raises(CannotTell):
        await provider.usage(date(2026, 11, 1), date(2026, 11, 2))
