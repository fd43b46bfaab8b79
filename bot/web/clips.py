"""Hands out stored clips to whoever has a link that was signed for them, and tells nothing else."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from pathlib import Path

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter

from bot.clock import Clock
from bot.jobs.files import JobFiles
from bot.jobs.links import ClipLinks
from bot.media.clip_kinds import ClipKind
from bot.web.listening import grant_seconds
from storage import extras, jobs
from storage.database import Reader
from storage.errors import JobNotFound, StorageError

AT_ONCE = 16
"""Downloads. They last, and must leave most connections to the providers' short calls."""
OF_ONE_CLIP = 4
"""So that one link, however many use it, leaves room for others."""
LEAST_SECONDS = 60
SLOWEST_BYTES_A_SECOND = 256 * 1024
"""Whoever is slower has to go on with a range request."""


class ClipDownloads:
    """Answers requests for clips; every refusal looks like that of an address that never was."""

    def __init__(
        self, database: Reader, files: JobFiles, links: ClipLinks, *, clock: Clock
    ) -> None:
        self._database = database
        self._files = files
        self._links = links
        self._clock = clock
        self._under_way = Counter[str]()
        """By what the link is for."""

    def serve_in(self, app: web.Application) -> None:
        """Add the clips to what is served under the public address."""
        app.router.add_get("/clips/{link_id}/{until}/{token}", self._hand_out)

    async def _hand_out(self, request: web.Request) -> web.StreamResponse:
        link_id, until, token = (request.match_info[key] for key in ("link_id", "until", "token"))
        if not self._links.is_good(link_id, until, token, now=self._clock()):
            raise web.HTTPNotFound
        clip = await self._stored(link_id)
        size_bytes = await asyncio.to_thread(_size_bytes, clip)
        if size_bytes is None:
            raise web.HTTPNotFound
        if self._under_way.total() >= AT_ONCE or self._under_way[link_id] >= OF_ONE_CLIP:
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "60"})
        seconds = LEAST_SECONDS + size_bytes / SLOWEST_BYTES_A_SECOND
        grant_seconds(request, seconds)
        return _Download(clip, link_id, partial(self._counted, link_id), seconds=seconds)

    @contextmanager
    def _counted(self, link_id: str) -> Iterator[None]:
        self._under_way[link_id] += 1
        try:
            yield
        finally:
            self._under_way[link_id] -= 1
            if not self._under_way[link_id]:
                del self._under_way[link_id]

    async def _stored(self, link_id: str) -> Path:
        """Where the file is kept; raises HTTPNotFound once it is removed or forgotten."""
        try:
            name = await self._name(link_id)
        except JobNotFound:
            raise web.HTTPNotFound from None
        except StorageError as error:
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "60"}) from error
        if name is None:
            raise web.HTTPNotFound
        return self._files.clip(name)

    async def _name(self, link_id: str) -> str | None:
        """What is stored for a link: an extra's goes by the file's name, a clip's by its job."""
        if "." in link_id:
            return link_id if await self._database.read(extras.is_kept, link_id) else None
        return (await self._database.read(jobs.get, link_id)).clip


class _Download(web.FileResponse):
    """The file, or the range of it that is asked for; counted for as long as it is being sent."""

    def __init__(
        self,
        clip: Path,
        link_id: str,
        counted: Callable[[], AbstractContextManager[None]],
        *,
        seconds: float,
    ) -> None:
        super().__init__(clip, headers=_headers(clip, link_id))
        self._counted = counted
        self._seconds = seconds

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        # A file that is being sent does not hear that its connection was ended.
        try:
            async with asyncio.timeout(self._seconds):
                with self._counted():
                    return await super().prepare(request)
        except TimeoutError as error:
            raise ConnectionAbortedError("it took too long") from error


def _size_bytes(clip: Path) -> int | None:
    """None where the file is swept, which may be at any moment."""
    with suppress(FileNotFoundError):
        return clip.stat().st_size
    return None


def _headers(clip: Path, link_id: str) -> Mapping[str, str]:
    kind = ClipKind.named(clip) or ClipKind.MP4
    return {
        "Content-Type": kind.content_type,
        # Never shown in place: a file by strangers must not run as a page of this address.
        "Content-Disposition": f'attachment; filename="zoetrope-{Path(link_id).stem}.{kind}"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store",
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex",
    }
