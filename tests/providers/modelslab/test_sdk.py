"""The fake, checked by ModelsLab's own SDK, whose requests it must take and whose replies it must
give.

The SDK lets nobody choose its address, so it is changed on the client; and it imports `requests`
without asking for it to be installed, so httpx, which answers to the same calls, stands in.
"""

from __future__ import annotations

import asyncio
import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from providers.modelslab import ModelsLabProvider
from tests.fakes.fake_server import Pace
from tests.fakes.modelslab import GOOD_KEY, FakeModelsLab
from tests.providers.modelslab.asking import request_for, sound_in

pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning"
)  # It is written for pydantic 1.

PICTURE = "https://cdn.example.invalid/a.jpg"
SOUND = "https://cdn.example.invalid/a.mp3"
REQUIRED = ("init_image", "init_audio", "duration", "aspect_ratio")


@pytest.fixture(autouse=True)
def _requests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "requests", httpx)


def _class(module: str, name: str) -> Callable[..., Any]:
    found: Callable[..., Any] = getattr(importlib.import_module(f"modelslab_py.{module}"), name)
    return found


def _sdk(fake: FakeModelsLab, module: str, name: str) -> Any:  # noqa: ANN401 - it has no types
    client = _class("core.client", "Client")(GOOD_KEY, fetch_retry=5, fetch_timeout=0)
    client.base_url = f"{fake.url}/api/"
    return _class(module, name)(client=client)


@pytest.mark.parametrize(
    ("family", "provider", "schema", "method", "fields"),
    [
        (
            "klingai",
            "KlingAIProvider",
            "KlingV25TurboI2VSchema",
            "kling_v25_turbo_i2v",
            {"init_image": PICTURE, "duration": "5"},
        ),
        (
            "klingai",
            "KlingAIProvider",
            "KlingV25TurboT2VSchema",
            "kling_v25_turbo_t2v",
            {"duration": "10", "aspect_ratio": "9:16"},
        ),
        (
            "alibaba",
            "AlibabaProvider",
            "Wan25I2VSchema",
            "wan25_i2v",
            {"init_image": PICTURE, "init_audio": SOUND},
        ),
        (
            "alibaba",
            "AlibabaProvider",
            "Wan25T2VSchema",
            "wan25_t2v",
            {"init_audio": SOUND, "generate_audio": True},
        ),
        (
            "byteplus",
            "BytePlusProvider",
            "SeeDanceI2VSchema",
            "seedance_i2v",
            {"init_image": PICTURE},
        ),
        (
            "byteplus",
            "BytePlusProvider",
            "SeeDanceT2VSchema",
            "seedance_t2v",
            {"aspect_ratio": "16:9", "resolution": "720p", "camera_fixed": True},
        ),
        (
            "byteplus",
            "BytePlusProvider",
            "SeeDance10ProI2VSchema",
            "seedance_10_pro_i2v",
            {"init_image": [PICTURE]},
        ),
        (
            "minimax",
            "MinimaxProvider",
            "Hailuo23I2VSchema",
            "hailuo_23_i2v",
            {"init_image": PICTURE, "duration": "6"},
        ),
        ("minimax", "MinimaxProvider", "Hailuo23T2VSchema", "hailuo_23_t2v", {}),
    ],
)
async def test_what_the_sdk_orders_is_taken_and_fetched(
    fake: FakeModelsLab,
    family: str,
    provider: str,
    schema: str,
    method: str,
    fields: dict[str, Any],
) -> None:
    sdk = _sdk(fake, f"providers.{family}.api", provider)
    order = _class(f"providers.{family}.schemas", schema)(
        prompt="a fox", track_id="job-1", **fields
    )

    accepted = await asyncio.to_thread(getattr(sdk, method), order)
    sdk.base_url = f"{fake.url}/api/v7/video-fusion/"
    ended = await asyncio.to_thread(sdk.fetch, str(accepted["id"]))

    assert accepted["status"] == "processing"
    assert accepted["meta"]["model_id"] == order.model_id
    assert ended["status"] == "success"
    assert ended["output"] == [fake.clip_url(fake.tasks[0])]
    assert fake.tasks[0].reference == "job-1"


async def test_the_sdk_gets_the_fake_s_wan_for_an_id_v6_does_not_know(fake: FakeModelsLab) -> None:
    fake.pace = Pace(looks=1)
    video = _sdk(fake, "core.apis.video", "Video")
    order = _class("schemas.video", "Image2VideoUltra")(
        prompt="a fox", init_image=PICTURE, model_id="kling-image2video", fps=16
    )

    accepted = await asyncio.to_thread(video.image_to_video_ultra, order)
    ended = await asyncio.to_thread(video.fetch, str(accepted["id"]))

    assert accepted["meta"]["model_id"] == "wan2.2"
    assert ended["status"] == "success"
    assert len(fake.tasks) == 1


async def test_the_sdk_is_refused_what_lacks_a_field(fake: FakeModelsLab) -> None:
    client = _sdk(fake, "core.apis.video", "Video").client

    with pytest.raises(Exception, match="The duration field is required"):
        await asyncio.to_thread(
            client.post,
            f"{fake.url}/api/v7/video-fusion/image-to-video",
            {"model_id": "Kling-V2-5-Turbo-i2v", "prompt": "a fox", "init_image": PICTURE},
        )

    assert fake.tasks == []


@pytest.mark.parametrize(
    ("id", "from_words", "family", "schema"),
    [
        ("Kling-V2-5-Turbo-i2v", False, "klingai", "KlingV25TurboI2VSchema"),
        ("Kling-V2-5-Turbo-i2v", True, "klingai", "KlingV25TurboT2VSchema"),
        ("wan2.5-i2v", False, "alibaba", "Wan25I2VSchema"),
        ("wan2.5-i2v", True, "alibaba", "Wan25T2VSchema"),
        ("seedance-i2v", False, "byteplus", "SeeDanceI2VSchema"),
        ("seedance-i2v", True, "byteplus", "SeeDanceT2VSchema"),
        ("Hailuo-2.3-i2v", False, "minimax", "Hailuo23I2VSchema"),
        ("Hailuo-2.3-t2v", True, "minimax", "Hailuo23T2VSchema"),
    ],
)
async def test_what_we_order_is_what_the_sdk_would(
    fake: FakeModelsLab,
    provider: ModelsLabProvider,
    tmp_path: Path,
    id: str,
    from_words: bool,
    family: str,
    schema: str,
) -> None:
    changes: dict[str, Any] = {"picture": None} if from_words else {}
    if id.startswith("wan2.5"):
        changes["audio"] = sound_in(tmp_path)
    await provider.submit(request_for(provider, tmp_path, id, **changes), "job-1")
    sent = {name: value for name, value in fake.asked[-1].body.items() if name != "key"}

    theirs = _class(f"providers.{family}.schemas", schema)

    assert theirs(**sent).dict(exclude_none=True) == sent
    assert theirs(prompt="", **dict.fromkeys(REQUIRED, "")).model_id == sent["model_id"]
