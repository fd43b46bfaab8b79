"""The clip as a file: its format, size and bytes, and what is written instead of a bad one."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import cv2
import imageio_ffmpeg
import numpy as np
import pytest

from providers.base import Failed, FailureReason
from providers.local.depth import Picture
from providers.local.encoder import EncoderFailed, encode
from providers.local.render import render
from providers.local.shot import Shot
from providers.local.task import TaskFolder
from tests.providers.local.pictures import DRAWING, SAMPLE

WILD = "orbit left, rain, snow, film grain"


def shot_of(prompt: str, *, seconds: int = 2, size: tuple[int, int] = (320, 180)) -> Shot:
    return Shot(prompt=prompt, width=size[0], height=size[1], seconds=seconds, seed=4)


def task_in(folder: Path, shot: Shot, picture: Path = DRAWING) -> TaskFolder:
    task = TaskFolder(folder / "task")
    task.create(shot, picture)
    return task


def atoms(clip: Path) -> list[str]:
    """The names of an MP4's outermost parts, in order."""
    data, at = clip.read_bytes(), 0
    names: list[str] = []
    while at < len(data):
        names.append(data[at + 4 : at + 8].decode())
        at += int.from_bytes(data[at : at + 4])
    return names


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> TaskFolder:
    """A rendered clip to look at."""
    task = task_in(tmp_path_factory.mktemp("plain"), shot_of("zoom in"))
    render(task)
    return task


@pytest.fixture(scope="module")
def wild(tmp_path_factory: pytest.TempPathFactory) -> TaskFolder:
    """A rendered clip with much in it that moves."""
    task = task_in(tmp_path_factory.mktemp("wild"), shot_of(WILD), SAMPLE)
    render(task)
    return task


def described(clip: Path) -> str:
    """What the encoder's own program says about a file."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-f", "mov", "-i", str(clip)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stderr


def noisy_frames(shot: Shot) -> Iterator[Picture]:
    random = np.random.default_rng(1)
    for _ in range(shot.frames):
        yield random.integers(0, 255, (shot.height, shot.width, 3), np.uint8)


@pytest.mark.parametrize(("size", "seconds"), [((320, 180), 2), ((180, 320), 3), ((180, 180), 10)])
def test_a_clip_has_the_size_and_length_that_were_asked_for(
    tmp_path: Path, size: tuple[int, int], seconds: int
) -> None:
    task = task_in(tmp_path, shot_of("drift", seconds=seconds, size=size))

    render(task)

    video = cv2.VideoCapture(str(task.clip))
    frames = []
    while (read := video.read())[0]:
        frames.append(read[1])
    assert video.get(cv2.CAP_PROP_FPS) == 24
    assert len(frames) == 24 * seconds
    assert all(frame.shape == (size[1], size[0], 3) for frame in frames)


def test_a_clip_plays_anywhere_and_before_it_is_wholly_loaded(plain: TaskFolder) -> None:
    order = atoms(plain.clip)
    assert order[0] == "ftyp"
    assert order.index("moov") < order.index("mdat")
    assert "h264" in described(plain.clip)
    assert "yuv420p(tv, bt709, progressive)" in described(plain.clip)


def test_rain_can_be_heard_and_a_quiet_prompt_is_silent(tmp_path: Path, plain: TaskFolder) -> None:
    rainy = task_in(tmp_path, shot_of("rain and wind by the sea"))

    render(rainy)

    assert "Audio: aac" in described(rainy.clip)
    assert "Audio" not in described(plain.clip)


def test_the_same_request_makes_the_same_bytes(tmp_path: Path, wild: TaskFolder) -> None:
    again = task_in(tmp_path, shot_of(WILD), SAMPLE)

    render(again)

    assert again.clip.read_bytes() == wild.clip.read_bytes()


def test_the_hardest_frames_make_the_same_bytes_too(tmp_path: Path) -> None:
    shot = shot_of("")
    clips = []
    for name in ("first.mp4", "second.mp4"):
        clip = tmp_path / name
        encode(noisy_frames(shot), shot, clip, crf=20, largest_bytes=10**7)
        clips.append(clip.read_bytes())

    assert clips[0] == clips[1]


def test_a_clip_that_came_out_too_large_is_made_again_smaller(
    tmp_path: Path, wild: TaskFolder
) -> None:
    strict = task_in(tmp_path, shot_of(WILD), SAMPLE)

    render(strict, largest_bytes=90_000)

    assert wild.clip.stat().st_size > 90_000
    assert strict.clip.stat().st_size < 90_000


def test_a_clip_that_cannot_be_small_enough_is_a_fault_of_the_provider(tmp_path: Path) -> None:
    task = task_in(tmp_path, shot_of("rain"))

    render(task, largest_bytes=1000)

    assert not task.clip.exists()
    failure = task.failure()
    assert failure is not None
    assert failure.reason is FailureReason.PROVIDER_FAULT


@pytest.mark.parametrize("damage", ["empty", "not a picture", "truncated", "renamed"])
def test_a_bad_picture_is_bad_input(tmp_path: Path, damage: str) -> None:
    picture = tmp_path / "picture"
    content = {
        "empty": b"",
        "not a picture": b"GIF? No, just text.",
        "truncated": SAMPLE.read_bytes()[:60_000],
        "renamed": b"\x89PNG\r\n\x1a\n" + bytes(100),
    }
    picture.write_bytes(content[damage])
    task = task_in(tmp_path, shot_of("zoom in"), picture)

    render(task)

    failure = task.failure()
    assert isinstance(failure, Failed)
    assert failure.reason is FailureReason.BAD_INPUT


def test_an_encoder_that_dies_is_noticed(tmp_path: Path) -> None:
    shot = shot_of("")

    with pytest.raises(EncoderFailed):
        encode(noisy_frames(shot), shot, tmp_path / "no" / "dir", crf=20, largest_bytes=10**7)


def test_an_error_while_filming_ends_the_encoder(tmp_path: Path) -> None:
    shot = shot_of("")

    def broken() -> Iterator[Picture]:
        yield from list(noisy_frames(shot))[:3]
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        encode(broken(), shot, tmp_path / "clip.mp4", crf=20, largest_bytes=10**7)


def test_progress_is_written_while_rendering(tmp_path: Path, plain: TaskFolder) -> None:
    assert task_in(tmp_path, plain.read_shot()).progress() == 0
    assert 0.8 < plain.progress() <= 1
