"""Hostile clips: playlists in disguise, indexes that lie, and times and sizes beyond all."""

from __future__ import annotations

import struct
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg

from tests.media.heic import box, full_box
from tests.media.hostile.boxes import boxes, overwritten, place, swapped
from tests.media.hostile.case import SECRET
from tests.media.hostile.gifs import frame, gif
from tests.media.hostile.webps import chunk, extended, lossy, webp
from tests.media.pictures import animated

_SOUND = ("-f", "lavfi", "-i", "sine=d=1", "-c:a", "aac", "-ac", "1")
_H264 = ("-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p")
_SEGMENT = b"\x18\x53\x80\x67"
_ONES = b"\xff\xff\xff\xff"


@dataclass(frozen=True)
class ClipCase:
    """A hostile clip, and the ending of its name."""

    name: str
    ending: str
    data: bytes
    is_playable: bool | None
    """None: it is the decoder's business."""


def sound_clips(folder: Path) -> dict[str, bytes]:
    """A small clip of every kind, by the ending of its name."""
    return {
        "mp4": _made(folder, "mp4", *_SOUND, *_H264, "-movflags", "+faststart"),
        "mov": _made(folder, "mov", "-c:v", "mjpeg", "-pix_fmt", "yuvj420p"),
        "webm": _made(folder, "webm", "-c:v", "libvpx", "-deadline", "realtime", "-threads", "1"),
        "mkv": _made(folder, "mkv", *_H264),
        "gif": _made(folder, "gif"),
        "webp": animated("WEBP"),
    }


