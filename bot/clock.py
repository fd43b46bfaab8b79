"""The time, passed in wherever it matters so that tests can choose it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeAlias

Clock: TypeAlias = Callable[[], datetime]


def utc_now() -> datetime:
    """The aware time of now."""
    return datetime.now(UTC)
