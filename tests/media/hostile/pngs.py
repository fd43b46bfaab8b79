"""PNG files: bombs, broken chunks, and every odd header."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from bot.media.errors import PictureTooBig, PictureTooNarrow, PictureTooSmall
from tests.media.hostile.case import SECRET, Case, either, refused, taken
from tests.media.pictures import png, png_chunk, whole_png

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MIB = 1024**2
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_ADAM7 = (
    *((0, 8, 0, 8), (4, 8, 0, 8), (0, 4, 4, 8), (2, 4, 0, 4)),
    *((0, 2, 2, 4), (1, 2, 0, 2), (0, 1, 1, 2)),
)
"""First column, column step, first row and row step of each pass."""
PALETTE = png_chunk(b"PLTE", bytes(range(48)))

_BAD_EXIF = png_chunk(b"tEXt", b"Raw profile type exif\0\nexif\n 9\n" + SECRET)


def cases() -> Iterator[Case]:
    """Every hostile PNG."""
    yield from _sizes()
    yield from _bombs()
    yield from _headers()
    yield from _palettes()
    yield from _chunks()
    yield from _damage()
    yield from _animations()


def small_png(*before: bytes, bits: int = 8, colour: int = 2, side: int = 16) -> bytes:
    """A sound, black PNG with these chunks before its pixels."""
    if colour == 3:
        before = (PALETTE, *before)
    return png(side, side, *before, _pixels(side, bits, colour), bits=bits, colour=colour)


def interlaced_png(*, bits: int, colour: int, side: int = 16) -> bytes:
    """A black PNG whose pixels come in Adam7's seven passes."""
    rows = b""
    for x, dx, y, dy in _ADAM7:
        width, height = -(-(side - x) // dx), -(-(side - y) // dy)
        rows += bytes((1 + _row_bytes(width, bits, colour)) * height)
    palette = PALETTE if colour == 3 else b""
    pixels = png_chunk(b"IDAT", zlib.compress(rows))
    header = struct.pack(">IIBBBBB", side, side, bits, colour, 0, 0, 1)
    return b"".join(
        (SIGNATURE, png_chunk(b"IHDR", header), palette, pixels, png_chunk(b"IEND", b""))
    )


def _row_bytes(width: int, bits: int, colour: int) -> int:
    return (width * bits * _CHANNELS.get(colour, 1) + 7) // 8


def _pixels(side: int, bits: int, colour: int) -> bytes:
    rows = bytes((1 + _row_bytes(side, bits, colour)) * side)
    return png_chunk(b"IDAT", zlib.compress(rows))


def _sizes() -> Iterator[Case]:
    for width, height in ((2**31 - 1, 2**31 - 1), (2**32 - 1,) * 2, (65535, 65535), (16385, 9000)):
        yield refused(f"png of {width} × {height}", png(width, height), PictureTooBig)
    for width, height in ((8, 81), (16384, 8), (2**31 - 1, 8)):
        yield refused(f"png of {width} × {height}", png(width, height), PictureTooNarrow)
    for width, height in ((0, 0), (0, 16), (16, 0), (1, 1), (7, 7), (2**31 - 1, 1)):
        data = png(width, height, _pixels(16, 1, 0))
        yield Case(
            f"png of {width} × {height}",
            data,
            frozenset({PictureTooSmall.__name__, "DamagedPicture"}),
        )
    yield taken("png of 8 × 8", small_png(side=8))
    yield taken("png of 80 × 8", whole_png(80, 8))


def _bombs() -> Iterator[Case]:
    yield refused("png IDAT bomb of 400 megapixels", whole_png(20000, 20000), PictureTooBig)
    packed = zlib.compress(bytes(48 * MIB), 9)
    yield taken("png IDAT bomb beyond its rows", _idat(packed))
    yield taken("png of 36 megapixels of nothing", whole_png(6000, 6000))
    for name, body in {
        "zTXt": b"Comment\0\0" + packed,
        "iTXt": b"Comment\0\1\0\0\0" + packed,
        "iCCP": b"profile\0\0" + packed,
    }.items():
        yield either(f"png {name} bomb", small_png(png_chunk(name.encode(), body)))
    near = png_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(1000 * 1000), 9))
    yield refused("png of a hundred zTXt each just allowed", small_png(near * 100))
    yield either("png of 5 MiB of tEXt", small_png(png_chunk(b"tEXt", b"a\0" + b"b" * 5 * MIB)))
    layers = zlib.compress(zlib.compress(zlib.compress(bytes(4 * MIB), 9), 9), 9)
    yield either("png zTXt packed thrice", small_png(png_chunk(b"zTXt", b"a\0\0" + layers)))


