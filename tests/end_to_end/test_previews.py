"""A preview pressed after a restart, later, and twice at once: one task, of what was seen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from bot.playground.interaction import Interaction
from bot.playground.message import Message
from tests.end_to_end.play import FROM_PICTURE, PLENTY
from tests.end_to_end.seller import small_clips
from tests.end_to_end.stage import Stage
from tests.fakes import load_fakes
from tests.fakes.fake_server import FakeServer, Pace
from tests.media.pictures import corners, saved

pytestmark = pytest.mark.asyncio(loop_scope="session")

STRIP = saved(corners(size=(2800, 800)), "PNG")
"""Narrower than the model takes; no such picture could be sent as it is."""

LATER_SECONDS = 20 * 60


@dataclass(frozen=True)
class Story:
    """What a member saw and pressed, and what came of it."""

    stage: Stage
    fake: FakeServer
    card: Message
    seen: list[bytes]
    presses: tuple[Interaction, Interaction]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def story(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Story]:
    """A preview is shown; later the bot is started anew, and *Make it* is pressed twice at once."""
    folder = tmp_path_factory.mktemp("previews") / "data"
    kling = load_fakes()["kling"]
    async with (
        Stage.open(folder) as stage,
        kling.open(small_clips()("kling"), pace=Pace(looks=0)) as fake,
    ):
        settings = PLENTY | fake.environment
        member, channel = stage.new_member(), stage.new_channel()
        options = FROM_PICTURE["kling"] | {"prompt": "slow zoom", "preview": True}
        files = {"image": ("strip.png", STRIP), "last_frame": ("strip.png", STRIP)}
        async with stage.bot(**settings):
            asked = await stage.playground.slash(member.id, channel.id, "animate", options, files)
            card = await _shown(stage, asked)
            seen = [file.content for file in card.attachments]
        # The token of the command is dead by then; each press brings one of its own.
        stage.clock.advance(LATER_SECONDS)
        async with stage.bot(**settings):
            name = _button(card, "make")
            first, second = await asyncio.gather(
                *(stage.playground.press(member.id, card.id, name) for _ in range(2))
            )
            await stage.until(lambda: fake.tasks)
            await stage.until(lambda: stage.said() and "Ordered" in str(card.components))
            await stage.until(lambda: _private(first) + _private(second))
            yield Story(stage, fake, card, seen, (first, second))


async def _shown(stage: Stage, asked: Interaction) -> Message:
    await stage.until(lambda: asked.original and asked.original.attachments)
    assert asked.original is not None
    return asked.original


def _private(press: Interaction) -> list[str]:
    return [each.text for each in press.messages if each.ephemeral]


def _button(card: Message, press: str) -> str:
    found = str(card.components)
    start = found.index(f"zoetrope:draft:{press}")
    return found[start : found.index("'", start)]


async def test_the_provider_receives_what_was_seen_byte_for_byte(story: Story) -> None:
    [task] = story.fake.tasks

    scene = story.fake.scene(task)

    assert [scene.first_frame, scene.last_frame] == story.seen
    assert all(frame.startswith(b"\xff\xd8\xff") for frame in story.seen)


async def test_one_of_two_presses_orders_and_the_other_is_told(story: Story) -> None:
    said = [text for press in story.presses for text in _private(press)]
    in_public = [each for press in story.presses for each in press.messages if not each.ephemeral]

    assert [text.split(",")[0] for text in said] == ["That preview has become a clip already"]
    assert in_public == []
    assert story.stage.records.discrepancies() == []


async def test_the_thread_is_opened_on_the_one_announcement(story: Story) -> None:
    channel_id = story.card.channel_id

    threads = story.stage.playground.threads(channel_id)
    announced = [each for each in story.stage.playground.messages(channel_id) if _tells(each)]

    assert [thread.id for thread in threads] == [each.id for each in announced]
    assert len(announced) == 1


def _tells(message: Message) -> bool:
    return "Follow it in" in message.text


async def test_no_picture_of_the_draft_is_left(story: Story, tmp_path: Path) -> None:
    uploads = story.stage.folder / "zoetrope-files" / "uploads"

    assert len(sorted(uploads.glob("*.jpg"))) == 2
