"""What comes with an order, fetched and made ready, and kept under its job's or draft's id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from bot.errors import PictureGone
from bot.jobs.files import JobFiles
from bot.jobs.options import shape_for, target_for
from bot.jobs.order import Given, Note, Order, SoundCut, Upload, Uploads
from bot.media.ffmpeg import Ffmpeg
from bot.media.framing import Fit, is_too_small
from bot.media.pictures import Picture, Pictures, Source
from bot.media.sounds import prepare_sound
from providers.model import VideoModel
from storage.drafts import Draft
from storage.jobs import Job

WHOLE = "whole"
"""The way of framing where nothing has to be cut off or added; the others are those of `Fit`."""


@dataclass(frozen=True)
class Ready:
    """The files of an order, each as a provider takes it."""

    picture: bytes | None = None
    ratio: float | None = None
    """The picture's width divided by its height; None without a picture."""
    last_frame: bytes | None = None
    audio: bytes | None = None
    notes: tuple[Note, ...] = ()
    inset: Sequence[int] | None = None
    """Where the member's picture lies in a padded one: x, y, width and height in pixels."""

    @property
    def given(self) -> Given:
        """Which of them there are."""
        return Given(
            picture=self.picture is not None,
            last_frame=self.last_frame is not None,
            audio=self.audio is not None,
        )


class _Sources(NamedTuple):
    first: Source | None
    last: Source | None


class _Framed(NamedTuple):
    first: Picture | None
    last: Picture | None

    @property
    def fit(self) -> Fit | None:
        """What one of them needed; None where neither had to be cut or padded."""
        return (self.first.fit if self.first else None) or (self.last.fit if self.last else None)


