"""Finds the boxes of which HEIF, AVIF and MP4 files are made, and puts others in their places."""

from __future__ import annotations

import struct
from collections.abc import Iterator

_CONTAINERS = {
    b"meta": 4,
    b"iinf": 6,
    b"stsd": 8,
    b"dref": 8,
    b"avc1": 78,
    **dict.fromkeys((b"iprp", b"ipco", b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts"), 0),
    **dict.fromkeys((b"dinf", b"udta", b"moof", b"traf", b"mvex"), 0),
}
"""Boxes of boxes, and how many bytes stand before the first."""


def boxes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[tuple[int, bytes, int]]:
    """Where each box begins, its name and its length, the ones within a box after it."""
    end = len(data) if end is None else end
    while start + 8 <= end:
        length, name = struct.unpack_from(">I4s", data, start)
        length = length or end - start
        if length < 8:
            return
        yield start, name, length
        if name in _CONTAINERS:
            yield from boxes(data, start + 8 + _CONTAINERS[name], min(end, start + length))
        start += length


def place(data: bytes, name: bytes) -> slice:
    """Where the first box of this name is."""
    return next(slice(at, at + length) for at, other, length in boxes(data) if other == name)


def overwritten(data: bytes, name: bytes, new: bytes, at: int = 8) -> bytes:
    """The same file with these bytes in the first box of this name, from its `at`th byte on."""
    start = place(data, name).start + at
    return data[:start] + new + data[start + len(new) :]


def swapped(data: bytes, name: bytes, new: bytes) -> bytes:
    """The same file with another box in the place of the first of this name, and its boxes right.

    What stands behind it moves, and tables that name places are wrong then.
    """
    old = place(data, name)
    grown = len(new) - (old.stop - old.start)
    around = [at for at, _, length in boxes(data) if at < old.start and at + length >= old.stop]
    changed = bytearray(data[: old.start] + new + data[old.stop :])
    for at in around:
        (length,) = struct.unpack_from(">I", changed, at)
        struct.pack_into(">I", changed, at, length + grown)
    return bytes(changed)
