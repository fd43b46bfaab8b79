"""The kinds of files a clip may come as: told by their first bytes, kept in the file's name."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Self

from bot.media.kinds import Kind, kind_of

HEAD_BYTES = 4096
"""As much of a file as it takes to tell."""


class ClipKind(enum.StrEnum):
    """A kind of clip, by the ending of its name."""

    MP4 = "mp4"
    MOV = "mov"
    WEBM = "webm"
    MKV = "mkv"
    GIF = "gif"
    WEBP = "webp"

    @classmethod
    def told_by(cls, head: bytes) -> Self | None:
        """The kind of file that begins so, or None for none we take."""
        match kind_of(head):
            case Kind.VIDEO if head[4:8] == b"ftyp":
                return cls("mov" if head[8:12] == b"qt  " else "mp4")
            case Kind.VIDEO if head.startswith(b"\x1a\x45\xdf\xa3"):
                return cls(_by_document_type(head))
            case Kind.GIF:
                return cls("gif")
            case Kind.WEBP:
                return cls("webp")
            case _:
                return None

    @classmethod
    def named(cls, file: Path) -> Self | None:
        """The kind a file was stored as."""
        ending = file.suffix.removeprefix(".")
        return cls(ending) if ending in {kind.value for kind in cls} else None

    @property
    def demuxer(self) -> str:
        """The one of ffmpeg's demuxers that may open it."""
        return _DEMUXERS[self]

    @property
    def content_type(self) -> str:
        """What a browser is told it is."""
        return _CONTENT_TYPES[self]


_DEMUXERS = {
    ClipKind.MP4: "mov",
    ClipKind.MOV: "mov",
    ClipKind.WEBM: "matroska",
    ClipKind.MKV: "matroska",
    ClipKind.GIF: "gif",
    ClipKind.WEBP: "webp_anim",
}
_CONTENT_TYPES = {
    ClipKind.MP4: "video/mp4",
    ClipKind.MOV: "video/quicktime",
    ClipKind.WEBM: "video/webm",
    ClipKind.MKV: "video/x-matroska",
    ClipKind.GIF: "image/gif",
    ClipKind.WEBP: "image/webp",
}


def _by_document_type(head: bytes) -> str:
    """WebM and Matroska differ in one word of their first element."""
    return "webm" if b"\x42\x82\x84webm" in head[:64] else "mkv"
