"""Files that are no picture we take, whatever they are called, and pictures that are more."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Iterator

from PIL import Image

from bot.media.errors import NotAPicture, PictureTooHeavy, UnsupportedPicture
from bot.media.pictures import MAX_PICTURE_BYTES
from tests.media.heic import box
from tests.media.hostile.case import SECRET, Case, either, refused, taken
from tests.media.hostile.gifs import black, frame, gif
from tests.media.hostile.jpegs import segment, small_jpeg, with_segments
from tests.media.hostile.pngs import small_png
from tests.media.hostile.webps import lossy, webp
from tests.media.pictures import corners, png_chunk, saved

_PASSWORDS = b"file:///etc/passwd"


def cases() -> Iterator[Case]:
    """Every file with a wrong name, every one of two kinds, and chance itself."""
    for name, data in _known().items():
        yield refused(f"{name} called a picture", data, UnsupportedPicture)
    for name, data in _unknown().items():
        yield refused(f"{name} called a picture", data, NotAPicture)
    yield refused("jpeg of 25 MiB and a byte", bytes(MAX_PICTURE_BYTES + 1), PictureTooHeavy)
    for name, data in _polyglots().items():
        yield taken(name, data)
    yield from _chance()


def _known() -> dict[str, bytes]:
    image = corners(size=(16, 16))
    script = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(%pipe%id) (r) file\n"
    svg = b"<svg xmlns='http://www.w3.org/2000/svg'><image href='" + _PASSWORDS + b"'/></svg>"
    entity = b"<!DOCTYPE svg [<!ENTITY f SYSTEM '" + _PASSWORDS + b"'>]><svg>&f;</svg>"
    return {
        "EPS": script,
        "EPS for DOS": b"\xc5\xd0\xd3\xc6" + bytes(26) + script,
        "SVG": svg,
        "SVG of entities": b"<?xml version='1.0'?>" + entity,
        "TIFF": saved(image, "TIFF"),
        "TIFF of Motorola": b"MM\0*\0\0\0\x08\xff\xff",
        "TIFF of itself": b"II*\0\x08\0\0\0\1\0\x4a\1\4\0\1\0\0\0\x08\0\0\0\x08\0\0\0",
        "BigTIFF": b"II+\0\x08\0\0\0" + bytes(16),
        "BMP": saved(image, "BMP"),
        "BMP of 2³¹": saved(image, "BMP")[:18] + b"\xff\xff\xff\x7f" * 2 + bytes(40),
        "ICO": saved(image, "ICO"),
        "PSD": b"8BPS\0\1" + bytes(6) + b"\0\3\0\0\xff\xff\0\0\xff\xff\0\x08\0\3",
        "PDF": b"%PDF-1.7\n1 0 obj<</S/JavaScript/JS(app.alert(1))>>endobj\n%%EOF",
        "JPEG 2000": saved(image, "JPEG2000"),
        "JPEG XL": b"\xff\x0a\xfa\x1f\x41\x91" + bytes(30),
        "MP4": box(b"ftyp", b"isom", bytes(4), b"isom") + box(b"moov", box(b"mvhd", bytes(100))),
        "QuickTime": box(b"ftyp", b"qt  ", bytes(4)) + box(b"moov", box(b"rmra", _PASSWORDS)),
        "WebM": b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\1" + bytes(40),
        "AVI": b"RIFF\xff\xff\xff\xffAVI LIST" + bytes(40),
        "MP3": b"ID3\4\0\0\0\0\0\0\xff\xfb\x90\x64" + bytes(400),
        "WAV": b"RIFF\x24\0\0\0WAVEfmt " + bytes(28),
        "Ogg": b"OggS\0\2" + bytes(30),
    }


def _unknown() -> dict[str, bytes]:
    image = corners(size=(16, 16))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("../../etc/passwd", SECRET)
    return {
        "a list for ffmpeg": b"ffconcat version 1.0\nfile /etc/passwd\n",
        "a playlist": b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n" + _PASSWORDS,
        "a playlist of MPEG-DASH": b"<?xml version='1.0'?><MPD><BaseURL>" + _PASSWORDS,
        "a font": b"\0\1\0\0\0\x10\1\0\0\4\0\0" + bytes(100),
        "a zip": archive.getvalue(),
        "a gzip": b"\x1f\x8b\x08" + bytes(30),
        "a program": b"\x7fELF\2\1\1" + bytes(60),
        "a Windows program": b"MZ\x90\0" + bytes(60),
        "a script": b"#!/bin/sh\nid\n",
        "a pickle": b"\x80\4\x95\x10\0\0\0\0\0\0\0cposix\nsystem\n",
        "a web page": b"<!DOCTYPE html><script>alert(1)</script>",
        "PPM": saved(image, "PPM"),
        "PPM of 10¹⁸": b"P6\n999999999 999999999\n255\n",
        "PCX": saved(image, "PCX"),
        "TGA": saved(image, "TGA"),
        "SGI": saved(image, "SGI"),
        "XBM": b"#define x_width 16\n#define x_height 16\nstatic char x_bits[] = {0};",
        "XPM": b'/* XPM */ static char *x[] = {"1 1 1 1", "a c red", "a"};',
        "ICNS": saved(corners(size=(32, 32)), "ICNS"),
        "DDS": saved(image, "DDS"),
        "QOI": b"qoif\xff\xff\xff\xff\xff\xff\xff\xff\4\0",
        "WMF": b"\xd7\xcd\xc6\x9a" + bytes(40),
        "FITS": b"SIMPLE  =                    T" + bytes(80),
        "a mailbox": b"From nobody Thu Jan  1 00:00:00 1970\n",
        "UTF-16": "a picture, honestly".encode("utf-16"),
        "nothing": b"",
        "one byte": b"\xff",
        "zeros": bytes(5000),
        "spaces": b" " * 5000,
        "half of PNG's signature": b"\x89PNG",
        "PNG as mail breaks it": b"\x89PNG\n\x1a\n" + small_png()[8:],
        "PNG one byte late": b"\n" + small_png(),
        "JPEG one byte late": b"\0" + small_jpeg(),
        "RIFF of no kind": b"RIFF\x24\0\0\0NONE" + bytes(30),
        "GIF of no version": b"GIF88a" + bytes(30),
    }


def _polyglots() -> dict[str, bytes]:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("payload.html", SECRET)
    zipped = archive.getvalue()
    page = b"<script>alert('" + SECRET + b"')</script>"
    code = b"<?php echo '" + SECRET + b"'; ?>"
    trailer = b";"
    return {
        "jpeg and zip": small_jpeg() + zipped,
        "jpeg and page": with_segments(segment(0xFE, page)),
        "jpeg and PHP": with_segments(segment(0xFE, code)),
        "jpeg and PDF": with_segments(segment(0xFE, b"%PDF-1.4\n1 0 obj<<>>endobj " + SECRET)),
        "jpeg and RAR": small_jpeg() + b"Rar!\x1a\7\0" + SECRET,
        "jpeg and PNG": small_jpeg() + small_png(),
        "png and page": small_png(png_chunk(b"tEXt", b"Comment\0" + page)),
        "png and PHP": small_png(png_chunk(b"zzAp", code)),
        "png and zip": small_png() + zipped,
        "png and EPS": small_png() + b"%!PS-Adobe\n" + SECRET,
        "gif and script": gif(frame(black(16 * 16)), trailer, b"*/=1;alert('" + SECRET + b"')"),
        "gif and zip": gif(frame(), trailer, zipped),
        "gif and PHP": gif(b"!\xfe" + bytes([len(code)]) + code + b"\0", frame(), trailer),
        "webp and zip": webp(lossy()) + zipped,
    }


def _chance() -> Iterator[Case]:
    chance = random.Random(6)
    beginnings = {
        "png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        "jpeg": b"\xff\xd8\xff\xe0",
        "gif": b"GIF89a",
        "webp": b"RIFF\0\4\0\0WEBPVP8 ",
        "lossless webp": b"RIFF\0\4\0\0WEBPVP8L",
        "avif": box(b"ftyp", b"avif", bytes(4), b"avif"),
        "heic": box(b"ftyp", b"heic", bytes(4), b"heic"),
    }
    for name, beginning in beginnings.items():
        for number in range(3):
            data = beginning + chance.randbytes(2000)
            yield either(f"{name} of chance, no. {number}", data)
    swapped = Image.effect_noise((32, 32), 90)
    yield taken("png of noise", saved(swapped, "PNG"))
    yield refused("no kind of chance", b"\0" + chance.randbytes(2000), NotAPicture)