class Preparation:
    """Makes members' files ready and stores them."""

    def __init__(self, pictures: Pictures, ffmpeg: Ffmpeg, files: JobFiles) -> None:
        self._pictures = pictures
        self._ffmpeg = ffmpeg
        self._files = files

    async def prepare(self, order: Order, uploads: Uploads, model: VideoModel) -> Ready:
        """Fetch each file and make it fit. Raises OrderError, PictureError or SoundError."""
        sources = await self._sources(uploads)
        framed = await self._framed(sources, order, model, order.fit)
        return await self._with_sound(framed, uploads, model)

    async def prepare_ways(
        self, order: Order, uploads: Uploads, model: VideoModel
    ) -> Mapping[str, Ready]:
        """The same for each way of framing that makes a difference, the one that suits first.

        The sound comes with that one alone.
        """
        sources = await self._sources(uploads)
        framed = await self._framed(sources, order, model, order.fit)
        best = await self._with_sound(framed, uploads, model)
        if framed.fit is None:
            return {WHOLE: best}
        other = Fit.PAD if framed.fit is Fit.CROP else Fit.CROP
        if _is_refused(sources, framed, other):
            return {framed.fit.value: best}
        instead = _ready(await self._framed(sources, order, model, other))
        notes = (*instead.notes, *(note for note in best.notes if isinstance(note, SoundCut)))
        return {framed.fit.value: best, other.value: replace(instead, notes=notes)}

    async def _sources(self, uploads: Uploads) -> _Sources:
        first = await self._decoded(uploads.picture)
        return _Sources(first, await self._decoded(uploads.last_frame))

    async def _decoded(self, upload: Upload | None) -> Source | None:
        return None if upload is None else await self._pictures.decode(await upload())

    async def _framed(
        self, sources: _Sources, order: Order, model: VideoModel, fit: Fit | None
    ) -> _Framed:
        if sources.first is None:
            return _Framed(None, None)
        ratio = sources.first.width / sources.first.height
        target = target_for(model, shape_for(model, order.shape, ratio=ratio))
        first = await self._pictures.frame(sources.first, target, fit)
        if sources.last is None:
            return _Framed(first, None)
        # A clip has one size, and is not cropped at one end and padded at the other.
        size = first.width, first.height
        alike = replace(target, ratio=size[0] / size[1], size=size)
        padding = Fit.PAD if first.fit is Fit.PAD else None
        last = await self._pictures.frame(sources.last, alike, fit or padding)
        if fit is None and first.fit is Fit.CROP and last.fit is Fit.PAD:
            return await self._framed(sources, order, model, Fit.PAD)
        return _Framed(first, last)

    async def _with_sound(self, framed: _Framed, uploads: Uploads, model: VideoModel) -> Ready:
        ready = _ready(framed)
        if uploads.audio is None:
            return ready
        async with self._files.scratch() as folder:
            audio = await prepare_sound(
                self._ffmpeg,
                await uploads.audio(),
                longest_seconds=model.longest_audio_seconds,
                folder=folder,
            )
        cut = (SoundCut(model.longest_audio_seconds),) if audio.was_cut else ()
        return replace(ready, audio=audio.mp3, notes=(*ready.notes, *cut))

    async def read_again(self, job: Job) -> Ready:
        """The files of an earlier job. Raises PictureGone.

        The shape is that of the earlier job, so the picture's own ratio is not asked for again.
        """
        ratio = 1.0 if job.picture else None
        return await self._read(
            job.id, (job.picture, job.last_frame, job.audio), ratio=ratio, inset=job.inset
        )

    async def read_draft(self, draft: Draft, way: str) -> Ready:
        """The files of a draft, framed in one of its ways. Raises PictureGone."""
        frames = draft.frames[way]
        names = (frames.picture, frames.last_frame, draft.audio)
        return await self._read(draft.id, names, ratio=frames.ratio, inset=frames.inset)

    async def _read(
        self,
        owner: str,
        names: Sequence[str | None],
        *,
        ratio: float | None,
        inset: Sequence[int] | None,
    ) -> Ready:
        try:
            picture, last_frame, audio = [
                None if name is None else await self._files.read_upload(name) for name in names
            ]
        except FileNotFoundError as error:
            raise PictureGone(owner) from error
        return Ready(picture, ratio, last_frame, audio, inset=inset)

    async def keep(self, owner: str, ready: Ready) -> None:
        """Store the files of a job or a way of a draft that is about to be."""
        for name, data in _named(owner, ready).values():
            await self._files.keep_upload(name, data)

    async def drop(self, names: Sequence[str]) -> None:
        """Remove the files of what never was, or is no more."""
        for name in names:
            await self._files.drop_upload(name)


def names(owner: str, ready: Ready) -> dict[str, str]:
    """What the files of a job are called, by the column that holds the name."""
    return {column: name for column, (name, _) in _named(owner, ready).items()}


def job_of_upload(name: str) -> str:
    """The id of the job or the draft a file was stored for."""
    return name.partition(".")[0].partition("-")[0]


def _is_refused(sources: _Sources, framed: _Framed, fit: Fit) -> bool:
    """Whether a picture is too small for that way."""
    assert framed.first is not None
    ratio = framed.first.width / framed.first.height
    return any(
        is_too_small((source.width, source.height), ratio, fit)
        for source in sources
        if source is not None
    )


def _ready(framed: _Framed) -> Ready:
    first, last = framed
    if first is None:
        return Ready()
    box = first.inset
    notes = (*first.notes, *(last.notes if last else ()))
    return Ready(
        first.jpeg,
        first.width / first.height,
        last.jpeg if last else None,
        notes=tuple(dict.fromkeys(notes)),
        inset=[box.x, box.y, box.width, box.height] if box else None,
    )


def _named(owner: str, ready: Ready) -> dict[str, tuple[str, bytes]]:
    files = {
        "picture": (f"{owner}.jpg", ready.picture),
        "last_frame": (f"{owner}-last.jpg", ready.last_frame),
        "audio": (f"{owner}.mp3", ready.audio),
    }
    return {column: (name, data) for column, (name, data) in files.items() if data}
