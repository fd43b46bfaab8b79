"""A command with many options: several files, yes or no, and lists that depend on the rest."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Locator
from playwright.async_api import expect as expect_that

from bot.playground.server import Playground
from tests.playground_page.desk import Desk
from tests.playground_page.scripted_bot import CHOICES, MESSAGE, Json, ScriptedBot

pytestmark = pytest.mark.asyncio(loop_scope="session")

MODEL, SECONDS, RESOLUTION = "model", "seconds", "resolution"
CREATE: Json = {
    "name": "create",
    "description": "Make a clip from words alone",
    "options": [
        {"type": 3, "name": "prompt", "description": "What happens", "required": True},
        {"type": 11, "name": "audio", "description": "A sound"},
    ],
}
ANIMATE: Json = {
    "name": "animate",
    "description": "Bring a picture to life",
    "options": [
        {"type": 11, "name": "image", "description": "The picture", "required": True},
        {"type": 3, "name": "prompt", "description": "What should move", "required": True},
        {"type": 3, "name": MODEL, "description": "Which model", "autocomplete": True},
        {"type": 4, "name": SECONDS, "description": "How long", "autocomplete": True},
        {"type": 3, "name": RESOLUTION, "description": "How sharp", "autocomplete": True},
        {"type": 5, "name": "sound", "description": "Whether it has sound"},
        {"type": 11, "name": "last_frame", "description": "Where it ends"},
        {"type": 11, "name": "audio", "description": "A sound it follows"},
        {"type": 3, "name": "negative_prompt", "description": "What it has not"},
        {"type": 4, "name": "seed", "description": "Chance"},
    ],
}


@pytest_asyncio.fixture(loop_scope="session")
async def bot(playground: Playground) -> AsyncIterator[ScriptedBot]:
    async with ScriptedBot.connected(playground, [CREATE, ANIMATE]) as bot:
        yield bot


def options_of(interaction: Json) -> dict[str, Json]:
    return {option["name"]: option for option in interaction["data"]["options"]}


async def add(desk: Desk, *names: str) -> None:
    for name in names:
        await desk.channel.get_by_role("button", name=name, exact=True).click()


async def offer(desk: Desk, bot: ScriptedBot, name: str, **choices: object) -> Json:
    """Answer what an option asks for when it is opened; returns the question."""
    await add(desk, name)
    asked = await bot.next()
    listed = [{"name": words, "value": value} for words, value in choices.items()]
    await bot.answer(asked, CHOICES, {"choices": listed})
    await expect_that(desk.option(name).get_by_role("option")).to_have_text(list(choices))
    return asked


async def test_files_dropped_one_by_one_fill_one_option_after_the_other(
    desk: Desk, bot: ScriptedBot, picture: bytes
) -> None:
    await desk.open()
    for _ in range(3):
        await desk.hand_over(".channel-place .pane", picture, "drop")
    for name in ("image", "last_frame", "audio"):
        await expect_that(desk.option(name).get_by_text("given.png")).to_be_visible()
    await desk.option("prompt").locator("textarea").fill("slow rain")

    await desk.send()
    interaction = await bot.next()
    await bot.answer(interaction, MESSAGE, {"content": "Taken"})

    options = options_of(interaction)
    files = [options[name]["value"] for name in ("image", "last_frame", "audio")]
    assert interaction["data"]["name"] == "animate"
    assert len(set(files)) == 3
    assert set(files) == set(interaction["data"]["resolved"]["attachments"])


async def test_a_file_dropped_on_a_field_is_for_that_field(
    desk: Desk, bot: ScriptedBot, picture: bytes
) -> None:
    await desk.open()
    await desk.start("animate")
    await add(desk, "last_frame")

    await desk.hand_over('.field[data-option="last_frame"] .drop', picture, "drop")

    await expect_that(desk.option("last_frame").get_by_text("given.png")).to_be_visible()
    await expect_that(desk.option("image").get_by_text("given.png")).to_have_count(0)


async def test_a_list_depends_on_what_is_filled_in_so_far(
    desk: Desk, bot: ScriptedBot, picture: bytes
) -> None:
    await desk.open()
    await desk.start("animate")
    await desk.give_file(desk.option("image"), picture)
    await add(desk, "last_frame", "sound")
    await desk.give_file(desk.option("last_frame"), picture)
    await desk.option("sound").get_by_role("radio", name="False").check()
    await offer(desk, bot, MODEL, Kling="kling/kling-3.0")
    await desk.page.keyboard.press("Enter")

    asked = await offer(desk, bot, SECONDS, short=5)

    options = options_of(asked)
    assert options[SECONDS] == {"name": SECONDS, "type": 4, "value": "", "focused": True}
    assert options[MODEL]["value"] == "kling/kling-3.0"
    assert options["sound"]["value"] is False
    # Discord tells that there is a file, and nothing about it.
    assert int(options["last_frame"]["value"]) > 0
    assert options["last_frame"]["type"] == 11
    assert "audio" not in options
    assert "resolved" not in asked["data"]


async def test_a_length_can_be_chosen_or_typed_and_is_sent_as_a_number(
    desk: Desk, bot: ScriptedBot, picture: bytes
) -> None:
    await desk.open()
    for typed, sent in (("", 10), ("7", 7)):
        await desk.start("animate")
        await desk.give_file(desk.option("image"), picture)
        await desk.option("prompt").locator("textarea").fill("slow rain")
        await offer(desk, bot, SECONDS, long=10)
        if typed:
            await desk.option(SECONDS).locator("textarea").fill(typed)
            await bot.answer(await bot.next(), CHOICES, {"choices": []})
            await expect_that(desk.option(SECONDS).get_by_role("option")).to_have_text(
                "Nothing fits."
            )
        else:
            await desk.page.keyboard.press("Enter")

        await desk.send()
        interaction = await bot.next()
        await bot.answer(interaction, MESSAGE, {"content": "Taken"})

        assert options_of(interaction)[SECONDS] == {"name": SECONDS, "type": 4, "value": sent}


async def test_discord_takes_no_text_as_the_length_behind_a_suggestion(
    desk: Desk, bot: ScriptedBot
) -> None:
    await desk.open()
    await desk.start("animate")
    await add(desk, SECONDS)

    choices = {"choices": [{"name": "five", "value": "5"}]}
    status = await bot.answer(await bot.next(), CHOICES, choices)

    assert status == 400


async def test_on_a_phone_every_option_can_be_reached_and_no_list_is_cut_off(
    phone: Desk, bot: ScriptedBot, picture: bytes
) -> None:
    await phone.open()
    await phone.start("animate")
    await phone.give_file(phone.option("image"), picture)
    await add(phone, "sound", "last_frame", "audio", "negative_prompt", "seed")
    await phone.give_file(phone.option("last_frame"), picture)
    many = {f"Model {number} · {number} credits a second": str(number) for number in range(1, 26)}
    await offer(phone, bot, MODEL, **many)
    shown = phone.option(MODEL).get_by_role("listbox")
    listed, field = await box_of(shown), await box_of(phone.option(MODEL))
    send = await box_of(phone.channel.get_by_role("button", name="Send"))

    assert listed["y"] >= 0
    assert listed["x"] >= 0
    assert listed["x"] + listed["width"] <= 390
    assert listed["y"] + listed["height"] <= field["y"]
    assert field["y"] + field["height"] <= send["y"]
    assert listed["width"] > 300


async def box_of(place: Locator) -> dict[str, float]:
    box = await place.bounding_box()
    assert box is not None
    return {"x": box["x"], "y": box["y"], "width": box["width"], "height": box["height"]}
