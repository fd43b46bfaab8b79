"""A member whom a cap stops reads which it is, what is left of it, and when it begins anew."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.messages import SENTENCES, sentence
from storage.cap_schema import CapScope
from storage.errors import (
    BudgetError,
    CapReached,
    CapsUnreadable,
    ChannelNotAllowed,
    OwnerStop,
    SpendingPaused,
)
from storage.periods import Period

RESETS = datetime(2026, 6, 1, tzinfo=UTC)


def reached(scope: CapScope, subject: str = "", period: Period = Period.MONTH) -> CapReached:
    return CapReached(
        scope,
        subject,
        period,
        credits=100,
        left=5,
        price=8,
        resets_at=None if period is Period.JOB else RESETS,
    )


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (reached(CapScope.MEMBER), "Each member here may spend 100 credits a month"),
        (reached(CapScope.MEMBER, "7", Period.DAY), "You may spend 100 credits a day"),
        (reached(CapScope.ROLE, "55", Period.WEEK), "Whoever has <@&55> may spend 100 credits a w"),
        (reached(CapScope.ROLE), "Whoever has your roles may spend 100 credits a month"),
        (reached(CapScope.CHANNEL, "33"), "All of <#33> together may spend 100 credits a month"),
        (reached(CapScope.PROVIDER, "kling"), "at Kling, may spend 100 credits a month"),
        (reached(CapScope.GUILD), "All of this server together may spend 100 credits a month"),
    ],
)
def test_a_refusal_names_its_cap_what_is_left_and_when_it_begins_anew(
    error: CapReached, said: str
) -> None:
    words = sentence(error) or ""

    assert words.startswith("This clip costs 8 credits. ")
    assert said in words
    assert "5 credits of that are left. It starts anew <t:1780272000:R>." in words


@pytest.mark.parametrize("scope", [scope for scope in CapScope if scope is not CapScope.OWNER])
def test_a_clip_too_dear_by_itself_is_refused_without_a_moment(scope: CapScope) -> None:
    words = sentence(reached(scope, "5", Period.JOB)) or ""

    assert "may spend at most 100 credits on one clip. Order a cheaper one." in words
    assert "<t:" not in words


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (SpendingPaused(), "paused all ordering"),
        (ChannelNotAllowed(frozenset({4, 3})), "in <#3>, <#4>."),
        (OwnerStop(RESETS), "used up, over all servers. It starts anew <t:1780272000:R>."),
        (CapsUnreadable("bad zone"), "Tell a moderator."),
    ],
)
def test_every_other_refusal_says_why(error: BudgetError, said: str) -> None:
    assert said in (sentence(error) or "")


def test_every_refusal_has_its_sentence_and_ends_as_prose() -> None:
    assert set(BudgetError.__subclasses__()) <= SENTENCES.keys()
    for error in (SpendingPaused(), OwnerStop(RESETS), reached(CapScope.ROLE, "9" * 20)):
        words = sentence(error) or ""
        assert words.endswith(".")
        assert len(words) < 250
