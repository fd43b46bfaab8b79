"""What is sent for each family of models, and what never leaves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from providers.errors import NotSubmitted, RequestRejected
from providers.model import Shape
from providers.modelslab import ModelsLabProvider
from tests.fakes.fake_server import Fault
from tests.fakes.modelslab import GOOD_KEY, Canned, FakeModelsLab
from tests.providers.modelslab.asking import (
    KLING,
    PICTURE,
    PROMPT,
    SOUND,
    opened,
    request_for,
    sound_in,
)

IMAGE = "/api/v7/video-fusion/image-to-video"
TEXT = "/api/v7/video-fusion/text-to-video"
ULTRA = "/api/v6/video/img2video_ultra"


def _sent(fake: FakeModelsLab, path: str) -> dict[str, Any]:
    body = dict(fake.asked[-1].body)
    assert (fake.asked[-1].method, fake.asked[-1].path) == ("POST", path)
    assert body.pop("key") == GOOD_KEY
    assert body.pop("prompt") == PROMPT
    assert body.pop("track_id") == "job-1"
    return body


@pytest.mark.parametrize(
    ("id", "changes", "fields"),
    [
        (KLING, {"seconds": 10}, {"duration": "10"}),
        ("wan2.6-i2v", {"resolution": "1080p"}, {"resolution": "1080p"}),
        ("seedance-i2v", {}, {"resolution": "720p"}),
        ("Hailuo-2.3-i2v", {"seconds": 6}, {"duration": "6"}),
        ("ltx-2-3-pro-i2v", {}, {}),
    ],
)
async def test_a_picture_is_uploaded_and_ordered_by_its_address(
    fake: FakeModelsLab,
    provider: ModelsLabProvider,
    tmp_path: Path,
    id: str,
    changes: dict[str, Any],
    fields: dict[str, Any],
) -> None:
    await provider.submit(request_for(provider, tmp_path, id, **changes), "job-1")

    [(address, file)] = fake.uploads.items()
    assert file == ("image/jpeg", PICTURE)
    assert _sent(fake, IMAGE) == {"model_id": id, "init_image": address, **fields}


@pytest.mark.parametrize(
    ("id", "text_id", "changes", "fields"),
    [
        (
            KLING,
            "kling-v2-5-turbo-t2v",
            {"shape": Shape.PORTRAIT},
            {"duration": "5", "aspect_ratio": "9:16"},
        ),
        (KLING, "kling-v2-5-turbo-t2v", {}, {"duration": "5", "aspect_ratio": "16:9"}),
        ("wan2.6-i2v", "wan2.6-t2v", {"shape": Shape.LANDSCAPE}, {"resolution": "720p"}),
        (
            "seedance-i2v",
            "seedance-t2v",
            {"shape": Shape.SQUARE, "resolution": "480p"},
            {"resolution": "480p", "aspect_ratio": "1:1"},
        ),
        ("Hailuo-2.3-t2v", "Hailuo-2.3-t2v", {"shape": Shape.LANDSCAPE}, {}),
    ],
)
async def test_words_alone_go_to_the_id_made_for_them(
    fake: FakeModelsLab,
    provider: ModelsLabProvider,
    tmp_path: Path,
    id: str,
    text_id: str,
    changes: dict[str, Any],
    fields: dict[str, Any],
) -> None:
    request = request_for(provider, tmp_path, id, picture=None, **changes)

    await provider.submit(request, "job-1")

    assert fake.uploads == {}
    assert _sent(fake, TEXT) == {"model_id": text_id, **fields}


async def test_wan_2_5_is_driven_by_an_uploaded_sound(
    fake: FakeModelsLab, provider: ModelsLabProvider, tmp_path: Path
) -> None:
    sound = sound_in(tmp_path)

    await provider.submit(
        request_for(provider, tmp_path, "wan2.5-i2v", seconds=10, audio=sound), "job-1"
    )

    picture, heard = fake.uploads
    assert fake.uploads[heard] == ("audio/mpeg", SOUND)
    assert _sent(fake, IMAGE) == {
        "model_id": "wan2.5-i2v",
        "init_image": picture,
        "init_audio": heard,
        "duration": "10",
        "resolution": "720p",
    }


async def test_the_older_models_are_ordered_in_frames(
    fake: FakeModelsLab, provider: ModelsLabProvider, tmp_path: Path
) -> None:
    request = request_for(
        provider, tmp_path, "wan2.2", shape=Shape.PORTRAIT, negative_prompt="blur"
    )

    await provider.submit(request, "job-1")

    assert _sent(fake, ULTRA) == {
        "model_id": "wan2.2",
        "init_image": next(iter(fake.uploads)),
        "num_frames": 81,
        "fps": 16,
        "resolution": 720,
        "portrait": True,
        "seed": 7,
        "negative_prompt": "blur",
        "output_type": "mp4",
    }


async def test_every_model_is_one_that_modelslab_takes(
    fake: FakeModelsLab, provider: ModelsLabProvider, tmp_path: Path
) -> None:
    sound = sound_in(tmp_path)
    orders = [
        request_for(
            provider,
            tmp_path,
            model.id,
            seconds=seconds,
            resolution=variant.resolution,
            audio=None if model.audio == "never" else sound,
            **way,
        )
        for model in provider.models
        for seconds in model.seconds
        for variant in model.variants
        for way in (
            *[{"shape": shape} for shape in model.shapes or [None] if model.picture != "never"],
            *[{"shape": shape, "picture": None} for shape in model.text_shapes],
        )
    ]

    for order in orders:
        await provider.submit(order, "job-1")

    assert len(fake.tasks) == len(orders) > 30
    assert all(
        task.request["runs"].casefold() == task.request["model_id"].casefold()
        for task in fake.tasks
    )


async def test_a_webhook_is_passed_on(
    fake: FakeModelsLab, provider: ModelsLabProvider, tmp_path: Path
) -> None:
    address = "https://bot.example.invalid/hooks/modelslab/unguessable"

    await provider.submit(request_for(provider, tmp_path, callback_url=address), "job-1")

    assert fake.asked[-1].body["webhook"] == address


async def test_no_id_reaches_v6_that_it_would_silently_replace(
    fake: FakeModelsLab, provider: ModelsLabProvider, tmp_path: Path
) -> None:
    known = request_for(provider, tmp_path, "wan2.2")
    unknown = replace(known, model=replace(known.model, id="kling-image2video"))

    with pytest.raises(RequestRejected):
        await provider.submit(unknown, "job-1")

    assert fake.asked == []


@pytest.mark.parametrize(
    ("id", "changes"),
    [
        ("Hailuo-2.3-i2v", {"picture": None}),
        ("wan2.2", {"picture": None}),
        ("Hailuo-2.3-t2v", {}),
        ("wan2.5-i2v", {}),
        (KLING, {"audio": Path("sound.mp3")}),
    ],
)
async def test_what_a_model_does_not_take_is_not_sent(
    fake: FakeModelsLab,
    provider: ModelsLabProvider,
    tmp_path: Path,
    id: str,
    changes: dict[str, Any],
) -> None:
    with pytest.raises(RequestRejected):
        await provider.submit(request_for(provider, tmp_path, id, **changes), "job-1")

    assert fake.asked == []


async def test_a_picture_too_large_to_upload_is_not_sent(
    fake: FakeModelsLab, provider: ModelsLabProvider, tmp_path: Path
) -> None:
    large = tmp_path / "large.jpg"
    large.write_bytes(bytes(5_000_001))

    with pytest.raises(RequestRejected):
        await provider.submit(request_for(provider, tmp_path, picture=large), "job-1")

    assert fake.asked == []


async def test_a_picture_that_cannot_be_read_proves_nothing_was_sent(
    fake: FakeModelsLab, provider: ModelsLabProvider, tmp_path: Path
) -> None:
    with pytest.raises(NotSubmitted):
        await provider.submit(
            request_for(provider, tmp_path, picture=tmp_path / "gone.jpg"), "job-1"
        )

    assert fake.asked == []


@pytest.mark.parametrize("fault", [Fault.DROP_REPLY, Fault.UNAVAILABLE, Fault.NOT_JSON])
async def test_an_upload_that_fails_orders_nothing(
    fake: FakeModelsLab, provider: ModelsLabProvider, tmp_path: Path, fault: Fault
) -> None:
    fake.read_faults.extend([fault] * 3)

    with pytest.raises(NotSubmitted):
        await provider.submit(request_for(provider, tmp_path), "job-1")

    assert fake.tasks == []


async def test_an_upload_that_fails_once_is_tried_again(
    fake: FakeModelsLab, provider: ModelsLabProvider, tmp_path: Path
) -> None:
    fake.read_faults.append(Fault.GATEWAY_TIMEOUT)

    await provider.submit(request_for(provider, tmp_path), "job-1")

    assert len(fake.tasks) == 1


@pytest.mark.parametrize(
    "output",
    [
        [],
        None,
        "http://elsewhere.example.invalid/a.jpg",
        ["ftp://127.0.0.1/a.jpg"],
        ["http://[broken/a.jpg"],
        [{"url": "https://cdn.example.invalid/a.jpg"}],
    ],
)
async def test_an_upload_without_a_safe_address_orders_nothing(
    fake: FakeModelsLab, provider: ModelsLabProvider, tmp_path: Path, output: object
) -> None:
    fake.answer_instead("base64_to_url", Canned({"status": "success", "output": output}))

    with pytest.raises(NotSubmitted):
        await provider.submit(request_for(provider, tmp_path), "job-1")

    assert fake.tasks == []


async def test_a_model_of_the_owners_gets_its_picture_in_a_list(
    fake: FakeModelsLab, tmp_path: Path
) -> None:
    added = {"MODELSLAB_MODELS": "seedance-i2v:i2v-list=0.1"}
    fake.answer_instead("image-to-video", Canned({"status": "processing", "id": 1}))

    async with opened(fake.environment | added, tmp_path) as provider:
        await provider.submit(request_for(provider, tmp_path, "seedance-i2v"), "job-1")

    assert fake.asked[-1].body["init_image"] == list(fake.uploads)
