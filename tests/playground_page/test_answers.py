"""Buttons, menus and forms: what they send, and what they show until the bot has answered."""

import copy

import pytest
from playwright.async_api import expect as expect_that

from bot.playground.clock import AdjustableClock
from bot.playground.places import Channel
from bot.playground.server import Playground
from tests.playground_page.desk import Desk
from tests.playground_page.samples import FORM, MODELS, OLD_FORM, ROLE_FORM, button, row
from tests.playground_page.scripted_bot import DEFERRED_UPDATE, MODAL, UPDATE, Json, ScriptedBot

pytestmark = pytest.mark.asyncio(loop_scope="session")

AGAIN: Json = {"content": "Done", "components": [row(button("Again", "again"))]}


async def test_a_button_is_busy_until_the_bot_acknowledges(
    desk: Desk, bot: ScriptedBot, gallery: Channel
) -> None:
    await bot.post(gallery.id, AGAIN)
    await desk.open()
    again = desk.messages.last.get_by_role("button", name="Again")

    await again.click()
    interaction = await bot.next()
    await expect_that(again).to_have_attribute("aria-busy", "true")
    await again.click(force=True)
    await bot.answer(interaction, DEFERRED_UPDATE)

    await expect_that(again).not_to_have_attribute("aria-busy", "true")
    await expect_that(again).to_be_focused()
    assert interaction["data"]["custom_id"] == "again"
    assert bot.waiting == 0


async def test_a_press_without_an_answer_in_time_is_said_to_have_failed(
    desk: Desk, bot: ScriptedBot, gallery: Channel, clock: AdjustableClock
) -> None:
    await bot.post(gallery.id, AGAIN)
    await desk.open()
    again = desk.messages.last.get_by_role("button", name="Again")
    await again.click()
    interaction = await bot.next()

    clock.advance(4)
    assert await bot.answer(interaction, DEFERRED_UPDATE) == 404

    await expect_that(desk.page.locator(".toast")).to_contain_text(
        "The application did not respond"
    )
    await expect_that(again).not_to_have_attribute("aria-busy", "true")


async def test_a_choice_in_a_menu_is_sent(desk: Desk, bot: ScriptedBot, gallery: Channel) -> None:
    await bot.post(gallery.id, {"content": "Which?", "components": [row(MODELS)]})
    await desk.open()

    menu = desk.messages.last.get_by_role("combobox", name="Another model")
    await menu.select_option("fancy-2")
    interaction = await bot.next()
    await bot.answer(interaction, UPDATE, {"content": "Fancy it is", "components": []})

    assert interaction["data"]["values"] == ["fancy-2"]
    await expect_that(desk.messages.last).to_contain_text("Fancy it is")


async def test_another_menu_in_the_place_of_one_begins_without_a_choice(
    desk: Desk, bot: ScriptedBot, gallery: Channel
) -> None:
    await bot.post(gallery.id, {"content": "Which?", "components": [row(MODELS)]})
    await desk.open()
    menu = desk.messages.last.get_by_role("combobox", name="Another model")

    await menu.select_option("fancy-2")
    interaction = await bot.next()
    await bot.answer(interaction, UPDATE, {"content": "The same one", "components": [row(MODELS)]})
    await expect_that(desk.messages.last).to_contain_text("The same one")
    await expect_that(menu).to_have_value("fancy-2")

    await menu.select_option("plain-1")
    interaction = await bot.next()
    another = {**MODELS, "custom_id": "another"}
    await bot.answer(interaction, UPDATE, {"content": "Another", "components": [row(another)]})
    await expect_that(desk.messages.last).to_contain_text("Another")
    await expect_that(menu).to_have_value("")


async def test_several_choices_are_sent_together(
    desk: Desk, bot: ScriptedBot, gallery: Channel
) -> None:
    several = {**MODELS, "max_values": 2}
    await bot.post(gallery.id, {"content": "Which?", "components": [row(several)]})
    await desk.open()

    await desk.messages.last.get_by_text("Another model").click()
    await desk.messages.last.get_by_role("checkbox", name="Plain").check()
    await desk.messages.last.get_by_role("checkbox", name="Fancy").check()
    await desk.messages.last.get_by_role("button", name="Apply").click()

    interaction = await bot.next()
    assert interaction["data"]["values"] == ["plain-1", "fancy-2"]


