"""A guild's forbidden words: each change is an act, and can be undone."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from storage import acts, undoing, words
from storage.acts import ActKind
from storage.errors import TooManyWords
from storage.undoing import CannotUndo, Obstacle
from storage.words import MOST_WORDS, ForbiddenWord
from tests.storage.examples import GUILD, NOW
from tests.storage.shielded import MODERATOR

BAD = ForbiddenWord(word="Bad", folded="bad")
OTHER_GUILD = 12


def add(conn: sa.Connection, word: ForbiddenWord = BAD) -> bool:
    return words.add(conn, GUILD, MODERATOR, word, now=NOW)


def test_a_word_is_forbidden_in_its_guild_alone(conn: sa.Connection) -> None:
    assert add(conn)

    assert words.of_guild(conn, GUILD) == [BAD]
    assert words.of_guild(conn, OTHER_GUILD) == []


def test_a_word_is_forbidden_once_however_it_is_written(conn: sa.Connection) -> None:
    add(conn)

    assert not add(conn, ForbiddenWord(word="BAD", folded="bad"))
    assert acts.count(conn, GUILD) == 1


def test_a_word_is_allowed_again(conn: sa.Connection) -> None:
    add(conn)

    assert words.remove(conn, GUILD, MODERATOR, "bad", now=NOW)
    assert words.of_guild(conn, GUILD) == []
    assert not words.remove(conn, GUILD, MODERATOR, "bad", now=NOW)
    kinds = [act.kind for act in acts.history(conn, GUILD, skip=0, limit=9)]
    assert kinds == [ActKind.WORDS, ActKind.WORDS]


def test_a_guild_forbids_two_hundred_words_and_no_more(conn: sa.Connection) -> None:
    for number in range(MOST_WORDS):
        add(conn, ForbiddenWord(word=f"w{number}", folded=f"w{number}"))

    with pytest.raises(TooManyWords):
        add(conn)
    assert len(words.of_guild(conn, GUILD)) == 200


def test_both_can_be_undone(conn: sa.Connection) -> None:
    add(conn)
    undoing.undo(conn, GUILD, 1, MODERATOR, now=NOW)
    assert words.of_guild(conn, GUILD) == []
    add(conn)
    words.remove(conn, GUILD, MODERATOR, "bad", now=NOW)

    undoing.undo(conn, GUILD, 4, MODERATOR, now=NOW)

    assert words.of_guild(conn, GUILD) == [BAD]


def test_a_word_that_was_removed_since_cannot_be_undone(conn: sa.Connection) -> None:
    add(conn)
    words.remove(conn, GUILD, MODERATOR, "bad", now=NOW)

    with pytest.raises(CannotUndo) as refusal:
        undoing.undo(conn, GUILD, 1, MODERATOR, now=NOW)

    assert refusal.value.why is Obstacle.CHANGED_SINCE
