"""An order as a command hands it in, and the picture that comes with it."""

from __future__ import annotations

import io

from PIL import Image

from bot.jobs.service import Order
from tests.bot.workshop import CHANNEL, GUILD, MEMBER


def picture(size: tuple[int, int] = (64, 48), kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, (200, 120, 40)).save(file, kind)
    return file.getvalue()


PICTURE = picture()
ORDER = Order(
    interaction_id=77,
    guild_id=GUILD,
    channel_id=CHANNEL,
    member_id=MEMBER,
    reply_id=500,
    thread_id=None,
    prompt="slow zoom in",
)
