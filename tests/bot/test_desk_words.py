"""What the desk cannot do is said in plain sentences, with what to do instead."""

from __future__ import annotations

import re

import pytest

from bot.desk_words import DESK_SENTENCES, OBSTACLES
from bot.messages import sentence
from storage.errors import (
    AskedAlready,
    AskNotFound,
    GivingCeilingReached,
    PlanGone,
    PlanOutdated,
    StorageError,
)
from storage.undoing import CannotUndo, Obstacle
from tests.bot.clock import StillClock

SAID: dict[StorageError, str] = {
    GivingCeilingReached(ceiling=1_000, given=900, asked=200, resets_at=StillClock()()): (
        "1,000 credits a month here, and have given 900; 200 more are too many"
    ),
    GivingCeilingReached(ceiling=5, given=0, asked=6, resets_at=None): "Nothing was given.",
    PlanOutdated(30): "<@30> has less by now than you saw, so nothing was done",
    PlanGone(): "so nothing was done. Make a new one.",
    AskNotFound("7"): "do not know that request",
    AskedAlready(7): "The moderators have a week to answer",
    CannotUndo(Obstacle.CHANGED_SINCE): "Undo the later act first",
}


@pytest.mark.parametrize("error", SAID, ids=lambda error: type(error).__name__)
def test_a_sentence_says_what_is_wrong_and_what_to_do(error: StorageError) -> None:
    words = sentence(error) or ""

    assert SAID[error] in words
    assert re.fullmatch(r"\S.*[.]", words)


def test_every_error_of_the_desk_is_worded() -> None:
    assert set(DESK_SENTENCES) == {*map(type, SAID)}
    assert set(OBSTACLES) == set(Obstacle)
