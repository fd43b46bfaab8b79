"""What is no whole clip of the kind it is named is refused, and no other file is ever read."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

import pytest
from PIL import Image

from bot.media.clip_kinds import ClipKind
from bot.media.clips import probe
from bot.media.errors import NotPlayable
from bot.media.ffmpeg import Ffmpeg
from tests.media.films import VP8, Film, film


@pytest.fixture
def filmed(tmp_path: Path) -> Film:
    (tmp_path / "made").mkdir()
    return partial(film, tmp_path / "made")


@pytest.mark.parametrize("name", ["a.gif", "a.webm", "a.mov", "a.webp"])
async def test_a_clip_that_did_not_come_whole_is_refused(
    filmed: Film, tmp_path: Path, name: str
) -> None:
    noise = "testsrc2=s=160x96:r=12:d=1"
    options = {"a.webm": VP8, "a.webp": ("-c:v", "libwebp_anim")}.get(name, ())
    data = filmed(name, *options, source=noise, sound=False).read_bytes()
    cut = tmp_path / name

    for share in (0.01, 0.5, 0.9):
        cut.write_bytes(data[: int(len(data) * share)])
        with pytest.raises(NotPlayable):
            await probe(Ffmpeg(), cut)


HEADS = {
    ClipKind.MP4: b"\0\0\0\x18ftypisom\0\0\2\0isommp41",
    ClipKind.MOV: b"\0\0\0\x14ftypqt  \0\0\2\0qt  ",
    ClipKind.WEBM: b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm\x18\x53\x80\x67\xff",
    ClipKind.MKV: b"\x1a\x45\xdf\xa3\x8b\x42\x82\x88matroska\x18\x53\x80\x67\xff",
    ClipKind.GIF: b"GIF89a\1\0\1\0\0\0\0",
    ClipKind.WEBP: b"RIFF\x10\0\0\0WEBPVP8 ",
}
PLAYLISTS = {
    "concat": "ffconcat version 1.0\nfile {victim}\n",
    "HLS": "#EXTM3U\n#EXTINF:2,\nfile:{victim}\n#EXT-X-ENDLIST\n",
    "DASH": "<MPD xmlns='urn:mpeg:dash:schema:mpd:2011'><BaseURL>{victim}</BaseURL></MPD>",
    "SDP": "v=0\nm=video 1 RTP/AVP 96\n",
}


@pytest.mark.parametrize("playlist", PLAYLISTS)
@pytest.mark.parametrize("kind", list(ClipKind))
@pytest.mark.parametrize("dressed", [True, False], ids=["dressed up", "bare"])
async def test_a_playlist_reads_no_other_file_whatever_it_pretends_to_be(
    clip: Path, tmp_path: Path, kind: ClipKind, playlist: str, dressed: bool
) -> None:
    text = PLAYLISTS[playlist].format(victim=clip).encode()
    attack = tmp_path / f"clip.{kind}"
    attack.write_bytes((HEADS[kind] + b"\n" if dressed else b"") + text + b"\x3b")

    with pytest.raises(NotPlayable):
        await probe(Ffmpeg(), attack)


@pytest.mark.parametrize("kind", list(ClipKind))
def test_each_kind_is_told_by_its_first_bytes(kind: ClipKind) -> None:
    assert ClipKind.told_by(HEADS[kind]) is kind


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"ffconcat version 1.0",
        b"#EXTM3U",
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\0\0\0\0AVI LIST",
        b"\0\0\0\x1cftypavif\0\0\0\0mif1miaf",
        b"\0\0\0\x1cftypM4A \0\0\0\0isom",
        b"OggS",
    ],
)
def test_other_files_are_no_clips(head: bytes) -> None:
    assert ClipKind.told_by(head) is None


async def test_a_still_picture_is_no_clip(tmp_path: Path) -> None:
    still = tmp_path / "a.gif"
    Image.new("RGB", (64, 64), "red").save(still)

    with pytest.raises(NotPlayable):
        await probe(Ffmpeg(), still)


async def test_a_file_that_is_not_what_it_is_named_is_refused(clip: Path, tmp_path: Path) -> None:
    shutil.copy(clip, tmp_path / "a.webm")

    with pytest.raises(NotPlayable):
        await probe(Ffmpeg(), tmp_path / "a.webm")
