"""Finds out once, where bots are forked, what each of them would find out anew and alike."""

from __future__ import annotations

from contextlib import suppress

import imageio_ffmpeg
import sqlalchemy as sa

from bot.settings import BadSettings, load_settings
from providers.http import Http
from storage.books import audit
from storage.schema import metadata

# Which certificates this machine trusts.
Http("http://127.0.0.1")

# Where FFmpeg is, and that it runs.
imageio_ffmpeg.get_ffmpeg_exe()

# Of which of some thousand classes each setting's type is one.
with suppress(BadSettings, ValueError):
    load_settings()

# How the books are compared, in SQL.
_engine = sa.create_engine("sqlite://")
with _engine.begin() as _conn:
    metadata.create_all(_conn)
    audit(_conn)
_engine.dispose()