def _made(folder: Path, ending: str, *options: str) -> bytes:
    clip = folder / f"sound.{ending}"
    program = (imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", "-y")
    source = ("-f", "lavfi", "-i", "testsrc2=s=64x48:r=12:d=1")
    subprocess.run([*program, *source, *options, str(clip)], check=True, timeout=60)
    return clip.read_bytes()


def clip_cases(sound: dict[str, bytes], local: Path) -> Iterator[ClipCase]:
    """Every hostile clip; playlists name the local file, which nothing may open."""
    for ending, data in sound.items():
        yield ClipCase(f"sound {ending}", ending, data, is_playable=True)
    yield from _playlists(sound, local)
    yield from _damaged(sound)
    yield from _indexes(sound["mp4"], local)
    yield from _matroska(sound["webm"])
    yield from _pictures(sound)


def _playlists(sound: dict[str, bytes], local: Path) -> Iterator[ClipCase]:
    concat = f"ffconcat version 1.0\nfile '{local}'\n".encode()
    stream = f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{local}\n#EXT-X-ENDLIST\n".encode()
    for ending, data in sound.items():
        for name, words in (("list", concat), ("stream", stream)):
            what = f"{name} called {ending}"
            dressed = _dressed(ending, data, words)
            yield ClipCase(f"{what}, in its dress", ending, dressed, is_playable=False)
    yield ClipCase("mp4 called webm", "webm", sound["mp4"], is_playable=False)
    yield ClipCase("webm called mp4", "mp4", sound["webm"], is_playable=False)
    yield ClipCase("mp4 called by no name", "exe", sound["mp4"], is_playable=False)


def _dressed(ending: str, data: bytes, words: bytes) -> bytes:
    """Words in a file that looks whole, and of this kind, to whoever reads no further."""
    match ending:
        case "gif":
            return data[:13] + words + b";"
        case "webp":
            return webp(words)
        case "webm" | "mkv":
            return data[: data.index(_SEGMENT)] + _SEGMENT + b"\x01" + b"\xff" * 7 + words
        case _:
            brand = data[place(data, b"ftyp")]
            return brand + box(b"free", words) + box(b"moov") + box(b"mdat", words)


def _damaged(sound: dict[str, bytes]) -> Iterator[ClipCase]:
    for ending, data in sound.items():
        for part in (1, 2, 3):
            cut = data[: len(data) * part // 4]
            yield ClipCase(f"{part} quarters of {ending}", ending, cut, is_playable=False)
        yield ClipCase(f"{ending} but a byte", ending, data[:-1], is_playable=False)
        middle = len(data) // 2
        holed = data[: middle - 200] + bytes(400) + data[middle + 200 :]
        yield ClipCase(f"{ending} with a hole", ending, holed, None)
        yield ClipCase(f"{ending} with words behind it", ending, data + SECRET * 9, None)
        yield ClipCase(f"no bytes called {ending}", ending, b"", is_playable=False)


def _indexes(mp4: bytes, local: Path) -> Iterator[ClipCase]:
    def case(name: str, data: bytes, is_playable: bool | None = None) -> ClipCase:
        return ClipCase(f"mp4 with {name}", "mp4", data, is_playable)

    free = box(b"free")
    yield case("10,000 boxes", mp4[: place(mp4, b"ftyp").stop] + free * 10_000 + mp4[36:])
    yield case("a box of 4 GiB", overwritten(mp4, b"mdat", _ONES, 0), is_playable=False)
    yield case("a box of 3 bytes", overwritten(mp4, b"moov", b"\0\0\0\3", 0), is_playable=False)
    yield case("no index", overwritten(mp4, b"moov", b"free", 4), is_playable=False)
    yield case("no track", mp4.replace(b"trak", b"free"), is_playable=False)
    yield case("its index twice", mp4 + mp4[place(mp4, b"moov")])
    yield case("an index of zeros", overwritten(mp4, b"moov", bytes(400)))
    for name, value in (("nothing", bytes(4)), ("one", b"\0\0\0\1"), ("2³²", _ONES)):
        yield case(f"a movie time of {name}", overwritten(mp4, b"mvhd", value, 20))
        yield case(f"a time base of {name}", overwritten(mp4, b"mdhd", value, 20))
        yield case(f"a length of {name}", overwritten(mp4, b"mdhd", value, 24))
        yield case(f"frames that last {name}", overwritten(mp4, b"stts", value, 20))
        yield case(f"{name} as its frames' number", overwritten(mp4, b"stsz", value, 16))
        yield case(f"{name} as its frames' size", overwritten(mp4, b"stsz", value, 12))
        yield case(f"its frames at {name}", overwritten(mp4, b"stco", value, 16))
        yield case(f"chunks of {name}", overwritten(mp4, b"stsc", value, 20))
    silent = b"free".join(mp4.rsplit(b"trak", 1))
    early = overwritten(silent, b"ctts", struct.pack(">i", -131_072), 76)
    yield case("a frame shown ten seconds before the others", early, is_playable=True)
    for side in (0, 1, 65535):
        size = struct.pack(">HH", side, side)
        yield case(f"a frame of {side}", overwritten(mp4, b"avc1", size, 32))
    yield case("a decoder's set-up of ones", overwritten(mp4, b"avcC", b"\xff" * 30))
    yield case("no codec anybody knows", overwritten(mp4, b"avc1", b"zzzz", 4), is_playable=False)
    yield case("a matrix of ones", overwritten(mp4, b"tkhd", b"\xff" * 36, 48))
    for name, edits in {
        "a start in 10¹⁸ years": [(1000, 2**31 - 1, 1)],
        "an empty edit of days": [(2**32 - 1, -1, 1), (1000, 0, 1)],
        "700 edits": [(1, 0, 1)] * 700,
        "an edit that stands still": [(2**32 - 1, 0, 0)],
    }.items():
        rows = b"".join(struct.pack(">IiHH", *edit, 0) for edit in edits)
        edited = full_box(b"elst", struct.pack(">I", len(edits)), rows)
        yield case(name, _with_index(mp4, b"elst", edited))
    link = full_box(b"url ", f"file://{local}".encode() + b"\0")
    yield case("its frames in another file", _with_index(mp4, b"url ", link))
    words = b"a\n[info]   Stream #0:0: Video: h264, yuv420p, 9x9\n[info]   Duration: 00:00:01.00"
    note = box(b"\xa9nam", struct.pack(">HH", len(words), 0), words)
    yield case("words like ffmpeg's own", _with_index(mp4, b"udta", box(b"udta", note)))
    tracks = mp4[place(mp4, b"trak")] * 200
    yield case("200 tracks", _with_index(mp4, b"udta", tracks))
    deep = b""
    for _ in range(3000):
        deep = box(b"moov", deep)
    yield case("an index 3,000 deep", mp4 + deep)


def _with_index(mp4: bytes, name: bytes, new: bytes) -> bytes:
    """The same clip with another box in its index, and an index behind its frames, still right."""
    index = place(mp4, b"moov")
    # A box of no meaning keeps the frames where the index says they are.
    free = box(b"free", bytes(index.stop - index.start - 8))
    head, boxed, rest = mp4[: index.start], mp4[index], mp4[index.stop :]
    is_there = any(other == name for _, other, _ in boxes(boxed))
    changed = swapped(boxed, name, new) if is_there else box(b"moov", boxed[8:], new)
    return head + free + rest + changed


def _matroska(webm: bytes) -> Iterator[ClipCase]:
    for name, element, new in (
        ("a segment of all sizes", _SEGMENT, b"\x01" + b"\xff" * 7),
        ("a segment of nothing", _SEGMENT, b"\x80"),
        ("a segment of no size", _SEGMENT, b"\0"),
        ("a cluster of ones", b"\x1f\x43\xb6\x75", b"\xff" * 60),
        ("tracks of ones", b"\x16\x54\xae\x6b", b"\xff" * 60),
        ("a time scale of nothing", b"\x2a\xd7\xb1", b"\x83\0\0\0"),
        ("a time scale of ones", b"\x2a\xd7\xb1", b"\x83\xff\xff\xff"),
        ("a width of 65535", b"\xb0\x81", b"\xff"),
        ("a height of nothing", b"\xba\x81", b"\0"),
        ("a length of ones", b"\x44\x89\x88", b"\x7f\xf0" + bytes(6)),
    ):
        at = webm.find(element)
        if at >= 0:
            at += len(element)
            data = webm[:at] + new + webm[at + len(new) :]
            yield ClipCase(f"webm with {name}", "webm", data, None)
    yield ClipCase("webm of its head alone", "webm", webm[:40], is_playable=False)


def _pictures(sound: dict[str, bytes]) -> Iterator[ClipCase]:
    slow, quick = b"!\xf9\4\0\xff\xff\0\0", b"!\xf9\4\0\1\0\0\0"
    for name, data in {
        "no frame": gif(b";"),
        "one frame": gif(frame(), b";"),
        "frames of eleven minutes": gif((slow + frame()) * 3, b";"),
        "a screen of 65535": gif(frame(), frame(), b";", width=65535, height=65535),
        "3,000 frames": gif((quick + frame()) * 3000, b";"),
        "codes beyond its table": gif(frame(), frame(b"\2\3\xff\xff\xff\0"), b";"),
    }.items():
        yield ClipCase(f"gif with {name}", "gif", data, None)
    start = chunk(b"ANIM", bytes(6))
    head = bytes(6) + b"\x0f\0\0\x0f\0\0\xff\xff\xff\0"
    long = chunk(b"ANMF", head + lossy())
    for name, data in {
        "no frame": extended(2, start),
        "frames of hours": extended(2, start, long, long),
        "a canvas of 16384": extended(2, start, long, long, width=16384, height=16384),
        "frames of nothing": extended(2, start, chunk(b"ANMF", b"") * 9),
    }.items():
        yield ClipCase(f"webp with {name}", "webp", data, None)
    turned = bytearray(sound["gif"])
    turned[-40:-1] = b"\xff" * 39
    yield ClipCase("gif whose end is ones", "gif", bytes(turned), None)
