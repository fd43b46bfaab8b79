"""EXIF, XMP and ICC nonsense, in sound pictures: none of it is a reason to refuse them."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from PIL import ImageCms

from tests.media.hostile.case import SECRET, Case, either, taken
from tests.media.hostile.jpegs import segment, small_jpeg, with_segments
from tests.media.hostile.pngs import small_png
from tests.media.hostile.webps import chunk, extended, lossy
from tests.media.pictures import corners, jpeg_with_secrets, png_chunk, saved

_ORIENTATION, _EXIF, _GPS, _INTEROP, _MAKER = 0x0112, 0x8769, 0x8825, 0xA005, 0x927C
_SHORT, _LONG, _RATIONAL, _TEXT, _BYTES = 3, 4, 5, 2, 7


def cases() -> Iterator[Case]:
    """Every sound picture with hostile notes in it."""
    for name, block in _exif_blocks().items():
        yield taken(f"jpeg with EXIF: {name}", with_segments(segment(0xE1, b"Exif\0\0" + block)))
        yield taken(f"png with EXIF: {name}", small_png(png_chunk(b"eXIf", block)))
        data = extended(0x08, lossy(), chunk(b"EXIF", b"Exif\0\0" + block))
        yield taken(f"webp with EXIF: {name}", data)
    yield from _exif_shapes()
    yield from _xmp()
    for name, profile in _profiles().items():
        yield taken(f"jpeg with ICC: {name}", _with_profile(profile))
        yield taken(f"grey jpeg with ICC: {name}", _with_profile(profile, "L"))
        yield either(f"CMYK jpeg with ICC: {name}", _with_profile(profile, "CMYK"))
    yield from _profile_shapes()


def _directory(*entries: tuple[int, int, int, int], following: int = 0) -> bytes:
    """One little-endian directory of (tag, type, count, value or offset)."""
    rows = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return struct.pack("<H", len(entries)) + rows + struct.pack("<I", following)


def _tiff(directory: bytes, first: int = 8) -> bytes:
    return b"II*\0" + struct.pack("<I", first) + directory


def _exif_blocks() -> dict[str, bytes]:
    upright = (_ORIENTATION, _SHORT, 1, 1)
    blocks = {
        f"orientation {value}": _tiff(_directory((_ORIENTATION, _SHORT, 1, value)))
        for value in (0, 9, 255, 65535)
    }
    blocks |= {
        f"orientation of type {kind}, {count} times": _tiff(
            _directory((_ORIENTATION, kind, count, 6))
        )
        for kind, count in (
            *((0, 1), (_TEXT, 1), (_LONG, 1), (_RATIONAL, 1), (12, 1), (255, 1)),
            *((_SHORT, 0), (_SHORT, 2), (_SHORT, 2**32 - 1), (_BYTES, 2**31)),
        )
    }
    loop = _tiff(_directory((_EXIF, _LONG, 1, 8), (_GPS, _LONG, 1, 8), following=8))
    return blocks | {
        "a directory that is its own": loop,
        "a directory beyond the end": _tiff(b"", first=2**32 - 1),
        "a directory in its own header": _tiff(b"", first=0),
        "65535 entries promised": _tiff(b"\xff\xff" + b"\xff" * 200),
        "4,000 entries": _tiff(_directory(*[(_MAKER, _BYTES, 4, 0)] * 4000, upright)),
        "a maker's note of 4 GiB": _tiff(_directory((_MAKER, _BYTES, 2**32 - 1, 8), upright)),
        "GPS": _tiff(_directory(upright, (_GPS, _LONG, 1, 50)) + bytes(12) + SECRET * 20),
        "a rational over zero": _tiff(_directory((0x011A, _RATIONAL, 1, 30), upright) + bytes(8)),
        "words": _tiff(_directory((0x010F, _TEXT, len(SECRET), 38), upright) + SECRET),
        "words without an end": _tiff(_directory((0x010F, _TEXT, 2**30, 8), upright)),
        "interop within interop": _tiff(_directory((_EXIF, _LONG, 1, 8), (_INTEROP, _LONG, 1, 8))),
        "big-endian nonsense": b"MM\0*" + b"\xff" * 100,
        "eight bytes each": b"II+\0\x08\0\0\0" + b"\xff" * 100,
        "half a header": b"II",
        "nothing": b"",
        "garbage": SECRET * 50,
    }


def _exif_shapes() -> Iterator[Case]:
    block = b"Exif\0\0" + _tiff(_directory((_ORIENTATION, _SHORT, 1, 6)))
    twice = with_segments(segment(0xE1, block), segment(0xE1, block.replace(b"\6", b"\3")))
    yield taken("jpeg with EXIF twice", twice)
    yield taken("jpeg with EXIF 900 times", with_segments(*[segment(0xE1, block)] * 900))
    full = block + bytes(65_000 - len(block))
    yield taken("jpeg with 20 full segments of EXIF", with_segments(*[segment(0xE1, full)] * 20))
    yield taken("jpeg with a place, a maker and words", jpeg_with_secrets())
    hexed = f"\nexif\n  {len(block)}\n{block.hex()}".encode()
    raw = png_chunk(b"tEXt", b"Raw profile type exif\0" + hexed)
    yield taken("png with EXIF as text", small_png(raw))
    garbage = png_chunk(b"tEXt", b"Raw profile type exif\0" + b"\nexif\n 9\n" + SECRET)
    yield taken("png with EXIF as text of garbage", small_png(garbage))


def _xmp() -> Iterator[Case]:
    name = b"http://ns.adobe.com/xap/1.0/\0"
    entity = b"<!DOCTYPE x [<!ENTITY a 'ha'>" + b"".join(
        f"<!ENTITY a{n} '{'&a' + str(n - 1) + ';' * 9}'>".encode() for n in range(1, 20)
    )
    for what, body in {
        "orientation 6": b"<x tiff:Orientation='6'>" + SECRET,
        "orientation 999": b'<x tiff:Orientation="999">' + SECRET,
        "orientation without an end": b'tiff:Orientation="' * 3000,
        "orientation as an element": b"<tiff:Orientation>6</tiff:Orientation>" + SECRET,
        "a billion laughs": entity + b"]><x>&a19;</x>",
        "a file of ours": b"<!DOCTYPE x [<!ENTITY f SYSTEM 'file:///etc/passwd'>]><x>&f;</x>",
        "bad UTF-8": b"\xff\xfe\xfd" * 5000,
    }.items():
        yield taken(f"jpeg with XMP: {what}", with_segments(segment(0xE1, name + body)))
        chunk_ = png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + body)
        yield either(f"png with XMP: {what}", small_png(chunk_))


def _with_profile(profile: bytes, mode: str = "RGB") -> bytes:
    word = segment(0xE2, b"ICC_PROFILE\0\1\1" + profile[:60_000])
    return with_segments(word, mode=mode)


def _profiles() -> dict[str, bytes]:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    curve = srgb.index(b"curv") if b"curv" in srgb else srgb.index(b"para")
    profiles = {"sRGB": srgb, "Lab": lab, "nothing": b"", "garbage": SECRET * 20}
    for what, at, new in (
        *((f"a size of {size}", 0, struct.pack(">I", size)) for size in (0, 127, 2**31, 2**32 - 1)),
        *((f"class {name.decode()}", 12, name) for name in (b"link", b"abst", b"nmcl", b"prtr")),
        *((f"space {name.decode()}", 16, name) for name in (b"GRAY", b"CMYK", b"Lab ", b"FCLR")),
        ("a space of no kind", 16, b"\xff\xff\xff\xff"),
        ("Lab within", 20, b"Lab "),
        ("a version of 255", 8, b"\xff\xff"),
        ("no signature", 36, bytes(4)),
        ("an intent of 2³²", 64, b"\xff" * 4),
        ("no tags", 128, bytes(4)),
        ("2³² tags", 128, b"\xff" * 4),
        ("101 tags", 128, struct.pack(">I", 101)),
        ("tags beyond the end", 136, b"\x7f\xff\xff\xff"),
        ("a tag of 4 GiB", 140, b"\xff\xff\xff\xff"),
        ("a tag in its own header", 136, bytes(4)),
        ("a curve of 2³² points", curve, b"curv" + bytes(4) + b"\xff" * 4),
        ("a curve of 60,000 points", curve, b"curv" + bytes(4) + struct.pack(">I", 60_000)),
        ("a curve of no kind", curve, b"para" + bytes(4) + b"\xff\xff\0\0"),
        (
            "a curve by a hundred programs",
            curve,
            b"mpet" + bytes(4) + struct.pack(">HHI", 3, 3, 99),
        ),
        ("a table of 255 points a side", curve, b"mft2" + bytes(4) + b"\x0f\x0f\xff\0"),
        ("white of nothing", 68, bytes(12)),
    ):
        profiles[what] = srgb[:at] + new + srgb[at + len(new) :]
    profiles["half of it"] = srgb[: len(srgb) // 2]
    profiles["its header alone"] = srgb[:128]
    profiles["itself a hundred times"] = srgb * 100
    return profiles


def _profile_shapes() -> Iterator[Case]:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    half = len(srgb) // 2
    for what, numbers in {
        "its second half missing": [(1, 2, srgb[:half])],
        "its halves the wrong way round": [(2, 2, srgb[half:]), (1, 2, srgb[:half])],
        "part 0 of 0": [(0, 0, srgb)],
        "part 9 of 2": [(9, 2, srgb)],
        "one part 255 times": [(1, 255, srgb)] * 255,
    }.items():
        words = [segment(0xE2, b"ICC_PROFILE\0" + bytes(n[:2]) + n[2]) for n in numbers]
        yield taken(f"jpeg with ICC: {what}", with_segments(*words))
    yield taken("jpeg with half the name of ICC", with_segments(segment(0xE2, b"ICC_PROF")))
    for mode in ("RGBA", "P", "L", "LA"):
        profile = {"icc_profile": srgb[:200]}
        yield taken(f"png in {mode} with ICC", saved(corners(mode, (16, 16)), "PNG", **profile))
    yield taken("jpeg in CMYK with ICC of RGB", small_jpeg("CMYK", icc_profile=srgb))
