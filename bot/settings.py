"""The only reader of the environment. Every setting stands in `.env.example`."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.jobs.prices import PriceOverride, read_prices
from providers import load_providers
from providers.base import Provider, ProviderSettings
from providers.http import checked_base_url
from storage.slots import Limits

ENV_FILE = ".env"

S = TypeVar("S", bound=BaseSettings)


class CannotStart(Exception):
    """The bot cannot start; the message is one plain sentence for its owner."""


class BadSettings(CannotStart):
    """A setting is missing or wrong; the message says which, and what to do."""


class Settings(BaseSettings):
    """What the owner of a deployment chooses."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    discord_token: SecretStr = SecretStr("")
    database_url: str = "sqlite:///data/zoetrope.db"
    discord_api_url: str = ""
    discord_gateway_url: str = ""
    credit_usd: Decimal = Field(default=Decimal("0.01"), ge=Decimal("0.000001"))
    monthly_stop_usd: Decimal | None = Field(default=None, ge=0, le=10_000_000)
    prices: str = ""
    default_model: str = ""
    public_url: str = ""
    port: int = Field(default=8080, ge=1, le=65535)
    backup_hours: int = Field(default=24, ge=0, le=24 * 366)
    backups_kept: int = Field(default=7, ge=1, le=10_000)
    keep_pictures_days: int = Field(default=30, ge=0, le=36_500)
    keep_clips_days: int = Field(default=30, ge=0, le=36_500)
    member_running: int = Field(default=2, ge=0, le=10_000)
    guild_running: int = Field(default=8, ge=0, le=10_000)
    media_at_once: int = Field(default=3, ge=2, le=1000)
    disk_budget_gb: Decimal = Field(default=Decimal(0), ge=0, le=1_000_000)
    upscaler: Literal["auto", "waifu2x", "realesrgan", "lanczos"] = "auto"
    log_format: Literal["auto", "text", "json"] = "auto"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("discord_api_url", "discord_gateway_url")
    @classmethod
    def _without_trailing_slash(cls, url: str) -> str:
        return url.rstrip("/")

    @field_validator("public_url")
    @classmethod
    def _checked_public_url(cls, url: str) -> str:
        return checked_base_url(url) if url else ""

    @field_validator("prices")
    @classmethod
    def _checked_prices(cls, text: str) -> str:
        read_prices(text)
        return text

    @property
    def price_overrides(self) -> tuple[PriceOverride, ...]:
        """The owner's own prices."""
        return read_prices(self.prices)

    @property
    def files_folder(self) -> Path:
        """Pictures and clips lie beside the database: one folder to keep and to back up."""
        database = Path(self.database_url.removeprefix("sqlite:///"))
        return database.with_name(f"{database.stem}-files")

    @property
    def backups_folder(self) -> Path:
        """Scheduled backups lie beside the database too."""
        return self.files_folder.with_name("backups")

    @property
    def backup_every(self) -> timedelta | None:
        """How old the last backup may become; None where none are scheduled."""
        return timedelta(hours=self.backup_hours) or None

    @property
    def pictures_kept(self) -> timedelta | None:
        """How long after its job has ended a picture or sound is kept; None is for ever."""
        return timedelta(days=self.keep_pictures_days) or None

    @property
    def clips_kept(self) -> timedelta | None:
        """How long after its job has ended a clip is kept; None is for ever."""
        return timedelta(days=self.keep_clips_days) or None

    @property
    def disk_budget_bytes(self) -> int | None:
        """How much of the disk pictures and clips may take; None is as much as there is."""
        return int(self.disk_budget_gb * 1000**3) or None

    @property
    def limits(self) -> Limits:
        """How many jobs of a member and of a guild may run at once."""
        return Limits(guild=self.guild_running or None, member=self.member_running or None)

    @property
    def monthly_stop_microdollars(self) -> int | None:
        """What all guilds together may cost in a month, in millionths of a US dollar."""
        return None if self.monthly_stop_usd is None else int(self.monthly_stop_usd * 1_000_000)

    @property
    def credit_microdollars(self) -> int:
        """What one credit is worth, in millionths of a US dollar."""
        return int(self.credit_usd * 1_000_000)


def names_of_settings() -> set[str]:
    """What every setting is called in the environment, those of the providers among them."""
    kinds: list[type[BaseSettings]] = [Settings]
    kinds += [provider.Settings for provider in load_providers().values()]
    return {name.upper() for kind in kinds for name in kind.model_fields}


def load_settings() -> Settings:
    """Read the bot's own settings. Raises BadSettings."""
    return _load(Settings)


def load_provider_settings(provider: type[Provider]) -> ProviderSettings:
    """Read the settings one provider declares. Raises BadSettings."""
    return _load(provider.Settings)


def _load(kind: type[S]) -> S:
    try:
        return kind(_env_file=ENV_FILE)
    except ValidationError as error:
        raise BadSettings(_sentences(error)) from error


def _sentences(error: ValidationError) -> str:
    # A problem of several settings together has no place of its own, and names them itself.
    problems = (
        f"{str(problem['loc'][0]).upper()} is wrong: {problem['msg']}."
        if problem["loc"]
        else f"{problem['msg'].removeprefix('Value error, ')}."
        for problem in error.errors(include_input=False)
    )
    return " ".join(problems) + " Correct it in .env or in the environment and start again."
