"""How the tests ask the provider."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from providers.base import TaskRef, VideoRequest
from providers.errors import ProviderError
from providers.model import VideoModel
from providers.modelslab import ModelsLabProvider, ModelsLabSettings
from tests.fakes.modelslab import Canned, FakeModelsLab

PROMPT = "the secret garden opens slowly"
PICTURE = b"\xff\xd8\xff\xe0 a picture"
SOUND = b"ID3 a sound"
KLING = "Kling-V2-5-Turbo-i2v"


def opened(environment: dict[str, str], folder: Path) -> ModelsLabProvider:
    settings = {name.lower(): value for name, value in environment.items()}
    return ModelsLabProvider(ModelsLabSettings.model_validate(settings), folder)


def model_of(provider: ModelsLabProvider, id: str) -> VideoModel:
    return next(model for model in provider.models if model.id == id)


def request_for(
    provider: ModelsLabProvider, folder: Path, id: str = KLING, **changes: Any
) -> VideoRequest:
    """A picture of ours and the defaults of the model."""
    picture = folder / "picture.jpg"
    picture.write_bytes(PICTURE)
    model = model_of(provider, id)
    values: dict[str, Any] = {
        "model": model,
        "prompt": PROMPT,
        "picture": picture,
        "seconds": model.default_seconds,
        "shape": None,
        "seed": 7,
        "resolution": model.variants[0].resolution,
    }
    return VideoRequest(**(values | changes))


def sound_in(folder: Path) -> Path:
    sound = folder / "sound.mp3"
    sound.write_bytes(SOUND)
    return sound


def refusal(message: object, status: int = 200, **more: Any) -> Canned:
    return Canned({"status": "error", "message": message, **more}, status)


async def outcome_of(
    fake: FakeModelsLab, provider: ModelsLabProvider, folder: Path, canned: Canned
) -> TaskRef | ProviderError:
    """What a submit comes to, where ModelsLab answers so."""
    fake.answer_instead("image-to-video", canned)
    try:
        return await provider.submit(request_for(provider, folder), "job-1")
    except ProviderError as error:
        return error
