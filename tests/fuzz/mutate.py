"""Changes sound and hostile files by chance, the same chance giving the same file each time."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable, Sequence

MOST_CHANGES = 6
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_REPAIRED = 0.8
_TELLING = (0, 1, 2, 7, 8, 127, 128, 255, 256, 32767, 32768, 65535, 2**24, 2**31 - 1, 2**31)
_NUMBERS = (">H", "<H", ">I", "<I", "B")


def mutated(data: bytes, chance: random.Random, others: Sequence[bytes]) -> bytes:
    """A file like this one, changed in a few places; pieces of the others may be in it."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, MOST_CHANGES)):
        if changed:
            chance.choice(_CHANGES)(changed, chance, others)
    # A decoder looks no further where a check is wrong.
    if changed.startswith(_SIGNATURE) and chance.random() < _REPAIRED:
        _repair_checks(changed)
    return bytes(changed)


def _turn_bits(data: bytearray, chance: random.Random, others: Sequence[bytes]) -> None:
    for _ in range(chance.randint(1, 8)):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def _put_bytes(data: bytearray, chance: random.Random, others: Sequence[bytes]) -> None:
    start, end = _piece(data, chance)
    data[start:end] = chance.randbytes(end - start)


def _put_number(data: bytearray, chance: random.Random, others: Sequence[bytes]) -> None:
    layout = chance.choice(_NUMBERS)
    size = struct.calcsize(layout)
    if len(data) >= size:
        number = chance.choice(_TELLING) + chance.randint(-1, 1)
        at = chance.randrange(len(data) - size + 1)
        struct.pack_into(layout, data, at, number % (1 << 8 * size))


def _put_one_byte(data: bytearray, chance: random.Random, others: Sequence[bytes]) -> None:
    start, end = _piece(data, chance)
    data[start:end] = bytes([chance.choice((0, 255, chance.randrange(256)))]) * (end - start)


def _remove(data: bytearray, chance: random.Random, others: Sequence[bytes]) -> None:
    start, end = _piece(data, chance)
    del data[start:end]


def _repeat(data: bytearray, chance: random.Random, others: Sequence[bytes]) -> None:
    start, end = _piece(data, chance)
    data[end:end] = data[start:end] * chance.choice((1, 1, 2, 50))


def _move(data: bytearray, chance: random.Random, others: Sequence[bytes]) -> None:
    start, end = _piece(data, chance)
    piece = data[start:end]
    del data[start:end]
    at = chance.randint(0, len(data))
    data[at:at] = piece


def _splice(data: bytearray, chance: random.Random, others: Sequence[bytes]) -> None:
    other = chance.choice(others)
    if other:
        start, end = _piece(bytearray(other), chance)
        at = chance.randint(0, len(data))
        data[at : at + chance.choice((0, end - start))] = other[start:end]


def _cut(data: bytearray, chance: random.Random, others: Sequence[bytes]) -> None:
    del data[chance.randrange(len(data)) :]


_CHANGES: tuple[Callable[[bytearray, random.Random, Sequence[bytes]], None], ...] = (
    *(_turn_bits, _turn_bits, _put_number, _put_number, _put_number),
    *(_put_bytes, _put_one_byte, _remove, _repeat, _move, _splice, _splice, _cut),
)


def _piece(data: bytearray, chance: random.Random) -> tuple[int, int]:
    """Most pieces are short: they leave more of the file as it was."""
    start = chance.randrange(len(data))
    longest = min(len(data) - start, chance.choice((4, 16, 64, 1024)))
    return start, start + chance.randint(1, longest)


def _repair_checks(png: bytearray) -> None:
    """Compute the check of each chunk anew, as far as their lengths make sense."""
    at = len(_SIGNATURE)
    while at + 12 <= len(png):
        (length,) = struct.unpack_from(">I", png, at)
        end = at + 8 + length
        if end + 4 > len(png):
            return
        struct.pack_into(">I", png, end, zlib.crc32(png[at + 4 : end]))
        at = end + 4
