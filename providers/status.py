"""How a task stands, as its provider tells.

It needs nothing but the standard library, so the animator's renderers start quickly.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias


@dataclass(frozen=True)
class Pending:
    """The task is waiting or running."""

    progress: float | None = None
    """From 0 to 1, where the provider tells."""
    position: int | None = None
    """How many tasks stand before it at the provider, where the provider tells."""
    is_waiting: bool = False
    """The provider has not started it yet."""


@dataclass(frozen=True)
class Link:
    """Where a clip can be fetched, for a while, by anybody who has it."""

    url: str = field(repr=False)


@dataclass(frozen=True)
class Succeeded:
    """The clip is ready."""

    clip: Path | Link
    """A link, or a file the provider keeps on this machine until told to `forget` the task."""
    billed_microdollars: int | None = None
    """What the provider says it billed; None where it does not say."""


class FailureReason(enum.StrEnum):
    """Why a task ended without a clip."""

    REFUSED = "refused"
    """The provider's moderation refused the picture or the prompt."""
    RESULT_REFUSED = "result_refused"
    """The provider's moderation refused what the model made."""
    BAD_INPUT = "bad_input"
    """The provider could not use the picture or the options."""
    PROVIDER_FAULT = "provider_fault"
    """The provider broke."""
    MODEL_DOWN = "model_down"
    """This model does not work at the moment; others may."""
    OUT_OF_CREDIT = "out_of_credit"
    """The owner's account at the provider could not pay."""
    CANCELLED = "cancelled"
    """The task was cancelled at the provider."""


@dataclass(frozen=True)
class Failed:
    """The task ended without a clip."""

    reason: FailureReason
    detail: str
    """The provider's own code or words, for the operator's log; never shown to a member."""
    billed_microdollars: int | None = None


Status: TypeAlias = Pending | Succeeded | Failed
