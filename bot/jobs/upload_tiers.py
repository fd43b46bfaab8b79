"""What to try next where Discord refuses a file as too large, whatever it said of the place."""

from __future__ import annotations

TIERS = tuple(size * 2**20 for size in (100, 50, 25, 10, 8))
"""The limits that Discord has, or had: what is wrong about a place is mostly which of them."""


def lower_limit(refused_bytes: int) -> int:
    """What to try after a file of that size was refused: the next limit that Discord has."""
    return max((size for size in TIERS if size < refused_bytes), default=refused_bytes * 2 // 3)
