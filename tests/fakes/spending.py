"""What was spent at the fakes: every task is money, whoever it was made for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from tests.fakes.fake_server import FakeServer


@dataclass(frozen=True)
class Purchase:
    """One task that was taken, and so paid for."""

    provider: str
    task_id: str
    reference: str | None
    """Our job id; None where the provider takes none."""


def purchases(fakes: Mapping[str, FakeServer]) -> dict[str, list[Purchase]]:
    """Everything that was paid for, by its prompt, which every provider is sent."""
    bought: dict[str, list[Purchase]] = defaultdict(list)
    for name, fake in fakes.items():
        for task in fake.tasks:
            purchase = Purchase(name, task.id, task.reference)
            bought[fake.scene(task).prompt].append(purchase)
    return bought
