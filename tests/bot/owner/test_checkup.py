"""How the doctor speaks: of the database and the settings, on a terminal and to machines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.owner.checkup import Checkup, Finding, Mark, Section, as_json, as_text
from providers.base import Account
from storage.database import Database
from tests.bot.owner.shop import bought_from, found

ALL_MARKS = Checkup(
    (Section("The bot", tuple(Finding(mark, "key", "Told.") for mark in Mark)),), ""
)


async def test_the_database_of_a_running_bot_is_fine() -> None:
    async with Database.open("sqlite:///data/zoetrope.db"):
        checkup = await bought_from()

    assert found(checkup, "The bot", "database").mark is Mark.GOOD
    assert checkup.is_healthy


async def test_a_database_that_the_next_start_updates_is_fine_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "empty.db").touch()
    monkeypatch.setenv("DATABASE_URL", "sqlite:///empty.db")

    checkup = await bought_from()

    assert "the next start updates it" in found(checkup, "The bot", "database").text
    assert checkup.is_healthy


@pytest.mark.parametrize("url", ["sqlite:///garbage.db", "postgresql://bot:secret@host/db"])
async def test_a_database_that_cannot_be_used_is_broken(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, url: str
) -> None:
    (tmp_path / "garbage.db").write_text("a shopping list, long enough for a page\n" * 40)
    monkeypatch.setenv("DATABASE_URL", url)

    checkup = await bought_from()

    assert found(checkup, "The bot", "database").mark is Mark.BROKEN
    assert "secret" not in as_json(checkup)


async def test_what_a_public_address_means_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "PUBLIC_URL is not set" in found(await bought_from(), "The bot", "public_url").text

    monkeypatch.setenv("PUBLIC_URL", "https://bot.example.com/")
    monkeypatch.setenv("PORT", "8123")

    text = found(await bought_from(), "The bot", "public_url").text
    assert "https://bot.example.com," in text
    assert "port 8123" in text


async def test_on_a_terminal_nothing_is_wider_than_80_columns_but_the_line_to_copy() -> None:
    limits = tuple(f"a-rather-long-model-name-{number}: {number} at once" for number in range(9))

    text = as_text(await bought_from(Account("1 credit", 1, limits)), coloured=False)

    assert [line for line in text.splitlines() if len(line) > 80] == []
    assert text.splitlines()[0] == "The bot"
    assert text.endswith("Nothing is broken; 1 to look at (!).")


def test_only_the_marks_are_coloured_and_only_when_asked() -> None:
    plain, coloured = (as_text(ALL_MARKS, coloured=is_coloured) for is_coloured in (False, True))

    assert [line[2] for line in plain.splitlines()[1:5]] == ["✓", "·", "!", "✗"]
    assert "\033" not in plain
    for sign, colour in (("✓", 32), ("!", 33), ("✗", 31)):
        coloured = coloured.replace(f"\033[{colour}m{sign}\033[0m", sign)
    assert coloured == plain


async def test_a_terminal_does_not_obey_what_a_provider_says() -> None:
    account = Account("1 credit\033[2J\r\nThe bot", 99_000_000, ("\a: 2 at once",))

    text = as_text(await bought_from(account), coloured=False)

    assert not any(ord(letter) < 32 for letter in text.replace("\n", ""))
    assert text.count("\nThe bot") == 0


def test_to_machines_everything_is_told() -> None:
    told = json.loads(as_json(ALL_MARKS))

    assert told["is_healthy"] is False
    assert [one["mark"] for one in told["sections"][0]["findings"]] == [
        "good",
        "note",
        "warning",
        "broken",
    ]
