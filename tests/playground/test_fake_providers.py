"""The fakes as people try them: served by a process, making clips that show what was ordered."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import imageio_ffmpeg
import pytest
from PIL import Image

from bot.media.clip_facts import ClipFacts
from bot.media.clips import probe
from bot.media.ffmpeg import Ffmpeg
from bot.playground import fake_providers
from bot.playground.fake_providers import FakesMissing, FakesStopped, launch_fakes
from bot.playground.launch import PROJECT
from providers import load_providers
from providers.base import Failed, FailureReason, Provider, VideoRequest
from providers.errors import OutOfCredit, Refused
from providers.model import Need, Shape, VideoModel
from tests.fakes import load_fakes
from tests.fakes.clips import Studio
from tests.fakes.fake_server import FakeServer, FakeTask, Pace
from tests.fakes.scene import Scene
from tests.media.pictures import BLUE, GREEN, noise, saved

PROVIDERS = load_providers()
FAKES = load_fakes()
PICTURE = saved(Image.new("RGB", (400, 400), BLUE), "JPEG")
LAST = saved(Image.new("RGB", (400, 400), GREEN), "JPEG")
SCENE = Scene(
    provider="kling", model="kling-3.0", prompt="rain", seconds=2, short_side_px=96, ratio=16 / 9
)


@pytest.fixture(params=sorted(FAKES))
async def fake(request: pytest.FixtureRequest) -> AsyncIterator[FakeServer]:
    async with FAKES[request.param].open(_nothing, pace=Pace(looks=0)) as fake:
        yield fake


async def _nothing(_: FakeTask) -> bytes:
    return b""


@asynccontextmanager
async def asking(fake: FakeServer, folder: Path) -> AsyncIterator[Provider]:
    kind = PROVIDERS[fake.name]
    settings = {name.lower(): value for name, value in fake.environment.items()}
    async with kind(kind.Settings(**settings), folder) as provider:
        yield provider


def from_picture(provider: Provider, folder: Path, picture: bytes = PICTURE) -> VideoRequest:
    """A clip of a picture, and of a second one to end on where a model takes one."""
    models = [model for model in provider.models if model.audio is not Need.REQUIRED]
    model = next((one for one in models if one.variants[0].last_frame), models[0])
    (folder / "first.jpg").write_bytes(picture)
    (folder / "last.jpg").write_bytes(LAST)
    variant = model.variants[0]
    return VideoRequest(
        model=model,
        prompt="slow rain",
        picture=folder / "first.jpg",
        seconds=model.seconds[-1],
        shape=_shape(model),
        seed=7,
        resolution=variant.resolution,
        sound=variant.sound,
        last_frame=folder / "last.jpg" if variant.last_frame else None,
    )


def _shape(model: VideoModel) -> Shape | None:
    return model.shapes[-1] if model.shapes else None


# What they know of an order


async def test_a_scene_is_what_was_ordered(fake: FakeServer, tmp_path: Path) -> None:
    async with asking(fake, tmp_path) as provider:
        request = from_picture(provider, tmp_path)
        await provider.submit(request, "job1")

    scene = fake.scene(fake.tasks[0])
    assert (scene.provider, scene.prompt, scene.seconds) == (
        fake.name,
        "slow rain",
        request.seconds,
    )
    assert scene.first_frame == PICTURE
    assert scene.last_frame == (LAST if request.last_frame else None)
    assert scene.has_sound is request.sound
    assert scene.ratio is None or request.shape is not None


async def test_runway_shows_a_picture_that_was_uploaded_too(tmp_path: Path) -> None:
    large = saved(noise(2800), "JPEG", quality=95)
    async with (
        FAKES["runway"].open(_nothing) as fake,
        asking(fake, tmp_path) as provider,
    ):
        await provider.submit(from_picture(provider, tmp_path, large), "job1")

    assert len(large) > 4_000_000
    assert fake.scene(fake.tasks[0]).first_frame == large


async def test_words_in_a_prompt_choose_what_goes_wrong(fake: FakeServer, tmp_path: Path) -> None:
    async with asking(fake, tmp_path) as provider:
        request = from_picture(provider, tmp_path)
        with pytest.raises(Refused):
            await provider.submit(replace(request, prompt="a forbidden dance"), "job1")
        with pytest.raises(OutOfCredit):
            await provider.submit(replace(request, prompt="nocredit today"), "job2")
        task = await provider.submit(replace(request, prompt="an overload of snow"), "job3")

        status = await provider.poll(task)

    assert isinstance(status, Failed)
    assert status.reason is FailureReason.PROVIDER_FAULT


# What they show


async def film(scene: Scene, folder: Path) -> tuple[ClipFacts, Path]:
    clip = folder / "clip.mp4"
    clip.write_bytes(await Studio().film(scene))
    return await probe(Ffmpeg(), clip), clip


async def test_a_clip_has_the_shape_length_and_silence_ordered(tmp_path: Path) -> None:
    facts, _ = await film(SCENE, tmp_path)

    assert (facts.width, facts.height, facts.frames, facts.seconds) == (170, 96, 48, 2.0)
    assert facts.plays_everywhere
    assert facts.is_faststart
    assert not facts.has_audio


async def test_a_clip_is_no_larger_than_720p(tmp_path: Path) -> None:
    facts, _ = await film(replace(SCENE, seconds=1, short_side_px=2160, ratio=9 / 16), tmp_path)

    assert (facts.width, facts.height) == (720, 1280)


async def test_a_clip_begins_with_its_picture_and_ends_on_the_last(tmp_path: Path) -> None:
    scene = replace(SCENE, first_frame=PICTURE, last_frame=LAST, ratio=None, has_sound=True)

    facts, clip = await film(scene, tmp_path)

    assert (facts.width, facts.height, facts.audio_codec) == (96, 96, "aac")
    assert await colour_at(0.0, clip) == "blue"
    assert await colour_at(1.95, clip) == "green"


async def colour_at(seconds: float, clip: Path) -> str:
    """The strongest of the three colours at the top, where no caption is."""
    process = await asyncio.create_subprocess_exec(
        *(imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-ss", str(seconds), "-i", str(clip)),
        *("-frames:v", "1", "-f", "image2pipe", "-c:v", "png", "-"),
        stdout=asyncio.subprocess.PIPE,
    )
    png, _ = await process.communicate()
    pixel = Image.open(io.BytesIO(png)).convert("RGB").getpixel((48, 8))
    assert isinstance(pixel, tuple)
    return ("red", "green", "blue")[pixel.index(max(pixel))]


# How they are served


async def test_one_process_serves_them_all_and_ends_with_its_input(tmp_path: Path) -> None:
    async with launch_fakes(log=tmp_path / "log") as fakes:
        for name, kind in FAKES.items():
            provider = PROVIDERS[name]
            settings = {key.lower(): value for key, value in fakes.environment.items()}
            assert kind.name == name
            async with provider(provider.Settings(**settings), tmp_path) as client:
                assert (await client.account()).balance
        assert fakes.process.stdin is not None
        fakes.process.stdin.close()
        async with asyncio.timeout(20):
            assert await fakes.process.wait() == 0

    assert (tmp_path / "log").read_text() == ""


async def test_where_there_are_no_tests_there_are_no_fakes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fake_providers, "PROGRAM", tmp_path / "tests" / "__main__.py")

    with pytest.raises(FakesMissing, match="in a checkout of the repository"):
        async with launch_fakes(log=tmp_path / "log"):
            pass


async def test_fakes_that_cannot_start_say_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONUTF8", "neither yes nor no")

    with pytest.raises(FakesStopped, match="stopped: Python"):
        async with launch_fakes(log=tmp_path / "log"):
            pass


# The playground with them


@asynccontextmanager
async def playing() -> AsyncIterator[Process]:
    """The playground as people start it, with its bot and the fakes."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "playground", "--port", "0"),
        *("--providers", "fake", "--webhooks"),
        cwd=PROJECT,
        stdout=PIPE,
        stderr=PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def ready(process: Process) -> list[int]:
    """Wait until it is served; returns the ids of the processes it has started."""
    assert process.stdout is not None
    async with asyncio.timeout(30):
        about = await process.stdout.readline()
        address = await process.stdout.readline()
    assert b"nothing is spent" in about
    assert b"http://127.0.0.1:" in address
    return children_of(process.pid)


def children_of(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(number) for number in listed.split()]


def cmdline(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def is_there(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc for the children of a process")
async def test_a_playground_whose_fakes_have_died_says_so_and_ends() -> None:
    async with playing() as process:
        children = await ready(process)
        fakes = [pid for pid in children if b"tests.fakes" in cmdline(pid)]
        os.kill(fakes[0], signal.SIGKILL)
        async with asyncio.timeout(30):
            _, errors = await process.communicate()

    assert errors.decode() == "The fake providers stopped: it said nothing.\n"
    assert process.returncode == 1


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc for the children of a process")
async def test_a_playground_that_is_stopped_leaves_no_process_behind() -> None:
    async with playing() as process:
        children = await ready(process)
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(30):
            _, errors = await process.communicate()

    assert (process.returncode, errors) == (0, b"")
    assert len(children) == 2
    assert not any(is_there(pid) for pid in children)
