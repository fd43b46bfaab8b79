from __future__ import annotations

import gc

import pytest

# What is imported and collected stays until the end, and going through it again and again would be
# a good part of the whole run.
gc.disable()


def pytest_collection_finish(session: pytest.Session) -> None:
    gc.freeze()
    gc.enable()
