"""Tells kinds of files by their first bytes, whatever their name says."""

from __future__ import annotations

import enum


class Kind(enum.StrEnum):
    """A kind of file, as people call it."""

    PNG = "PNG"
    JPEG = "JPEG"
    WEBP = "WEBP"
    GIF = "GIF"
    AVIF = "AVIF"
    HEIF = "HEIF"
    TIFF = "TIFF"
    SVG = "SVG"
    BMP = "BMP"
    ICO = "ICO"
    PSD = "PSD"
    EPS = "EPS"
    PDF = "PDF"
    JPEG_XL = "JPEG XL"
    JPEG_2000 = "JPEG 2000"
    MP3 = "MP3"
    WAV = "WAV"
    M4A = "M4A"
    AAC = "AAC"
    OGG = "Ogg"
    FLAC = "FLAC"
    VIDEO = "video"


ACCEPTED = frozenset({Kind.PNG, Kind.JPEG, Kind.WEBP, Kind.GIF, Kind.AVIF, Kind.HEIF})
"""The pictures we decode; their values are Pillow's names for them."""

_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", Kind.PNG),
    (b"\xff\xd8\xff", Kind.JPEG),
    (b"GIF87a", Kind.GIF),
    (b"GIF89a", Kind.GIF),
    (b"II*\0", Kind.TIFF),
    (b"MM\0*", Kind.TIFF),
    (b"II+\0", Kind.TIFF),
    (b"MM\0+", Kind.TIFF),
    (b"\0\0\1\0", Kind.ICO),
    (b"8BPS", Kind.PSD),
    (b"%!PS", Kind.EPS),
    (b"\xc5\xd0\xd3\xc6", Kind.EPS),
    (b"%PDF-", Kind.PDF),
    (b"\xff\x0a", Kind.JPEG_XL),
    (b"\0\0\0\x0cJXL ", Kind.JPEG_XL),
    (b"\0\0\0\x0cjP  ", Kind.JPEG_2000),
    (b"\xff\x4f\xff\x51", Kind.JPEG_2000),
    (b"\x1a\x45\xdf\xa3", Kind.VIDEO),
    (b"OggS", Kind.OGG),
    (b"fLaC", Kind.FLAC),
    *((b"ID3" + bytes([version]), Kind.MP3) for version in (2, 3, 4)),
    # An MPEG frame's first two bytes; only layer III, for UTF-16 text begins like layer I.
    *((b"\xff" + bytes([second]), Kind.MP3) for second in b"\xfb\xfa\xf3\xf2\xe3\xe2"),
    *((b"\xff" + bytes([second]), Kind.AAC) for second in b"\xf1\xf0\xf9\xf8"),
)
_HEIF_BRANDS = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
)
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_M4A_BRANDS = frozenset({b"M4A ", b"M4B "})


def kind_of(data: bytes) -> Kind | None:
    """Return the kind of file these bytes begin like, or None for none we know."""
    for beginning, kind in _BEGINNINGS:
        if data.startswith(beginning):
            return kind
    if data[4:8] == b"ftyp":
        return _kind_by_brands(data)
    if data.startswith(b"RIFF"):
        return {b"WEBP": Kind.WEBP, b"WAVE": Kind.WAV, b"AVI ": Kind.VIDEO}.get(data[8:12])
    # Two letters alone would also match plain text; the four zeros are reserved bytes.
    if data.startswith(b"BM") and data[6:10] == bytes(4):
        return Kind.BMP
    return Kind.SVG if _is_svg(data) else None


def _kind_by_brands(data: bytes) -> Kind:
    """Read the `ftyp` box HEIF, AVIF, M4A and MP4 share: a major brand, then compatible ones."""
    box = data[: min(int.from_bytes(data[:4], "big"), 256)]
    major = box[8:12]
    compatible = {box[at : at + 4] for at in range(16, len(box), 4)}
    if major in _AVIF_BRANDS or (major in _HEIF_BRANDS and compatible & _AVIF_BRANDS):
        return Kind.AVIF
    if major in _M4A_BRANDS:
        return Kind.M4A
    return Kind.HEIF if major in _HEIF_BRANDS else Kind.VIDEO


def _is_svg(data: bytes) -> bool:
    head = data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return head.startswith((b"<svg", b"<?xml", b"<!")) and b"<svg" in head
