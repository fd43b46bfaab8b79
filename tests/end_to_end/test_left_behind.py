"""What the bot left on members' screens works on after a restart.

One story: everything is opened before, and pressed or sent in afterwards.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest
import pytest_asyncio

from bot.playground.components import walk
from bot.playground.interaction import Interaction, State
from bot.playground.message import Message
from bot.playground.places import Json
from tests.end_to_end.order import Order
from tests.end_to_end.seller import BOUGHT
from tests.end_to_end.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")

MENU, PAGE = "zoetrope:models:model", "zoetrope:models:page:"
CLIP, ASK, STOP = "zoetrope:jobs:clip:", "zoetrope:jobs:ask:", "zoetrope:jobs:stop:"
FORGET = "zoetrope:privacy:delete"
ONE_BY_ONE = {"RUNWAYML_MAX_RUNNING": "1"}


@dataclass(frozen=True)
class Left:
    """Something that can be pressed, in a private answer."""

    by: int
    message: Message
    component: Json

    async def press(self, stage: Stage) -> Interaction:
        """Press it, or choose the first there is to choose."""
        chosen = [option["value"] for option in self.component.get("options", ())[:1]]
        press = stage.playground.press
        return await press(self.by, self.message.id, self.component["custom_id"], chosen)


@dataclass(frozen=True)
class Story:
    """What was there before the restart, and what came of using it afterwards."""

    stage: Stage
    running: Order
    status_id: int
    """Of the running order, before the restart."""
    doomed: Order
    """Its cancelling was asked for before, and confirmed afterwards."""
    form: Order
    """Ordered with a form that was open during the restart."""
    pressed: dict[str, State]


async def left(stage: Stage, answer: Interaction, begins: str) -> Left:
    """The button or menu of an answer whose id begins so, once it is there."""

    def found() -> list[Left]:
        return [
            Left(answer.user.id, message, component)
            for message in filter(None, [answer.original])
            for component in walk(message.components)
            if component.get("custom_id", "").startswith(begins)
        ]

    return (await stage.until(found))[0]


async def leave_behind(stage: Stage, made: Order, doomed: Order) -> dict[str, Left]:
    """Open one of everything that only one member sees."""
    channel = stage.new_channel()

    async def shown(order: Order, command: str, begins: str) -> Left:
        member = order.interaction.user
        return await left(
            stage, await stage.playground.slash(member.id, channel.id, command), begins
        )

    asked = await (await shown(doomed, "jobs", f"{ASK}{doomed.id}")).press(stage)
    opened = await (await shown(made, "models", MENU)).press(stage)
    return {
        "the menu of models": await shown(made, "models", MENU),
        "the way back to all models": await left(stage, opened, PAGE),
        "the clip once more": await shown(made, "jobs", CLIP),
        "the confirmation to cancel": await left(stage, asked, STOP),
        "the confirmation to delete": await shown(made, "privacy delete", FORGET),
    }


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def story(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Story]:
    async with (
        Stage.open(tmp_path_factory.mktemp("left") / "data") as stage,
        AsyncExitStack() as until_pressed,
    ):
        async with stage.bot(**ONE_BY_ONE) as process:
            made = await stage.order(stage.new_channel(), options=BOUGHT)
            await made.clip()
            await stage.until(lambda: made.row["due_at"] is None)
            running = await stage.buy(stage.new_channel())
            await until_pressed.enter_async_context(stage.unfinished(running))
            await running.says("Making your clip")
            [status] = running.statuses
            doomed = await (await stage.buy(stage.new_channel())).placed()
            form = await stage.press(made, "prompt")
            await form.acknowledged()
            things = await leave_behind(stage, made, doomed)
            process.terminate()
            await process.wait()
        async with stage.bot(**ONE_BY_ONE):
            sent = await stage.playground.submit_modal(form.user.id, form, {"prompt": "rain"})
            ordered = await stage.order_of(sent).placed()
            pressed = {
                name: await (await thing.press(stage)).acknowledged()
                for name, thing in things.items()
            }
            await until_pressed.aclose()
            yield Story(stage, running, status.id, doomed, ordered, pressed)


@pytest.mark.parametrize(
    "name",
    [
        "the menu of models",
        "the way back to all models",
        "the clip once more",
        "the confirmation to cancel",
        "the confirmation to delete",
    ],
)
async def test_what_can_be_pressed_is_answered(story: Story, name: str) -> None:
    assert story.pressed[name] in (State.ACKNOWLEDGED, State.DEFERRED)


async def test_a_form_that_was_open_orders_its_clip(story: Story) -> None:
    await story.form.clip()

    assert story.form.row["prompt"] == "rain"
    story.form.assert_delivered_once()


async def test_a_cancelling_asked_for_before_is_confirmed_afterwards(story: Story) -> None:
    await story.doomed.state("cancelled")

    assert story.stage.records.hold_of(story.doomed.id) == "released"


async def test_the_same_status_message_goes_on_to_its_last_words(story: Story) -> None:
    await story.running.clip()
    await story.running.says("✅ **Done**")

    assert [status.id for status in story.running.statuses] == [story.status_id]
    story.running.assert_delivered_once()


async def test_nothing_of_it_was_an_error(story: Story) -> None:
    await story.form.clip()

    assert story.stage.said("error") == []
    assert story.stage.records.discrepancies() == []
