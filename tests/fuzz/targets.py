"""What is fuzzed: the ways by which a stranger's bytes come into the bot."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bot.media.errors import SoundError
from bot.media.ffmpeg import Ffmpeg
from bot.media.kinds import Kind
from bot.media.sounds import prepare_sound
from tests.media.hostile.case import PICTURE, REFUSALS
from tests.media.hostile.decoding import Batch, decode_batches
from tests.media.hostile.posting import NOT_PLAYABLE, PLAYABLE, posted

LONGEST_SECONDS = 5.0
PICTURES_A_BATCH = 50


@dataclass(frozen=True)
class Verdict:
    """How one file ended."""

    end: str
    is_right: bool
    was_taken: bool = False
    peak_bytes: int = 0
    """Of the process it was decoded in, where that is known."""
    cpu_seconds: float = 0.0


class Target(Protocol):
    """One way in."""

    @property
    def name(self) -> str:
        """Its name in recipes."""

    @property
    def seeds(self) -> Sequence[bytes]:
        """The files from which others are made."""

    @property
    def at_once(self) -> int:
        """How many files are best tried together."""

    async def judge(self, files: Sequence[bytes]) -> list[Verdict]:
        """How each of them ended."""


@dataclass(frozen=True)
class PictureTarget:
    """Pictures of one kind, through the code of the decoding child."""

    kind: Kind
    seeds: Sequence[bytes]
    at_once: int = 500

    @property
    def name(self) -> str:
        return self.kind.lower()

    async def judge(self, files: Sequence[bytes]) -> list[Verdict]:
        batches = [
            files[at : at + PICTURES_A_BATCH] for at in range(0, len(files), PICTURES_A_BATCH)
        ]
        verdicts: list[Verdict] = []
        decoded = await decode_batches(self.kind, batches)
        for batch, found in zip(batches, decoded, strict=True):
            if found.status == 0:
                verdicts += _verdicts(found)
            else:
                # Which of them it was, and whether it was one alone, shows when each is alone.
                alone = await decode_batches(self.kind, [[file] for file in batch])
                verdicts += [verdict for each in alone for verdict in _verdicts(each)]
        return verdicts


def _verdicts(batch: Batch) -> list[Verdict]:
    cost = batch.peak_bytes, batch.cpu_seconds
    if batch.status != 0:
        return [Verdict(f"status {batch.status}", False, False, *cost)]
    return [
        Verdict(
            file.ends if file.ends in {PICTURE, *REFUSALS} else f"{file.ends}: {file.detail}",
            file.ends in {PICTURE, *REFUSALS},
            file.ends == PICTURE,
            *cost,
        )
        for file in batch.files
    ]


@dataclass(frozen=True)
class SoundTarget:
    """Members' sounds, of every kind."""

    seeds: Sequence[bytes]
    name: str = "sound"
    at_once: int = 20

    async def judge(self, files: Sequence[bytes]) -> list[Verdict]:
        ffmpeg = Ffmpeg()
        return await asyncio.gather(*(_heard(ffmpeg, file) for file in files))


async def _heard(ffmpeg: Ffmpeg, data: bytes) -> Verdict:
    with tempfile.TemporaryDirectory(prefix="zoetrope-fuzz-") as name:
        folder = Path(name)
        end, was_taken = "taken", True
        try:
            await prepare_sound(ffmpeg, data, longest_seconds=LONGEST_SECONDS, folder=folder)
        except SoundError as error:
            end, was_taken = type(error).__name__, False
        except Exception as error:
            return Verdict(f"unhandled: {error!r}", is_right=False)
        left = await asyncio.to_thread(lambda: list(folder.iterdir()))
        return Verdict(f"{end}, leaving {left}" if left else end, not left, was_taken)


@dataclass(frozen=True)
class ClipTarget:
    """Providers' clips of one kind: looked at, and made to fit."""

    ending: str
    seeds: Sequence[bytes]
    at_once: int = 8

    @property
    def name(self) -> str:
        return f"{self.ending} clip"

    async def judge(self, files: Sequence[bytes]) -> list[Verdict]:
        ffmpeg = Ffmpeg()
        return await asyncio.gather(*(self._judge(ffmpeg, file) for file in files))

    async def _judge(self, ffmpeg: Ffmpeg, data: bytes) -> Verdict:
        with tempfile.TemporaryDirectory(prefix="zoetrope-fuzz-") as folder:
            try:
                end = await posted(ffmpeg, data, self.ending, Path(folder))
            except Exception as error:
                return Verdict(f"unhandled: {error!r}", is_right=False)
        return Verdict(end, end in {PLAYABLE, NOT_PLAYABLE}, end == PLAYABLE)
