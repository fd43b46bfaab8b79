"""The addresses providers may call: the same after a restart, and none leads to another."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.jobs.callbacks import Callbacks
from bot.memory import Memory
from storage.database import Database

CALLBACKS = Callbacks("https://bot.example.com", "a secret")


def token(callbacks: Callbacks, provider: str, job_id: str) -> str:
    return callbacks.url(provider, job_id).rpartition("/")[2]


def test_an_address_says_whose_call_it_is_about_which_job() -> None:
    address, _, its_token = CALLBACKS.url("kling", "a1").rpartition("/")

    assert address == "https://bot.example.com/hooks/kling/a1"
    assert CALLBACKS.is_genuine("kling", "a1", its_token)


def test_a_token_is_long_plain_and_of_one_job_and_one_provider_alone() -> None:
    tokens = {
        token(CALLBACKS, provider, job_id)
        for provider in ("kling", "modelslab")
        for job_id in ("a1", "a2", "1", "")
    }

    assert len(tokens) == 8
    assert all(len(one) == 32 and one.isalnum() and one.isascii() for one in tokens)


@pytest.mark.parametrize(
    ("provider", "job_id"), [("kling", "a2"), ("modelslab", "a1"), ("", "kling/a1"), ("", "")]
)
def test_a_token_opens_no_other_address(provider: str, job_id: str) -> None:
    assert not CALLBACKS.is_genuine(provider, job_id, token(CALLBACKS, "kling", "a1"))


@pytest.mark.parametrize("text", ["", "é", "\ud800", "\0", "a" * 100_000])
def test_whatever_is_asked_it_is_only_refused(text: str) -> None:
    assert not CALLBACKS.is_genuine("kling", "a1", text)
    assert not CALLBACKS.is_genuine(text, text, text)
    assert not CALLBACKS.is_genuine("kling", "a1", token(CALLBACKS, "kling", "a1") + text[:1] + "0")


def test_another_secret_makes_other_tokens() -> None:
    other = Callbacks("https://bot.example.com", "another secret")

    assert not other.is_genuine("kling", "a1", token(CALLBACKS, "kling", "a1"))


async def test_the_secret_survives_a_restart_and_a_move(
    tmp_path: Path, empty_database: Path
) -> None:
    file = tmp_path / "zoetrope.db"
    shutil.copy(empty_database, file)
    async with Database.open(f"sqlite:///{file}") as database:
        before = await Callbacks.load("https://old.example.com/", Memory(database))
    async with Database.open(f"sqlite:///{file}") as database:
        after = await Callbacks.load("https://new.example.com/zoetrope/", Memory(database))

    assert after.is_genuine("kling", "a1", token(before, "kling", "a1"))
    assert after.url("kling", "a1").startswith("https://new.example.com/zoetrope/hooks/kling/a1/")


async def test_every_database_has_a_secret_of_its_own(tmp_path: Path, empty_database: Path) -> None:
    loaded = []
    for name in ("a.db", "b.db"):
        shutil.copy(empty_database, tmp_path / name)
        async with Database.open(f"sqlite:///{tmp_path / name}") as database:
            loaded.append(await Callbacks.load("https://bot.example.com", Memory(database)))

    first, second = loaded
    assert not second.is_genuine("kling", "a1", token(first, "kling", "a1"))