def _headers() -> Iterator[Case]:
    for colour, depths in {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16)}.items():
        for bits in depths:
            yield taken(f"png type {colour}, {bits} bit", small_png(bits=bits, colour=colour))
            data = interlaced_png(bits=bits, colour=colour)
            yield taken(f"png type {colour}, {bits} bit, interlaced", data)
    for bits in (8, 16):
        yield taken(f"png type 6, {bits} bit", small_png(bits=bits, colour=6))
        yield taken(f"png type 6, {bits} bit, interlaced", interlaced_png(bits=bits, colour=6))
    for bits, colour in (
        (3, 0),
        (0, 0),
        (32, 2),
        (255, 2),
        (16, 3),
        (1, 2),
        (8, 1),
        (8, 5),
        (8, 7),
    ):
        yield refused(f"png type {colour}, {bits} bit", small_png(bits=bits, colour=colour))
    sound = small_png()
    for at, what in ((26, "packing"), (27, "filter"), (28, "interlacing")):
        for value in (2, 255):
            header = bytearray(sound[12:29])
            header[at - 12] = value
            data = sound[:8] + png_chunk(b"IHDR", bytes(header[4:])) + sound[33:]
            yield either(f"png {what} {value}", data)


def _palettes() -> Iterator[Case]:
    rows = png_chunk(b"IDAT", zlib.compress(b"".join(b"\0" + b"\xff" * 16 for _ in range(16))))
    for name, chunks in {
        "index out of its palette": (PALETTE, rows),
        "no palette": (rows,),
        "neither a palette nor sound EXIF": (_BAD_EXIF, rows),
        "an empty palette": (png_chunk(b"PLTE", b""), rows),
        "a palette of 257": (png_chunk(b"PLTE", bytes(257 * 3)), rows),
        "half a colour": (png_chunk(b"PLTE", bytes(47)), rows),
        "its palette behind the pixels": (rows, PALETTE),
        "tRNS longer than its palette": (PALETTE, png_chunk(b"tRNS", bytes(256)), rows),
        "tRNS of 300": (PALETTE, png_chunk(b"tRNS", bytes(300)), rows),
        "empty tRNS": (PALETTE, png_chunk(b"tRNS", b""), rows),
        "tRNS before its palette": (png_chunk(b"tRNS", b"\0\x80"), PALETTE, rows),
    }.items():
        yield either(f"png with {name}", png(16, 16, *chunks, bits=8, colour=3))
    for colour, length in ((0, 1), (0, 2), (2, 2), (2, 6), (4, 2), (6, 6)):
        chunk = png_chunk(b"tRNS", b"\xff" * length)
        yield either(f"png type {colour} with tRNS of {length}", small_png(chunk, colour=colour))


def _chunks() -> Iterator[Case]:
    for name, body in {
        "tEXt": b"Comment\0" + SECRET,
        "zTXt": b"Comment\0\0" + zlib.compress(SECRET),
        "iTXt": b"XML:com.adobe.xmp\0\0\0\0\0" + SECRET,
        "tIME": bytes(7),
        "prVT": SECRET,
    }.items():
        yield taken(f"png with words in {name}", small_png(png_chunk(name.encode(), body)))
    for name, body in {
        "zTXt without an end": b"Comment",
        "zTXt packed some other way": b"Comment\0\7" + SECRET,
        "zTXt of garbage": b"Comment\0\0" + SECRET,
        "iTXt without an end": b"Comment\0",
        "iTXt of bad UTF-8": b"Comment\0\0\0\xff\xfe\0\xff" + SECRET,
        "iCCP of garbage": b"profile\0\0" + SECRET,
        "iCCP without an end": b"profile",
        "gAMA of nothing": bytes(4),
        "gAMA cut short": b"\0",
        "cHRM of zeros": bytes(32),
        "cHRM cut short": b"\xff" * 7,
        "pHYs cut short": b"\0\0",
        "sRGB without a word": b"",
        "eXIf of garbage": SECRET,
        "hIST": bytes(512),
        "sPLT": SECRET,
        "bKGD": b"\xff",
        "caNv": b"\xff" * 16,
        "fcTL": b"\xff" * 26,
        "IEND": SECRET,
        "IHDR": struct.pack(">IIBBBBB", 2**31 - 1, 2**31 - 1, 8, 2, 0, 0, 0),
        "CgBI": bytes(4),
        "\0\0\0\0": SECRET,
    }.items():
        chunk = png_chunk(name[:4].encode("latin-1"), body)
        yield either(f"png with {name!r}", small_png(chunk))
    yield taken("png of 20,000 chunks", small_png(png_chunk(b"prVT", b"") * 20_000))
    yield either("png of 20,000 empty IDAT", small_png(png_chunk(b"IDAT", b"") * 20_000))


