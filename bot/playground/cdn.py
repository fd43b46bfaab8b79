"""Uploaded files and their links, which are signed and expire as Discord's do."""

from __future__ import annotations

import hashlib
import hmac
import io
import mimetypes
import re
import secrets
import warnings
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

from aiohttp import web
from PIL import Image

from bot.playground.places import Json
from bot.playground.world import World

LINK_LIFETIME = timedelta(hours=24)
_GONE = "This content is no longer available."


@dataclass(frozen=True)
class Upload:
    """A file as it arrives."""

    filename: str
    content: bytes
    content_type: str | None = None
    description: str | None = None


@dataclass(frozen=True)
class Attachment:
    """A stored file; ephemeral ones vanish with their link."""

    id: int
    channel_id: int
    filename: str
    content: bytes
    content_type: str
    description: str | None = None
    ephemeral: bool = False
    picture_size: tuple[int, int] | None = None

    @property
    def path(self) -> str:
        """Where it is served."""
        folder = "ephemeral-attachments" if self.ephemeral else "attachments"
        return f"/{folder}/{self.channel_id}/{self.id}/{self.filename}"


class Cdn:
    """Keeps files in memory and serves them to whoever has a valid link."""

    def __init__(self, world: World) -> None:
        self.base_url = ""
        self.link_lifetime = LINK_LIFETIME
        self._world = world
        self._secret = secrets.token_bytes(16)
        self._files: dict[int, Attachment] = {}

    def store(self, channel_id: int, upload: Upload, *, ephemeral: bool = False) -> Attachment:
        """Keep a file under the name Discord would give it."""
        content_type = upload.content_type or _guess_type(upload.filename)
        attachment = Attachment(
            id=self._world.new_id(),
            channel_id=channel_id,
            filename=tame_filename(upload.filename),
            content=upload.content,
            content_type=content_type,
            description=upload.description,
            ephemeral=ephemeral,
            picture_size=_picture_size(content_type, upload.content),
        )
        self._files[attachment.id] = attachment
        return attachment

    def forget(self, attachment_id: int) -> None:
        """Remove a file for good."""
        self._files.pop(attachment_id, None)

    def link(self, attachment: Attachment) -> str:
        """Sign a link that works for a while from now."""
        issued = int(self._world.clock().timestamp())
        expires = issued + int(self.link_lifetime.total_seconds())
        signature = self._sign(attachment.path, f"{expires:x}", f"{issued:x}")
        path = quote(attachment.path)
        return f"{self.base_url}{path}?ex={expires:x}&is={issued:x}&hm={signature}&"

    def as_json(self, attachment: Attachment) -> Json:
        """Describe a file with a fresh link."""
        link = self.link(attachment)
        described: Json = {
            "id": str(attachment.id),
            "filename": attachment.filename,
            "size": len(attachment.content),
            "url": link,
            "proxy_url": link,
            "content_type": attachment.content_type,
        }
        if attachment.description:
            described["description"] = attachment.description
        if attachment.ephemeral:
            described["ephemeral"] = True
        if attachment.picture_size:
            described["width"], described["height"] = attachment.picture_size
        return described

    async def serve(self, request: web.Request) -> web.Response:
        """Answer a download, in part where a player asks for a part."""
        attachment = self._files.get(int(request.match_info["attachment_id"]))
        if attachment is None or request.path != attachment.path or not self._admits(request):
            return web.Response(status=404, text=_GONE)
        headers = {
            "Content-Type": attachment.content_type,
            "Accept-Ranges": "bytes",
            # An uploaded page must never run as part of the playground's own page.
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
        }
        return _ranged(request, attachment.content, headers)

    def _admits(self, request: web.Request) -> bool:
        expires, issued, given = (request.query.get(name, "") for name in ("ex", "is", "hm"))
        signature = self._sign(request.path, expires, issued)
        if not hmac.compare_digest(signature.encode(), given.encode(errors="replace")):
            return False
        return self._world.clock().timestamp() < int(expires, 16)

    def _sign(self, path: str, expires: str, issued: str) -> str:
        signed = f"{path} {expires} {issued}".encode(errors="replace")
        return hmac.new(self._secret, signed, hashlib.sha256).hexdigest()


def _ranged(request: web.Request, content: bytes, headers: dict[str, str]) -> web.Response:
    try:
        wanted = request.http_range
    except ValueError:
        return web.Response(status=416, headers={"Content-Range": f"bytes */{len(content)}"})
    if wanted.start is None and wanted.stop is None:
        return web.Response(body=content, headers=headers)
    start, stop, _ = wanted.indices(len(content))
    if start >= stop:
        return web.Response(status=416, headers={"Content-Range": f"bytes */{len(content)}"})
    headers["Content-Range"] = f"bytes {start}-{stop - 1}/{len(content)}"
    return web.Response(status=206, body=content[start:stop], headers=headers)


def tame_filename(filename: str) -> str:
    """Spell a name with the characters Discord keeps."""
    tamed = re.sub(r"[^\w.\-]", "_", filename, flags=re.ASCII).strip("_.")
    return tamed or "unknown"


def _guess_type(filename: str) -> str:
    return mimetypes.guess_type(filename)[0] or "application/octet-stream"


def _picture_size(content_type: str, content: bytes) -> tuple[int, int] | None:
    if not content_type.startswith("image/"):
        return None
    try:
        # Only the header is read, so even a bomb is safe here; Pillow's warning about it is noise.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content)) as picture:
                return picture.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
