from __future__ import annotations

import functools
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import imageio_ffmpeg
import pytest

from bot.media.errors import DamagedSound, NotASound, SoundTooHeavy, SoundTooShort
from bot.media.ffmpeg import LIMITS, Ffmpeg
from bot.media.sounds import MAX_SOUND_BYTES, Sound, prepare_sound

MakeSound: TypeAlias = Callable[..., bytes]

KINDS = {
    "mp3": (),
    "wav": (),
    "m4a": (),
    "aac": (),
    "opus": ("-c:a", "libopus"),
    "ogg": ("-c:a", "libvorbis"),
    "flac": (),
    # What a phone records is often marked as a video is.
    "mp4": (),
}


@pytest.fixture
def ffmpeg() -> Ffmpeg:
    return Ffmpeg()


@pytest.fixture(scope="module")
def make_sound(tmp_path_factory: pytest.TempPathFactory) -> MakeSound:
    """A sine of 440 Hz, two seconds long, in mono; further arguments go to ffmpeg's output."""

    @functools.cache
    def make(ending: str, *options: str, source: str = "sine=f=440:d=2") -> bytes:
        file = tmp_path_factory.mktemp("sound") / f"sound.{ending}"
        run_ffmpeg("-f", "lavfi", "-i", source, *options, str(file))
        return file.read_bytes()

    return make


def run_ffmpeg(*arguments: str) -> bytes:
    program = imageio_ffmpeg.get_ffmpeg_exe()
    command = [program, "-hide_banner", "-nostdin", "-y", *arguments]
    ended = subprocess.run(command, check=True, capture_output=True, timeout=60)
    return ended.stdout + ended.stderr


def described(mp3: bytes, folder: Path) -> str:
    """What ffmpeg says of an MP3."""
    file = folder / "described.mp3"
    file.write_bytes(mp3)
    return run_ffmpeg("-i", str(file), "-f", "null", "-").decode()


async def prepared(ffmpeg: Ffmpeg, data: bytes, folder: Path, longest: float = 10) -> Sound:
    """Prepare a sound, and hold that nothing is left behind."""
    try:
        return await prepare_sound(ffmpeg, data, longest_seconds=longest, folder=folder)
    finally:
        assert list_of(folder) == []


def list_of(folder: Path) -> list[Path]:
    return [*folder.iterdir()]


@pytest.mark.parametrize("ending", KINDS)
async def test_a_sound_of_any_kind_becomes_a_plain_mp3(
    ffmpeg: Ffmpeg, make_sound: MakeSound, tmp_path: Path, ending: str
) -> None:
    sound = await prepared(ffmpeg, make_sound(ending, *KINDS[ending]), tmp_path)

    assert sound.seconds == pytest.approx(2, abs=0.06)
    assert not sound.was_cut
    assert "Audio: mp3 (mp3float), 44100 Hz, stereo, fltp, 128 kb/s" in described(
        sound.mp3, tmp_path
    )


async def test_a_long_sound_is_cut(ffmpeg: Ffmpeg, make_sound: MakeSound, tmp_path: Path) -> None:
    sound = await prepared(ffmpeg, make_sound("wav"), tmp_path, longest=1.5)

    assert (sound.seconds, sound.was_cut) == (1.5, True)
    assert "Duration: 00:00:01.50" in described(sound.mp3, tmp_path)


@pytest.mark.parametrize("seconds", [2.0, 2.05])
async def test_a_sound_of_the_longest_length_and_its_padding_is_not_cut(
    ffmpeg: Ffmpeg, make_sound: MakeSound, tmp_path: Path, seconds: float
) -> None:
    data = make_sound("wav", source=f"sine=d={seconds}")

    sound = await prepared(ffmpeg, data, tmp_path, longest=2)

    assert (sound.seconds, sound.was_cut) == (2.0, False)


