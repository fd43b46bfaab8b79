"""The offline animator: a provider that needs no key and no network, only this machine."""

from __future__ import annotations

from providers.local.provider import LocalProvider

__all__ = ["LocalProvider"]
