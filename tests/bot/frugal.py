"""The real work without a child process for each piece of it.

Decoding and framing in limited children are proven in tests/media; here, hundreds of tests only
need what comes of it.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar

from PIL import Image

from bot.media.children import Ended, Limits
from bot.media.decode import decode
from bot.media.ffmpeg import LIMITS, Ffmpeg
from bot.media.frame import Framed, Framer
from bot.media.framing import Fit, Target, Wish
from bot.media.kinds import ACCEPTED, kind_of
from bot.media.pictures import Picture, Pictures, Source

# As the child has it: ours is the check that counts.
Image.MAX_IMAGE_PIXELS = None


class PicturesHere(Pictures):
    """Decodes and frames in the tests' own process, with the code the children run."""

    async def decode(self, data: bytes) -> Source:
        kind = kind_of(data)
        if kind not in ACCEPTED:
            return await super().decode(data)
        await asyncio.sleep(0)
        if data not in self._decoded:
            picture, notes = decode(data, kind)
            self._decoded[data] = Source(*picture.size, picture.tobytes(), notes)
        return self._decoded[data]

    async def frame(self, source: Source, target: Target, fit: Fit | None = None) -> Picture:
        asked = source, target, fit
        if asked not in self._framed:
            self._framed[asked] = await super().frame(source, target, fit)
        return self._framed[asked]

    async def _run(self, module: str, argument: str, stdin: bytes) -> Ended:
        if module != "bot.media.frame":
            return await super()._run(module, argument, stdin)
        await asyncio.sleep(0)
        return _said(Framer(_wish(json.loads(argument))).frame(stdin))

    _decoded: ClassVar[dict[bytes, Source]] = {}
    _framed: ClassVar[dict[tuple[Source, Target, Fit | None], Picture]] = {}


def _wish(told: dict[str, Any]) -> Wish:
    fit, size = told.pop("fit"), told.pop("size")
    return Wish(**told, fit=Fit(fit) if fit else None, size=(size[0], size[1]) if size else None)


def _said(framed: Framed) -> Ended:
    inset = asdict(framed.inset) if framed.inset else None
    width, height = framed.size
    told = {"width": width, "height": height, "fit": framed.fit, "inset": inset}
    return Ended(0, json.dumps(told).encode() + b"\n" + framed.jpeg, b"")


@dataclass(frozen=True)
class ProbesOnce(Ffmpeg):
    """Looks at clips of the same bytes in the same way once, and remembers what it saw."""

    # A child that steps back may stand still for as long as other tests are busy.
    limits: Limits = field(default=replace(LIMITS, niceness=0), kw_only=True)
    _seen: ClassVar[dict[tuple[str, ...], Ended]] = {}

    async def run(self, *arguments: str) -> Ended:
        files = [one for one in arguments if one.startswith("file:")]
        if "null" not in arguments or len(files) != 1:
            return await super().run(*arguments)
        clip = Path(files[0].removeprefix("file:"))
        content = hashlib.sha256(await asyncio.to_thread(clip.read_bytes)).hexdigest()
        look = (content, *(one for one in arguments if one not in files))
        if look not in self._seen:
            self._seen[look] = await super().run(*arguments)
        return self._seen[look]
