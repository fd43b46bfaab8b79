"""Every provider in the folder, and how to ask the real client of each against its fake."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from providers import load_providers
from providers.base import Provider, VideoRequest
from providers.model import Need, VideoModel
from tests.fakes import load_fakes
from tests.fakes.fake_server import FakeServer
from tests.providers.local.pictures import SAMPLE

PROVIDERS = load_providers()
FAKES = load_fakes()
REFERENCE = "1hc0ntract"
PROMPT = "a fox nobody may read of in a log"


@asynccontextmanager
async def asking(fake: FakeServer, folder: Path) -> AsyncIterator[Provider]:
    """The real client, pointed at the fake."""
    kind = PROVIDERS[fake.name]
    settings = {name.lower(): value for name, value in fake.environment.items()}
    async with kind(kind.Settings(**settings), folder) as provider:
        yield provider


def request_for(
    model: VideoModel, *, from_picture: bool = True, picture: Path = SAMPLE
) -> VideoRequest:
    """The plainest request the model takes."""
    shapes = model.shapes if from_picture else model.text_shapes
    variant = model.variants[0]
    return VideoRequest(
        model=model,
        prompt=PROMPT,
        picture=picture if from_picture else None,
        seconds=model.default_seconds,
        shape=shapes[0] if shapes else None,
        seed=7,
        resolution=variant.resolution,
        sound=variant.sound,
        audio=picture if model.audio is Need.REQUIRED else None,
    )


def first_request(provider: Provider) -> VideoRequest:
    model = next(one for one in provider.models if one.picture is not Need.NEVER)
    return request_for(model)
