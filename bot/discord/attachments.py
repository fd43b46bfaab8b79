"""Files that come with a command: refused by their size, or downloaded when their turn comes."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import aiohttp
import discord

from bot.errors import AudioUnavailable, OrderError, PictureUnavailable
from bot.jobs.order import Upload
from bot.media.errors import PictureTooHeavy, SoundTooHeavy
from bot.media.pictures import MAX_PICTURE_BYTES
from bot.media.sounds import MAX_SOUND_BYTES

DOWNLOAD_TIMEOUT_SECONDS = 60


def picture_upload(file: discord.Attachment | None) -> Upload | None:
    """Fetches a picture; raises PictureTooHeavy before, or PictureUnavailable."""
    return partial(_picture, file) if file else None


def sound_upload(file: discord.Attachment | None) -> Upload | None:
    """Fetches an audio file; raises SoundTooHeavy before, or AudioUnavailable."""
    return partial(_sound, file) if file else None


def sent_file(interaction: discord.Interaction[Any], file_id: str) -> discord.Attachment:
    """The file a form was sent with, which discord.py hands to its own forms alone."""
    data: dict[str, Any] = dict(interaction.data or {})
    described = data["resolved"]["attachments"][file_id]
    return discord.Attachment(data=described, state=interaction._state)


async def _picture(file: discord.Attachment) -> bytes:
    if file.size > MAX_PICTURE_BYTES:
        raise PictureTooHeavy(file.size, MAX_PICTURE_BYTES)
    return await _download(file, or_else=PictureUnavailable)


async def _sound(file: discord.Attachment) -> bytes:
    if file.size > MAX_SOUND_BYTES:
        raise SoundTooHeavy(file.size, MAX_SOUND_BYTES)
    return await _download(file, or_else=AudioUnavailable)


async def _download(file: discord.Attachment, *, or_else: type[OrderError]) -> bytes:
    try:
        async with asyncio.timeout(DOWNLOAD_TIMEOUT_SECONDS):
            return await file.read()
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        raise or_else from error
