"""What an order of each kind looks like on the wire."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from providers.base import VideoRequest
from providers.errors import NotSubmitted, RequestRejected
from providers.kling import KlingProvider
from providers.model import Shape
from tests.providers.kling.asking import (
    CALLBACK,
    GENERATIONS,
    PROMPT,
    kling,
    order,
    picture,
)

OPTIONS = {"external_task_id": "zoetrope-job-1", "watermark_info": {"enabled": False}}


async def sent(
    model: str, folder: Path, *, generation: str = "new", frames: int = 0, **changes: Any
) -> tuple[str, Any]:
    """Where a submit went, and what it said, with pictures named instead of spelled out."""
    first, last = picture(folder), picture(folder, "last.jpg", size=(300, 310))
    if frames >= 1:
        changes["picture"] = first
    if frames == 2:
        changes["last_frame"] = last
    async with kling(generation) as (fake, provider):
        await provider.submit(order(provider, model, **changes), "job-1")
        assert fake.ignored == []
        assert len(fake.asked) == 1
        names = {_encoded(first): "<first>", _encoded(last): "<last>"}
        return fake.asked[0].path, _named(fake.asked[0].body, names)


def _encoded(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()


def _named(value: object, names: dict[str, str]) -> object:
    if isinstance(value, dict):
        return {key: _named(one, names) for key, one in value.items()}
    if isinstance(value, list):
        return [_named(one, names) for one in value]
    return names.get(value, value) if isinstance(value, str) else value


async def test_kling_3_moves_a_picture_in_one_shot(tmp_path: Path) -> None:
    path, body = await sent("kling-3.0", tmp_path, frames=1, callback_url=CALLBACK)

    assert path == "/image-to-video/kling-3.0"
    assert body == {
        "contents": [
            {"type": "prompt", "text": PROMPT},
            {"type": "first_frame", "url": "<first>"},
        ],
        "settings": {"resolution": "720p", "duration": 5, "audio": "off", "multi_shot": False},
        "options": OPTIONS | {"callback_url": CALLBACK},
    }


async def test_kling_3_moves_from_one_picture_to_another_with_sound(tmp_path: Path) -> None:
    path, body = await sent(
        "kling-3.0", tmp_path, frames=2, resolution="4k", sound=True, seconds=15
    )

    assert path == "/image-to-video/kling-3.0"
    assert body["contents"][2] == {"type": "last_frame", "url": "<last>"}
    assert body["settings"] == {
        "resolution": "4k",
        "duration": 15,
        "audio": "native",
        "multi_shot": False,
    }


async def test_kling_3_makes_a_clip_of_words(tmp_path: Path) -> None:
    path, body = await sent("kling-3.0", tmp_path, shape=Shape.PORTRAIT)

    assert path == "/text-to-video/kling-3.0"
    assert body == {
        "prompt": PROMPT,
        "settings": {
            "resolution": "720p",
            "duration": 5,
            "aspect_ratio": "9:16",
            "audio": "off",
            "multi_shot": False,
        },
        "options": OPTIONS,
    }


async def test_turbo_has_no_setting_for_its_sound_or_shots(tmp_path: Path) -> None:
    path, body = await sent("kling-3.0-turbo", tmp_path, frames=1, sound=True)

    assert path == "/image-to-video/kling-3.0-turbo"
    assert body["settings"] == {"resolution": "720p", "duration": 5}


@pytest.mark.parametrize("model", ["kling-3.0-omni", "kling-o1"])
async def test_omni_models_have_one_endpoint_for_words_and_pictures(
    model: str, tmp_path: Path
) -> None:
    words_path, words = await sent(model, tmp_path)
    pictures_path, pictures = await sent(model, tmp_path, frames=2)

    assert words_path == pictures_path == f"/omni-video/{model}"
    assert words["contents"] == [{"type": "prompt", "text": PROMPT}]
    assert words["settings"]["aspect_ratio"] == "16:9"
    assert [part["type"] for part in pictures["contents"]] == [
        "prompt",
        "first_frame",
        "last_frame",
    ]
    assert "aspect_ratio" not in pictures["settings"]
    assert ("audio" in words["settings"]) is (model == "kling-3.0-omni")


async def test_older_models_have_no_shots_and_2_5_no_audio(tmp_path: Path) -> None:
    _, older = await sent("kling-2.6", tmp_path, frames=1, resolution="1080p", sound=True)
    _, oldest = await sent("kling-2.5-turbo", tmp_path, frames=2, resolution="1080p", seconds=10)

    assert older["settings"] == {"resolution": "1080p", "duration": 5, "audio": "native"}
    assert oldest["settings"] == {"resolution": "1080p", "duration": 10}


async def test_legacy_moves_from_one_picture_to_another(tmp_path: Path) -> None:
    path, body = await sent(
        "kling-3.0",
        tmp_path,
        generation="legacy",
        frames=2,
        resolution="1080p",
        sound=True,
        seconds=7,
        negative_prompt="blur",
        callback_url=CALLBACK,
    )

    assert path == "/v1/videos/image2video"
    assert body == OPTIONS | {
        "model_name": "kling-v3",
        "prompt": PROMPT,
        "negative_prompt": "blur",
        "mode": "pro",
        "duration": "7",
        "sound": "on",
        "multi_shot": False,
        "image": "<first>",
        "image_tail": "<last>",
        "callback_url": CALLBACK,
    }


async def test_legacy_makes_a_clip_of_words(tmp_path: Path) -> None:
    path, body = await sent("kling-2.5-turbo", tmp_path, generation="legacy")

    assert path == "/v1/videos/text2video"
    assert body == OPTIONS | {
        "model_name": "kling-v2-5-turbo",
        "prompt": PROMPT,
        "mode": "std",
        "duration": "5",
        "aspect_ratio": "16:9",
    }


async def test_legacy_omni_lists_its_pictures(tmp_path: Path) -> None:
    path, body = await sent("kling-o1", tmp_path, generation="legacy", frames=2)

    assert path == "/v1/videos/omni-video"
    assert body == OPTIONS | {
        "model_name": "kling-video-o1",
        "prompt": PROMPT,
        "mode": "std",
        "duration": "5",
        "image_list": [
            {"image_url": "<first>", "type": "first_frame"},
            {"image_url": "<last>", "type": "end_frame"},
        ],
    }


@pytest.mark.parametrize("generation", GENERATIONS)
async def test_every_quality_of_every_model_is_taken(generation: str, tmp_path: Path) -> None:
    first = picture(tmp_path)
    async with kling(generation) as (fake, provider):
        for number, request in enumerate(_all_orders(provider, first)):
            await provider.submit(request, f"job-{number}")

        assert fake.ignored == []
        assert len(fake.tasks) == number + 1 > 50


def _all_orders(provider: KlingProvider, first: Path) -> Iterator[VideoRequest]:
    for model in provider.models:
        for variant in model.variants:
            quality: dict[str, Any] = {"resolution": variant.resolution, "sound": variant.sound}
            for seconds in (model.seconds[0], model.seconds[-1]):
                yield order(provider, model.id, seconds=seconds, **quality)
                yield order(provider, model.id, seconds=seconds, picture=first, **quality)
            if variant.last_frame:
                yield order(provider, model.id, picture=first, last_frame=first, **quality)


async def test_without_a_resolution_the_first_is_sent(tmp_path: Path) -> None:
    _, body = await sent("kling-2.6", tmp_path, resolution="")

    assert body["settings"]["resolution"] == "720p"


@pytest.mark.parametrize("generation", GENERATIONS)
async def test_a_picture_that_is_gone_or_too_heavy_is_never_sent(
    generation: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with kling(generation) as (fake, provider):
        with pytest.raises(NotSubmitted):
            await provider.submit(order(provider, picture=tmp_path / "gone.jpg"), "job-1")
        heavy = tmp_path / "heavy.jpg"
        with heavy.open("wb") as file:
            file.truncate(51 * 1024**2)
        with pytest.raises(RequestRejected):
            await provider.submit(order(provider, picture=heavy), "job-1")

        assert fake.asked == []


async def test_a_last_frame_alone_or_a_model_not_offered_is_never_sent(tmp_path: Path) -> None:
    async with kling("legacy") as (fake, provider):
        with pytest.raises(RequestRejected):
            await provider.submit(order(provider, last_frame=picture(tmp_path)), "job-1")
        gone = replace(provider.models[0], id="kling-3.0-turbo")
        with pytest.raises(RequestRejected):
            await provider.submit(order(provider, model=gone), "job-1")

        assert fake.asked == []