def _damage() -> Iterator[Case]:
    sound = small_png()
    idat, iend = sound.index(b"IDAT") - 4, sound.index(b"IEND") - 4
    for name, at in {"IHDR": 29, "IDAT": iend - 4, "IEND": iend + 8}.items():
        data = sound[:at] + bytes(4) + sound[at + 4 :]
        yield either(f"png with a wrong check of {name}", data)
    for name, data in {
        "its signature alone": SIGNATURE,
        "IEND alone": SIGNATURE + sound[iend:],
        "no IHDR": SIGNATURE + sound[idat:],
        "no IDAT": sound[:idat] + sound[iend:],
        "an empty IDAT": _idat(b""),
        "IDAT of garbage": _idat(SECRET),
        "too few rows": _idat(zlib.compress(bytes(40))),
        "IDAT cut short": _idat(zlib.compress(bytes(49 * 16))[:9]),
        "a filter of its own": _idat(zlib.compress(b"\xff" * 49 * 16)),
    }.items():
        yield refused(f"png with {name}", data)
    for length in (b"\x7f\xff\xff\xff", b"\xff\xff\xff\xff"):
        lie = sound[:idat] + length + sound[idat + 4 :]
        yield either(f"png with a chunk of 0x{length.hex()} bytes", lie)
    yield either("png without IEND", sound[:iend])
    yield taken("png with something behind it", sound + SECRET * 1000)


def _idat(data: bytes) -> bytes:
    return png(16, 16, png_chunk(b"IDAT", data), bits=8, colour=2)


def _animations() -> Iterator[Case]:
    pixels = _pixels(16, 8, 2)
    frame = _frame(0, 16, 16, 0, 0)
    for name, before, after in (
        ("no frame", _count(0), b""),
        ("2³² frames", _count(2**32 - 1) + frame, b""),
        ("ten frames promised and one there", _count(10) + frame, b""),
        ("a frame beyond its canvas", _count(2) + frame, _frame(1, 99, 99, 9, 9)),
        ("a frame of nothing", _count(2) + frame, _frame(1, 0, 0, 0, 0)),
        ("a first frame of 2³¹", _count(1) + _frame(0, 2**31, 2**31, 0, 0), b""),
        ("frames out of order", _count(2) + _frame(9, 16, 16, 0, 0), _frame(1, 16, 16, 0, 0)),
        ("5,000 frames", _count(5000) + frame, _frame(1, 16, 16, 0, 0) * 5000),
        ("acTL twice", _count(2) + _count(3) + frame, b""),
        ("acTL cut short", png_chunk(b"acTL", b"\0"), b""),
        ("fdAT without a frame", _count(2), png_chunk(b"fdAT", bytes(5))),
        ("fdAT cut short", _count(2) + frame, png_chunk(b"fdAT", b"\0")),
    ):
        yield either(f"apng with {name}", png(16, 16, before, pixels, after, bits=8, colour=2))


def _count(frames: int) -> bytes:
    return png_chunk(b"acTL", struct.pack(">II", frames, 0))


def _frame(number: int, width: int, height: int, x: int, y: int) -> bytes:
    return png_chunk(b"fcTL", struct.pack(">IIIIIHHBB", number, width, height, x, y, 1, 1, 7, 7))
