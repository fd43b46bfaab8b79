"""One clip, end to end, without a key: the real bot against a Discord on this machine."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import httpx

from bot.media.contact_sheet import contact_sheet
from bot.media.ffmpeg import Ffmpeg
from bot.playground.interaction import Interaction
from bot.playground.launch import BotStopped, last_log_line, launch_bot
from bot.playground.message import Message
from bot.playground.narrator import Narrator
from bot.playground.picker import Value
from bot.playground.places import User
from bot.playground.refusals import PlaygroundError
from bot.playground.server import Playground

PATIENCE_SECONDS = 240


class DemoFailed(PlaygroundError):
    """The demo could not make its clip; the message is one plain sentence."""


@dataclass(frozen=True)
class DemoOrder:
    """What the member of the demo orders; None leaves it to the bot's defaults."""

    image: Path
    prompt: str
    model: str | None = None
    seconds: int | None = None

    def options(self) -> dict[str, Value]:
        """The command's options, but for the picture."""
        asked = {"prompt": self.prompt, "model": self.model, "seconds": self.seconds}
        return {name: value for name, value in asked.items() if value is not None}


async def run_demo(order: DemoOrder, *, save_to: Path) -> None:
    """Play the demo, print it as it unfolds, and save the clip. Raises DemoFailed or BotStopped."""
    picture = _read(order.image)
    log = _fresh_log(save_to)
    with tempfile.TemporaryDirectory(prefix="zoetrope-demo-") as folder:
        async with Playground.open() as playground, asyncio.TaskGroup() as group:
            narration = group.create_task(Narrator(playground, sys.stdout).follow())
            async with launch_bot(playground, Path(folder), log=log) as process:
                death = group.create_task(process.wait())
                member = playground.world.user_named("Member")
                play = group.create_task(_play(playground, member, order, picture))
                await asyncio.wait({play, death}, return_when=asyncio.FIRST_COMPLETED)
                clip = play.result() if play.done() else None
                if clip is None:
                    play.cancel()
            narration.cancel()
    if clip is None:
        raise BotStopped(last_log_line(log))
    await _save(clip, save_to)


def _read(image: Path) -> bytes:
    try:
        return image.read_bytes()
    except OSError as error:
        raise DemoFailed(f"I cannot read the picture {image}: {error.strerror}.") from error


def _fresh_log(folder: Path) -> Path:
    log = folder / "bot.log"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        log.write_bytes(b"")
    except OSError as error:
        raise DemoFailed(f"I cannot write into the folder {folder}: {error.strerror}.") from error
    return log


async def _play(
    playground: Playground, member: User, order: DemoOrder, picture: bytes
) -> bytes | DemoFailed:
    """Order the clip and wait for it; returns the clip as a member would download it."""
    channel = playground.world.channel_named("gallery")
    try:
        interaction = await playground.slash(
            member.id,
            channel.id,
            "animate",
            order.options(),
            {"image": (order.image.name, picture)},
        )
        message = await playground.until(
            lambda: _end_of(playground, interaction), within_seconds=PATIENCE_SECONDS
        )
        assert message is not None
        if not message.attachments:
            return DemoFailed(message.text)
        await playground.until(lambda: _is_settled(playground, message))
        statement = await playground.slash(member.id, channel.id, "credits")
        await playground.until(lambda: statement.original and not statement.original.thinking)
    except (PlaygroundError, TimeoutError) as error:
        return DemoFailed(str(error) or "The clip did not come in time.")
    link = playground.loopback.cdn.as_json(message.attachments[0])["url"]
    # A proxy of this machine's owner leads elsewhere.
    async with httpx.AsyncClient(trust_env=False) as client:
        return (await client.get(link)).raise_for_status().content


def _end_of(playground: Playground, interaction: Interaction) -> Message | None:
    """The clip's message, or the private sentence or public failure that stands in its place."""
    refusals = [message for message in interaction.messages if message.ephemeral and message.text]
    threads = playground.threads(interaction.channel.id)
    posted = [message for thread in threads for message in playground.messages(thread.id)]
    clips = [message for message in posted if message.attachments]
    failures = [message for message in posted if message.pinged and not message.attachments]
    return next(iter(clips + failures + refusals), None)


def _is_settled(playground: Playground, clip: Message) -> bool:
    return any("**Done**" in message.text for message in playground.messages(clip.channel_id))


async def _save(clip: bytes | DemoFailed, folder: Path) -> None:
    if isinstance(clip, DemoFailed):
        raise clip
    video, frames = folder / "clip.mp4", folder / "frames.png"
    video.write_bytes(clip)
    await contact_sheet(Ffmpeg(), video, frames)
    print(
        f"\nThe clip:       {video}\nIts frames:     {frames}\nThe bot's log:  {folder / 'bot.log'}"
    )
