"""Something to draw on: measured in the finished picture's pixels, drawn larger, made smaller.

Pillow draws lines and corners without smoothing, so everything is drawn at twice the size.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw

from bot.budget.charts.lettering import font

WIDTH = 840
"""A phone shows this at about two fifths: what is to be read there needs 30 pixels here."""
MARGIN = 36
RIGHT = WIDTH - MARGIN
SCALE = 2
TITLE, TEXT, SMALL = 50, 32, 29

BACKGROUND = "#1e1f22"
INK = "#f2f3f5"
MUTED = "#b8bdc6"
GRID = "#3d3f46"
SPENT = "#8b98ff"
HELD = "#555c9c"
TOTAL = "#4fd6b8"
TOTAL_AREA = "#24463f"
CAP = "#f0b232"
LOST = "#f47b7f"

Point = tuple[float, float]


class Canvas:
    """A dark card of a height, as wide as all others."""

    def __init__(self, height: int) -> None:
        self.height = height
        self._image = Image.new("RGB", (WIDTH * SCALE, height * SCALE), BACKGROUND)
        self._draw = ImageDraw.Draw(self._image)

    def title(self, title: str, beneath: str) -> None:
        """The chart's name, and its sum."""
        self.text((MARGIN, 34), title, size=TITLE, is_bold=True)
        self.text((MARGIN, 98), beneath, size=TEXT, ink=MUTED)

    def text(
        self,
        at: Point,
        text: str,
        *,
        size: int = TEXT,
        ink: str = INK,
        anchor: str = "la",
        is_bold: bool = False,
    ) -> None:
        """Write; the anchor is Pillow's."""
        self._draw.text(
            _scaled(at),
            text,
            fill=ink,
            font=font(size * SCALE),
            anchor=anchor,
            # There is one weight of the font.
            stroke_width=1 if is_bold else 0,
        )

    def box(self, start: Point, end: Point, ink: str, *, radius: float = 0) -> None:
        """Fill a rectangle, if there is anything of it."""
        (left, top), (right, bottom) = _scaled(start), _scaled(end)
        if right - left < 1 or bottom - top < 1:
            return
        round_off = min(radius * SCALE, (right - left) / 2, (bottom - top) / 2)
        self._draw.rounded_rectangle((left, top, right - 1, bottom - 1), round_off, fill=ink)

    def line(self, points: Sequence[Point], ink: str, *, width: float = 2) -> None:
        """Draw through the points."""
        if len(points) > 1:
            self._draw.line(
                [_scaled(point) for point in points],
                fill=ink,
                width=round(width * SCALE),
                joint="curve",
            )

    def dashes(self, left: float, right: float, y: float, ink: str) -> None:
        """Draw a broken line, from left to right."""
        step = 22
        for number in range(int((right - left) // step) + 1):
            start = left + number * step
            self.line([(start, y), (min(start + 13, right), y)], ink, width=4)

    def area(self, points: Sequence[Point], ink: str) -> None:
        """Fill what the points go round."""
        if len(points) > 2:
            self._draw.polygon([_scaled(point) for point in points], fill=ink)

    def dot(self, at: Point, ink: str, *, radius: float = 8) -> None:
        """Mark a point."""
        x, y = at
        self.box((x - radius, y - radius), (x + radius, y + radius), ink, radius=radius)

    def png(self) -> bytes:
        """The finished picture."""
        small = self._image.reduce(SCALE)
        file = io.BytesIO()
        # Few colours: a palette is a third of the bytes, and nobody sees the difference.
        small.quantize(128, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(
            file, "PNG"
        )
        return file.getvalue()


def _scaled(point: Point) -> Point:
    return point[0] * SCALE, point[1] * SCALE
