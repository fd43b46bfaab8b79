"""The menu of a message: by right-click, by its button, by keyboard, and on a phone."""

import pytest
from playwright.async_api import expect as expect_that

from bot.playground.places import Channel, User
from bot.playground.server import Playground
from tests.playground_page.desk import Desk
from tests.playground_page.scripted_bot import EPHEMERAL, MESSAGE, ScriptedBot

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_right_click_offers_the_bots_entries_and_sends_the_message(
    desk: Desk, bot: ScriptedBot, gallery: Channel
) -> None:
    posted = await bot.post(gallery.id, "A clip")
    await desk.open()

    await desk.messages.first.locator(".text").click(button="right")
    await desk.page.get_by_role("menuitem", name="Report clip").click()

    interaction = await bot.next()
    data = interaction["data"]
    assert (data["type"], data["name"], data["target_id"]) == (3, "Report clip", posted["id"])
    assert data["resolved"]["messages"][posted["id"]]["content"] == "A clip"
    await bot.answer(interaction, MESSAGE, {"content": "Thank you", "flags": EPHEMERAL})
    await expect_that(desk.messages.last).to_contain_text("Thank you")


async def test_a_moderator_reaches_whoever_wrote_a_message_with_the_keyboard(
    desk: Desk,
    bot: ScriptedBot,
    playground: Playground,
    gallery: Channel,
    member: User,
    moderator: User,
) -> None:
    await playground.say(member.id, gallery.id, "May I have more credits?")
    await desk.open(moderator)
    opener = desk.messages.first.get_by_role("button", name="Menu of the message by Member")

    await opener.focus()
    await desk.page.keyboard.press("Enter")
    await expect_that(desk.page.get_by_role("menuitem")).to_have_count(2)
    await desk.page.keyboard.press("Escape")
    await expect_that(opener).to_be_focused()
    await desk.page.keyboard.press("Enter")
    await desk.page.keyboard.press("ArrowDown")
    await desk.page.keyboard.press("Enter")

    data = (await bot.next())["data"]
    assert (data["type"], data["target_id"]) == (2, str(member.id))
    assert list(data["resolved"]["members"]) == [str(member.id)]


async def test_a_member_is_not_offered_what_moderators_are(
    desk: Desk, playground: Playground, gallery: Channel, member: User, moderator: User
) -> None:
    await playground.say(moderator.id, gallery.id, "Be kind")
    await desk.open(member)

    await desk.messages.first.get_by_role("button", name="Menu of").click()

    await expect_that(desk.page.get_by_role("menuitem")).to_have_text(["Report clip"])


async def test_the_menu_stands_within_a_phones_screen(
    phone: Desk, bot: ScriptedBot, gallery: Channel
) -> None:
    await bot.post(gallery.id, "A clip")
    await phone.open()

    await phone.messages.first.get_by_role("button", name="Menu of").click()

    box = await phone.page.get_by_role("menu").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
