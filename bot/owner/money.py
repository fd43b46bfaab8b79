"""Amounts in print. Everywhere else they are whole millionths of a US dollar."""

from __future__ import annotations

MICRODOLLARS = 1_000_000


def plain_dollars(microdollars: int) -> str:
    """An amount in full, "1.20" or "0.0075": cents at least, and no digit is lost."""
    whole, rest = divmod(abs(microdollars), MICRODOLLARS)
    digits = f"{rest:06}"
    shown = digits[:2] + digits[2:].rstrip("0")
    return f"{'-' if microdollars < 0 else ''}{whole}.{shown}"


def dollars(microdollars: int) -> str:
    """An amount as people write it, "$1.20" or "-$0.0075"."""
    amount = plain_dollars(abs(microdollars))
    return f"-${amount}" if microdollars < 0 else f"${amount}"
