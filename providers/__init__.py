"""Providers of video models. Each module here is one provider, found by scanning this folder."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

from providers.base import Provider


def load_providers() -> dict[str, type[Provider]]:
    """Find every provider class in this folder, by its name."""
    found: dict[str, type[Provider]] = {}
    for module_info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{module_info.name}")
        for _, member in inspect.getmembers(module, inspect.isclass):
            if issubclass(member, Provider) and not inspect.isabstract(member):
                found[member.name] = member
    return found
