"""What the framing child may do and use, and what becomes of a picture when it fails."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from PIL import Image

from bot.media.children import run_child
from bot.media.errors import PictureTooHard
from bot.media.framing import Fit, Target, Wish
from bot.media.pictures import LIMITS, Pictures, Source
from tests.media.pictures import corners, noise
from tests.media.processes import can_open_nothing, children, eventually, read_process

PROJECT = Path(__file__).parents[2]
WIDE = Target(ratio=16 / 9, largest_ratio=2.5, max_bytes=4 * 2**20)


def source(image: Image.Image) -> Source:
    return Source(*image.size, image.convert("RGB").tobytes())


async def test_a_frame_that_takes_too_long_is_too_hard() -> None:
    hurried = Pictures(limits=replace(LIMITS, wall_seconds=0.01))

    with pytest.raises(PictureTooHard):
        await hurried.frame(source(corners(size=(1280, 720))), WIDE)


async def test_the_framing_child_knows_no_secret_and_can_open_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "secret")

    def confined() -> list[int]:
        return [child for child in children("bot.media.frame") if can_open_nothing(child)]

    async with asyncio.TaskGroup() as group:
        framing = group.create_task(Pictures().frame(source(noise(2400)), WIDE, Fit.CROP))
        await eventually(lambda: bool(confined()))
        [child] = confined()
        environment = read_process(child, "environ")
        framing.cancel()

    assert {line.partition(b"=")[0] for line in environment} == {
        b"PYTHONPATH",
        b"OPENBLAS_NUM_THREADS",
    }


async def test_a_machine_of_many_processors_crops_in_the_same_memory() -> None:
    wish = Wish(
        width=1200,
        height=1200,
        ratio=16 / 9,
        fit=Fit.CROP,
        is_chosen=True,
        max_bytes=4 * 2**20,
        size=None,
    )

    ended = await run_child(
        [sys.executable, "-s", "-P", "-m", "bot.media.frame", json.dumps(asdict(wish))],
        stdin=noise(1200).convert("RGB").tobytes(),
        limits=LIMITS,
        environment={"PYTHONPATH": str(PROJECT), "OPENCV_FOR_THREADS_NUM": "256"},
    )

    assert ended.status == 0


async def test_a_child_that_is_ended_while_it_speaks_has_made_no_picture(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    half = """import os, sys
print('{"width": 1280, "height": 720, "fit": null, "inset": null}\\nhalf a JPEG', flush=True)
os.kill(os.getpid(), 9)"""
    monkeypatch.setattr("bot.media.pictures._RUN", (sys.executable, "-c", half))

    with pytest.raises(PictureTooHard):
        await Pictures().frame(source(corners(size=(1280, 720))), WIDE)
