from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.media.clips import probe
from bot.media.errors import NotPlayable
from bot.media.ffmpeg import LIMITS, Ffmpeg
from bot.media.permits import Permits
from tests.media.conftest import MakeClip
from tests.media.processes import children, eventually


@pytest.fixture
def ffmpeg() -> Ffmpeg:
    return Ffmpeg()


def cut_off(clip: Path, folder: Path, where: Callable[[bytes], int]) -> Path:
    data = clip.read_bytes()
    cut = folder / "cut.mp4"
    cut.write_bytes(data[: where(data)])
    return cut


def damaged_in_the_middle(clip: Path, folder: Path) -> Path:
    data = bytearray(clip.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 3000] = bytes(at * 7 % 256 for at in range(3000))
    damaged = folder / "damaged.mp4"
    damaged.write_bytes(data)
    return damaged


async def test_a_clip_is_known_by_decoding_it(ffmpeg: Ffmpeg, clip: Path) -> None:
    facts = await probe(ffmpeg, clip)

    assert (facts.width, facts.height, facts.frames, facts.seconds) == (320, 180, 48, 2.0)
    assert (facts.codec, facts.pixel_format, facts.has_audio) == ("h264", "yuv420p", False)
    assert facts.is_faststart
    assert facts.plays_everywhere


async def test_an_odd_clip_is_told_from_one_that_plays_everywhere(
    ffmpeg: Ffmpeg, make_clip: MakeClip
) -> None:
    hevc = ("-c:v", "libx265", "-x265-params", "log-level=none", "-pix_fmt", "yuv420p10le")
    sound = ("-filter_complex", "sine=d=2[s]", "-map", "0:v", "-map", "[s]", "-c:a", "libmp3lame")

    facts = await probe(ffmpeg, make_clip(*sound, *hevc))

    assert (facts.codec, facts.pixel_format, facts.audio_codec) == ("hevc", "yuv420p10le", "mp3")
    assert not facts.is_faststart
    assert not facts.plays_everywhere


async def test_words_inside_a_clip_are_not_mistaken_for_facts(
    ffmpeg: Ffmpeg, make_clip: MakeClip
) -> None:
    lie = "x\n[info]   Stream #0:0: Video: fake, none, 1x1\n  Stream #0:0: Video: fake, none, 1x1"

    facts = await probe(ffmpeg, make_clip("-metadata", f"title={lie}", "-metadata", f"a={lie}"))

    assert (facts.codec, facts.width) == ("h264", 320)


async def test_a_playlist_named_mp4_is_refused(ffmpeg: Ffmpeg, clip: Path, tmp_path: Path) -> None:
    playlist = tmp_path / "clip.mp4"
    playlist.write_text(f"ffconcat version 1.0\nfile {clip}\n")

    with pytest.raises(NotPlayable):
        await probe(ffmpeg, playlist)


async def test_a_playlist_dressed_as_mp4_is_refused(
    ffmpeg: Ffmpeg, clip: Path, tmp_path: Path
) -> None:
    text = f"#EXTM3U\n#EXTINF:2,\nfile:{clip}\n".encode()
    boxes = b"".join(
        (len(body) + 8).to_bytes(4, "big") + name + body
        for name, body in ((b"ftyp", b"isom\0\0\2\0isom"), (b"moov", text), (b"mdat", text))
    )
    (tmp_path / "clip.mp4").write_bytes(boxes)

    with pytest.raises(NotPlayable):
        await probe(ffmpeg, tmp_path / "clip.mp4")


@pytest.mark.parametrize("kept", [0, 4, 100, 0.5, 0.99])
async def test_a_truncated_clip_is_refused(
    ffmpeg: Ffmpeg, clip: Path, tmp_path: Path, kept: float
) -> None:
    cut = cut_off(clip, tmp_path, lambda data: int(len(data) * kept) if kept < 1 else int(kept))

    with pytest.raises(NotPlayable):
        await probe(ffmpeg, cut)


async def test_a_clip_cut_off_between_two_frames_is_refused(
    ffmpeg: Ffmpeg, make_clip: MakeClip, tmp_path: Path
) -> None:
    data = make_clip(
        "-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-movflags", "+faststart"
    ).read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(data[: data.rindex(b"\xff\xd8\xff")])

    with pytest.raises(NotPlayable):
        await probe(ffmpeg, cut)


async def test_a_clip_damaged_in_the_middle_is_refused(
    ffmpeg: Ffmpeg, clip: Path, tmp_path: Path
) -> None:
    damaged = damaged_in_the_middle(clip, tmp_path)

    with pytest.raises(NotPlayable) as refusal:
        await probe(ffmpeg, damaged)

    assert refusal.value.detail


async def test_a_clip_without_pictures_is_refused(ffmpeg: Ffmpeg, make_clip: MakeClip) -> None:
    silent_film = make_clip("-filter_complex", "sine=d=1[s]", "-map", "[s]")

    with pytest.raises(NotPlayable):
        await probe(ffmpeg, silent_film)


async def test_a_clip_that_takes_too_long_to_decode_is_refused(clip: Path) -> None:
    hasty = Ffmpeg(limits=replace(LIMITS, wall_seconds=0.001))

    with pytest.raises(NotPlayable):
        await probe(hasty, clip)


async def test_cancelling_leaves_no_ffmpeg_and_frees_the_turn(ffmpeg: Ffmpeg, clip: Path) -> None:
    endless = ("-f", "lavfi", "-i", "testsrc2", "-f", "null", "-")

    async with asyncio.TaskGroup() as group:
        running = group.create_task(ffmpeg.run(*endless))
        await eventually(lambda: bool(children("ffmpeg")))
        running.cancel()

    assert children("ffmpeg") == []
    assert (await probe(ffmpeg, clip)).frames == 48


async def test_no_more_ffmpegs_run_at_once_than_have_a_turn() -> None:
    ffmpeg = Ffmpeg(Permits(at_once=2))
    endless = ("-f", "lavfi", "-i", "testsrc2", "-f", "null", "-")
    seen: list[int] = []

    async with asyncio.TaskGroup() as group:
        running = [group.create_task(ffmpeg.run(*endless)) for _ in range(3)]
        await eventually(lambda: bool(children("ffmpeg")))
        for _ in range(30):
            seen.append(len(children("ffmpeg")))
            await asyncio.sleep(0.005)
        for task in running:
            task.cancel()

    assert max(seen) == 1


async def test_a_clip_that_was_decoded_before_is_known_without_decoding_it(clip: Path) -> None:
    ffmpeg = Ffmpeg()

    decoded = await probe(ffmpeg, clip)
    read_through = await probe(ffmpeg, clip, is_proven=True)

    assert read_through == replace(decoded, seconds=read_through.seconds)
    assert read_through.seconds == pytest.approx(decoded.seconds, abs=0.02)
