"""Killed while a preview, an extra or an announcement is made, the bot leaves nothing behind.

One story of four kills; each next life, with its first round of housekeeping, clears away what the
one before left.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio

from bot.playground.interaction import Interaction
from bot.playground.message import Message
from bot.playground.places import Channel, User
from tests.crash.audit import processes_at
from tests.crash.calls import CLIP_POST, Call
from tests.crash.moments import Blow, FatefulDiscord, Fates, Moment, When
from tests.end_to_end.order import Order
from tests.end_to_end.seller import BOUGHT
from tests.end_to_end.stage import PICTURE, Stage
from tests.forks import Fork

pytestmark = pytest.mark.asyncio(loop_scope="module")

ANNOUNCEMENT = Call("announcement", "POST", r"/channels/\d+/messages", "-# For <@")
LOOK_SECONDS = 0.001
MOST_SECONDS = 30


@dataclass
class Play:
    """Whoever plays, and the bot that is killed meanwhile."""

    stage: Stage
    moments: list[Moment] = field(default_factory=list)
    life: Fork | None = None
    leftovers: dict[str, list[str]] = field(default_factory=dict)
    """What lay about when the bot was killed, and after the next start."""

    def __post_init__(self) -> None:
        self.member: User = self.stage.new_member()
        self.channel: Channel = self.stage.new_channel()
        self.stage.playground.loopback.faults = FatefulDiscord(Fates(self.moments, self.strike))

    def strike(self, blow: Blow) -> bool:
        """Kill the bot."""
        assert blow is Blow.KILL
        assert self.life is not None
        self.life.kill()
        return True

    async def killed(self) -> None:
        """Wait until it is, and look at what it leaves."""
        assert self.life is not None
        await self.life.wait()

    async def kill_as_soon_as(self, is_time: Callable[[], object]) -> None:
        """Kill it at a moment of its own work."""
        await asyncio.to_thread(self._kill_as_soon_as, is_time)
        await self.killed()

    def _kill_as_soon_as(self, is_time: Callable[[], object]) -> None:
        until = time.monotonic() + MOST_SECONDS
        while not is_time():
            assert time.monotonic() < until
            time.sleep(LOOK_SECONDS)
        self.strike(Blow.KILL)

    @property
    def folder(self) -> Path:
        return self.stage.folder / "zoetrope-files"

    def lying_about(self) -> list[str]:
        """Files and folders that no row names, and rows of extras that are not posted."""
        records = self.stage.records
        jobs, drafts = records.jobs(), records.rows("SELECT * FROM draft")
        kept = {row[name] for row in jobs for name in ("picture", "last_frame", "audio", "clip")}
        for draft in drafts:
            frames = json.loads(draft["frames"])
            kept |= {each["picture"] for each in frames.values() if draft["job_id"] is None}
        found = [*self.folder.glob("uploads/*"), *self.folder.glob("clips/*")]
        unposted = records.rows("SELECT id FROM extra WHERE message_id IS NULL OR is_removed")
        return [path.name for path in found if path.name not in kept] + [
            str(row) for row in unposted
        ]

    async def cleared(self) -> None:
        """Wait for what the start and its housekeeping do."""
        await self.stage.until(lambda: not self.lying_about())

    async def press(self, message: Message, name: str, *chosen: str) -> Interaction:
        return await self.stage.playground.press(self.member.id, message.id, name, list(chosen))

    async def ask_for_gif(self, order: Order) -> None:
        opened = await self.stage.press(order, "more")
        menu = f"zoetrope:extras:{order.id}"
        await self.stage.until(lambda: opened.original and menu in str(opened.original.components))
        assert opened.original is not None
        await self.press(opened.original, menu, "gif")

    async def ask_for_preview(self) -> Interaction:
        options = BOUGHT | {"preview": True}
        files = {"image": ("picture.png", PICTURE)}
        return await self.stage.playground.slash(
            self.member.id, self.channel.id, "animate", options, files
        )


@dataclass(frozen=True)
class Story:
    """What was left after each kill, and at the end."""

    play: Play
    order: Order
    files_after_gif: list[Message]
    is_cut_short: dict[str, bool]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def story(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Story]:
    async with Stage.open(tmp_path_factory.mktemp("killed") / "data") as stage:
        play = Play(stage)
        cut_short = {}
        async with stage.bot() as play.life:
            order = await stage.order(play.channel, play.member, options=BOUGHT)
            await order.clip()
            await stage.until(lambda: order.row["due_at"] is None)
            play.moments.append(Moment(CLIP_POST, When.AFTER))
            await play.ask_for_gif(order)
            await play.killed()
            cut_short["posted, and not noted"] = bool(play.lying_about())
        async with stage.bot() as play.life:
            await play.cleared()
            gifs = [each for each in order.messages if "GIF" in each.text]
            await play.ask_for_gif(order)
            await play.kill_as_soon_as(lambda: [*play.folder.glob("clips/fit-*/*.gif")])
            cut_short["being encoded"] = bool(play.lying_about())
        async with stage.bot() as play.life:
            await play.cleared()
            before = set(play.folder.glob("uploads/*"))
            await play.ask_for_preview()
            await play.kill_as_soon_as(lambda: set(play.folder.glob("uploads/*")) - before)
            cut_short["a preview"] = True
        async with stage.bot() as play.life:
            await play.cleared()
            asked = await play.ask_for_preview()
            await stage.until(lambda: asked.original and asked.original.attachments)
            assert asked.original is not None
            play.moments.append(Moment(ANNOUNCEMENT, When.AFTER))
            await play.press(asked.original, _make_button(asked.original))
            await play.killed()
        async with stage.bot() as play.life:
            await stage.until(lambda: len(_delivered(stage)) == 2)
            await play.cleared()
            yield Story(play, order, gifs, cut_short)


def _make_button(card: Message) -> str:
    found = str(card.components)
    start = found.index("zoetrope:draft:make")
    return found[start : found.index("'", start)]


def _delivered(stage: Stage) -> list[str]:
    return [row["id"] for row in stage.records.jobs() if row["clip_id"] and not row["due_at"]]


async def test_something_lay_about_each_time(story: Story) -> None:
    assert story.is_cut_short == {
        "posted, and not noted": True,
        "being encoded": True,
        "a preview": True,
    }


async def test_nothing_lies_about_in_the_end(story: Story) -> None:
    assert story.play.lying_about() == []
    assert [each for each in processes_at(story.play.stage.folder) if "ffmpeg" in each] == []
    assert story.play.stage.records.discrepancies() == []


async def test_an_extra_whose_post_nobody_noted_is_taken_back(story: Story) -> None:
    assert story.files_after_gif == []


async def test_a_preview_that_was_made_as_the_bot_died_has_one_announcement_and_one_thread(
    story: Story,
) -> None:
    stage, channel = story.play.stage, story.play.channel
    [made] = [row for row in stage.records.jobs() if row["id"] != story.order.id]

    announced = [each for each in stage.playground.messages(channel.id) if "For <@" in each.text]
    threads = {thread.id for thread in stage.playground.threads(channel.id)}

    assert [each.id for each in announced] == [made["thread_id"]]
    assert threads == {made["thread_id"], story.order.row["thread_id"]}
    assert stage.records.open_holds() == []
