"""The uploads and clips of jobs on this machine's disk."""

from __future__ import annotations

import asyncio
import os
import shutil
import stat
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Protocol

from bot.media.clip_kinds import ClipKind


@dataclass(frozen=True)
class Stored:
    """A file that is kept, and when it was written."""

    path: Path
    written_at: datetime
    size_bytes: int


@dataclass(frozen=True)
class DiskUse:
    """How much of the disk is taken by what is kept."""

    uploads_bytes: int
    clips_bytes: int

    @property
    def total_bytes(self) -> int:
        """All of it together."""
        return self.uploads_bytes + self.clips_bytes


class Room(Protocol):
    """How much of the disk files may take; `bot.keeping.disk_budget` provides it."""

    def taken(self, size_bytes: int, *, is_due: bool = False) -> AbstractAsyncContextManager[None]:
        """Take room for a file that is written meanwhile.

        Raises NoRoom on entering, but for a clip that is due.
        """
        ...


class JobFiles:
    """A folder of uploads (pictures, sounds), one of clips; a file is whole or not there at all."""

    def __init__(self, folder: Path) -> None:
        # What looks at clips and makes them runs in another folder than the bot does.
        folder = folder.absolute()
        self._uploads = folder / "uploads"
        self._clips = folder / "clips"
        self._room: Room | None = None

    def stay_within(self, room: Room) -> None:
        """Write nothing from now on without room for it."""
        self._room = room

    def upload(self, name: str) -> Path:
        """Where a picture or a sound lies."""
        return self._uploads / name

    def clip(self, name: str) -> Path:
        """Where a clip lies."""
        return self._clips / name

    async def keep_upload(self, name: str, data: bytes) -> None:
        """Store a picture or a sound; a repeat of the same name is harmless. Raises NoRoom."""
        async with self._taken(len(data)):
            await asyncio.to_thread(_write_whole, self.upload(name), BytesIO(data))

    async def read_upload(self, name: str) -> bytes:
        """Raises FileNotFoundError when it is no longer kept."""
        return await asyncio.to_thread(self.upload(name).read_bytes)

    async def drop_upload(self, name: str) -> None:
        """Remove a file no job came of."""
        await asyncio.to_thread(self.upload(name).unlink, missing_ok=True)

    async def newest_uploads(self, limit: int) -> list[str]:
        """The names of the uploads that were stored last."""
        return await asyncio.to_thread(_newest, self._uploads, limit)

    async def uploads(self) -> list[Stored]:
        """Every upload, the oldest first."""
        return await asyncio.to_thread(_by_age, self._uploads)

    async def clips(self) -> list[Stored]:
        """Every clip, the oldest first."""
        return await asyncio.to_thread(_by_age, self._clips)

    async def use(self) -> DiskUse:
        """How much uploads and clips take at this moment."""
        return DiskUse(
            await asyncio.to_thread(_size_bytes, self._uploads),
            await asyncio.to_thread(_size_bytes, self._clips),
        )

    async def drop(self, paths: Sequence[Path]) -> None:
        """Remove files; those that are gone already are no matter."""
        await asyncio.to_thread(_drop, paths)

    async def drop_unfinished(self) -> None:
        """Remove what a process was writing when it was killed."""
        await asyncio.to_thread(_drop_all_but, {".jpg", ".mp3"}, self._uploads)
        await asyncio.to_thread(_drop_all_but, {f".{kind}" for kind in ClipKind}, self._clips)

    async def keep_clip(self, name: str, source: Path) -> Path:
        """Copy a provider's clip to our own disk, and only return once it would survive a crash.

        It is paid for, and its link dies: it is never refused for lack of room.
        """
        return await self._keep(name, source, is_due=True)

    async def keep_extra(self, name: str, source: Path) -> Path:
        """The same for what was made of a clip for nothing. Raises NoRoom."""
        return await self._keep(name, source, is_due=False)

    async def _keep(self, name: str, source: Path, *, is_due: bool) -> Path:
        target = self.clip(name)
        size_bytes = (await asyncio.to_thread(source.stat)).st_size
        async with self._taken(size_bytes, is_due=is_due):
            await asyncio.to_thread(_copy_whole, source, target)
        return target

    def _taken(self, size_bytes: int, *, is_due: bool = False) -> AbstractAsyncContextManager[None]:
        if self._room is None:
            return nullcontext()
        return self._room.taken(size_bytes, is_due=is_due)

    @asynccontextmanager
    async def scratch(self) -> AsyncIterator[Path]:
        """A folder for the versions of a clip that are made to be posted, and not kept."""
        self._clips.mkdir(parents=True, exist_ok=True)
        folder = tempfile.TemporaryDirectory(dir=self._clips, prefix="fit-")
        try:
            yield Path(folder.name)
        finally:
            await asyncio.to_thread(folder.cleanup)


def _newest(folder: Path, limit: int) -> list[str]:
    files = sorted(folder.glob("*"), key=lambda file: file.stat().st_mtime)
    return [file.name for file in files[-limit:]]


def _by_age(folder: Path) -> list[Stored]:
    found = []
    for path in folder.glob("*"):
        try:
            status = path.stat()
        except FileNotFoundError:
            continue
        if stat.S_ISREG(status.st_mode):
            written = datetime.fromtimestamp(status.st_mtime, UTC)
            found.append(Stored(path, written, status.st_size))
    return sorted(found, key=lambda file: file.written_at)


def _size_bytes(folder: Path) -> int:
    total = 0
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            # What is being swept away at this moment takes no more room.
            with suppress(FileNotFoundError):
                total += entry.stat().st_size if entry.is_file() else 0
    return total


def _drop(paths: Sequence[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def _drop_all_but(suffixes: set[str], folder: Path) -> None:
    for file in folder.glob("*"):
        if file.is_dir():
            shutil.rmtree(file)
        elif file.suffix not in suffixes:
            file.unlink()


def _copy_whole(source: Path, target: Path) -> None:
    with source.open("rb") as data:
        _write_whole(target, data)


def _write_whole(target: Path, data: BinaryIO) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    # A name of its own, for two writers of one file may meet: a repeated order keeps its picture.
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as part:
        try:
            shutil.copyfileobj(data, part)
            part.flush()
            os.fsync(part.fileno())
            Path(part.name).replace(target)
            _keep_names(target.parent)
        except BaseException:
            Path(part.name).unlink()
            raise


def _keep_names(folder: Path) -> None:
    """A file that was renamed survives a power cut only once its folder is on the disk too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
