"""The bot's disk takes nothing for a while: nothing is spent, and it recovers by itself."""

from __future__ import annotations

import resource
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from tests.end_to_end.order import Order
from tests.end_to_end.seller import BOUGHT
from tests.end_to_end.stage import Stage
from tests.forks import Fork

pytestmark = pytest.mark.asyncio(loop_scope="session")

NOT_WRITTEN = (
    "I cannot write anything down at the moment, so nothing was ordered or charged. "
    "Tell a moderator."
)


@dataclass(frozen=True)
class Story:
    """What was ordered before, during and after the time without room on the disk."""

    stage: Stage
    before: Order
    """Its clip was being made when the disk filled up."""
    during: Order
    said: str
    """What the member read who ordered then."""
    row_meanwhile: dict[str, Any]
    after: Order


@contextmanager
def full_disk(stage: Stage, process: Fork) -> Iterator[None]:
    """Let the bot's process make no file longer than the journal of its database is by now."""
    journal = stage.records.file.with_name(f"{stage.records.file.name}-wal")
    size_bytes = journal.stat().st_size
    # The log, which on a real disk would go elsewhere, must still have room.
    assert size_bytes > 2 * stage.log.stat().st_size
    before = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size_bytes, before[1]))
    try:
        yield
    finally:
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, before)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def story(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Story]:
    async with (
        Stage.open(tmp_path_factory.mktemp("outages") / "data") as stage,
        stage.bot() as process,
    ):
        before = await stage.buy(stage.new_channel())
        async with stage.unfinished(before):
            with full_disk(stage, process):
                during = await stage.order(stage.new_channel(), options=BOUGHT)
                said = await during.refused()
                await stage.until(lambda: complaints(stage))
                row_meanwhile = before.row
        after = await stage.buy(stage.new_channel())
        yield Story(stage, before, during, said, row_meanwhile, after)


def complaints(stage: Stage) -> list[str]:
    return [line for line in stage.said("warning") if "the database cannot be written" in line]


async def test_a_member_is_told_that_nothing_was_ordered(story: Story) -> None:
    assert story.said == NOT_WRITTEN
    assert story.during.row == {}
    assert story.stage.records.hold_of(story.during.id) is None
    assert story.stage.playground.messages(story.during.interaction.channel.id) == []


async def test_the_operator_is_told_why(story: Story) -> None:
    assert any("the disk takes nothing" in line for line in story.stage.said("error"))


async def test_no_job_moves_meanwhile(story: Story) -> None:
    assert story.row_meanwhile["state"] == "running"


async def test_the_job_under_way_goes_on_by_itself(story: Story) -> None:
    await story.before.clip()

    story.before.assert_delivered_once()


async def test_orders_are_taken_again_without_a_restart(story: Story) -> None:
    await story.after.clip()

    story.after.assert_delivered_once()
    assert story.stage.records.discrepancies() == []
