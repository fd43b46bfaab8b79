"""What every provider of video models declares, does and raises.

A provider is one module (or package) of this package. It is found by `providers.load_providers`,
opened with `async with`, and asked one short question at a time: it starts a task and looks at it,
and never waits for it. Waiting, retrying and wording belong to the bot.
"""

from __future__ import annotations

import enum
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self, TypeAlias

from pydantic_settings import BaseSettings, SettingsConfigDict

TaskRef: TypeAlias = dict[str, str | int]
"""The provider's own name for a task: JSON it writes and nobody else reads."""


class Shape(enum.StrEnum):
    """The ratio of a clip's width to its height."""

    LANDSCAPE = "16:9"
    PORTRAIT = "9:16"
    SQUARE = "1:1"

    @property
    def ratio(self) -> float:
        """Width divided by height."""
        width, height = self.value.split(":")
        return int(width) / int(height)


@dataclass(frozen=True, kw_only=True)
class VideoModel:
    """One choosable video model and the limits it declares."""

    id: str
    """Unique within its provider, spelled as the provider spells it."""
    name: str
    """As members read it."""
    summary: str
    """What it is good at, in one short sentence."""
    seconds: tuple[int, ...]
    """The clip lengths it can make, ascending."""
    default_seconds: int
    shapes: tuple[Shape, ...]
    price_microdollars: int
    """The provider's price of one second, in millionths of a US dollar."""
    max_prompt_chars: int


@dataclass(frozen=True, kw_only=True)
class VideoRequest:
    """What a provider is asked to make."""

    model: VideoModel
    prompt: str
    picture: Path
    """An upright sRGB JPEG without metadata."""
    seconds: int
    shape: Shape
    seed: int


@dataclass(frozen=True)
class Pending:
    """The task is waiting or running."""

    progress: float | None = None
    """From 0 to 1, where the provider tells."""
    position: int | None = None
    """How many tasks stand before it at the provider, where the provider tells."""


@dataclass(frozen=True)
class Succeeded:
    """The clip is ready."""

    clip: Path
    """A file the provider keeps on this machine until it is told to `forget` the task."""
    billed_microdollars: int | None = None
    """What the provider says it billed; None where it does not say."""


class FailureReason(enum.StrEnum):
    """Why a task ended without a clip."""

    REFUSED = "refused"
    """The provider's moderation refused the picture or the prompt."""
    BAD_INPUT = "bad_input"
    """The provider could not use the picture or the options."""
    PROVIDER_FAULT = "provider_fault"
    """The provider broke."""
    CANCELLED = "cancelled"
    """The task was cancelled at the provider."""


@dataclass(frozen=True)
class Failed:
    """The task ended without a clip."""

    reason: FailureReason
    detail: str
    """For the operator's log; never shown to a member."""
    billed_microdollars: int | None = None


Status: TypeAlias = Pending | Succeeded | Failed


class ProviderError(Exception):
    """Anything a provider may raise.

    ProviderError
    ├── NotSubmitted        nothing was sent: safe to submit again
    │   └── RateLimited     and not before `retry_after` seconds
    ├── SubmitUncertain     a task may exist: never submit again blindly
    ├── RequestRejected     the member's input cannot be used
    ├── Refused             the provider's moderation said no
    ├── OutOfCredit         the owner's account at the provider is empty
    ├── TaskLost            the provider no longer knows the task
    ├── CannotTell          the provider has no way to look a reference up
    └── Unreachable         a read did not get an answer: safe to repeat
    """


class NotSubmitted(ProviderError):
    """Nothing reached the provider; the same submit may be sent again."""


class RateLimited(NotSubmitted):
    """The provider asks to wait."""

    def __init__(self, retry_after_seconds: float) -> None:
        super().__init__(f"rate limited for {retry_after_seconds:.0f} s")
        self.retry_after_seconds = retry_after_seconds


class SubmitUncertain(ProviderError):
    """The submit may have arrived; only a look-up may decide what happens next."""


class RequestRejected(ProviderError):
    """The provider cleanly rejected the member's input."""


class Refused(ProviderError):
    """The provider's moderation refused the request."""


class OutOfCredit(ProviderError):
    """The owner's account at the provider cannot pay."""


class TaskLost(ProviderError):
    """The provider does not know this task (any more)."""


class CannotTell(ProviderError):
    """This provider cannot say whether a reference ever arrived."""


class Unreachable(ProviderError):
    """A read failed on the way; repeat it later."""


class ProviderSettings(BaseSettings):
    """The keys and knobs a provider declares; the bot reads them from the environment."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)


class Provider(ABC):
    """One source of video models, open for as long as its `async with` block."""

    name: ClassVar[str]
    """Its word in settings, logs and model ids."""
    Settings: ClassVar[type[ProviderSettings]] = ProviderSettings
    poll_seconds: ClassVar[float]
    """The pause between two looks at one task."""
    deadline_seconds: ClassVar[float]
    """A task not ended by then is given up."""
    grace_seconds: ClassVar[float]
    """How long after an uncertain submit `find` may still miss a task that did arrive."""
    max_running: int
    """How many tasks may run at once."""
    models: tuple[VideoModel, ...]

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
        """Start a task named by our reference. Spends money.

        Raises NotSubmitted, SubmitUncertain, RequestRejected, Refused or OutOfCredit.
        """

    @abstractmethod
    async def poll(self, task: TaskRef) -> Status:
        """Look at a task once. Safe to repeat. Raises Unreachable or TaskLost."""

    @abstractmethod
    async def cancel(self, task: TaskRef) -> None:
        """Stop a task if it still can be stopped. Safe to repeat. Raises Unreachable."""

    async def find(self, reference: str) -> TaskRef | None:
        """Look up what became of a submit; None means it never arrived.

        Raises CannotTell (where the provider offers no look-up) or Unreachable.
        """
        raise CannotTell(self.name)

    async def forget(self, task: TaskRef) -> None:
        """Remove what the task left behind once its clip is fetched. Safe to repeat."""
