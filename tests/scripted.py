"""A provider whose answers a test writes down beforehand; what is not written down goes well."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from providers.base import (
    Call,
    Provider,
    ProviderSettings,
    Status,
    Stopping,
    Succeeded,
    TaskRef,
    VideoRequest,
)
from providers.errors import CannotTell, NotGenuine, ProviderError, SubmitUncertain
from providers.model import PriceNote, Shape, Variant, VideoModel

PLAIN = VideoModel(
    id="plain-1",
    name="Plain",
    summary="Moves a little.",
    seconds=(2, 3, 4, 5),
    default_seconds=3,
    shapes=(Shape.LANDSCAPE, Shape.PORTRAIT, Shape.SQUARE),
    variants=(Variant(microdollars=7_500),),
    price_note=PriceNote("the script", None),
    max_prompt_chars=200,
    takes_seed=True,
)
FANCY = VideoModel(
    id="Fancy-XL",
    name="Fancy XL",
    summary="Moves a lot.",
    seconds=(5, 10),
    default_seconds=5,
    shapes=(Shape.LANDSCAPE,),
    variants=(Variant(microdollars=50_000),),
    price_note=PriceNote("the script", None),
    max_prompt_chars=2_500,
    takes_seed=True,
)


SIGNATURE = "signed by the script"


@dataclass(frozen=True)
class Mishap:
    """A submit that ends in an error; the task may have been made all the same."""

    error: Exception
    arrives: bool = False


class ScriptedProvider(Provider):
    """Makes a task for each submit that arrives, and finds it again by its reference."""

    name: ClassVar[str] = "scripted"
    title: ClassVar[str] = "Scripted"
    stopping: ClassVar[Stopping] = Stopping.BILLED
    poll_seconds: ClassVar[float] = 2
    deadline_seconds: ClassVar[float] = 600
    grace_seconds: ClassVar[float] = 30

    def __init__(self, settings: ProviderSettings, folder: Path) -> None:
        self.clip = folder / "clip.mp4"
        self.max_running = 1
        self.models = (PLAIN, FANCY)
        self.submits: deque[Mishap] = deque()
        self.statuses: deque[Status | ProviderError] = deque()
        self.finds: deque[ProviderError] = deque()
        self.cancels: deque[ProviderError] = deque()
        self.bills_cancelled = False
        self.takes_ids = True
        self.requests: list[VideoRequest] = []
        self.tasks: dict[str, list[TaskRef]] = {}
        self.calls: list[str] = []

    async def submit(self, request: VideoRequest, reference: str) -> TaskRef:
        """Make a task, unless a mishap is written down."""
        self.calls.append("submit")
        mishap = self.submits.popleft() if self.submits else None
        if mishap is not None and not mishap.arrives:
            raise mishap.error
        self.requests.append(request)
        made = self.tasks.setdefault(reference, [])
        made.append({"reference": reference, "number": len(made) + 1})
        if mishap is not None:
            raise mishap.error
        return made[-1]

    async def poll(self, task: TaskRef) -> Status:
        """The next status written down; afterwards, the clip."""
        self.calls.append("poll")
        status = self.statuses.popleft() if self.statuses else Succeeded(self.clip)
        if isinstance(status, ProviderError):
            raise status
        return status

    async def cancel(self, task: TaskRef) -> bool:
        """Stop a task, unless an error is written down."""
        self.calls.append("cancel")
        if self.cancels:
            raise self.cancels.popleft()
        return self.bills_cancelled

    async def find(self, reference: str) -> TaskRef | None:
        """The truth, unless an error is written down."""
        self.calls.append("find")
        if self.finds:
            raise self.finds.popleft()
        made = self.tasks.get(reference)
        return made[-1] if made else None

    def task_named(self, text: str) -> TaskRef | None:
        """The task of a number, unless a test takes that away."""
        if not self.takes_ids:
            raise CannotTell("no ids")
        return {"number": int(text)} if text.isdecimal() else None

    async def forget(self, task: TaskRef) -> None:
        """Note that the task may be cleaned up."""
        self.calls.append("forget")

    def call(self, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Call:
        """Read `{"task": …, "is_over": …}`, if it is signed; breaks on what is no JSON."""
        if headers.get("x-signature") != SIGNATURE:
            raise NotGenuine("no signature of the script's")
        told = json.loads(body)
        return Call(told.get("task"), is_over=told.get("is_over", False))


ANSWER_LOST = Mishap(SubmitUncertain("the answer was lost"), arrives=True)
REQUEST_LOST = Mishap(SubmitUncertain("the request was lost"))
