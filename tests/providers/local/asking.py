"""Asking a provider in tests: opening it, submitting to it, and looking until something is so."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from providers.base import Pending, Status, TaskRef, VideoRequest
from providers.local.provider import LocalProvider, LocalSettings
from providers.model import Shape
from tests.providers.local.pictures import DRAWING


def provider_in(folder: Path, *, max_running: int = 1) -> LocalProvider:
    return LocalProvider(LocalSettings(local_max_running=max_running), folder)


def request_for(
    provider: LocalProvider,
    *,
    seconds: int = 2,
    shape: Shape = Shape.SQUARE,
    picture: Path = DRAWING,
    inset: tuple[int, int, int, int] | None = None,
) -> VideoRequest:
    return VideoRequest(
        model=provider.models[0],
        prompt="zoom in",
        picture=picture,
        inset=inset,
        seconds=seconds,
        shape=shape,
        seed=1,
    )


async def until(look: Callable[[], Awaitable[Status]], done: Callable[[Status], bool]) -> Status:
    """Look again and again, for as long as it takes a loaded machine to render a short clip."""
    async with asyncio.timeout(60):
        while True:
            if done(status := await look()):
                return status
            await asyncio.sleep(0.05)


async def ended(provider: LocalProvider, task: TaskRef) -> Status:
    return await until(lambda: provider.poll(task), lambda status: not isinstance(status, Pending))


async def rendering(provider: LocalProvider, task: TaskRef) -> None:
    await until(
        lambda: provider.poll(task),
        lambda status: isinstance(status, Pending) and (status.progress or 0) > 0,
    )


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def attempts(folder: Path, reference: str) -> int:
    return (folder / reference / "attempts").stat().st_size


def processes_in(folder: Path) -> set[int]:
    """Every process that works in a folder: renderers and their encoders."""
    found = set()
    for link in Path("/proc").glob("[0-9]*/cwd"):
        try:
            where = link.readlink()
        except OSError:
            continue
        if folder in (where, *where.parents):
            found.add(int(link.parent.name))
    return found
