"""What comes with an order, fetched and made ready, and kept under its job's id."""

from __future__ import annotations

from dataclasses import dataclass

from bot.errors import PictureGone
from bot.jobs.files import JobFiles
from bot.jobs.options import check_picture
from bot.jobs.order import Given, Note, SoundCut, Uploads
from bot.media.ffmpeg import Ffmpeg
from bot.media.framing import Target
from bot.media.pictures import Pictures
from bot.media.sounds import prepare_sound
from providers.model import VideoModel
from storage.jobs import Job


@dataclass(frozen=True)
class Ready:
    """The files of an order, each as a provider takes it."""

    picture: bytes | None = None
    ratio: float | None = None
    """The picture's width divided by its height; None without a picture."""
    last_frame: bytes | None = None
    audio: bytes | None = None
    notes: tuple[Note, ...] = ()

    @property
    def given(self) -> Given:
        """Which of them there are."""
        return Given(
            picture=self.picture is not None,
            last_frame=self.last_frame is not None,
            audio=self.audio is not None,
        )


class Preparation:
    """Makes members' files ready and stores them."""

    def __init__(self, pictures: Pictures, ffmpeg: Ffmpeg, files: JobFiles) -> None:
        self._pictures = pictures
        self._ffmpeg = ffmpeg
        self._files = files

    async def prepare(self, uploads: Uploads, model: VideoModel) -> Ready:
        """Fetch each file and make it fit. Raises OrderError, PictureError or SoundError."""
        picture = last_frame = audio = None
        notes: list[Note] = []
        target = Target(
            ratio=None, largest_ratio=model.largest_ratio, max_bytes=model.max_picture_bytes
        )
        if uploads.picture is not None:
            picture = await self._pictures.prepare(await uploads.picture(), target)
            check_picture(model, picture)
            notes += picture.notes
        if uploads.last_frame is not None:
            last_frame = await self._pictures.prepare(await uploads.last_frame(), target)
            check_picture(model, last_frame)
        if uploads.audio is not None:
            async with self._files.scratch() as folder:
                audio = await prepare_sound(
                    self._ffmpeg,
                    await uploads.audio(),
                    longest_seconds=model.longest_audio_seconds,
                    folder=folder,
                )
            if audio.was_cut:
                notes.append(SoundCut(model.longest_audio_seconds))
        return Ready(
            picture.jpeg if picture else None,
            picture.width / picture.height if picture else None,
            last_frame.jpeg if last_frame else None,
            audio.mp3 if audio else None,
            tuple(notes),
        )

    async def read_again(self, job: Job) -> Ready:
        """The files of an earlier job. Raises PictureGone.

        The shape is that of the earlier job, so the picture's own ratio is not asked for again.
        """
        try:
            return Ready(
                await self._read(job.picture),
                1.0 if job.picture else None,
                await self._read(job.last_frame),
                await self._read(job.audio),
            )
        except FileNotFoundError as error:
            raise PictureGone(job.id) from error

    async def _read(self, name: str | None) -> bytes | None:
        return None if name is None else await self._files.read_upload(name)

    async def keep(self, job_id: str, ready: Ready) -> None:
        """Store the files of a job that is about to be."""
        for name, data in _named(job_id, ready).values():
            await self._files.keep_upload(name, data)

    async def drop(self, job_id: str, ready: Ready) -> None:
        """Remove the files of a job that never was."""
        for name, _ in _named(job_id, ready).values():
            await self._files.drop_upload(name)


def names(job_id: str, ready: Ready) -> dict[str, str]:
    """What the files of a job are called, by the column that holds the name."""
    return {column: name for column, (name, _) in _named(job_id, ready).items()}


def job_of_upload(name: str) -> str:
    """The id of the job a file was stored for."""
    return name.partition(".")[0].removesuffix("-last")


def _named(job_id: str, ready: Ready) -> dict[str, tuple[str, bytes]]:
    files = {
        "picture": (f"{job_id}.jpg", ready.picture),
        "last_frame": (f"{job_id}-last.jpg", ready.last_frame),
        "audio": (f"{job_id}.mp3", ready.audio),
    }
    return {column: (name, data) for column, (name, data) in files.items() if data}
