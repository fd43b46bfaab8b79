"""What the owner has left."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from providers.base import Account
from providers.errors import CannotTell, KeyRefused, Unreachable
from tests.providers.kling.asking import GENERATIONS, client, kling

TRIAL: dict[str, Any] = {
    "resource_pack_name": "Video trial",
    "resource_pack_id": "p1",
    "resource_pack_type": "decreasing_total",
    "total_quantity": 100,
    "remaining_quantity": 61.4,
    "purchase_time": 1795000000000,
    "effective_time": 1795000000000,
    "invalid_time": 1797592000000,
    "status": "online",
}
EXPIRED = TRIAL | {"resource_pack_name": "Old trial", "status": "expired"}


@pytest.mark.parametrize("generation", GENERATIONS)
async def test_every_package_has_its_line_and_those_open_make_the_balance(generation: str) -> None:
    async with kling(generation) as (fake, provider):
        fake.packages = [TRIAL, EXPIRED]

        account = await provider.account()

    assert account == Account(
        "61.4 units ($8.60)",
        8_596_000,
        (
            "Video trial: 61.4 of 100 units, until 2026-12-18 (online)",
            "Old trial: 61.4 of 100 units, until 2026-12-18 (expired)",
        ),
    )


async def test_an_account_without_packages_has_no_units() -> None:
    async with kling() as (_, provider):
        assert await provider.account() == Account("0 units ($0.00)", 0, ())


async def test_the_nested_code_counts_too() -> None:
    async with kling() as (fake, provider):
        fake.costs_code = 1

        with pytest.raises(Unreachable):
            await provider.account()


@pytest.mark.parametrize(
    "change",
    [
        {"remaining_quantity": None},
        {"remaining_quantity": "many"},
        {"total_quantity": []},
        {"invalid_time": 10**30},
        {"invalid_time": True},
    ],
)
async def test_a_package_without_figures_is_no_answer(change: dict[str, Any]) -> None:
    async with kling() as (fake, provider):
        fake.packages = [TRIAL | change]

        with pytest.raises(Unreachable):
            await provider.account()


async def test_a_key_that_is_not_taken_is_named_so() -> None:
    async with kling() as (fake, _):
        wrong = client(fake.environment | {"KLING_API_KEY": "wrong"})
        async with wrong as provider:
            with pytest.raises(KeyRefused):
                await provider.account()


async def test_what_was_billed_by_day_cannot_be_told() -> None:
    async with kling() as (_, provider):
        with pytest.raises(CannotTell):
            await provider.usage(date(2026, 11, 1), date(2026, 11, 2))