async def test_nothing_but_the_sound_is_kept(
    ffmpeg: Ffmpeg, make_sound: MakeSound, tmp_path: Path
) -> None:
    tags = ("-metadata", "title=A secret title", "-metadata", "comment=A secret place")

    sound = await prepared(ffmpeg, make_sound("mp3", *tags), tmp_path)

    assert b"secret" in make_sound("mp3", *tags)
    assert b"secret" not in sound.mp3
    assert not sound.mp3.startswith(b"ID3")
    assert "secret" not in described(sound.mp3, tmp_path)


@pytest.mark.parametrize("ending", ["mp3", "m4a"])
async def test_a_cover_does_not_make_a_sound_a_video(
    ffmpeg: Ffmpeg, make_sound: MakeSound, tmp_path: Path, ending: str
) -> None:
    still = ("-f", "lavfi", "-i", "color=s=64x64:d=0.04")
    data = make_sound(
        ending,
        *still,
        *("-map", "0", "-map", "1", "-c:v", "mjpeg", "-pix_fmt", "yuvj420p"),
        *("-disposition:v:0", "attached_pic"),
    )

    sound = await prepared(ffmpeg, data, tmp_path)

    assert sound.seconds == pytest.approx(2, abs=0.06)
    assert "Video" not in described(sound.mp3, tmp_path)


@pytest.mark.parametrize("ending", ["mp4", "m4a", "mov", "webm", "avi", "ogv", "mkv"])
async def test_a_video_is_no_sound(
    ffmpeg: Ffmpeg, make_sound: MakeSound, tmp_path: Path, ending: str
) -> None:
    picture = ("-f", "lavfi", "-i", "testsrc2=s=64x64:d=1", "-map", "1", "-map", "0")
    container = {"m4a": ("-f", "ipod"), "ogv": ("-c:v", "libtheora", "-c:a", "libvorbis")}
    video = make_sound(ending, *picture, *container.get(ending, ()))

    with pytest.raises(NotASound):
        await prepared(ffmpeg, video, tmp_path)


async def test_a_silent_film_is_no_sound(
    ffmpeg: Ffmpeg, make_sound: MakeSound, tmp_path: Path
) -> None:
    with pytest.raises(NotASound):
        await prepared(ffmpeg, make_sound("mp4", source="testsrc2=s=64x64:d=1"), tmp_path)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"ID3",
        b"a text file named .mp3",
        "a text file in UTF-16".encode("utf-16"),
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\0\0\0\0AVI LIST",
        b"FORM\0\0\0\0AIFFCOMM",
        b"#EXTM3U\n#EXTINF:2,\nfile:///etc/hostname\n",
        b"ffconcat version 1.0\nfile /etc/hostname\n",
    ],
)
async def test_what_does_not_begin_like_a_sound_is_none(
    ffmpeg: Ffmpeg, tmp_path: Path, data: bytes
) -> None:
    with pytest.raises(NotASound):
        await prepared(ffmpeg, data, tmp_path)


@pytest.mark.parametrize(
    "beginning",
    [
        b"ID3\4\0\0\0\0\0\0",
        b"\xff\xfb\x90\0",
        b"\xff\xf1\x50\x40\x20\xff\xfc",
        b"OggS\0\2",
        b"fLaC",
        b"RIFF\xff\xff\0\0WAVE",
        b"\0\0\0\x14ftypM4A \0\0\2\0isom",
        b"\0\0\0\x14ftypisom\0\0\2\0isom",
    ],
)
async def test_a_playlist_dressed_as_a_sound_is_not_played(
    ffmpeg: Ffmpeg, make_sound: MakeSound, tmp_path: Path, beginning: bytes
) -> None:
    local = tmp_path / "local" / "sound.wav"
    local.parent.mkdir()
    local.write_bytes(make_sound("wav"))
    scratch = tmp_path / "scratch"
    scratch.mkdir()

    playlist = f"#EXTM3U\n#EXTINF:2,\nfile:{local}\n".encode()

    with pytest.raises(DamagedSound):
        await prepared(ffmpeg, beginning + playlist, scratch)


