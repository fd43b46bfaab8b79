"""Decodes many files in confined children, and says how each of them ended."""

from __future__ import annotations

import json
import pickle
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.media.children import run_child
from bot.media.decoded import LONGEST_SIDE
from bot.media.kinds import Kind
from bot.media.pictures import LIMITS
from tests.media.hostile.case import PICTURE

_PROJECT = Path(__file__).parents[3]
_ANSWERS = frozenset({"DamagedPicture", "PictureTooBig", "PictureTooSmall", "PictureTooNarrow"})
# Every batch has its own fork, to which the limits apply anew; only the whole takes longer.
_ROOMY = replace(LIMITS, wall_seconds=240, niceness=0)


@dataclass(frozen=True)
class Decoded:
    """How one file ended."""

    ends: str
    """`PICTURE`, the name of an error, or what is wrong with the answer."""
    detail: str = ""


@dataclass(frozen=True)
class Batch:
    """How the files of one fork ended, and what they took together."""

    files: tuple[Decoded, ...]
    status: int
    """Negative where a signal ended it; then files are missing."""
    peak_bytes: int
    """Of resident memory, a bare decoder's twenty to thirty MiB included."""
    cpu_seconds: float


async def decode_batches(kind: Kind, batches: Sequence[Sequence[bytes]]) -> list[Batch]:
    """Decode files of one kind, each batch in a process of its own."""
    ended = await run_child(
        [sys.executable, "-s", "-P", "-m", "tests.media.hostile.worker", kind],
        stdin=pickle.dumps([list(batch) for batch in batches]),
        limits=_ROOMY,
        environment={"PYTHONPATH": str(_PROJECT)},
    )
    found: list[Batch] = []
    files: list[Decoded] = []
    for line in ended.stdout.splitlines():
        facts = json.loads(line)
        if "status" not in facts:
            files.append(_decoded(facts))
            continue
        found.append(Batch(tuple(files), **facts))
        files = []
    assert len(found) == len(batches), ended.stderr.decode()
    return found


def _decoded(facts: Mapping[str, object]) -> Decoded:
    if facts["reached_for"]:
        return Decoded("it opened something", str(facts["reached_for"]))
    match facts:
        case {"died": str(words)} if "MemoryError" in words:
            return Decoded("PictureTooHard", words)
        case {"died": str(words)}:
            return Decoded("it died", words)
        case {"answer": {"width": int(width), "height": int(height), "notes": _}, "pixels": pixels}:
            is_sound = 0 < max(width, height) <= LONGEST_SIDE and pixels == 3 * width * height
            return Decoded(PICTURE if is_sound and not facts["tells"] else "it told", f"{facts}")
        case {"answer": {"error": str(name)}, "pixels": 0} if name in _ANSWERS:
            return Decoded(name, str(facts["answer"]))
        case _:
            return Decoded("its answer makes no sense", str(facts))
