"""GIF files: codes out of any table, frames out of any canvas, and blocks without end."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from bot.media.errors import PictureTooBig, PictureTooNarrow
from tests.media.hostile.case import SECRET, Case, either, taken
from tests.media.pictures import corners, saved

_PALETTE = bytes(range(12))
_TRAILER = b";"
_CLEAR_THEN_END = b"\2\2\x4c\1\0"


def cases() -> Iterator[Case]:
    """Every hostile GIF."""
    yield from _sizes()
    yield from _codes()
    yield from _blocks()
    yield from _animations()


def gif(*parts: bytes, width: int = 16, height: int = 16, flags: int = 0xF1) -> bytes:
    """A GIF of these parts, with a palette of four."""
    screen = struct.pack("<HHBBB", width, height, flags, 0, 0)
    return b"GIF89a" + screen + (_PALETTE if flags & 0x80 else b"") + b"".join(parts)


def frame(
    codes: bytes | None = None,
    *,
    x: int = 0,
    y: int = 0,
    width: int = 16,
    height: int = 16,
    flags: int = 0,
) -> bytes:
    """One frame; black all over where no codes are given."""
    head = b"," + struct.pack("<HHHHB", x, y, width, height, flags)
    return head + (black(width * height) if codes is None else codes)


def black(pixels: int, bits: int = 2) -> bytes:
    """LZW codes for so many zeros, a clear before each, so that the codes never grow."""
    clear, end, width = 1 << bits, (1 << bits) + 1, bits + 1
    number = at = 0
    for code in (*(code for _ in range(pixels) for code in (clear, 0)), end):
        number |= code << at
        at += width
    return bytes([bits]) + _in_blocks(number.to_bytes((at + 7) // 8, "little"))


def _in_blocks(data: bytes) -> bytes:
    blocks = (data[at : at + 255] for at in range(0, len(data), 255))
    return b"".join(bytes([len(block)]) + block for block in blocks) + b"\0"


def _packed(pixels: int) -> bytes:
    """LZW codes for so many zeros, each code standing for one pixel more than the one before."""
    clear, end = 4, 5
    number, at, width = clear, 3, 3
    table, run = 6, 1
    while pixels > 0:
        code = 0 if run == 1 else table - 1
        number |= code << at
        at += width
        pixels -= run
        if run > 1 or code == 0:
            run += 1
        if run > 2:
            table += 1
        if table > (1 << width) - 1 and width < 12:
            width += 1
        if table >= 4095:
            number |= clear << at
            at += width
            table, run, width = 6, 1, 3
    number |= end << at
    return b"\2" + _in_blocks(number.to_bytes((at + width + 7) // 8, "little"))


def _sizes() -> Iterator[Case]:
    yield taken("gif of one colour", gif(frame(), _TRAILER))
    for width, height, error in (
        (65535, 65535, PictureTooBig),
        (16384, 16384, PictureTooBig),
        (65535, 16, PictureTooNarrow),
    ):
        data = gif(frame(), _TRAILER, width=width, height=height)
        yield Case(f"gif on a screen of {width} × {height}", data, _or_damaged(error))
    for side in (0, 1):
        data = gif(frame(), _TRAILER, width=side, height=side)
        yield either(f"gif on a screen of {side} × {side}", data)
    for name, data in {
        "beyond its screen": frame(x=65535, y=65535),
        "half beyond its screen": frame(x=8, y=8),
        "larger than its screen": frame(width=64, height=64),
        "of 65535 × 65535": frame(b"\2\0", width=65535, height=65535),
        "of 65535 × 9": frame(b"\2\0", width=65535, height=9),
        "of nothing": frame(width=0, height=0),
        "of 0 × 16": frame(width=0, height=16),
    }.items():
        yield either(f"gif with a frame {name}", gif(data, _TRAILER))
    yield either(
        "gif of 49 megapixels in 500 KB",
        gif(frame(_packed(1_000_000), width=7000, height=7000), _TRAILER, width=7000, height=7000),
    )


def _or_damaged(error: type[Exception]) -> frozenset[str]:
    return frozenset({error.__name__, "DamagedPicture"})


def _codes() -> Iterator[Case]:
    codes = black(256)
    for bits in (0, 1, 7, 8, 9, 11, 12, 13, 255):
        yield either(f"gif with codes of {bits} bit", gif(frame(bytes([bits]) + codes[1:])))
    for name, data in {
        "no codes": b"\2\0",
        "an end at once": _CLEAR_THEN_END,
        "codes beyond its table": b"\2" + _in_blocks(b"\xff" * 300),
        "codes of zeros": b"\2" + _in_blocks(bytes(300)),
        "nothing but clears": b"\2" + _in_blocks(b"\x24\x49\x92" * 500),
        "too few pixels": black(40),
        "too many pixels": black(4000),
        "a table full to the brim": b"\2" + _in_blocks(bytes(range(256)) * 200),
        "a block longer than the file": b"\2\xff\x4c",
        "blocks of one byte": b"\2" + b"\1\x4c" * 20_000 + b"\0",
        "no block": b"\2",
    }.items():
        yield either(f"gif with {name}", gif(frame(data), _TRAILER))


def _blocks() -> Iterator[Case]:
    comment = b"!\xfe" + _in_blocks(SECRET)
    yield taken("gif with words in a comment", gif(comment, frame(), _TRAILER))
    yield taken("gif with 5,000 comments", gif(comment * 5000, frame(), _TRAILER))
    long = b"!\xfe" + _in_blocks(SECRET * 100_000)
    yield taken("gif with a comment of 2 MB", gif(long, frame(), _TRAILER))
    for name, parts in {
        "no frame": (_TRAILER,),
        "nothing behind its header": (),
        "comments alone": (comment * 100,),
        "an extension of no kind": (b"!\0" + _in_blocks(SECRET), frame(), _TRAILER),
        "an extension cut short": (b"!\xf9\4\1", frame()),
        "an extension in the way of itself": (b"!\xf9\xff" + bytes(255) + b"\0", frame()),
        "NETSCAPE cut short": (b"!\xff\x0bNETSCAPE2.0\1\1\0", frame(), _TRAILER),
        "XMP": (b"!\xff\x0bXMP DataXMP" + _in_blocks(SECRET), frame(), _TRAILER),
        "an ICC profile": (b"!\xff\x0bICCRGBG1012" + _in_blocks(SECRET), frame(), _TRAILER),
        "bytes of no block": (b"\x99" * 5000, frame(), _TRAILER),
        "its trailer first": (_TRAILER, frame()),
    }.items():
        yield either(f"gif with {name}", gif(*parts))
    for index in (3, 4, 255):
        control = b"!\xf9\4\x1d\0\0" + bytes([index]) + b"\0"
        yield either(f"gif with colour {index} clear", gif(control, frame(), _TRAILER))
    yield either("gif without a palette", gif(frame(), _TRAILER, flags=0))
    yield either("gif with a palette cut short", gif(flags=0xF7)[:20])
    yield either("gif with a local palette cut short", gif(frame(b"", flags=0x87)))
    yield taken("gif in rows taken in turns", gif(frame(flags=0x40), _TRAILER))
    yield taken("gif with something behind it", gif(frame(), _TRAILER, SECRET * 1000))
    yield either("gif without a trailer", gif(frame()))
    yield taken("gif of version 87", b"GIF87a" + gif(frame(), _TRAILER)[6:])


def _animations() -> Iterator[Case]:
    yield either("gif of 5,000 frames", gif(frame(black(4), width=2, height=2) * 5000, _TRAILER))
    control = b"!\xf9\4\x1d\xff\xff\0\0"
    yield either("gif of 2,000 clear frames", gif((control + frame()) * 2000, _TRAILER))
    yield either("gif whose second frame is damaged", gif(frame(), frame(b"\2\xff\xff")))
    yield either("gif whose second frame is beyond all", gif(frame(), frame(x=65535, y=65535)))
    loop = b"!\xff\x0bNETSCAPE2.0\3\1\xff\xff\0"
    yield taken("gif that plays 65535 times", gif(loop, frame(), frame(), _TRAILER))
    for disposal in (2, 3):
        control = b"!\xf9\4" + bytes([disposal << 2 | 1]) + b"\0\0\2\0"
        large = frame(b"\2\0", width=40000, height=40000)
        data = gif(control, large, frame(), _TRAILER)
        yield either(f"gif bomb that clears 1,600 megapixels by {disposal}", data)
        data = gif(frame(), control, large, frame(), _TRAILER)
        yield either(f"gif bomb whose second frame clears them by {disposal}", data)
    for disposal in range(8):
        control = b"!\xf9\4" + bytes([disposal << 2 | 1]) + b"\0\0\2\0"
        data = gif(control, frame(), control, frame(), _TRAILER)
        yield taken(f"gif with disposal {disposal}", data)
    yield taken("gif with a palette of two", saved(corners("1", (16, 16)), "GIF"))
