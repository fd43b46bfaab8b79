"""Which of Discord's refusals are repeated, which are for good, and which are somebody else's."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest

from bot.discord import calls
from bot.discord.calls import best_effort, reliably
from bot.jobs.thread import ClipTooLarge, ThreadGone, ThreadUnreachable

PASSING = [
    pytest.param(aiohttp.ServerDisconnectedError(), id="dropped connection"),
    pytest.param(ConnectionResetError(104, "reset"), id="reset"),
    pytest.param(TimeoutError(), id="timeout"),
]


def refusal(status: int, code: int = 0) -> discord.HTTPException:
    """An answer of Discord's, as discord.py raises it."""
    response: Any = SimpleNamespace(status=status, reason="No")
    kind = discord.DiscordServerError if status >= 500 else discord.HTTPException
    return kind(response, {"code": code, "message": "no"})


@pytest.fixture(autouse=True)
def without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Repeat a call at once, three times."""
    monkeypatch.setattr(calls, "PAUSES_SECONDS", (0, 0, 0))


def failing(*errors: Exception) -> Callable[[], Coroutine[Any, Any, str]]:
    """A call that raises these one after the other, and then succeeds."""
    left = list(errors)

    async def call() -> str:
        if left:
            raise left.pop(0)
        return "done"

    return call


@pytest.mark.parametrize("error", [*PASSING, refusal(500), refusal(503)])
async def test_a_call_that_got_no_answer_is_repeated(error: Exception) -> None:
    assert await reliably(failing(error, error, error)) == "done"


@pytest.mark.parametrize("error", [*PASSING, refusal(503)])
async def test_a_call_that_never_gets_an_answer_is_given_up(error: Exception) -> None:
    with pytest.raises(ThreadUnreachable):
        await reliably(failing(*[error] * 4))


@pytest.mark.parametrize("error", [refusal(429), discord.RateLimited(60)])
async def test_a_rate_limit_is_not_fought(error: Exception) -> None:
    with pytest.raises(ThreadUnreachable):
        await reliably(failing(error))


@pytest.mark.parametrize(
    ("status", "code"), [(404, 10003), (404, 10008), (403, 50001), (403, 50013), (400, 160005)]
)
async def test_a_place_that_is_gone_or_shut_is_for_good(status: int, code: int) -> None:
    with pytest.raises(ThreadGone):
        await reliably(failing(refusal(status, code)))


@pytest.mark.parametrize(("status", "code"), [(413, 0), (400, 40005)])
async def test_a_file_that_is_too_large_is_told_apart(status: int, code: int) -> None:
    with pytest.raises(ClipTooLarge):
        await reliably(failing(refusal(status, code)))


async def test_what_nobody_foresaw_is_raised_as_it_is() -> None:
    with pytest.raises(discord.HTTPException) as raised:
        await reliably(failing(refusal(400, 50035)))

    assert raised.value.code == 50035


@pytest.mark.parametrize("error", [*PASSING, refusal(503), refusal(403, 50013)])
async def test_a_call_made_at_best_may_fail(error: Exception) -> None:
    await best_effort(failing(error)())


async def test_a_bug_is_no_lost_edit() -> None:
    with pytest.raises(ValueError, match="a bug"):
        await best_effort(failing(ValueError("a bug"))())
