"""An order as a command hands it in, and the picture that comes with it."""

from __future__ import annotations

import io

from PIL import Image

from bot.jobs.order import Order, Upload, Uploads
from tests.bot.workshop import CHANNEL, GUILD, MEMBER


def picture(size: tuple[int, int] = (1024, 768), kind: str = "PNG") -> bytes:
    """Sharp, with strong contrasts and many colours, and large enough for every model."""
    squares = Image.frombytes(
        "RGB", (2, 2), bytes((200, 120, 40, *(20, 30, 90) * 2, 250, 240, 200))
    )
    sharp = squares.resize(size, Image.Resampling.NEAREST)
    shaded = Image.linear_gradient("L").resize(size).convert("RGB")
    file = io.BytesIO()
    Image.blend(sharp, shaded, 0.3).save(file, kind)
    return file.getvalue()


def upload(data: bytes) -> Upload:
    """A file that is there at once."""

    async def fetched() -> bytes:
        return data

    return fetched


def pictured(data: bytes) -> Uploads:
    """An upload of nothing but a picture."""
    return Uploads(picture=upload(data))


PICTURE = picture()
UPLOADS = pictured(PICTURE)
ORDER = Order(
    interaction_id=77,
    guild_id=GUILD,
    channel_id=CHANNEL,
    member_id=MEMBER,
    reply_id=500,
    thread_id=None,
    prompt="slow zoom in",
)
