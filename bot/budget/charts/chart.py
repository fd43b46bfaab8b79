"""What a chart is, and whom and what its names are for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Chart:
    """One finished picture."""

    name: str
    """The file's name."""
    png: bytes = field(repr=False)
    alt: str
    """The same in words."""


@dataclass(frozen=True, kw_only=True)
class Names:
    """What to call members, by their ids, and models, by their provider and id."""

    members: Mapping[int, str]
    models: Mapping[tuple[str, str], str]

    def of_model(self, provider: str, model: str) -> str:
        """A model's name, or its id."""
        return self.models.get((provider, model), model)
