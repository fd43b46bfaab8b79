"""`python -m bot doctor`: what is wrong, what to do about it, and not a cent spent."""

from __future__ import annotations

import asyncio
import os
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from bot.owner.checkup import Checkup, Mark, as_json, as_text
from bot.owner.doctor import examine
from providers import load_providers
from providers.base import Account
from providers.errors import CannotTell, KeyRefused, Unreachable
from tests.bot.owner.shop import KEY, RICH, TOKEN, Never, bought_from, found, shop
from tests.fakes import load_fakes
from tests.fakes.fake_server import FakeServer, FakeTask

PROVIDERS = load_providers()


async def test_a_new_deployment_lacks_its_token_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DISCORD_TOKEN")

    checkup = await examine(PROVIDERS)

    assert found(checkup, "The bot", "discord_token").mark is Mark.BROKEN
    assert checkup.count(Mark.BROKEN) == 1
    assert not checkup.is_healthy
    assert await asyncio.to_thread(os.listdir, tmp_path) == []


@pytest.mark.parametrize("name", sorted(PROVIDERS.keys() - {"local"}))
async def test_a_provider_without_a_key_is_not_broken_and_says_what_to_set(name: str) -> None:
    checkup = await examine({name: PROVIDERS[name]})

    missing = PROVIDERS[name].Settings().missing
    assert missing is not None
    assert missing in found(checkup, name, "key").text
    assert checkup.is_healthy


async def test_the_animator_needs_no_key() -> None:
    checkup = await examine({"local": PROVIDERS["local"]})

    assert found(checkup, "local", "key").mark is Mark.GOOD
    assert "$0.01 (animator)" in found(checkup, "local", "models").text
    assert "LOCAL_USD_PER_SECOND" in found(checkup, "local", "own_prices").text
    assert checkup.is_healthy


async def no_clip(task: FakeTask) -> bytes:
    raise AssertionError("nobody asked for a clip")


async def opened(stack: AsyncExitStack) -> list[FakeServer]:
    return [await stack.enter_async_context(fake.open(no_clip)) for fake in load_fakes().values()]


async def test_every_real_provider_tells_its_balance_and_spends_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with AsyncExitStack() as stack:
        fakes = await opened(stack)
        for fake in fakes:
            for name, value in fake.environment.items():
                monkeypatch.setenv(name, value)

        checkup = await examine(PROVIDERS)

        for fake in fakes:
            assert found(checkup, fake.name, "key").mark is Mark.GOOD
            assert isinstance(
                found(checkup, fake.name, "balance").facts["balance_microdollars"], int
            )
            assert fake.asked
            assert fake.tasks == []
        assert checkup.is_healthy


async def test_every_real_provider_says_which_key_it_refuses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with AsyncExitStack() as stack:
        fakes = await opened(stack)
        for fake in fakes:
            for name, value in fake.environment.items():
                monkeypatch.setenv(name, value if "URL" in name else KEY)

        checkup = await examine(PROVIDERS)

    for fake in fakes:
        key = found(checkup, fake.name, "key")
        [setting] = [name for name in fake.environment if "URL" not in name]
        assert key.mark is Mark.BROKEN
        assert f"{PROVIDERS[fake.name].title} does not accept the key" in key.text
        assert setting in key.text
    assert_no_secret(checkup)


def assert_no_secret(checkup: Checkup) -> None:
    for text in (as_json(checkup), as_text(checkup, coloured=False)):
        assert KEY not in text
        assert TOKEN not in text


@pytest.mark.parametrize(
    ("account", "about", "mark", "words"),
    [
        (KeyRefused(f"401: “{KEY}” is unknown"), "key", Mark.BROKEN, "put it into SHOP_KEY"),
        (Unreachable(f"no way to ?key={KEY}"), "reach", Mark.BROKEN, "SHOP_BASE_URL"),
        (Never(), "reach", Mark.BROKEN, "did not answer within 0.2 s"),
        (CannotTell("shop"), "key", Mark.NOTE, "no way to check it"),
        (ZeroDivisionError(KEY), "fault", Mark.BROKEN, "ZeroDivisionError"),
    ],
)
async def test_trouble_of_one_provider_is_its_own_and_tells_no_secret(
    account: Account | Exception | Never, about: str, mark: Mark, words: str
) -> None:
    both = shop(account) | shop(RICH, name="other")

    checkup = await examine(both, within_seconds=0.2 if isinstance(account, Never) else 5)

    trouble = found(checkup, "shop", about)
    assert (trouble.mark, words in trouble.text) == (mark, True)
    assert found(checkup, "shop", "models").facts["models"] == 2
    assert found(checkup, "other", "key").text == "The key is accepted."
    assert_no_secret(checkup)


async def test_wrong_settings_of_one_provider_are_its_own_trouble(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SHOP_MAX_RUNNING", "none")

    checkup = await examine(shop() | {"local": PROVIDERS["local"]})

    assert "SHOP_MAX_RUNNING is wrong" in found(checkup, "shop", "settings").text
    assert found(checkup, "local", "key").mark is Mark.GOOD
    assert checkup.count(Mark.BROKEN) == 1


async def test_wrong_settings_of_the_bot_hide_no_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDIT_USD", "-1")

    checkup = await bought_from(RICH)

    assert "CREDIT_USD is wrong" in found(checkup, "The bot", "settings").text
    assert found(checkup, "shop", "balance").mark is Mark.GOOD
    assert not checkup.is_healthy


@pytest.mark.parametrize(
    ("microdollars", "mark"),
    [(22_499, Mark.WARNING), (22_500, Mark.GOOD), (-1, Mark.WARNING), (None, Mark.GOOD)],
)
async def test_a_balance_that_pays_for_no_clip_is_a_warning(
    microdollars: int | None, mark: Mark
) -> None:
    checkup = await bought_from(Account("some credits", microdollars))

    balance = found(checkup, "shop", "balance")
    assert balance.mark is mark
    assert ("(plain-1, 3 s, $0.0225): top it up" in balance.text) is (mark is Mark.WARNING)
    assert checkup.is_healthy


@pytest.mark.parametrize(
    ("limits", "mark", "words"),
    [
        (("a: 2 at once", "b: 1 at once"), Mark.NOTE, "2 tasks run at once (SHOP_MAX_RUNNING)."),
        (("a: 1 at once", "b: 1 at once"), Mark.NOTE, "allows 1 of one model"),
        (("a: 1 at once, 50 a day",), Mark.WARNING, "set SHOP_MAX_RUNNING=1"),
        (("a: any number at once", "b: 1 at once"), Mark.NOTE, "(SHOP_MAX_RUNNING)."),
        ((), Mark.NOTE, "(SHOP_MAX_RUNNING)."),
    ],
)
async def test_more_tasks_at_once_than_the_account_allows_are_a_warning(
    limits: tuple[str, ...], mark: Mark, words: str
) -> None:
    checkup = await bought_from(replace(RICH, limits=limits))

    running = found(checkup, "shop", "running")
    assert (running.mark, running.text.endswith(words) or words in running.text) == (mark, True)


async def test_limits_that_are_alike_are_told_once() -> None:
    limits = ("a: 2 at once", "b: 1 at once", "c: 2 at once", "3 in process")

    checkup = await bought_from(replace(RICH, limits=limits))

    text = found(checkup, "shop", "limits").text
    assert text == "Limits: a, c: 2 at once; b: 1 at once; 3 in process."
