"""JPEG files: markers that lie, scans without end, and every colour."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from PIL import Image

from bot.media.errors import PictureTooBig, PictureTooNarrow
from tests.media.hostile.case import SECRET, Case, either, refused, taken
from tests.media.pictures import corners, saved

SOI, EOI = b"\xff\xd8", b"\xff\xd9"


def cases() -> Iterator[Case]:
    """Every hostile JPEG."""
    yield from _frame_headers()
    yield from _tables()
    yield from _scans()
    yield from _colours()
    yield from _segments()
    yield from _shapes()


def small_jpeg(mode: str = "RGB", side: int = 16, **options: object) -> bytes:
    """A sound JPEG."""
    return saved(corners(mode, (side, side)), "JPEG", **options)


def segment(marker: int, body: bytes, length: int | None = None) -> bytes:
    """One segment; its length is what it says, whatever it holds."""
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2 if length is None else length) + body


def with_segments(*segments: bytes, mode: str = "RGB") -> bytes:
    """A sound JPEG with these segments right behind its start."""
    return SOI + b"".join(segments) + small_jpeg(mode)[2:]


def _sof(data: bytes) -> int:
    return max(data.find(b"\xff\xc0"), data.find(b"\xff\xc2"))


def _patched(data: bytes, at: int, new: bytes) -> bytes:
    return data[:at] + new + data[at + len(new) :]


def _frame_headers() -> Iterator[Case]:
    data = small_jpeg()
    sof = _sof(data)
    for width, height, error in (
        (65535, 65535, PictureTooBig),
        (65500, 65500, PictureTooBig),
        (65535, 8, PictureTooNarrow),
    ):
        lie = _patched(data, sof + 5, struct.pack(">HH", height, width))
        yield refused(f"jpeg of {width} × {height}", lie, error)
    for width, height in ((0, 0), (16, 0), (0, 16), (1, 1), (8, 8), (640, 640), (7000, 7000)):
        lie = _patched(data, sof + 5, struct.pack(">HH", height, width))
        yield either(f"jpeg that says it is {width} × {height}", lie)
    for bits in (0, 1, 12, 16, 255):
        yield either(f"jpeg of {bits} bit", _patched(data, sof + 4, bytes([bits])))
    for parts in (0, 1, 2, 4, 5, 255):
        yield either(f"jpeg of {parts} components", _patched(data, sof + 9, bytes([parts])))
    for sampling in (0x00, 0x15, 0x44, 0x5F, 0xFF):
        lie = _patched(data, sof + 11, bytes([sampling]))
        yield either(f"jpeg sampled {sampling:#04x}", lie)
    for marker in (0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCF):
        yield either(f"jpeg of process {marker:#04x}", _patched(data, sof + 1, bytes([marker])))
    header = data[sof : data.index(b"\xff\xc4")]
    yield either("jpeg with two frame headers", data[:sof] + header + data[sof:])
    yield either("jpeg without a frame header", data[:sof] + data[sof + len(header) :])


def _tables() -> Iterator[Case]:
    data = small_jpeg()
    for name, marker in (("quantisation", b"\xff\xdb"), ("Huffman", b"\xff\xc4")):
        at = data.index(marker)
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        body = at + 4
        yield either(f"jpeg without one {name} table", data[:at] + data[at + 2 + length :])
        for value in (0x0F, 0x13, 0xFF):
            lie = _patched(data, body, bytes([value]))
            yield either(f"jpeg with {name} table {value:#04x}", lie)
        for fill in (b"\0", b"\1", b"\xff"):
            lie = _patched(data, body + 1, fill * (length - 3))
            yield either(f"jpeg with a {name} table of {fill[0]}", lie)
    many = segment(0xC4, b"\0" + bytes(15) + b"\1\0") * 5000
    yield either("jpeg of 5,000 Huffman tables", SOI + many + data[2:])


def _scans() -> Iterator[Case]:
    progressive = small_jpeg(progressive=True)
    last = progressive.rindex(b"\xff\xda")
    yield either("jpeg of 20,000 scans", progressive[:last] + progressive[last:-2] * 20_000 + EOI)
    data = small_jpeg(side=64)
    start = data.index(b"\xff\xda")
    pixels = start + 2 + int.from_bytes(data[start + 2 : start + 4], "big")
    for name, entropy in {
        "nothing in its scan": b"",
        "ones in its scan": b"\xff\0" * 400,
        "zeros in its scan": bytes(400),
        "only restarts in its scan": b"".join(b"\xff" + bytes([0xD0 + n % 8]) for n in range(5000)),
        "fill bytes in its scan": b"\xff" * 5000,
        "its scan begun again": data[start:pixels] * 50,
        "a second picture in its scan": small_jpeg(),
    }.items():
        yield either(f"jpeg with {name}", data[:pixels] + entropy + EOI)
    for every in (0, 1, 65535):
        restarts = segment(0xDD, struct.pack(">H", every))
        lie = data[:start] + restarts + data[start:]
        yield either(f"jpeg that promises a restart every {every}", lie)
    for at in range(pixels, pixels + 60, 6):
        yield either(f"jpeg with byte {at} turned round", _flipped(data, at))
    for value in (0, 2, 5, 255):
        yield either(f"jpeg with a scan of {value}", _patched(data, start + 4, bytes([value])))
    spectral = progressive.index(b"\xff\xda")
    end = spectral + 2 + int.from_bytes(progressive[spectral + 2 : spectral + 4], "big")
    for selection in (b"\xff\xff\xff", b"\x3f\0\0", b"\0\x3f\xff", b"\1\5\x12"):
        lie = _patched(progressive, end - 3, selection)
        yield either(f"progressive jpeg with selection {selection.hex()}", lie)


def _flipped(data: bytes, at: int) -> bytes:
    return _patched(data, at, bytes([data[at] ^ 0xFF]))


def _colours() -> Iterator[Case]:
    cmyk = small_jpeg("CMYK")
    adobe = cmyk.index(b"\xff\xee")
    length = 2 + int.from_bytes(cmyk[adobe + 2 : adobe + 4], "big")
    yield taken("jpeg in CMYK", cmyk)
    yield taken("jpeg in CMYK without Adobe's word", cmyk[:adobe] + cmyk[adobe + length :])
    for transform in (1, 2, 3, 255):
        lie = _patched(cmyk, adobe + length - 1, bytes([transform]))
        yield either(f"jpeg in CMYK with Adobe transform {transform}", lie)
        word = segment(0xEE, b"Adobe\0\x64" + bytes(4) + bytes([transform]))
        yield either(f"jpeg in RGB with Adobe transform {transform}", with_segments(word))
        yield either(
            f"jpeg in grey with Adobe transform {transform}", with_segments(word, mode="L")
        )
    yield either("jpeg with half of Adobe's word", with_segments(segment(0xEE, b"Adobe\0")))
    yield taken("jpeg in grey", small_jpeg("L"))
    yield taken("jpeg in progressive CMYK", small_jpeg("CMYK", progressive=True))


def _segments() -> Iterator[Case]:
    for marker in (0xE0, 0xE1, 0xE2, 0xED, 0xEE, 0xEF, 0xFE):
        for length in (0, 1, 2, 65535):
            name = f"jpeg with a segment {marker:#04x} of {length} bytes"
            yield either(name, with_segments(segment(marker, b"", length)))
    yield taken("jpeg with words in a comment", with_segments(segment(0xFE, SECRET * 100)))
    yield taken("jpeg with 5,000 comments", with_segments(segment(0xFE, SECRET) * 5000))
    yield either("jpeg with half of JFIF", with_segments(segment(0xE0, b"JFIF\0\1")))
    thumbnail = b"JFIF\0\1\1\0\0\1\0\1\xff\xff" + SECRET
    yield either("jpeg whose thumbnail is not there", with_segments(segment(0xE0, thumbnail)))
    resources = b"Photoshop 3.0\x008BIM\x03\xed\0\0\xff\xff\xff\xff" + SECRET
    yield either("jpeg with Photoshop's nonsense", with_segments(segment(0xED, resources)))
    blocks = b"Photoshop 3.0\0" + (b"8BIM\4\4\0\0\0\0\0\0") * 5000
    yield either("jpeg with 5,000 blocks of Photoshop", with_segments(segment(0xED, blocks)))
    for entries in (0, 1, 2, 2**32 - 1):
        index = _pictures_index(entries)
        yield either(f"jpeg of {entries} pictures", with_segments(segment(0xE2, index)))


def _pictures_index(pictures: int) -> bytes:
    """The segment that lists a multi-picture file's pictures, far beyond the file's end."""
    count = struct.pack("<HHII", 0xB001, 4, 1, pictures)
    table = struct.pack("<HHII", 0xB002, 7, 16 * min(pictures, 8), 50)
    rows = struct.pack("<IIIHH", 0x030000, 2**31 - 1, 2**31 - 1, 0, 0) * min(pictures, 8)
    version = struct.pack("<HHI", 0xB000, 7, 4) + b"0100"
    return b"MPF\0II*\0\x08\0\0\0\3\0" + version + count + table + bytes(4) + rows


def _shapes() -> Iterator[Case]:
    data = small_jpeg()
    yield taken("jpeg with something behind it", data + SECRET * 1000)
    yield taken("jpeg with a second jpeg behind it", data + data)
    yield either("jpeg without an end", data[:-2])
    yield refused("jpeg of a start and an end", SOI + b"\xff" + EOI)
    yield refused("jpeg of three bytes", SOI + b"\xff")
    yield refused("jpeg of a thousand starts", SOI * 1000)
    yield refused("jpeg of a thousand fill bytes", SOI + b"\xff" * 1000)
    yield taken("jpeg of one colour", saved(Image.new("L", (4000, 4000), 128), "JPEG"))
