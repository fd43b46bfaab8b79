"""A decoding child that takes many files: each is decoded by `bot.media.decode.main` in a fork.

Run as `python -m tests.media.hostile.worker KIND`, with a pickled list of batches on stdin, each a
list of files. A batch has a fork of its own, which inherits a decoder as a fresh child has it when
the first byte comes: everything loaded, nothing to be opened. The answer is lines of JSON: one a
file, as `Decoded` reads it, and one a batch, {status, peak_bytes, cpu_seconds}.
"""

from __future__ import annotations

import io
import json
import os
import pickle
import resource
import sys
import traceback
from collections.abc import Sequence
from types import SimpleNamespace
from typing import cast

from bot.media import decode
from tests.media.hostile.case import SECRET

_REACHING_OUT = (
    *("open", "import", "socket.", "subprocess.", "ctypes.", "shutil.", "tempfile.", "glob."),
    *("os.exec", "os.fork", "os.spawn", "os.system", "os.listdir", "os.scandir", "os.remove"),
)


class _Input(io.BytesIO):
    """A file on stdin, which knows when it is read."""

    reached_for: list[str] | None = None

    def read(self, size: int | None = -1, /) -> bytes:
        self.reached_for = []
        return super().read(size)

    def note(self, event: str, arguments: tuple[object, ...]) -> None:
        """Remember what is opened or imported from the first byte on."""
        if self.reached_for is not None and event.startswith(_REACHING_OUT):
            self.reached_for.append(f"{event} {arguments[:1]}"[:100])


def main(kind: str) -> None:
    """Decode every batch on stdin."""
    batches: list[list[bytes]] = pickle.load(sys.stdin.buffer)
    _decode(_Input(), kind)
    for batch in batches:
        child = os.fork()
        if child == 0:
            _decode_all(batch, kind)
            os._exit(0)
        _, status, usage = os.wait4(child, 0)
        _say(
            {
                "status": os.waitstatus_to_exitcode(status),
                "peak_bytes": usage.ru_maxrss * 1024,
                "cpu_seconds": usage.ru_utime + usage.ru_stime,
            }
        )


def _decode_all(batch: Sequence[bytes], kind: str) -> None:
    current: list[_Input] = []
    sys.addaudithook(lambda event, arguments: current[-1].note(event, arguments))
    for data in batch:
        current.append(_Input(data))
        _say(_decode(current[-1], kind) | {"reached_for": current.pop().reached_for})


def _decode(data: _Input, kind: str) -> dict[str, object]:
    """Decode as the child does, and look at its answer."""
    answer = io.BytesIO()
    real = sys.stdin, sys.stdout
    sys.stdin = cast(io.TextIOWrapper, SimpleNamespace(buffer=data))
    sys.stdout = cast(io.TextIOWrapper, SimpleNamespace(buffer=answer))
    try:
        decode.main(kind)
    except Exception as error:
        # To show their lines, it would open the source files.
        places = traceback.StackSummary.extract(
            traceback.walk_tb(error.__traceback__), lookup_lines=False
        )
        return {"died": f"{error!r} in {places[-1].filename}:{places[-1].lineno}"}
    finally:
        sys.stdin, sys.stdout = real
    line, _, pixels = answer.getvalue().partition(b"\n")
    return {
        "answer": json.loads(line),
        "pixels": len(pixels),
        "tells": SECRET in pixels,
        "open_files": resource.getrlimit(resource.RLIMIT_NOFILE)[1],
    }


def _say(facts: dict[str, object]) -> None:
    os.write(1, json.dumps(facts).encode() + b"\n")


if __name__ == "__main__":
    main(sys.argv[1])
