"""Forbidden words are found however they are written, and nothing else is taken for them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.budget.folding import fold, forbidden_in
from storage.words import ForbiddenWord

WORDS = [
    ForbiddenWord(word=word, folded=fold(word)) for word in ("Ass", "Café", "two words", "爆弾")
]


def found(text: str) -> str | None:
    word = forbidden_in(text, WORDS)
    return word.word if word else None


@pytest.mark.parametrize(
    "text",
    [
        "ass",
        "an ASS, running",
        "a\u200bs\u200bs",
        "a\u00ads\u2060s",
        "ａｓｓ",
        "𝐚𝐬𝐬",
        "åš\u0338ś",
        "a55",
        "@ss",
        "a$$",
        "a$$!",
        "_ass_",
        "“ass”",
        "a\u3164s\u3164s",
    ],
)
def test_a_word_is_found_in_its_disguises(text: str) -> None:
    assert found(text) == "Ass"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("a CAFE in Paris", "Café"),
        ("cafe\u0301", "Café"),
        ("two   WORDS", "two words"),
        ("two-words", "two words"),
        ("爆弾", "爆弾"),
    ],
)
def test_accents_and_what_stands_between_words_do_not_matter(text: str, word: str) -> None:
    assert found(text) == word


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a glass of grass",
        "classic",
        "assassin",
        "455 birds",
        "in 1955",
        "two other words",
        "a s s",
        "https://example.com/a/s",
        "bass!",
    ],
)
def test_parts_of_words_and_numbers_are_none_of_them(text: str) -> None:
    assert found(text) is None


def test_nothing_is_found_in_a_word_without_letters() -> None:
    assert fold("!? \u200b_") == ""


@given(st.text(max_size=300))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=50), st.text(max_size=50))
def test_a_word_is_found_wherever_it_stands(before: str, after: str) -> None:
    assert found(f"{before} ass {after}") is not None


def test_a_long_hostile_prompt_is_read_in_one_go() -> None:
    assert found("a" + "@" * 100_000) is None
    assert found("@!$" * 50_000) is None
