"""Pictures made for the tests: sound ones, odd ones and hostile ones, all small on disk."""

from __future__ import annotations

import io
import random
import struct
import zlib
from functools import cache

from PIL import Image, ImageCms

RED = (220, 30, 30)
GREEN = (30, 200, 30)
BLUE = (30, 30, 220)
YELLOW = (230, 220, 30)


def corners(mode: str = "RGB", size: tuple[int, int] = (96, 64)) -> Image.Image:
    """Red top left, green top right, blue bottom left, yellow bottom right."""
    width, height = size
    image = Image.new("RGB", size, RED)
    image.paste(GREEN, (width // 2, 0, width, height // 2))
    image.paste(BLUE, (0, height // 2, width // 2, height))
    image.paste(YELLOW, (width // 2, height // 2, width, height))
    return image.quantize(4) if mode == "P" else image.convert(mode)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def animated(kind: str) -> bytes:
    frames = [Image.new("RGB", (32, 32), colour) for colour in (RED, GREEN, BLUE)]
    return saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


def noise(side: int) -> Image.Image:
    return Image.frombytes("L", (side, side), random.Random(1).randbytes(side * side))


def png_chunk(name: bytes, data: bytes) -> bytes:
    check = zlib.crc32(name + data)
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", check)


def png(width: int, height: int, *chunks: bytes, bits: int = 1, colour: int = 0) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    return b"".join(
        (b"\x89PNG\r\n\x1a\n", png_chunk(b"IHDR", header), *chunks, png_chunk(b"IEND", b""))
    )


@cache
def whole_png(width: int, height: int) -> bytes:
    """A real PNG, black all over: every pixel it promises is there, packed a thousandfold."""
    rows = bytes((1 + (width + 7) // 8) * height)
    return png(width, height, png_chunk(b"IDAT", zlib.compress(rows, 9)))


def rgb16_png() -> bytes:
    row = b"\0" + struct.pack(">3H", 0xFFFF, 0x8000, 0) * 16
    return png(16, 16, png_chunk(b"IDAT", zlib.compress(row * 16)), bits=16, colour=2)


def text_bomb() -> bytes:
    packed = b"Comment\0\0" + zlib.compress(bytes(16 * 1024**2), 9)
    pixels = png_chunk(b"IDAT", zlib.compress(bytes(3 * 16)))
    return png(16, 16, png_chunk(b"zTXt", packed), pixels)


def scan_bomb() -> bytes:
    """A progressive JPEG that repeats one scan of its 16 megapixels thousands of times."""
    data = saved(Image.new("L", (4000, 4000), 128), "JPEG", progressive=True)
    last_scan = data.rindex(b"\xff\xda")
    return data[:last_scan] + data[last_scan:-2] * 4000 + data[-2:]


def rotated_jpeg(orientation: int) -> bytes:
    """A JPEG that looks like `corners()` once a viewer has obeyed its EXIF orientation."""
    undo = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    image = corners() if undo is None else corners().transpose(undo)
    exif = Image.Exif()
    exif[0x0112] = orientation
    return saved(image, "JPEG", exif=exif, quality=95)


def jpeg_with_secrets() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (48.0, 51.0, 29.0)
    return saved(corners(), "JPEG", exif=exif, comment=b"SecretComment", xmp=b"<x>SecretXmp</x>")


def profile_with_red_and_green_swapped() -> bytes:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return srgb.replace(b"rXYZ", b"-XYZ").replace(b"gXYZ", b"rXYZ").replace(b"-XYZ", b"gXYZ")
