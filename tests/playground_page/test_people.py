"""Who one acts as, what they alone see, and what the page says about its connections."""

import pytest
from playwright.async_api import WebSocketRoute
from playwright.async_api import expect as expect_that

from bot.playground.places import Channel, User
from bot.playground.server import Playground
from tests.playground_page.desk import Desk
from tests.playground_page.scripted_bot import EPHEMERAL, MESSAGE, ScriptedBot

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_another_person_does_not_see_private_answers(
    desk: Desk, bot: ScriptedBot, gallery: Channel, moderator: User
) -> None:
    await bot.post(gallery.id, "For everybody")
    await desk.open()
    await desk.start("credits")
    await desk.send()
    await bot.answer(await bot.next(), MESSAGE, {"content": "Only 88", "flags": EPHEMERAL})
    await expect_that(desk.messages).to_have_count(2)

    await desk.act_as("Moderator")
    await expect_that(desk.messages).to_have_count(1)
    await expect_that(desk.messages).to_contain_text("For everybody")
    assert f"as={moderator.id}" in desk.page.url
    await desk.page.reload()
    await expect_that(desk.page.get_by_label("Acting as")).to_have_value(str(moderator.id))
    await desk.act_as("Member")

    await expect_that(desk.messages).to_have_count(2)


async def test_a_ping_stands_out_for_the_one_who_was_pinged(
    desk: Desk, bot: ScriptedBot, gallery: Channel, member: User, playground: Playground
) -> None:
    general = playground.world.channel_named("general")
    pinging = {
        "content": f"<@{member.id}>, your clip is ready",
        "allowed_mentions": {"users": [str(member.id)]},
    }
    await desk.open(member)
    await bot.post(gallery.id, pinging)
    await expect_that(desk.channel.locator(".message.pinged")).to_have_count(1)
    await bot.post(general.id, pinging)

    entry = desk.page.get_by_role("navigation").get_by_role("button", name="general")
    await expect_that(entry.locator(".badge")).to_have_text("1")
    await desk.act_as("Second member")
    await expect_that(desk.messages.last).to_contain_text("your clip is ready")
    await expect_that(desk.channel.locator(".message.pinged")).to_have_count(0)


async def test_the_page_says_when_the_bot_is_offline(desk: Desk, bot: ScriptedBot) -> None:
    await desk.open()
    banner = desk.page.locator(".banner")
    await expect_that(banner).to_be_hidden()

    await bot.leave()

    await expect_that(banner).to_contain_text("The bot is offline")


async def test_a_lost_connection_is_opened_again_and_what_was_missed_is_shown(
    desk: Desk, bot: ScriptedBot, gallery: Channel, playground: Playground
) -> None:
    connections: list[WebSocketRoute] = []

    def pass_on(socket: WebSocketRoute) -> None:
        connections.append(socket)
        socket.connect_to_server()

    events = playground.page_url.replace("http", "ws", 1) + "page/api/events*"
    await desk.page.route_web_socket(events, pass_on)
    await desk.open()
    await expect_that(desk.page.locator(".banner")).to_be_hidden()
    await connections[0].close()
    await expect_that(desk.page.locator(".banner")).to_contain_text("connection")

    await bot.post(gallery.id, "While you were away")

    await expect_that(desk.messages.last).to_contain_text("While you were away")
    await expect_that(desk.page.locator(".banner")).to_be_hidden()
    await bot.post(gallery.id, "And live again")
    await expect_that(desk.messages.last).to_contain_text("And live again")


async def test_the_thread_of_ones_own_command_opens_by_itself(desk: Desk, bot: ScriptedBot) -> None:
    await desk.open()
    await desk.start("credits")
    await desk.send()
    interaction = await bot.next()
    await bot.answer(interaction, MESSAGE, {"content": "Follow it below"})
    answer = await bot.edit_answer(interaction, {"content": "Follow it here"})

    await bot.open_thread(answer, "slow rain")

    await expect_that(desk.thread.get_by_role("heading", name="slow rain")).to_be_visible()
    await expect_that(desk.composer).to_be_focused()
