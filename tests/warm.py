"""Finds out once, where bots are forked, what each of them would find out anew and alike."""

from __future__ import annotations

from contextlib import suppress

from bot.settings import BadSettings, load_settings
from providers.http import Http

# Which certificates this machine trusts.
Http("http://127.0.0.1")

# Of which of some thousand classes each setting's type is one.
with suppress(BadSettings, ValueError):
    load_settings()
