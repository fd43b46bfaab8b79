"""The picker: choosing a command, filling in its options, and what then reaches the bot."""

import pytest
from playwright.async_api import expect as expect_that

from bot.playground.permissions import Permission
from bot.playground.places import Channel, User
from bot.playground.server import Playground
from tests.playground_page.desk import Desk
from tests.playground_page.scripted_bot import CHOICES, MESSAGE, ScriptedBot

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_slash_lists_the_commands_and_the_keyboard_chooses_one(desk: Desk) -> None:
    await desk.open()

    await desk.composer.press_sequentially("/")
    offered = desk.channel.get_by_role("option")
    await expect_that(offered).to_have_count(2)
    first, second = await offered.all()
    await expect_that(first).to_have_attribute("aria-selected", "true")
    await desk.composer.press("ArrowDown")
    await expect_that(second).to_have_attribute("aria-selected", "true")
    await desk.composer.press("Enter")

    await expect_that(desk.channel.get_by_role("form", name="/credits")).to_be_visible()
    await expect_that(desk.channel.get_by_role("button", name="Send")).to_be_focused()


async def test_escape_puts_a_command_away_and_the_up_arrow_brings_it_back(desk: Desk) -> None:
    await desk.open()
    await desk.start("animate")
    await desk.option("prompt").locator("textarea").fill("slow rain")

    await desk.page.keyboard.press("Escape")
    await expect_that(desk.composer).to_be_focused()
    await desk.composer.press("ArrowUp")

    await expect_that(desk.option("prompt").locator("textarea")).to_have_value("slow rain")


async def test_commands_of_moderators_are_offered_to_moderators_only(
    desk: Desk, moderator: User
) -> None:
    await desk.open()
    await desk.composer.fill("/bud")
    await expect_that(desk.channel.get_by_role("option")).to_have_count(0)

    await desk.open(moderator)
    await desk.composer.fill("/bud")

    names = desk.channel.locator(".suggestion-name")
    await expect_that(names).to_have_text(["/budget grant", "/budget show"])


async def test_plain_text_is_answered_with_a_hint(desk: Desk) -> None:
    await desk.open()

    await desk.composer.fill("hello")
    await desk.composer.press("Enter")

    await expect_that(desk.channel.locator(".composer-hint")).to_contain_text("Start with /")


async def test_what_is_missing_or_wrong_is_said_at_its_field_and_nothing_is_sent(
    desk: Desk, bot: ScriptedBot, picture: bytes
) -> None:
    await desk.open()
    await desk.start("animate")
    await desk.channel.get_by_role("button", name="seconds").click()
    await desk.option("seconds").locator("textarea").fill("11")
    await desk.option("prompt").locator("textarea").fill("x" * 41)

    await desk.send()

    await expect_that(desk.option("image").get_by_role("alert")).to_have_text("This one is needed.")
    await expect_that(desk.option("prompt").get_by_role("alert")).to_contain_text("At most 40")
    await expect_that(desk.option("seconds").get_by_role("alert")).to_have_text("At most 10.")
    await expect_that(desk.option("image").locator("input")).to_be_focused()


async def test_options_reach_the_bot_with_their_types(
    desk: Desk, bot: ScriptedBot, picture: bytes
) -> None:
    await desk.open()
    await desk.start("animate")
    await desk.give_file(desk.option("image"), picture)
    await desk.option("prompt").locator("textarea").fill("slow rain")
    for name, value in (("seconds", "5"), ("speed", "0.5")):
        await desk.channel.get_by_role("button", name=name).click()
        await desk.option(name).locator("textarea").fill(value)
    for name, choice in (("shape", "tall"), ("loop", "True")):
        await desk.channel.get_by_role("button", name=name).click()
        await desk.option(name).get_by_role("radio", name=choice).check()

    await desk.option("prompt").locator("textarea").press("Enter")
    interaction = await bot.next()
    await bot.answer(interaction, MESSAGE, {"content": "Taken"})

    sent = {option["name"]: option["value"] for option in interaction["data"]["options"]}
    [attachment] = interaction["data"]["resolved"]["attachments"].values()
    assert attachment["filename"] == "cat.png"
    assert attachment["size"] == len(picture)
    assert sent == {
        "image": attachment["id"],
        "prompt": "slow rain",
        "seconds": 5,
        "speed": 0.5,
        "shape": "9:16",
        "loop": True,
    }
    await expect_that(desk.messages.last).to_contain_text("Taken")
    await expect_that(desk.composer).to_be_focused()


