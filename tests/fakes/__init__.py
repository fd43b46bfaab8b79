"""Strict loopback servers, one a provider: they refuse what the real API refuses.

`fake_server` is what all have in common: a socket, what was asked, faults, tasks and clips. For
people to try, `python -m tests.fakes` serves all of them, with clips by `clips`.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil

from tests.fakes.fake_server import FakeServer


def load_fakes() -> dict[str, type[FakeServer]]:
    """Find every fake in this folder, by the name of its provider."""
    found: dict[str, type[FakeServer]] = {}
    for module_info in pkgutil.iter_modules(__path__):
        if module_info.name.startswith("_"):
            continue
        module = importlib.import_module(f"{__name__}.{module_info.name}")
        for _, member in inspect.getmembers(module, inspect.isclass):
            if issubclass(member, FakeServer) and not inspect.isabstract(member):
                found[member.name] = member
    return found
