"""What a job is: one member's request, the states it passes through, and its short id."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


class JobState(enum.StrEnum):
    """How far a job has come."""

    NEEDS_APPROVAL = "needs_approval"
    """It costs more than may be spent unasked: a moderator lets it begin, or not."""
    QUEUED = "queued"
    SUBMITTING = "submitting"
    """The submit may have left: from here on it is never repeated blindly."""
    RUNNING = "running"
    FETCHED = "fetched"
    """The clip is on our disk."""
    UNKNOWN = "unknown"
    """Nobody knows yet whether the submit arrived."""
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELLED = "cancelled"
    NEEDS_REVIEW = "needs_review"
    """Nobody could find out whether the submit arrived; the moderators look at it."""
    LATE = "late"
    """Its task turned up after the hold was given back: a clip is delivered on the house."""

    @property
    def is_terminal(self) -> bool:
        """Whether the job is over for its member: the hold is settled, and stays as it is."""
        return self in SETTLED_STATES


_ENDINGS = frozenset({JobState.FAILED, JobState.CANCELLED})

NEXT_STATES: Mapping[JobState, frozenset[JobState]] = MappingProxyType(
    {
        JobState.NEEDS_APPROVAL: _ENDINGS | {JobState.QUEUED},
        JobState.QUEUED: _ENDINGS | {JobState.SUBMITTING},
        JobState.SUBMITTING: _ENDINGS | {JobState.RUNNING, JobState.UNKNOWN, JobState.QUEUED},
        JobState.UNKNOWN: _ENDINGS | {JobState.RUNNING, JobState.QUEUED, JobState.NEEDS_REVIEW},
        JobState.RUNNING: _ENDINGS | {JobState.FETCHED, JobState.NEEDS_REVIEW},
        JobState.FETCHED: _ENDINGS | {JobState.DELIVERED},
        JobState.NEEDS_REVIEW: frozenset({JobState.LATE}),
        JobState.LATE: frozenset({JobState.DELIVERED, JobState.FAILED, JobState.NEEDS_REVIEW}),
    }
)
"""Where each state may lead. From a settled state on, `storage.late` alone leads further."""

SETTLED_STATES = _ENDINGS | {JobState.DELIVERED, JobState.NEEDS_REVIEW, JobState.LATE}
"""Where nothing touches the hold any more."""

RUNNING_STATES = frozenset({JobState.SUBMITTING, JobState.RUNNING, JobState.UNKNOWN})
"""Where a job takes one of its provider's places."""


@dataclass(frozen=True, kw_only=True)
class JobRequest:
    """What a member asked for, and where. It never changes, but for the thread it moves to."""

    interaction_id: int
    guild_id: int
    channel_id: int
    member_id: int
    reply_id: int | None
    """The message with the first answer."""
    thread_id: int | None
    """None until the thread is open."""
    provider: str
    model: str
    prompt: str = field(repr=False)
    """Kept out of the repr, because that may reach a log."""
    seconds: int
    shape: str | None
    """None: the clip follows the picture."""
    seed: int
    picture: str | None
    """A file's name; None where the clip is made from the prompt alone."""
    last_frame: str | None = None
    """The name of the file with the picture the clip ends on."""
    audio: str | None = None
    """The name of the file with the sound that drives the clip."""
    negative_prompt: str | None = field(default=None, repr=False)
    resolution: str = ""
    """As the model spells it; empty where the model leaves no choice."""
    sound: bool = False
    """Whether the model is to make sound with the clip."""
    price_credits: int
    """The quote: the member never pays more."""
    parent_id: int | None = None
    """The channel whose thread it was ordered in, where it was ordered in one."""
    price_percent: int = 100
    """What the guild made of the provider's price, when the quote was made."""
    provider_microdollars: int | None = None
    """What the provider asks for it, by the price it is known for; None where nobody noted it."""
    inset: list[int] | None = None
    """Where the member's picture lies in a padded one: x, y, width and height in pixels."""
    refused_pays: bool = False
    """Whether the member was told that a refusal by the provider's moderation costs the quote."""

    @property
    def budget_channel_id(self) -> int:
        """The channel it counts for: a thread belongs to its channel."""
        return self.parent_id or self.channel_id


@dataclass(frozen=True, kw_only=True)
class NewJob(JobRequest):
    """A request that is to become a job."""

    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class Job(JobRequest):
    """One row, as it was read."""

    id: str
    state: JobState
    status_id: int | None
    """The status message in the thread."""
    clip_id: int | None
    """The message that carries the clip."""
    task: dict[str, str | int] | None
    """The provider's own name for its task."""
    hint: dict[str, str | int] | None
    """What a webhook said the task of an uncertain submit is; to be looked at, not believed."""
    clip: str | None
    """Where the clip lies."""
    progress: float | None
    """From 0 to 1."""
    failure: str | None
    billed_microdollars: int | None
    paid_credits: int | None
    """What the member paid; None until the hold is settled."""
    cancel_requested: bool
    created_at: datetime
    started_at: datetime | None
    """When the submit was about to leave."""
    finished_at: datetime | None
    due_at: datetime | None
    """When the worker should visit; None where nothing is left to do."""
    not_before: datetime | None
    """Nothing is submitted earlier: the provider asked, or may not show yet what it took."""
    lease_until: datetime | None
    fence: int
    """How often the row was claimed; a write names the claim it belongs to."""
    visits: int
    approved_at: datetime | None
    """When a moderator let it begin, where one had to."""

    @property
    def in_line_since(self) -> datetime:
        """When it came to stand in line."""
        return self.approved_at or self.created_at


def job_id(interaction_id: int) -> str:
    """Name the job of an interaction: its id in Crockford's base 32, at most 13 characters."""
    digits = ""
    while interaction_id:
        interaction_id, digit = divmod(interaction_id, 32)
        digits = CROCKFORD[digit] + digits
    return digits or CROCKFORD[0]
