"""Names, alternatives, contrast, and room: on a desktop screen and on a phone."""

from pathlib import Path

import pytest
from playwright.async_api import expect as expect_that

from bot.playground.places import Channel, User
from tests.playground_page.desk import Desk
from tests.playground_page.samples import EMBED, EVERYTHING, FORM, MARKDOWN, button, row
from tests.playground_page.scripted_bot import EPHEMERAL, MESSAGE, MODAL, Json, ScriptedBot

pytestmark = pytest.mark.asyncio(loop_scope="session")

INSPECTION = (Path(__file__).parent / "inspection.js").read_text("utf-8")
LONG = "Donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbauunterbeamtengesellschaft" * 2


async def furnish(bot: ScriptedBot, gallery: Channel, member: User, picture: bytes) -> Json:
    """Post everything a message can hold, and return a thread full of it."""
    everything = [(f"{name}.png", picture) for name in ("one", "two", "three")]
    everything.append(("notes.txt", b"Hello"))
    await bot.post(gallery.id, MARKDOWN)
    await bot.post(gallery.id, EMBED)
    await bot.post(gallery.id, {"content": f"`{LONG}` {LONG}"}, [(f"{LONG[:60]}.bin", b"x")])
    mention = {"content": f"<@{member.id}>", "allowed_mentions": {"users": [str(member.id)]}}
    starter = await bot.post(gallery.id, {**mention, "components": [row(button("Again", "again"))]})
    thread = await bot.open_thread(starter, LONG[:100])
    await bot.post(thread["id"], EVERYTHING, everything)
    return thread


async def test_a_furnished_desk_is_named_legible_and_in_bounds(
    desk: Desk, bot: ScriptedBot, gallery: Channel, member: User, picture: bytes
) -> None:
    await furnish(bot, gallery, member, picture)
    await desk.open(member)
    await desk.messages.last.get_by_role("button", name="Open").click()
    await expect_that(desk.thread.get_by_alt_text("three.png")).to_be_visible()
    assert await desk.page.evaluate(INSPECTION) == []

    await desk.start("animate")
    for name in ("model", "seconds", "shape", "loop"):
        await desk.channel.get_by_role("button", name=name).click()
    await desk.send()
    await expect_that(desk.option("prompt").get_by_role("alert")).not_to_be_empty()

    assert await desk.page.evaluate(INSPECTION) == []


async def test_a_phone_shows_one_pane_at_a_time_and_nothing_sticks_out(
    phone: Desk, bot: ScriptedBot, gallery: Channel, member: User, picture: bytes
) -> None:
    await furnish(bot, gallery, member, picture)
    await phone.open(member)
    await expect_that(phone.messages).to_have_count(4)
    await expect_that(phone.page.get_by_role("navigation")).to_be_hidden()
    assert await phone.page.evaluate(INSPECTION) == []

    await phone.messages.last.get_by_role("button", name="Open").tap()
    await expect_that(phone.thread.get_by_alt_text("three.png")).to_be_visible()
    await expect_that(phone.channel).to_be_hidden()
    assert await phone.page.evaluate(INSPECTION) == []

    await phone.thread.get_by_role("button", name="Back to the channel").tap()
    await expect_that(phone.messages.last).to_be_in_viewport()
    await phone.channel.get_by_role("button", name="Back to the list").tap()
    await expect_that(phone.page.get_by_role("navigation")).to_be_visible()
    assert await phone.page.evaluate(INSPECTION) == []

    await phone.page.go_back()
    await expect_that(phone.channel).to_be_visible()


async def test_the_command_form_and_a_modal_fit_a_phone(
    phone: Desk, bot: ScriptedBot, gallery: Channel, member: User, picture: bytes
) -> None:
    await furnish(bot, gallery, member, picture)
    await phone.open(member)
    await phone.composer.fill("/")
    await expect_that(phone.channel.get_by_role("option").first).to_be_visible()
    assert await phone.page.evaluate(INSPECTION) == []

    await phone.start("animate")
    for name in ("model", "seconds", "shape", "loop", "speed"):
        await phone.channel.get_by_role("button", name=name).tap()
    assert await phone.page.evaluate(INSPECTION) == []
    await phone.page.keyboard.press("Escape")

    await phone.messages.last.get_by_role("button", name="Again").tap()
    interaction = await bot.next()
    while interaction["type"] != 3:
        interaction = await bot.next()
    await bot.answer(interaction, MODAL, FORM)
    await phone.dialog.wait_for()

    assert await phone.page.evaluate(INSPECTION) == []


async def test_private_answers_and_notices_are_legible(desk: Desk, bot: ScriptedBot) -> None:
    await desk.open()
    await desk.start("credits")
    await desk.send()
    private = {"content": "Your `credits`, -> https://example.com", "flags": EPHEMERAL}
    await bot.answer(await bot.next(), MESSAGE, private)
    await expect_that(desk.messages.last).to_contain_text("Only you")
    await bot.leave()
    await expect_that(desk.page.locator(".banner")).to_be_visible()

    assert await desk.page.evaluate(INSPECTION) == []


async def test_every_control_is_reached_with_the_keyboard_in_reading_order(
    desk: Desk, bot: ScriptedBot, gallery: Channel
) -> None:
    await bot.post(gallery.id, {"content": "Done", "components": [row(button("Again", "again"))]})
    await desk.open()
    await expect_that(desk.messages).to_have_count(1)

    reached = []
    for _ in range(9):
        await desk.page.keyboard.press("Tab")
        reached.append(await desk.page.evaluate("document.activeElement.className.split(' ')[0]"))

    assert reached == [
        "channel",
        "channel",
        "channel",
        "acting-select",
        "messages",
        "mention",
        "button",
        "menu-button",
        "icon-button",
    ]
