"""Sends every file of a folder to `Pictures`, as a member would, and says how each ended.

Usage: python -m tests.media.hostile FOLDER. Meant for the pictures that image libraries keep of
their own bugs: unpack Pillow's source distribution (`pip download --no-deps --no-binary pillow
pillow`), and give it `Tests/images`. It ends with status 1 where anything but a picture or a
refusal came, or a decoder died.
"""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from pathlib import Path

from bot.media.errors import PictureError, PictureTooHard
from bot.media.pictures import Pictures
from bot.messages import sentence
from tests.media.hostile.case import PICTURE
from tests.media.processes import children


async def send_all(folder: Path) -> Counter[str]:
    """Send them a few at once; returns how many ended how."""
    room, ends = Pictures(), Counter[str]()
    files = await asyncio.to_thread(_files, folder)
    for file, data in files:
        end, detail = await _send(room, data)
        ends[end] += 1
        sys.stdout.write(f"{end:<20} {file.relative_to(folder)}  {detail}\n")
    ends["left alive"] = len(children("bot.media.decode"))
    return ends


async def _send(room: Pictures, data: bytes) -> tuple[str, str]:
    try:
        source = await room.decode(data)
    except PictureError as error:
        if sentence(error) is None:
            return "without a sentence", repr(error)
        return type(error).__name__, str(error)
    except Exception as error:
        return "unhandled", repr(error)
    return PICTURE, f"{source.width} × {source.height} {', '.join(source.notes)}"


def _files(folder: Path) -> list[tuple[Path, bytes]]:
    files = (file for file in sorted(folder.rglob("*")) if file.is_file())
    return [(file, file.read_bytes()) for file in files]


def main(arguments: list[str]) -> int:
    """Send what is in the folder, and say whether all went well."""
    ends = asyncio.run(send_all(Path(arguments[0])))
    sys.stdout.write("\n" + "".join(f"{number:>6} {end}\n" for end, number in ends.most_common()))
    bad = ("unhandled", "without a sentence", "left alive", PictureTooHard.__name__)
    return 1 if any(ends[end] for end in bad) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
