"""What every provider keeps to when it starts a task, whoever wrote it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

import providers.http
from providers.base import Provider, TaskRef, VideoRequest
from providers.errors import KeyRefused, NotSubmitted, RateLimited, SubmitUncertain, Unreachable
from providers.model import Need, Shape
from tests.fakes.fake_server import FakeServer, Fault
from tests.media.pictures import corners, saved
from tests.providers.contract.asking import (
    PROVIDERS,
    REFERENCE,
    asking,
    first_request,
    request_for,
)


async def test_every_model_is_made_in_every_variant_and_mode(
    fake: FakeServer, tmp_path: Path
) -> None:
    # There are hundreds, and each sends it anew.
    picture = tmp_path / "light.jpg"
    picture.write_bytes(saved(corners(size=(640, 360)), "JPEG"))
    async with asking(fake, tmp_path / "own") as provider:
        requests = list(every_request(provider, picture))
        for request in requests:
            await provider.submit(request, f"{REFERENCE}{len(fake.tasks)}")

    assert len(fake.tasks) == len(requests) > 0


def every_request(provider: Provider, picture: Path) -> Iterator[VideoRequest]:
    for model in provider.models:
        for from_picture in (True, False):
            if model.picture is (Need.NEVER if from_picture else Need.REQUIRED):
                continue
            request = request_for(model, from_picture=from_picture, picture=picture)
            shapes: tuple[Shape | None, ...] = (
                model.shapes if from_picture else model.text_shapes
            ) or (None,)
            for variant in model.variants:
                quality: dict[str, Any] = {
                    "resolution": variant.resolution,
                    "sound": variant.sound,
                    "last_frame": picture if variant.last_frame and from_picture else None,
                }
                for shape in shapes:
                    yield replace(request, shape=shape, **quality)
            for seconds in (model.seconds[0], model.seconds[-1]):
                yield replace(request, seconds=seconds)


async def test_one_order_makes_one_task(fake: FakeServer, tmp_path: Path) -> None:
    async with asking(fake, tmp_path) as provider:
        await provider.submit(first_request(provider), REFERENCE)

    assert len(fake.tasks) == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault.DROP_REPLY,
        Fault.HANG,
        Fault.UNAVAILABLE,
        Fault.GATEWAY_TIMEOUT,
        Fault.SERVER_ERROR,
        Fault.MALFORMED,
        Fault.NOT_JSON,
    ],
)
async def test_a_submit_without_a_clear_answer_is_uncertain_and_sent_once(
    fake: FakeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    if fault is Fault.HANG:
        monkeypatch.setattr(providers.http, "SUBMIT_SECONDS", 0.5)
    fake.submit_faults.append(fault)
    async with asking(fake, tmp_path) as provider:
        with pytest.raises(SubmitUncertain):
            await provider.submit(first_request(provider), REFERENCE)

    assert len(fake.tasks) == 1


async def test_a_submit_nobody_listened_to_may_be_sent_again(
    fake: FakeServer, tmp_path: Path, unused_tcp_port: int
) -> None:
    closed = f"http://127.0.0.1:{unused_tcp_port}"
    kind = PROVIDERS[fake.name]
    settings = {
        name.lower(): value.replace(fake.url, closed) for name, value in fake.environment.items()
    }
    async with kind(kind.Settings(**settings), tmp_path) as provider:
        with pytest.raises(NotSubmitted):
            await provider.submit(first_request(provider), REFERENCE)
        with pytest.raises(Unreachable):
            await provider.poll(await a_task(fake, tmp_path))


async def a_task(fake: FakeServer, folder: Path) -> TaskRef:
    async with asking(fake, folder) as provider:
        return await provider.submit(first_request(provider), f"{REFERENCE}x")


async def test_a_wrong_key_is_the_owners_and_makes_nothing(
    fake: FakeServer, tmp_path: Path
) -> None:
    kind = PROVIDERS[fake.name]
    settings: dict[str, Any] = {name.lower(): value for name, value in fake.environment.items()}
    for name, field in kind.Settings.model_fields.items():
        if field.annotation in {SecretStr, SecretStr | None} and name in settings:
            settings[name] = "wrong" + settings[name]
    async with kind(kind.Settings(**settings), tmp_path) as provider:
        with pytest.raises(KeyRefused):
            await provider.submit(first_request(provider), REFERENCE)
        with pytest.raises(KeyRefused):
            await provider.account()

    assert fake.tasks == []


async def test_too_many_at_once_is_a_rate_limit(fake: FakeServer, tmp_path: Path) -> None:
    fake.throttle()
    async with asking(fake, tmp_path) as provider:
        with pytest.raises(RateLimited) as limited:
            await provider.submit(first_request(provider), REFERENCE)

    assert limited.value.retry_after_seconds > 0
    assert fake.tasks == []