async def test_a_file_is_opened_as_what_it_begins_like_and_as_nothing_else(
    ffmpeg: Ffmpeg, make_sound: MakeSound, tmp_path: Path
) -> None:
    with pytest.raises(DamagedSound):
        await prepared(ffmpeg, b"OggS" + make_sound("mp3"), tmp_path)


@pytest.mark.parametrize("ending", ["wav", "m4a", "aac", "flac"])
async def test_a_sound_that_was_cut_short_is_refused(
    ffmpeg: Ffmpeg, make_sound: MakeSound, tmp_path: Path, ending: str
) -> None:
    data = make_sound(ending)

    with pytest.raises(DamagedSound) as refusal:
        await prepared(ffmpeg, data[: len(data) * 3 // 4], tmp_path)

    assert refusal.value.detail


@pytest.mark.parametrize("ending", ["mp3", "ogg", "opus"])
async def test_a_kind_without_an_end_is_played_as_far_as_it_goes(
    ffmpeg: Ffmpeg, make_sound: MakeSound, tmp_path: Path, ending: str
) -> None:
    data = make_sound(ending, *KINDS[ending], source="anoisesrc=d=4")

    sound = await prepared(ffmpeg, data[: len(data) * 3 // 4], tmp_path)

    assert 1.5 < sound.seconds < 3.5


@pytest.mark.parametrize("ending", ["wav", "m4a", "aac", "flac", "mp3", "ogg", "opus"])
async def test_the_first_bytes_alone_are_no_sound(
    ffmpeg: Ffmpeg, make_sound: MakeSound, tmp_path: Path, ending: str
) -> None:
    with pytest.raises(DamagedSound):
        await prepared(ffmpeg, make_sound(ending, *KINDS[ending])[:40], tmp_path)


@pytest.mark.parametrize("tail", [bytes(5000), b"LYRICSBEGIN" + b"la la " * 300 + b"LYRICS200"])
async def test_what_stands_behind_an_mp3_is_no_damage(
    ffmpeg: Ffmpeg, make_sound: MakeSound, tmp_path: Path, tail: bytes
) -> None:
    sound = await prepared(ffmpeg, make_sound("mp3") + tail, tmp_path)

    assert sound.seconds == pytest.approx(2, abs=0.06)


async def test_damage_beyond_what_is_used_does_not_matter(
    ffmpeg: Ffmpeg, make_sound: MakeSound, tmp_path: Path
) -> None:
    data = make_sound("flac", source="anoisesrc=d=6")

    sound = await prepared(ffmpeg, data[: len(data) * 3 // 4], tmp_path, longest=2)

    assert (sound.seconds, sound.was_cut) == (2, True)


async def test_a_sound_of_less_than_a_second_is_refused(
    ffmpeg: Ffmpeg, make_sound: MakeSound, tmp_path: Path
) -> None:
    with pytest.raises(SoundTooShort) as refusal:
        await prepared(ffmpeg, make_sound("wav", source="sine=d=0.75"), tmp_path)

    assert (refusal.value.seconds, refusal.value.least_seconds) == (0.75, 1.0)


async def test_a_file_of_too_many_bytes_is_refused_unread(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    with pytest.raises(SoundTooHeavy) as refusal:
        await prepared(ffmpeg, bytes(MAX_SOUND_BYTES + 1), tmp_path)

    assert refusal.value.size_bytes == refusal.value.limit_bytes + 1


async def test_a_sound_that_takes_too_long_to_decode_is_refused(
    make_sound: MakeSound, tmp_path: Path
) -> None:
    hasty = Ffmpeg(limits=replace(LIMITS, wall_seconds=0.001))

    with pytest.raises(DamagedSound, match="decoding stopped"):
        await prepared(hasty, make_sound("wav"), tmp_path)
