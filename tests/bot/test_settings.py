"""Settings: one line each in `.env.example`, plain words where one is wrong, secrets kept."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from bot.playground.launch import bot_environment
from bot.settings import (
    BadSettings,
    load_provider_settings,
    load_settings,
    names_of_settings,
)
from providers import load_providers

ROOT = Path(__file__).parents[2]
EXAMPLE = (ROOT / ".env.example").read_text("utf-8")
PROVIDERS = load_providers()


def spelled_in_the_example() -> list[str]:
    return re.findall(r"^([A-Z][A-Z0-9_]*)=", EXAMPLE, re.MULTILINE)


@dataclass
class Place:
    """A Discord that is somewhere."""

    token: str
    api_url: str
    gateway_url: str


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty environment, in a folder of its own."""
    for name in [*os.environ]:
        if name.upper() in names_of_settings():
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_the_example_spells_every_setting_once_and_no_other() -> None:
    spelled = spelled_in_the_example()

    assert len(spelled) == len(set(spelled))
    assert set(spelled) == names_of_settings()


def test_every_setting_of_the_example_is_explained() -> None:
    for block in EXAMPLE.split("\n\n"):
        assert block.startswith("#"), block


def test_the_example_gives_the_defaults(tmp_path: Path) -> None:
    defaults = load_settings(), [load_provider_settings(one) for one in PROVIDERS.values()]

    (tmp_path / ".env").write_text(EXAMPLE)

    assert (
        load_settings(),
        [load_provider_settings(one) for one in PROVIDERS.values()],
    ) == defaults


@pytest.mark.parametrize(
    ("given", "microdollars"), [("", None), ("0", 0), ("25", 25_000_000), ("0.50", 500_000)]
)
def test_the_owners_stop_is_in_dollars(
    monkeypatch: pytest.MonkeyPatch, given: str, microdollars: int | None
) -> None:
    monkeypatch.setenv("MONTHLY_STOP_USD", given)

    assert load_settings().monthly_stop_microdollars == microdollars


@pytest.mark.parametrize(("given", "size_bytes"), [("", None), ("0", None), ("1.5", 1_500_000_000)])
def test_the_disk_budget_is_in_gigabytes(
    monkeypatch: pytest.MonkeyPatch, given: str, size_bytes: int | None
) -> None:
    monkeypatch.setenv("DISK_BUDGET_GB", given)

    assert load_settings().disk_budget_bytes == size_bytes


def test_fewer_than_two_at_once_would_leave_no_turn_to_clips(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MEDIA_AT_ONCE", "1")

    with pytest.raises(BadSettings, match=r"MEDIA_AT_ONCE is wrong: .* greater than or equal to 2"):
        load_settings()


@pytest.mark.parametrize("from_file", [True, False])
def test_an_empty_setting_means_its_default(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, from_file: bool
) -> None:
    defaults = load_settings(), [load_provider_settings(one) for one in PROVIDERS.values()]

    if from_file:
        (tmp_path / ".env").write_text("".join(f"{name}=\n" for name in names_of_settings()))
    else:
        for name in names_of_settings():
            monkeypatch.setenv(name, "")

    assert (
        load_settings(),
        [load_provider_settings(one) for one in PROVIDERS.values()],
    ) == defaults


def test_the_environment_wins_over_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("LOG_LEVEL=ERROR\nCREDIT_USD=0.05\n")
    monkeypatch.setenv("LOG_LEVEL", "DEBUG")

    settings = load_settings()

    assert (settings.log_level, settings.credit_usd) == ("DEBUG", Decimal("0.05"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CREDIT_USD", "0"),
        ("CREDIT_USD", "-1"),
        ("MONTHLY_STOP_USD", "-1"),
        ("MONTHLY_STOP_USD", "lots"),
        ("CREDIT_USD", "0.0000001"),
        ("CREDIT_USD", "a cent"),
        ("CREDIT_USD", "nan"),
        ("CREDIT_USD", "inf"),
        ("LOG_FORMAT", "xml"),
        ("LOG_LEVEL", "loud"),
    ],
)
def test_a_wrong_setting_is_named_in_a_plain_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(BadSettings) as refused:
        load_settings()

    said = str(refused.value)
    assert said.startswith(f"{name} is wrong: ")
    assert said.endswith("Correct it in .env or in the environment and start again.")
    assert not re.search(r"pydantic|pattern|\^|\n|type=", said)


def test_every_wrong_setting_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDIT_USD", "a cent")
    monkeypatch.setenv("LOG_LEVEL", "loud")

    with pytest.raises(BadSettings, match=r"CREDIT_USD is wrong.*LOG_LEVEL is wrong"):
        load_settings()


def test_a_wrong_setting_of_a_provider_is_named_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCAL_MAX_RUNNING", "many")

    with pytest.raises(BadSettings, match="LOCAL_MAX_RUNNING is wrong"):
        load_provider_settings(PROVIDERS["local"])


def test_the_token_is_in_no_representation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "very.secret.token")

    settings = load_settings()

    assert settings.discord_token.get_secret_value() == "very.secret.token"
    for shown in (repr(settings), str(settings), str(settings.model_dump()), f"{settings}"):
        assert "secret" not in shown


def test_a_wrong_setting_shows_no_value_of_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "very.secret.token")
    monkeypatch.setenv("LOG_LEVEL", "loud")

    with pytest.raises(BadSettings) as refused:
        load_settings()

    assert "secret" not in f"{refused.value} {refused.value.__cause__}"


@pytest.mark.parametrize(
    ("usd", "microdollars"), [("0.01", 10_000), ("1", 1_000_000), ("0.000001", 1)]
)
def test_a_credit_is_worth_whole_microdollars(
    monkeypatch: pytest.MonkeyPatch, usd: str, microdollars: int
) -> None:
    monkeypatch.setenv("CREDIT_USD", usd)

    assert load_settings().credit_microdollars == microdollars


def test_pictures_and_clips_lie_beside_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:////srv/bot/club.db")

    assert load_settings().files_folder == Path("/srv/bot/club-files")


def test_addresses_of_proxies_lose_their_last_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_API_URL", "http://127.0.0.1:8080/api/v10/")

    assert load_settings().discord_api_url == "http://127.0.0.1:8080/api/v10"


def test_settings_cannot_be_changed_later() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings().log_level = "DEBUG"


def test_whoever_plays_spends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNWAYML_API_SECRET", "a key that costs money")
    discord = Place("token", "http://127.0.0.1:1/api/v10", "ws://127.0.0.1:1")

    playing = bot_environment(discord, tmp_path)

    assert not names_of_settings() & playing.keys() - {
        "DISCORD_TOKEN",
        "DISCORD_API_URL",
        "DISCORD_GATEWAY_URL",
        "DATABASE_URL",
    }
    in_earnest = bot_environment(discord, tmp_path, with_keys=True)
    assert in_earnest["RUNWAYML_API_SECRET"] == "a key that costs money"
