from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from providers.base import VideoRequest
from providers.model import Need, VideoModel
from providers.runway import RunwayProvider
from tests.fakes.runway import FakeRunway
from tests.providers.runway import sdk_types
from tests.providers.runway.orders import Files, plain

MODELS = [model.id for model in RunwayProvider.models]


def _all_requests(model: VideoModel, files: Files) -> Iterator[VideoRequest]:
    """Each variant in each shape, from a picture and from words, plain and with all it takes."""
    from_words = [None] if model.picture is Need.OPTIONAL else []
    for picture in (files.picture, *from_words):
        for variant in model.variants:
            least = plain(
                model,
                files,
                picture=picture,
                resolution=variant.resolution,
                sound=variant.sound,
                seconds=model.seconds[0],
                seed=0,
            )
            yield _with_everything(least, files, has_last_frame=variant.last_frame)
            for shape in (model.shapes if picture else model.text_shapes) or (None,):
                yield replace(least, shape=shape)


def _with_everything(request: VideoRequest, files: Files, *, has_last_frame: bool) -> VideoRequest:
    model = request.model
    return replace(
        request,
        prompt="ä" * model.max_prompt_chars,
        seconds=model.seconds[-1],
        seed=2**31 - 2,
        last_frame=files.last_frame if has_last_frame and request.picture else None,
        audio=files.audio if model.audio is not Need.NEVER else None,
        negative_prompt="b" * model.max_negative_chars or None,
    )


@pytest.mark.parametrize("model_id", MODELS)
async def test_every_request_is_one_the_sdk_could_have_sent_and_the_fake_takes(
    model_id: str, provider: RunwayProvider, fake: FakeRunway, files: Files
) -> None:
    fake.balance = 10**9
    (model,) = [one for one in provider.models if one.id == model_id]
    requests = list(_all_requests(model, files))

    for first in range(0, len(requests), 8):
        await asyncio.gather(
            *(provider.submit(request, "job-1") for request in requests[first : first + 8])
        )

    assert len(fake.tasks) == len(requests)
    for asked in fake.asked:
        sdk_types.check(asked.path, asked.body)


GOOD = {
    "model": "veo3.1",
    "promptText": "a fox",
    "promptImage": [{"uri": "runway://abcdefgh", "position": "first"}],
    "ratio": "1280:720",
}


@pytest.mark.parametrize(
    "change",
    [
        {"cfgScale": 0.5},
        {"ratio": "1280:768"},
        {"ratio": None},
        {"duration": 5},
        {"audio": "yes"},
        {"seed": "12345"},
        {"promptImage": [{"uri": "runway://abcdefgh", "position": "middle"}]},
        {"promptImage": [{"uri": "runway://abcdefgh", "position": "first", "weight": 1}]},
        {"promptImage": [{"uri": "runway://abcdefgh"}]},
    ],
)
def test_the_judge_can_say_no(change: dict[str, Any]) -> None:
    sdk_types.check("/v1/image_to_video", GOOD)

    with pytest.raises(ValidationError):
        sdk_types.check("/v1/image_to_video", GOOD | change)
