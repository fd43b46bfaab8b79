"""WebP files: canvases that lie, chunks that lie, and pixels for no bytes at all."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from bot.media.errors import PictureTooBig
from tests.media.hostile.case import SECRET, Case, either, refused, taken
from tests.media.pictures import animated, corners, saved

_ANIMATED, _XMP, _EXIF, _ALPHA, _ICC = 0x02, 0x04, 0x08, 0x10, 0x20


def cases() -> Iterator[Case]:
    """Every hostile WebP."""
    yield from _canvases()
    yield from _frames()
    yield from _riff()
    yield from _metadata()
    yield from _bitstreams()


def chunk(name: bytes, data: bytes, length: int | None = None) -> bytes:
    """One chunk; its length is what it says, whatever it holds."""
    size = struct.pack("<I", len(data) if length is None else length)
    return name + size + data + bytes(len(data) % 2)


def webp(*chunks: bytes, length: int | None = None) -> bytes:
    """A WebP file of these chunks."""
    return chunk(b"RIFF", b"WEBP" + b"".join(chunks), length)


def extended(flags: int, *chunks: bytes, width: int = 16, height: int = 16) -> bytes:
    """A WebP whose first chunk declares a canvas and what else there is."""
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return webp(chunk(b"VP8X", bytes([flags, 0, 0, 0]) + size), *chunks)


def lossless(width: int, height: int) -> bytes:
    """One lossless picture, black all over: its codes have no length, so no pixel costs a bit."""
    header = 0x2F | (width - 1) << 8 | (height - 1) << 22
    # No transform, no colour cache, no groups; then five codes of one symbol, zero.
    bits = header | sum(0b0001 << (43 + 4 * code) for code in range(5))
    return chunk(b"VP8L", bits.to_bytes(12, "little"))


def lossy(width: int | None = None, height: int | None = None) -> bytes:
    """One lossy picture of 16 × 16, whatever size it says it has."""
    data = bytearray(saved(corners(size=(16, 16)), "WEBP"))
    at = data.index(b"VP8 ")
    for place, side in ((at + 14, width), (at + 16, height)):
        if side is not None:
            struct.pack_into("<H", data, place, side)
    return bytes(data[at:])


def _canvases() -> Iterator[Case]:
    for width, height in ((16384, 16384), (16385, 4000), (2**24, 255), (2**24, 2**24)):
        data = extended(_ANIMATED, chunk(b"ANIM", bytes(6)), width=width, height=height)
        name = f"webp with a canvas of {width} × {height}"
        yield either(f"{name} and no frame", data)
        moving = chunk(b"ANIM", bytes(6)) + _frame()
        yield either(f"{name} and a frame", extended(_ANIMATED, moving, width=width, height=height))
        yield either(f"{name} and a still", extended(0, lossy(), width=width, height=height))
    yield either("webp with a canvas of 1 × 1", extended(0, lossy(), width=1, height=1))
    yield either("webp with VP8X alone", extended(0))
    yield either("webp with half of VP8X", webp(chunk(b"VP8X", b"\x10\0\0")))
    yield either("webp with every flag", webp(chunk(b"VP8X", b"\xff" * 10), lossy()))


def _frame(x: int = 0, y: int = 0, width: int = 16, height: int = 16) -> bytes:
    numbers = (x, y, width - 1, height - 1, 100)
    head = b"".join(number.to_bytes(3, "little") for number in numbers)
    return chunk(b"ANMF", head + b"\0" + lossy())


def _frames() -> Iterator[Case]:
    start = chunk(b"ANIM", bytes(6))
    for name, chunks in {
        "no ANIM": (_frame(),),
        "a frame beyond its canvas": (start, _frame(x=1000, y=1000)),
        "a frame that lies about its size": (start, _frame(width=8, height=8)),
        "a frame of 2²⁴": (start, _frame(width=2**24, height=2**24)),
        "an empty frame": (start, chunk(b"ANMF", b"")),
        "a frame of garbage": (start, chunk(b"ANMF", bytes(16) + SECRET)),
        "2,000 frames": (start, _frame() * 2000),
        "a sound frame and a broken one": (start, _frame(), _frame()[:40]),
    }.items():
        yield either(f"webp animation with {name}", extended(_ANIMATED, *chunks))
    yield taken("webp animation", animated("WEBP"))


def _riff() -> Iterator[Case]:
    for length in (0, 1, 4, 11, 2**31, 2**32 - 1, 2**32 - 9):
        yield either(f"webp of {length} bytes, it says", webp(lossy(), length=length))
        yield either(
            f"webp with a chunk of {length} bytes, it says",
            webp(chunk(b"VP8 ", lossy()[8:], length)),
        )
    yield refused("webp with nothing in it", webp())
    yield either("webp with unknown chunks", webp(chunk(b"JUNK", SECRET) * 1000, lossy()))
    yield taken("webp with something behind it", webp(lossy()) + SECRET * 1000)
    yield either("webp with two pictures", webp(lossy(), lossless(16, 16)))


def _metadata() -> Iterator[Case]:
    for name, flag, body in (
        (b"EXIF", _EXIF, SECRET),
        (b"EXIF", _EXIF, b""),
        (b"XMP ", _XMP, b"<x:xmpmeta tiff:Orientation='9'>" + SECRET),
        (b"XMP ", _XMP, b"\xff\xfe\0" * 100),
        (b"ICCP", _ICC, SECRET),
        (b"ICCP", _ICC, b""),
        (b"ICCP", _ICC, bytes(4_000_000)),
    ):
        parts = (chunk(name, body), lossy()) if name == b"ICCP" else (lossy(), chunk(name, body))
        what = f"{len(body)} bytes of {body[:4].hex() or 'nothing'}"
        yield either(f"webp with {name.decode()} of {what}", extended(flag, *parts))
        yield either(f"webp with hidden {name.decode()} of {what}", extended(0, *parts))
    for alpha in (b"", b"\0", b"\1" + SECRET, b"\xff" * 300, b"\0" + bytes(256)):
        data = extended(_ALPHA, chunk(b"ALPH", alpha), lossy())
        yield either(f"webp with alpha of {len(alpha)} bytes", data)


def _bitstreams() -> Iterator[Case]:
    yield taken("webp of no bits", webp(lossless(16, 16)))
    yield taken("webp of 16 megapixels of no bits", webp(lossless(4000, 4000)))
    # Its decoder makes room for the whole canvas before it tells the size, and here finds none.
    yield either("webp of 16384 × 16384 of no bits", webp(lossless(16384, 16384)))
    for width, height in ((16384, 4096), (7100, 7100)):
        name = f"webp of {width} × {height} of no bits"
        yield refused(name, webp(lossless(width, height)), PictureTooBig)
    for width, height in ((0, 0), (1, 1), (16383, 16383), (640, 640), (6000, 6000)):
        yield either(f"lossy webp of {width} × {height}, it says", webp(lossy(width, height)))
    data = lossless(64, 64)
    for at in range(9, 20):
        yield either(
            f"lossless webp with byte {at} turned round",
            webp(data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :] + bytes(200)),
        )
    pixels = saved(corners(size=(64, 64)), "WEBP")
    for at in range(20, min(len(pixels), 80), 6):
        turned = pixels[:at] + bytes([pixels[at] ^ 0xFF]) + pixels[at + 1 :]
        yield either(f"lossy webp with byte {at} turned round", turned)
