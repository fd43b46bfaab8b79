"""Makes the pictures of docs/upscaling.md: one detail, made small and enlarged in each way."""

from __future__ import annotations

import asyncio
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from bot.media.permits import Permits
from bot.media.upscaling import choose_upscaler
from tests.benchmarks.upscaling import SAMPLE, as_jpeg

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
DETAIL = (440, 190, 720, 510)
LABEL_HEIGHT = 28
WAYS = {"lanczos": "Lanczos", "waifu2x": "waifu2x", "realesrgan": "Real-ESRGAN"}


async def main() -> None:
    """Make one sheet for each factor."""
    with Image.open(SAMPLE) as image:
        sample = image.convert("RGB")
    for name, factor in (("double", 2), ("quadruple", 4)):
        sheet = await _sheet(sample, factor)
        sheet.save(PICTURES / f"upscaling-{name}.jpg", quality=85, optimize=True)


async def _sheet(sample: Image.Image, factor: int) -> Image.Image:
    size = sample.width // factor, sample.height // factor
    small = as_jpeg(sample.resize(size, Image.Resampling.LANCZOS))
    panels = {"original": sample}
    for setting, title in WAYS.items():
        upscaler = choose_upscaler(setting, Permits())
        rgb = await upscaler.upscale(small.tobytes(), size, sample.size)
        panels[title] = Image.frombytes("RGB", sample.size, rgb)
    return _side_by_side({title: panel.crop(DETAIL) for title, panel in panels.items()})


def _side_by_side(panels: dict[str, Image.Image]) -> Image.Image:
    width, height = next(iter(panels.values())).size
    sheet = Image.new("RGB", (width * len(panels), height + LABEL_HEIGHT), "white")
    draw = ImageDraw.Draw(sheet)
    for column, (title, panel) in enumerate(panels.items()):
        sheet.paste(panel, (column * width, LABEL_HEIGHT))
        middle = (column * width + width // 2, LABEL_HEIGHT // 2)
        draw.text(middle, title, "black", ImageFont.load_default(18), anchor="mm")
    return sheet


if __name__ == "__main__":
    asyncio.run(main())
