"""Writes a HEIC file box by box around one HEVC frame, because no encoder we may ship does."""

from __future__ import annotations

import struct


def box(name: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + name + body


def full_box(name: bytes, *parts: bytes, version: int = 0) -> bytes:
    return box(name, struct.pack(">I", version << 24), *parts)


def heic_from_mp4(mp4: bytes, width: int, height: int, quarter_turns: int) -> bytes:
    """Wrap the only frame of a one-frame HEVC MP4, to be shown turned anticlockwise."""
    at = mp4.index(b"hvcC") - 4
    configuration = mp4[at : at + int.from_bytes(mp4[at : at + 4], "big")]
    at = mp4.index(b"mdat")
    frame = mp4[at + 4 : at - 4 + int.from_bytes(mp4[at - 4 : at], "big")]
    brands = box(b"ftyp", b"heic", bytes(4), b"mif1", b"heic")
    properties = _properties(configuration, width, height, quarter_turns)
    # The frame's place is known only once the boxes before it have their lengths.
    start = len(brands) + len(_meta(properties, 0, len(frame))) + 8
    meta = _meta(properties, start, len(frame))
    return brands + meta + box(b"mdat", frame)


def _properties(configuration: bytes, width: int, height: int, quarter_turns: int) -> bytes:
    size = full_box(b"ispe", struct.pack(">II", width, height))
    turn = box(b"irot", bytes([quarter_turns]))
    uses = full_box(b"ipma", struct.pack(">IHBBBB", 1, 1, 3, 0x80 | 1, 2, 0x80 | 3))
    return box(b"iprp", box(b"ipco", configuration, size, turn), uses)


def _meta(properties: bytes, start: int, length: int) -> bytes:
    item = full_box(b"infe", struct.pack(">HH", 1, 0), b"hvc1", b"\0", version=2)
    return full_box(
        b"meta",
        full_box(b"hdlr", bytes(4), b"pict", bytes(13)),
        full_box(b"pitm", struct.pack(">H", 1)),
        full_box(b"iloc", struct.pack(">HHHHHII", 0x4400, 1, 1, 0, 1, start, length)),
        full_box(b"iinf", struct.pack(">H", 1), item),
        properties,
    )
