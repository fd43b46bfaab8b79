"""Providers of video models. Each module here is one provider, found by scanning this folder."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from providers.base import Provider


def load_providers() -> dict[str, type[Provider]]:
    """Find every provider class in this folder, by its name.

    Of a provider that is a package, the class is in its module `provider`.
    """
    # Not at the top: the animator's renderers are in this package too, and need no settings.
    from providers.base import Provider

    found: dict[str, type[Provider]] = {}
    for module_info in pkgutil.iter_modules(__path__):
        name = f"{__name__}.{module_info.name}"
        module = importlib.import_module(f"{name}.provider" if module_info.ispkg else name)
        for _, member in inspect.getmembers(module, inspect.isclass):
            if issubclass(member, Provider) and not inspect.isabstract(member):
                found[member.name] = member
    return found
