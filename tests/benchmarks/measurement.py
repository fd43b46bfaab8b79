"""One number, and the number it has to be read against."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Measurement:
    """A value beside its baseline, both taken in the same run."""

    name: str
    value: float
    unit: str
    baseline: str
    baseline_value: float

    @property
    def ratio(self) -> float:
        """Value divided by baseline; whether more is better depends on the unit."""
        return self.value / self.baseline_value
