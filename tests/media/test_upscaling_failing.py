"""Whatever goes wrong with a network, the picture is enlarged all the same, by resampling."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from os import kill
from pathlib import Path

import pytest
from PIL import Image
from structlog.testing import capture_logs
from structlog.typing import EventDict

from bot.media.permits import Permits
from bot.media.upscale_networks import WAIFU2X, find_weights
from bot.media.upscaling import LIMITS, Lanczos, Neural, choose_upscaler
from tests.media.processes import children, eventually
from tests.media.test_upscaling import neural

SMALL = (96, 64)
LARGE = (192, 128)
RGB = Image.radial_gradient("L").resize(SMALL).convert("RGB").tobytes()


@pytest.fixture
async def resampled() -> bytes:
    return await Lanczos().upscale(RGB, SMALL, LARGE)


@pytest.fixture
def logged() -> Iterator[list[EventDict]]:
    with capture_logs() as events:
        yield events


@pytest.fixture
def weights() -> Path:
    found = find_weights(WAIFU2X)
    assert found is not None
    return found


@pytest.mark.parametrize("setting", ["auto", "waifu2x", "realesrgan"])
def test_without_the_packages_lanczos_is_chosen_and_that_is_logged(
    setting: str, monkeypatch: pytest.MonkeyPatch, logged: list[EventDict]
) -> None:
    monkeypatch.setattr(sys, "path", [path for path in sys.path if "site-packages" not in path])

    upscaler = choose_upscaler(setting, Permits())

    assert upscaler.name == "lanczos"
    assert [event["event"] for event in logged] == [
        "upscaler not installed, pictures are resampled"
    ]


@neural
async def test_weights_that_went_away_are_done_without(
    tmp_path: Path, resampled: bytes, logged: list[EventDict]
) -> None:
    upscaler = Neural(WAIFU2X, tmp_path / "gone", Permits())

    assert await upscaler.upscale(RGB, SMALL, LARGE) == resampled
    assert [event["upscaler"] for event in logged] == ["waifu2x"]
    assert f"cannot load {tmp_path / 'gone'}" in logged[0]["why"]


@neural
async def test_damaged_weights_are_done_without(
    tmp_path: Path, weights: Path, resampled: bytes, logged: list[EventDict]
) -> None:
    param = weights.with_name(f"{weights.name}.param").read_bytes()
    (tmp_path / "short.param").write_bytes(param)
    (tmp_path / "short.bin").write_bytes(b"\0" * 1000)
    upscaler = Neural(WAIFU2X, tmp_path / "short", Permits())

    assert await upscaler.upscale(RGB, SMALL, LARGE) == resampled
    assert len(logged) == 1


@neural
async def test_a_killed_child_is_done_without(
    weights: Path, resampled: bytes, logged: list[EventDict]
) -> None:
    upscaler = Neural(WAIFU2X, weights, Permits())

    async with asyncio.TaskGroup() as group:
        upscaling = group.create_task(upscaler.upscale(RGB, SMALL, LARGE))
        await eventually(lambda: bool(children("bot.media.upscale")))
        for pid in children("bot.media.upscale"):
            kill(pid, signal.SIGKILL)

    assert upscaling.result() == resampled
    assert logged[0]["why"].startswith("ended with status -9")


@neural
async def test_a_child_that_takes_too_long_is_done_without(
    weights: Path, resampled: bytes, logged: list[EventDict]
) -> None:
    limits = replace(LIMITS, wall_seconds=0.05)
    upscaler = Neural(WAIFU2X, weights, Permits(), limits)

    assert await upscaler.upscale(RGB, SMALL, LARGE) == resampled
    assert logged[0]["why"] == "stopped after 0.05 s"
    assert children("bot.media.upscale") == []


@neural
async def test_a_child_without_enough_memory_is_done_without(
    weights: Path, resampled: bytes, logged: list[EventDict]
) -> None:
    limits = replace(LIMITS, memory_bytes=128 * 1024**2)
    upscaler = Neural(WAIFU2X, weights, Permits(), limits)

    assert await upscaler.upscale(RGB, SMALL, LARGE) == resampled
    assert len(logged) == 1
