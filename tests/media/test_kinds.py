from __future__ import annotations

import pytest

from bot.media.kinds import Kind, kind_of


@pytest.mark.parametrize(
    ("beginning", "kind"),
    [
        (b"\0\0\0\x1cftypavif\0\0\0\0mif1miaf", Kind.AVIF),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avif", Kind.AVIF),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1heic", Kind.HEIF),
        (b"\0\0\0\x1cftypqt  \0\0\0\0qt  ", Kind.VIDEO),
        (b"\x1a\x45\xdf\xa3\x9fB\x86\x81", Kind.VIDEO),
        (b"RIFF\0\0\0\0AVI LIST", Kind.VIDEO),
        (b"RIFF\0\0\0\0WEBPVP8 ", Kind.WEBP),
        (b"RIFF\0\0\0\0WAVEfmt ", Kind.WAV),
        (b"ID3\4\0\0\0\0\0\0", Kind.MP3),
        (b"ID3 is a way to write a title", None),
        (b"\xff\xfb\x90\x64", Kind.MP3),
        (b"\xff\xe3\x18\xc4", Kind.MP3),
        (b"\xff\xfeU\0T\0F\0", None),
        (b"\xff\xf1\x50\x40", Kind.AAC),
        (b"OggS\0\2\0\0", Kind.OGG),
        (b"fLaC\0\0\0\x22", Kind.FLAC),
        (b"\0\0\0\x1cftypM4A \0\0\2\0M4A isom", Kind.M4A),
        (b"\0\0\0\x1cftypisom\0\0\2\0M4A isom", Kind.VIDEO),
        (b"\xef\xbb\xbf  <!-- drawn by hand --><SVG>", Kind.SVG),
        (b"<!DOCTYPE html><p>no drawing</p>", None),
        (b"BM\x36\0\0\0\0\0\0\0", Kind.BMP),
        (b"BMW is a maker of cars", None),
        (b"\0\0\0\0ftyp", Kind.VIDEO),
    ],
)
def test_a_kind_is_told_by_its_first_bytes(beginning: bytes, kind: Kind | None) -> None:
    assert kind_of(beginning) == kind
