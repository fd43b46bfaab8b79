"""Numbers as a small picture has room for them, and the round ones for its axes."""

from __future__ import annotations

EXACT_BELOW = 100_000
UNITS = ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "k"))
STEPS = (1, 2, 5, 10)


def short(number: int) -> str:
    """A number in at most seven characters: 99,999, then 123k and 1.25M."""
    if number < EXACT_BELOW:
        return f"{number:,}"
    size, unit = next(one for one in UNITS if number >= one[0])
    whole = number // size
    digits = 2 if whole < 10 else 1 if whole < 100 else 0
    # Cut and not rounded, so that nothing looks like more than it is.
    tail = str(number % size).zfill(len(str(size)) - 1)[:digits].rstrip("0")
    return f"{whole:,}.{tail}{unit}" if tail else f"{whole:,}{unit}"


def ticks(most: int, *, about: int = 3) -> tuple[int, ...]:
    """Round numbers from 0 to the first that is not below `most`."""
    step = _round_up(max(1, -(-most // about)))
    return tuple(range(0, most + step, step)) if most % step else tuple(range(0, most + 1, step))


def percent(part: int, whole: int) -> str:
    """A share, rounded; one that is there at all is never none."""
    if not whole or not part:
        return "0 %"
    share = 100 * part / whole
    return "<1 %" if share < 1 else f"{share:,.0f} %"


def _round_up(number: int) -> int:
    scale = int("1" + "0" * (len(str(number)) - 1))
    return next(step * scale for step in STEPS if step * scale >= number)
