"""What a member asks for, as plain values, and what became of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from bot.jobs.catalogue import Choice
from bot.media.framing import Fit
from bot.media.pictures import PictureNote
from providers.model import Shape
from storage.jobs import Job

Upload: TypeAlias = Callable[[], Awaitable[bytes]]
"""Fetches a file the member gave, when its turn comes."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """What a member asks for. None is the model's default, or nothing."""

    interaction_id: int
    guild_id: int
    channel_id: int
    member_id: int
    reply_id: int | None
    """The message the thread is opened on."""
    thread_id: int | None
    """Set where the order was given inside a thread: the job stays there."""
    prompt: str = field(repr=False)
    model: str | None = None
    seconds: int | None = None
    shape: str | None = None
    seed: int | None = None
    resolution: str | None = None
    sound: bool | None = None
    negative_prompt: str | None = field(default=None, repr=False)
    fit: Fit | None = None
    """What is done to a picture of another shape than the clip's; None: what suits it."""
    parent_id: int | None = None
    """The channel of the thread, where it was given in one."""
    role_ids: tuple[int, ...] = ()
    """The member's roles, by which caps may differ."""
    is_age_restricted: bool | None = None
    """Whether Discord shows the channel to adults alone; None: nobody knows."""


@dataclass(frozen=True, kw_only=True)
class Given:
    """Which files come with an order. Without a picture, a clip is made from words alone."""

    picture: bool
    last_frame: bool
    audio: bool


@dataclass(frozen=True, kw_only=True)
class Uploads:
    """The files that come with an order."""

    picture: Upload | None = None
    last_frame: Upload | None = None
    audio: Upload | None = None

    @property
    def given(self) -> Given:
        """Which of them there are."""
        return Given(
            picture=self.picture is not None,
            last_frame=self.last_frame is not None,
            audio=self.audio is not None,
        )


@dataclass(frozen=True)
class RunsAs:
    """The name asked for is known from elsewhere; this model runs."""

    asked: str
    model: str


@dataclass(frozen=True)
class ShapeInstead:
    """The model does not make exactly that shape; this is the nearest."""

    asked: str
    shape: Shape


@dataclass(frozen=True)
class SoundCut:
    """The audio file was longer than the model takes."""

    seconds: int


@dataclass(frozen=True)
class RefusalCosts:
    """The guild lets members pay for what the provider's moderation refuses."""

    credits: int


Note: TypeAlias = PictureNote | RunsAs | ShapeInstead | SoundCut | RefusalCosts
"""Something a member should be told of an order that goes ahead."""


@dataclass(frozen=True)
class Placed:
    """An order that became a job."""

    job: Job
    choice: Choice
    notes: tuple[Note, ...]
