"""What a clip's file says of itself at its edges: whether all of it came, and what comes first.

A clip cut off between two frames decodes without an error. That its container promises more bytes
than there are is the only sign.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO, assert_never

from bot.media.clip_kinds import HEAD_BYTES, ClipKind
from bot.media.errors import NotPlayable

_MAX_BOXES = 10_000
_SEGMENT = b"\x18\x53\x80\x67"
_GIF_TRAILER = b"\x3b"
_TAIL_BYTES = 1024


def check_whole(clip: Path) -> bool:
    """Return whether the clip is an MP4 that can play before all of it came. Raises NotPlayable."""
    size_bytes = clip.stat().st_size
    with clip.open("rb") as file:
        head = file.read(HEAD_BYTES)
        kind = ClipKind.told_by(head)
        # The name says which demuxer opens the file.
        if kind is None or kind is not ClipKind.named(clip):
            raise NotPlayable(f"no clip of the kind {clip.suffix or 'without a name'}")
        match kind:
            case ClipKind.MP4 | ClipKind.MOV:
                return _is_faststart(file, size_bytes)
            case ClipKind.WEBM | ClipKind.MKV:
                promised_bytes = _end_of_segment(head)
            case ClipKind.WEBP:
                promised_bytes = 8 + int.from_bytes(head[4:8], "little")
            case ClipKind.GIF:
                promised_bytes = 0
                _check_trailer(file, size_bytes)
            case _:
                assert_never(kind)
    if promised_bytes > size_bytes:
        raise NotPlayable(f"{size_bytes} bytes of {promised_bytes}")
    return False


def _is_faststart(file: BinaryIO, size_bytes: int) -> bool:
    names = _top_level_boxes(file, size_bytes)
    if not {b"moov", b"mdat"} <= set(names):
        raise NotPlayable(f"only the boxes {names[:8]}")
    return names.index(b"moov") < names.index(b"mdat")


def _top_level_boxes(file: BinaryIO, size_bytes: int) -> list[bytes]:
    """Return the names of the file's outermost MP4 boxes."""
    names: list[bytes] = []
    position = 0
    while position < size_bytes and len(names) < _MAX_BOXES:
        file.seek(position)
        header = file.read(16)
        length = int.from_bytes(header[:4], "big")
        if length == 1:
            length = int.from_bytes(header[8:16], "big")
        elif length == 0:
            length = size_bytes - position
        if length < 8 or position + length > size_bytes:
            raise NotPlayable(f"box {header[4:8]!r} at byte {position} is cut off")
        names.append(header[4:8])
        position += length
    return names


def _end_of_segment(head: bytes) -> int:
    """Where the one large element of a Matroska file ends; 0 where it was written live."""
    start = head.find(_SEGMENT)
    if start < 0 or len(head) < start + 12:
        raise NotPlayable("no segment in it")
    size_at = start + len(_SEGMENT)
    length = 9 - head[size_at].bit_length()
    # All ones stand for a size that was not known yet.
    most = (1 << 7 * length) - 1
    size = int.from_bytes(head[size_at : size_at + length], "big") & most
    return 0 if size == most else size_at + length + size


def _check_trailer(file: BinaryIO, size_bytes: int) -> None:
    """Some programs fill a GIF up behind its last byte, but none leaves that byte out."""
    file.seek(max(0, size_bytes - _TAIL_BYTES))
    if not file.read().rstrip(b"\0\r\n ").endswith(_GIF_TRAILER):
        raise NotPlayable("the end is missing")
