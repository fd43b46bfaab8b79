"""Requests as the bot makes them, with little to write."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from providers.base import TaskRef, VideoRequest
from providers.model import VideoModel
from providers.runway import RunwayProvider, RunwaySettings
from tests.fakes.fake_server import FakeTask
from tests.fakes.runway import KEY, FakeRunway

PROMPT = "The fox lifts its head while snow drifts past"


@dataclass(frozen=True)
class Files:
    """What a member sent."""

    picture: Path
    last_frame: Path
    audio: Path


def provider_at(url: str, folder: Path, *, key: str = KEY) -> RunwayProvider:
    """A provider that asks at an address, not yet open."""
    settings = RunwaySettings.model_validate({"runwayml_api_secret": key, "runwayml_base_url": url})
    return RunwayProvider(settings, folder)


def model(provider: RunwayProvider, model_id: str) -> VideoModel:
    """The model of that id."""
    return next(one for one in provider.models if one.id == model_id)


def plain(model: VideoModel, files: Files, **changes: Any) -> VideoRequest:
    """The cheapest clip of a picture, or of words where `picture` is None."""
    shapes = model.shapes if changes.get("picture", files.picture) else model.text_shapes
    variant = model.variants[0]
    request = VideoRequest(
        model=model,
        prompt=PROMPT,
        picture=files.picture,
        seconds=model.default_seconds,
        shape=shapes[0] if shapes else None,
        seed=12345,
        resolution=variant.resolution,
        sound=variant.sound,
    )
    return replace(request, **changes)


def task_ref(task: FakeTask) -> TaskRef:
    """The reference to a task the fake holds."""
    return {"id": task.id}


async def submitted(provider: RunwayProvider, fake: FakeRunway, files: Files) -> FakeTask:
    """A task of gen4.5, as the fake holds it."""
    await provider.submit(plain(model(provider, "gen4.5"), files), "job-1")
    return fake.tasks[-1]
