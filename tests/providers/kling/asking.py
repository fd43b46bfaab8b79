"""Asking Kling in tests: a fake, a client that is pointed at it, and orders."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from PIL import Image

from providers.base import TaskRef, VideoRequest
from providers.kling import KlingProvider, KlingSettings
from providers.model import VideoModel
from tests.fakes.fake_server import FakeTask
from tests.fakes.kling import FakeKling

PROMPT = "a fox that must not be logged"
CALLBACK = "https://bot.example.com/calls/kling/unguessable"
GENERATIONS = ("new", "legacy")


async def clip(task: FakeTask) -> bytes:
    return b"clip of " + task.id.encode()


@asynccontextmanager
async def kling(
    generation: str = "new", **settings: str
) -> AsyncIterator[tuple[FakeKling, KlingProvider]]:
    """A fake Kling, and a client of one generation of its API."""
    async with FakeKling.open(clip) as fake:
        environment = fake.environment if generation == "new" else fake.legacy_environment
        async with client(environment, **settings) as provider:
            yield fake, provider


def client(environment: Mapping[str, str], **settings: str) -> KlingProvider:
    given: dict[str, Any] = {name.lower(): value for name, value in environment.items()} | settings
    return KlingProvider(KlingSettings(**given), Path("/nowhere"))


def order(provider: KlingProvider, model_id: str = "kling-3.0", **changes: Any) -> VideoRequest:
    """An order for five seconds from words, in the model's default quality, unless changed."""
    chosen = model_of(provider, model_id)
    request = VideoRequest(
        model=chosen,
        prompt=PROMPT,
        picture=None,
        seconds=5,
        shape=chosen.text_shapes[0],
        seed=1,
        resolution=chosen.variants[0].resolution,
        sound=chosen.variants[0].sound,
    )
    if changes.get("picture") is not None:
        changes = {"shape": None} | changes
    return replace(request, **changes)


def model_of(provider: KlingProvider, id: str) -> VideoModel:
    return next(model for model in provider.models if model.id == id)


def picture(folder: Path, name: str = "picture.jpg", size: tuple[int, int] = (320, 300)) -> Path:
    path = folder / name
    Image.new("RGB", size, (200, 120, 40)).save(path, "JPEG")
    return path


async def submitted(provider: KlingProvider, reference: str = "job-1", **changes: Any) -> TaskRef:
    return await provider.submit(order(provider, **changes), reference)