async def test_a_subcommand_takes_a_member_and_a_role_by_name(
    desk: Desk, bot: ScriptedBot, playground: Playground, moderator: User, member: User
) -> None:
    role = next(one for one in playground.world.guild.roles.values() if one.name == "Moderator")
    await desk.open(moderator)
    await desk.start("budget grant")
    await desk.option("member").locator("textarea").fill("second")
    await desk.page.keyboard.press("ArrowUp")
    await desk.option("member").locator("textarea").fill("member")
    await desk.page.keyboard.press("Enter")
    await desk.option("credits").locator("textarea").fill("25")
    await desk.channel.get_by_role("button", name="role", exact=True).click()
    await desk.option("role").locator("textarea").fill("mod")
    await desk.page.keyboard.press("Enter")

    await desk.send()
    interaction = await bot.next()

    [grant] = interaction["data"]["options"]
    values = [option["value"] for option in grant["options"]]
    assert (interaction["data"]["name"], grant["name"]) == ("budget", "grant")
    assert values == [str(member.id), 25, str(role.id)]


async def test_suggestions_are_asked_for_while_typing(desk: Desk, bot: ScriptedBot) -> None:
    await desk.open()
    await desk.start("animate")
    await desk.option("prompt").locator("textarea").fill("rain")
    await desk.channel.get_by_role("button", name="model").click()
    await bot.answer(await bot.next(), CHOICES, {"choices": []})
    await desk.option("model").locator("textarea").press_sequentially("an")

    asked = await bot.next()
    choices = [{"name": "Plain", "value": "plain-1"}, {"name": "Fancy", "value": "fancy-2"}]
    await bot.answer(asked, CHOICES, {"choices": choices})
    await expect_that(desk.option("model").get_by_role("option")).to_have_text(["Plain", "Fancy"])
    await desk.page.keyboard.press("ArrowDown")
    await desk.page.keyboard.press("Enter")

    options = {option["name"]: option for option in asked["data"]["options"]}
    assert options["model"] == {"name": "model", "type": 3, "value": "an", "focused": True}
    assert options["prompt"]["value"] == "rain"
    await expect_that(desk.option("model").locator("textarea")).to_have_value("Fancy")
    await expect_that(desk.option("model").get_by_role("option")).to_have_count(0)


@pytest.mark.parametrize("how", ["drop", "paste"])
async def test_a_picture_dropped_or_pasted_starts_the_command_that_takes_one(
    desk: Desk, picture: bytes, how: str
) -> None:
    await desk.open()

    await desk.hand_over(".channel-place .pane", picture, how)

    preview = desk.option("image").get_by_role("img", name="Preview of given.png")
    await expect_that(preview).to_be_visible()
    await expect_that(desk.option("prompt").locator("textarea")).to_be_focused()


async def test_a_refused_command_keeps_what_was_typed(
    desk: Desk, playground: Playground, member: User, gallery: Channel, picture: bytes
) -> None:
    playground.world.deny(gallery, member.id, Permission.USE_APPLICATION_COMMANDS)
    await desk.open(member)
    await desk.start("animate")
    await desk.give_file(desk.option("image"), picture)
    await desk.option("prompt").locator("textarea").fill("slow rain")

    await desk.send()

    await expect_that(desk.page.locator(".toast")).to_contain_text("may not use commands")
    await expect_that(desk.option("prompt").locator("textarea")).to_have_value("slow rain")
