"""AVIF and HEIC files: each box broken in turn, sizes that lie, and pictures made of themselves."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from tests.media.heic import box, full_box
from tests.media.hostile.boxes import boxes
from tests.media.hostile.case import SECRET, Case, either, refused, taken
from tests.media.pictures import animated, corners, saved


def cases(heic: bytes) -> Iterator[Case]:
    """Every hostile AVIF, and every hostile HEIC made from a sound one."""
    avif = small_avif()
    yield taken("avif", avif)
    yield taken("heic", heic)
    for kind, data in (("avif", avif), ("heic", heic)):
        yield from _broken_boxes(kind, data)
        yield from _lying_sizes(kind, data)
        yield from _odd_properties(kind, data)
        yield taken(f"{kind} with something behind it", data + box(b"free", SECRET * 1000))
    yield from _grids(avif)
    yield from _skeletons()
    yield from _sequences()


def small_avif(side: int = 32) -> bytes:
    """A sound AVIF."""
    return saved(corners(size=(side, side)), "AVIF", speed=10)


def _broken_boxes(kind: str, data: bytes) -> Iterator[Case]:
    seen: dict[bytes, int] = {}
    for at, name, length in list(boxes(data)):
        seen[name] = seen.get(name, 0) + 1
        what = f"{kind} whose {name.decode()} no. {seen[name]}"
        head, body, rest = data[:at], data[at + 8 : at + length], data[at + length :]
        whole = data[at : at + length]
        if name != b"ftyp":
            yield either(f"{what} is of no kind", head + whole[:4] + b"free" + body + rest)
        for said in sorted({0, 1, 7, 8, length - 1, length + 1, 2**31, 2**32 - 1}):
            lie = head + struct.pack(">I", said) + whole[4:] + rest
            yield either(f"{what} says {said} bytes", lie)
        yield either(f"{what} is there twice", head + whole + whole + rest)
        if body:
            yield either(f"{what} is all ones", head + whole[:8] + b"\xff" * len(body) + rest)
            yield either(f"{what} is all zeros", head + whole[:8] + bytes(len(body)) + rest)


def _lying_sizes(kind: str, data: bytes) -> Iterator[Case]:
    at = data.index(b"ispe") + 8
    for width, height in (
        *((1, 1), (7, 7), (8, 8), (31, 31), (65, 65), (640, 640), (0, 640)),
        *((16384, 16384), (16385, 4000), (65535, 65535), (2**31 - 1, 2**31 - 1), (2**32 - 1, 1)),
    ):
        lie = data[:at] + struct.pack(">II", width, height) + data[at + 8 :]
        yield either(f"{kind} of {width} × {height}, it says", lie)


def _odd_properties(kind: str, data: bytes) -> Iterator[Case]:
    """Put another property in the place of the size, which the decoders can do without."""
    at = data.index(b"ispe") - 4
    for name, odd in {
        "an aperture of zeros": box(b"clap", bytes(32)),
        "an aperture beyond all": box(b"clap", struct.pack(">8I", *[2**32 - 1] * 8)),
        "five quarter turns": box(b"irot", b"\xff"),
        "a mirror of 255": box(b"imir", b"\xff"),
        "16 bits": full_box(b"pixi", b"\3\x10\x10\x10"),
        "255 channels": full_box(b"pixi", b"\xff" * 9),
        "a profile of garbage": box(b"colr", b"prof" + SECRET),
        "colours of no kind": box(b"colr", b"nclx" + b"\xff" * 7),
        "pixels of no shape": box(b"pasp", bytes(8)),
        "a layer of its own": box(b"lsel", b"\xff\xff"),
    }.items():
        fitted = _of_length(odd, 20)
        if fitted:
            yield either(f"{kind} with {name}", data[:at] + fitted + data[at + 20 :])
        behind = data.replace(b"ispe", b"free", 1)
        yield either(f"{kind} without a size, with {name}", behind + odd)


def _of_length(odd: bytes, length: int) -> bytes | None:
    if len(odd) > length:
        return None
    return struct.pack(">I", length) + odd[4:] + bytes(length - len(odd))


def _grids(avif: bytes) -> Iterator[Case]:
    """A picture made of tiles, of which each is one picture, or the grid itself."""
    for name, rows, columns, size, tiles in (
        ("2 × 2 tiles", 2, 2, (64, 64), [1, 1, 1, 1]),
        ("256 × 256 tiles and one there", 256, 256, (8192, 8192), [1]),
        ("256 × 256 tiles of one picture", 256, 256, (8192, 8192), [1] * 65535),
        ("a grid of itself", 1, 1, (32, 32), [2]),
        ("a grid of itself and more", 2, 2, (64, 64), [2, 2, 1, 1]),
        ("a tile that is not there", 1, 1, (32, 32), [77]),
        ("no tiles", 1, 1, (32, 32), []),
        ("2³² pixels a side", 1, 1, (2**32 - 1, 2**32 - 1), [1]),
        ("no pixels", 1, 1, (0, 0), [1]),
    ):
        yield either(f"avif grid: {name}", _grid(avif, rows, columns, size, tiles))


def _grid(avif: bytes, rows: int, columns: int, size: tuple[int, int], tiles: list[int]) -> bytes:
    at = avif.index(b"av1C") - 4
    codec = avif[at : at + int.from_bytes(avif[at : at + 4], "big")]
    at = avif.index(b"mdat")
    pixels = avif[at + 4 : at - 4 + int.from_bytes(avif[at - 4 : at], "big")]
    brands = box(b"ftyp", b"avif", bytes(4), b"avif", b"mif1", b"miaf")
    plan = struct.pack(">BBBBII", 0, 1, (rows - 1) % 256, (columns - 1) % 256, *size)
    meta = _grid_meta(codec, plan, size, tiles, 0, len(pixels))
    start = len(brands) + len(meta) + 8
    meta = _grid_meta(codec, plan, size, tiles, start, len(pixels))
    return brands + meta + box(b"mdat", plan, pixels)


def _grid_meta(
    codec: bytes, plan: bytes, size: tuple[int, int], tiles: list[int], start: int, length: int
) -> bytes:
    places = struct.pack(
        ">HHHHHIIHHHII",
        *(0x4400, 2, 2, 0, 1, start, len(plan)),
        *(1, 0, 1, start + len(plan), length),
    )
    items = (
        full_box(b"infe", struct.pack(">HH", number, 0), kind, b"\0", version=2)
        for number, kind in ((2, b"grid"), (1, b"av01"))
    )
    sizes = [full_box(b"ispe", struct.pack(">II", *each)) for each in ((32, 32), size)]
    uses = struct.pack(">IHBBBHBBB", 2, 1, 2, 0x81, 2, 2, 1, 3, 0)[:-1]
    drawn = struct.pack(">HH", 2, len(tiles)) + b"".join(struct.pack(">H", tile) for tile in tiles)
    return full_box(
        b"meta",
        full_box(b"hdlr", bytes(4), b"pict", bytes(13)),
        full_box(b"pitm", struct.pack(">H", 2)),
        full_box(b"iloc", places),
        full_box(b"iinf", struct.pack(">H", 2), *items),
        full_box(b"iref", box(b"dimg", drawn)),
        box(b"iprp", box(b"ipco", codec, *sizes), full_box(b"ipma", uses)),
    )


def _skeletons() -> Iterator[Case]:
    deep = b""
    for _ in range(2000):
        deep = box(b"meta", bytes(4), deep)
    for brand in (b"avif", b"heic", b"mif1"):
        start = box(b"ftyp", brand, bytes(4), brand)
        name = brand.decode()
        yield refused(f"{name} of its brand alone", start)
        yield refused(f"{name} with an empty meta", start + full_box(b"meta"))
        yield refused(f"{name} with boxes 2,000 deep", start + deep)
        yield refused(f"{name} with 20,000 empty boxes", start + box(b"free") * 20_000)
        yield refused(f"{name} of garbage", start + SECRET * 100)
        items = full_box(b"iinf", struct.pack(">H", 65535))
        yield refused(f"{name} with 65535 items promised", start + full_box(b"meta", items))
        places = full_box(b"iloc", struct.pack(">HH", 0x4444, 65535), b"\xff" * 4000)
        yield refused(f"{name} with items everywhere", start + full_box(b"meta", places))
    many = box(b"ftyp", b"avif", bytes(4), b"mif1" * 50_000)
    yield refused("avif of 50,000 brands", many)


def _sequences() -> Iterator[Case]:
    data = animated("AVIF")
    yield taken("avif sequence", data)
    for name in (b"moov", b"trak", b"mdia", b"stbl", b"stsz", b"stco", b"stsc", b"stts", b"stsd"):
        if name in data:
            yield either(f"avif sequence without {name.decode()}", data.replace(name, b"free", 1))
            at = data.index(name) + 4
            ones = data[:at] + b"\xff" * 12 + data[at + 12 :]
            yield either(f"avif sequence with {name.decode()} of ones", ones)
