"""What every provider of video models does, and the values it is given and gives back.

A provider is one module (or package) of this package. It is found by `providers.load_providers`,
opened with `async with`, and asked one short question at a time: it starts a task and looks at it,
and never waits for it. Waiting, retrying and wording belong to the bot. `providers.model` says
what a model declares, `providers.status` how a task stands, `providers.errors` what may be raised,
`providers.http` how to ask.
"""

from __future__ import annotations

import enum
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self, TypeAlias

from pydantic_settings import BaseSettings, SettingsConfigDict

from providers.errors import CannotTell, NotGenuine
from providers.model import Shape, VideoModel
from providers.status import Failed as Failed
from providers.status import FailureReason as FailureReason
from providers.status import Link as Link
from providers.status import Pending as Pending
from providers.status import Status as Status
from providers.status import Succeeded as Succeeded

TaskRef: TypeAlias = dict[str, str | int]
"""The provider's own name for a task: JSON it writes and nobody else reads."""


@dataclass(frozen=True, kw_only=True)
class VideoRequest:
    """What a provider is asked to make. All of it is within what the model declares."""

    model: VideoModel
    prompt: str = field(repr=False)
    """Kept out of the repr, because that may reach a log."""
    picture: Path | None
    """An upright sRGB JPEG without metadata; None for a clip from words alone."""
    inset: tuple[int, int, int, int] | None = None
    """The picture's part that is the member's, where the rest is padding: x, y, width, height."""
    seconds: int
    shape: Shape | None
    """None where the clip follows the picture."""
    seed: int
    """From 0 to 2**31 - 2; a model that takes none ignores it."""
    resolution: str = ""
    sound: bool = False
    last_frame: Path | None = None
    """A JPEG like the picture."""
    audio: Path | None = None
    """An MP3, no longer than the model takes."""
    negative_prompt: str | None = field(default=None, repr=False)
    callback_url: str | None = field(default=None, repr=False)
    """Where the provider may call when the task moves; None without a public address."""


@dataclass(frozen=True)
class Call:
    """What a genuine call of our webhook says. It is a hint, never a truth: the task is polled."""

    task: TaskRef | None
    """The task it is about, where the call says so."""
    is_over: bool
    """Whether a look is worth while."""


@dataclass(frozen=True)
class Account:
    """The owner's account, as the provider tells."""

    balance: str
    """In the provider's own units, "940 credits ($9.40)"."""
    balance_microdollars: int | None
    limits: tuple[str, ...] = ()
    """One line each, "gen4.5: 2 at once, 50 a day, 7 used today"."""


@dataclass(frozen=True)
class Usage:
    """What the provider says it billed, for one model (or all: empty) on one UTC day."""

    day: date
    model: str
    microdollars: int


class Stopping(enum.StrEnum):
    """What becomes of a task that the provider has begun and is told to stop."""

    FREE = "free"
    BILLED = "billed"
    """It stops, and may be billed all the same; `cancel` tells."""
    NEVER = "never"
    """A task, once taken, runs to its end, and is billed."""


class ProviderSettings(BaseSettings):
    """The keys and knobs a provider declares; the bot reads them from the environment."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    @property
    def missing(self) -> str | None:
        """The settings without which the provider stays closed, "RUNWAYML_API_SECRET"; or None."""
        return None


class Provider(ABC):
    """One source of video models, open for as long as its `async with` block."""

    name: ClassVar[str]
    """Its word in settings, logs and model ids."""
    title: ClassVar[str]
    """Its name as people write it."""
    keys_from: ClassVar[str] = ""
    """Where its owner makes a key and buys credit; empty where it needs none."""
    Settings: ClassVar[type[ProviderSettings]] = ProviderSettings
    poll_seconds: ClassVar[float]
    """The least pause between two looks at one task."""
    polls_per_second: ClassVar[float] = 50.0
    """The most looks at all tasks together; with many waiting, each is looked at more rarely."""
    looks_together: ClassVar[int] = 1
    """How many looks that begin at one moment it makes one request of."""
    deadline_seconds: ClassVar[float]
    """A task not ended by then is given up."""
    grace_seconds: ClassVar[float]
    """How long after an uncertain submit `find` may still miss a task that did arrive."""
    stopping: ClassVar[Stopping] = Stopping.FREE
    max_running: int
    """How many tasks may run at once."""
    models: tuple[VideoModel, ...]
    clips_from_loopback: bool = False
    """Its clips may come from this machine, because the owner set its address to this machine."""

    @abstractmethod
    def __init__(self, settings: ProviderSettings, folder: Path) -> None:
        """Take the settings it declared and a folder on this machine that is its own."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Let go of connections and processes."""

    @abstractmethod
    async def submit(self, request: VideoRequest, reference: str) -> TaskRef:
        """Start a task named by our reference, with one request that is sent once. Spends money.

        Raises NotSubmitted, SubmitUncertain, RequestRejected, Refused, OutOfCredit or KeyRefused.
        """

    @abstractmethod
    async def poll(self, task: TaskRef) -> Status:
        """Look at a task once. Safe to repeat. Raises Unreachable or TaskLost."""

    async def cancel(self, task: TaskRef) -> bool:
        """Stop a task; True where the provider bills it all the same. Safe to repeat.

        Never called where `stopping` is NEVER. Raises Unreachable.
        """
        # Not abstract: a provider whose tasks cannot be stopped need not say anything here.
        raise NotImplementedError(self.name)

    async def find(self, reference: str) -> TaskRef | None:
        """Look up what became of a submit; None means it never arrived.

        Raises CannotTell (where the provider offers no look-up) or Unreachable.
        """
        raise CannotTell(self.name)

    def task_named(self, text: str) -> TaskRef | None:
        """The task whose id a person read on the provider's own site; None if that is no id.

        Raises CannotTell where such an id alone does not name a task.
        """
        raise CannotTell(self.name)

    async def forget(self, task: TaskRef) -> None:
        """Remove what the task left behind once its clip is fetched. Safe to repeat."""

    def call(self, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Call:
        """Read a call of our webhook. Header names are in lower case.

        Raises NotGenuine.
        """
        raise NotGenuine(f"{self.name} calls no webhook")

    async def account(self) -> Account:
        """The owner's balance and limits, without spending anything.

        Raises KeyRefused, Unreachable or CannotTell.
        """
        raise CannotTell(self.name)

    async def usage(self, since: date, until: date) -> list[Usage]:
        """What the provider billed on the days from `since` to `until`, both included.

        Raises KeyRefused, Unreachable or CannotTell.
        """
        raise CannotTell(self.name)