async def test_a_form_is_filled_in_checked_and_sent(
    desk: Desk, bot: ScriptedBot, gallery: Channel, picture: bytes
) -> None:
    await _open_form(desk, bot, gallery, FORM)
    prompt = desk.dialog.get_by_label("Prompt")
    await expect_that(prompt).to_be_focused()

    await desk.dialog.get_by_role("button", name="Submit").click()
    await expect_that(desk.dialog.get_by_text("This one is needed.")).to_be_visible()
    await expect_that(prompt).to_be_focused()
    await prompt.fill("more snow")
    await desk.dialog.get_by_label("Model").select_option("plain-1")
    await desk.give_file(desk.dialog, picture)
    await desk.dialog.get_by_role("button", name="Submit").click()
    interaction = await bot.next()
    await expect_that(desk.dialog).to_be_visible()
    await bot.answer(interaction, UPDATE, {"content": "Again, with snow", "components": []})

    inputs = [part["component"] for part in interaction["data"]["components"]]
    [attachment] = interaction["data"]["resolved"]["attachments"].values()
    assert inputs[0]["value"] == "more snow"
    assert inputs[1]["values"] == ["plain-1"]
    assert inputs[2]["values"] == [attachment["id"]]
    await expect_that(desk.dialog).to_have_count(0)
    await expect_that(desk.messages.last).to_contain_text("Again, with snow")


async def test_a_role_is_chosen_in_a_form_which_shows_the_one_that_holds(
    desk: Desk, bot: ScriptedBot, playground: Playground, gallery: Channel
) -> None:
    role = next(one for one in playground.world.guild.roles.values() if one.name == "Moderator")
    form = copy.deepcopy(ROLE_FORM)
    form["components"][0]["component"]["default_values"] = [{"id": str(role.id), "type": "role"}]
    await _open_form(desk, bot, gallery, form)

    await desk.dialog.get_by_label("Whom").select_option(label="@Moderator")
    await desk.dialog.get_by_role("button", name="Submit").click()
    interaction = await bot.next()

    inputs = [part["component"] for part in interaction["data"]["components"]]
    assert [one["values"] for one in inputs] == [[str(role.id)], [str(role.id)]]
    assert interaction["data"]["resolved"]["roles"][str(role.id)]["name"] == "Moderator"


async def test_a_picture_pasted_into_a_form_goes_into_its_field(
    desk: Desk, bot: ScriptedBot, gallery: Channel, picture: bytes
) -> None:
    await _open_form(desk, bot, gallery, FORM)

    await desk.hand_over("dialog textarea", picture, "paste")

    await expect_that(desk.dialog.get_by_role("img", name="given.png")).to_be_visible()


async def test_an_old_form_keeps_what_stands_in_it(
    desk: Desk, bot: ScriptedBot, gallery: Channel
) -> None:
    await _open_form(desk, bot, gallery, OLD_FORM)

    await desk.dialog.get_by_label("Why").press("Enter")
    interaction = await bot.next()

    [only] = interaction["data"]["components"]
    assert only["components"][0]["value"] == "because"


async def test_the_focus_stays_in_a_form_and_returns_when_it_is_closed(
    desk: Desk, bot: ScriptedBot, gallery: Channel
) -> None:
    await _open_form(desk, bot, gallery, OLD_FORM)

    inside = (
        "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
    )
    for _ in range(6):
        await desk.page.keyboard.press("Tab")
        assert await desk.page.evaluate(inside)
    await desk.page.keyboard.press("Escape")

    await expect_that(desk.dialog).to_have_count(0)
    await expect_that(desk.messages.last.get_by_role("button", name="Again")).to_be_focused()


async def test_a_form_the_bot_does_not_take_stays_open_with_its_words(
    desk: Desk, bot: ScriptedBot, gallery: Channel, clock: AdjustableClock
) -> None:
    await _open_form(desk, bot, gallery, OLD_FORM)
    await desk.dialog.get_by_label("Why").fill("I like it")
    await desk.dialog.get_by_role("button", name="Submit").click()
    interaction = await bot.next()

    clock.advance(4)
    await bot.answer(interaction, DEFERRED_UPDATE)

    await expect_that(desk.dialog.locator(".toast")).to_contain_text("did not respond")
    await expect_that(desk.dialog.get_by_label("Why")).to_have_value("I like it")


async def _open_form(desk: Desk, bot: ScriptedBot, gallery: Channel, form: Json) -> None:
    await bot.post(gallery.id, AGAIN)
    await desk.open()
    await desk.messages.last.get_by_role("button", name="Again").click()
    await bot.answer(await bot.next(), MODAL, form)
    await desk.dialog.wait_for()
