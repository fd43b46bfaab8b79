"""The offline animator as a provider: it brings pictures to life on this machine, for free."""

from __future__ import annotations

import asyncio
import contextlib
import re
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import Field

from providers.base import Provider, ProviderSettings, Status, TaskRef, VideoRequest
from providers.errors import NotSubmitted, RequestRejected, TaskLost, Unreachable
from providers.local.desk import Desk, StillAlive
from providers.local.shot import Shot
from providers.local.task import TaskFolder
from providers.model import PriceNote, Shape, Variant, VideoModel

_SIZES = {
    Shape.LANDSCAPE: (1280, 720),
    Shape.PORTRAIT: (720, 1280),
    Shape.SQUARE: (720, 720),
}
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class LocalSettings(ProviderSettings):
    """What an operator may choose about the animator."""

    local_usd_per_second: Decimal = Field(default=Decimal("0.01"), ge=0, le=100)
    """The deployment's own price; 0 makes it free."""
    local_max_running: int = Field(default=1, ge=1, le=64)
    """How many clips may be rendered at once."""


class LocalProvider(Provider):
    """Renders clips in child processes; a task is a folder, which holds all that is known of it."""

    name = "local"
    title = "Offline animator"
    Settings = LocalSettings
    poll_seconds = 1.0
    deadline_seconds = 900.0
    grace_seconds = 0.0

    def __init__(self, settings: ProviderSettings, folder: Path) -> None:
        assert isinstance(settings, LocalSettings)
        self.max_running = settings.local_max_running
        self.models = (
            VideoModel(
                id="animator",
                name="Zoetrope animator",
                summary="Camera moves, depth and weather over your picture, made on this machine.",
                seconds=tuple(range(2, 11)),
                default_seconds=5,
                shapes=tuple(_SIZES),
                variants=(Variant(microdollars=int(settings.local_usd_per_second * 1_000_000)),),
                price_note=PriceNote("LOCAL_USD_PER_SECOND", None),
                max_prompt_chars=2000,
                takes_seed=True,
            ),
        )
        self._desk = Desk(folder, max_running=self.max_running)

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self._desk.open)
        return self

    async def __aexit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End the renderers it started; their tasks are rendered again after the next start."""
        await asyncio.to_thread(self._desk.close)

    async def submit(self, request: VideoRequest, reference: str) -> TaskRef:
        """Write the task down and start it when there is room. Safe to repeat."""
        if not _REFERENCE.fullmatch(reference):
            raise RequestRejected("a reference is letters, digits, dots and dashes")
        if request.picture is None or request.shape is None:
            raise RequestRejected("the animator moves a picture, in one of its shapes")
        width, height = _SIZES[request.shape]
        shot = Shot(
            prompt=request.prompt,
            width=width,
            height=height,
            seconds=request.seconds,
            seed=request.seed % 2**32,
            inset=request.inset,
        )
        task = self._desk.task(reference)
        try:
            await asyncio.to_thread(task.create, shot, request.picture)
        except OSError as error:
            raise NotSubmitted(str(error)) from error
        # The task is safe on disk now; whatever keeps it from starting, the next poll tries again.
        with contextlib.suppress(OSError):
            await asyncio.to_thread(self._desk.start_waiting)
        return {"folder": reference}

    async def poll(self, task: TaskRef) -> Status:
        """Look at a task, and start it (again) if nobody works on it."""
        folder = self._folder(task)
        if folder is None:
            raise TaskLost(str(task))
        try:
            await asyncio.to_thread(self._desk.start_waiting)
        except OSError as error:
            raise Unreachable(str(error)) from error
        try:
            return await asyncio.to_thread(self._desk.look, folder)
        except FileNotFoundError as error:
            raise TaskLost(str(task)) from error

    async def cancel(self, task: TaskRef) -> bool:
        """End the task's processes and remove every trace of it."""
        await self.forget(task)
        return False

    async def find(self, reference: str) -> TaskRef | None:
        """Say for certain whether a submit arrived."""
        folder = self._folder({"folder": reference})
        if folder is None or not await asyncio.to_thread(folder.path.is_dir):
            return None
        return {"folder": reference}

    async def forget(self, task: TaskRef) -> None:
        """Remove a task, with whatever is still at work on it. Raises Unreachable."""
        folder = self._folder(task)
        if folder is None:
            return
        try:
            await asyncio.to_thread(self._desk.remove, folder)
        except StillAlive as error:
            raise Unreachable(str(error)) from error

    def _folder(self, task: TaskRef) -> TaskFolder | None:
        """None for a reference that could never have been submitted."""
        reference = str(task.get("folder", ""))
        return self._desk.task(reference) if _REFERENCE.fullmatch(reference) else None
