"""How messages are shown, and how they change while somebody looks."""

import pytest
from playwright.async_api import expect as expect_that

from bot.playground.places import Channel, User
from bot.playground.server import Playground
from tests.playground_page.desk import Desk
from tests.playground_page.samples import (
    EMBED,
    EVERYTHING,
    MARKDOWN,
    button,
    gallery_of,
    layout,
    row,
    text,
)
from tests.playground_page.scripted_bot import EPHEMERAL, MESSAGE, THINKING, ScriptedBot

pytestmark = pytest.mark.asyncio(loop_scope="session")

PLAY = """async (video) => {
  video.muted = true;
  video.remembered = true;
  await video.play();
}"""
NEXT_MOMENT = """(video) => new Promise((tell) => {
  video.addEventListener("timeupdate", () => tell(video.currentTime), { once: true });
})"""
IS_THE_SAME_AND_PLAYS = "(video) => video.remembered === true && !video.paused"
# The page learns of it by an event, which comes a frame later.
SCROLL_UP = """(list) => new Promise((heard) => {
    list.addEventListener("scroll", heard, { once: true });
    list.scrollTop = 300;
})"""
DISTANCE_FROM_END = "(list) => list.scrollHeight - list.scrollTop - list.clientHeight"


async def test_markdown_becomes_elements_and_html_stays_text(
    desk: Desk, bot: ScriptedBot, gallery: Channel
) -> None:
    await desk.open()

    await bot.post(gallery.id, MARKDOWN)

    shown = desk.messages.last
    for tag in ("h4", "strong", "em", "u", "s", "blockquote", "small", "pre", "ul ul li", "ol li"):
        await expect_that(shown.locator(tag).first).to_be_visible()
    for address in ("https://example.com/a", "https://example.com/b"):
        await expect_that(shown.locator(f'a[href="{address}"]')).to_be_visible()
    await expect_that(shown.get_by_role("img", name="about 50 percent")).to_be_visible()
    await expect_that(shown.locator("time.stamp")).to_contain_text("years ago")
    await expect_that(shown).to_contain_text("*plain*")
    await expect_that(shown).to_contain_text("<img src=x onerror=alert(1)> <script>alert(2)")
    await expect_that(shown.locator(".message-body :is(img, script)")).to_have_count(0)


async def test_mentions_name_people_and_lead_to_channels(
    desk: Desk, bot: ScriptedBot, gallery: Channel, member: User, playground: Playground
) -> None:
    general = playground.world.channel_named("general")
    everyone = playground.world.guild.everyone
    await bot.post(gallery.id, f"<@{member.id}> and <@&{everyone.id}>, look at <#{general.id}>")
    await desk.open()

    await expect_that(desk.messages.last).to_contain_text("@Member and @everyone, look at #general")
    await desk.messages.last.get_by_role("button", name="#general").click()

    await expect_that(desk.channel.get_by_role("heading", name="general")).to_be_visible()


async def test_every_component_is_shown(
    desk: Desk, bot: ScriptedBot, gallery: Channel, picture: bytes
) -> None:
    names = ("one.png", "two.png", "three.png")
    files = [(name, picture) for name in names]
    await bot.post(gallery.id, EVERYTHING, [*files, ("notes.txt", b"Hello")])
    await desk.open()

    shown = desk.messages.last
    await expect_that(shown.get_by_text("Beside a picture")).to_be_visible()
    await expect_that(shown.get_by_alt_text("One", exact=True)).to_be_visible()
    for name in names:
        await expect_that(shown.get_by_alt_text(name)).to_be_visible()
    for name in ("Aside", "Primary", "Danger"):
        await expect_that(shown.get_by_role("button", name=name)).to_be_enabled()
    await expect_that(shown.get_by_role("button", name="Off")).to_be_disabled()
    await expect_that(shown.get_by_role("link", name="Elsewhere")).to_be_visible()
    await expect_that(shown.get_by_role("link", name="notes.txt")).to_be_visible()
    await expect_that(shown.get_by_role("combobox", name="Another model")).to_be_visible()
    await expect_that(shown.get_by_role("separator")).to_be_visible()


async def test_an_embed_is_shown_with_its_fields_and_buttons(
    desk: Desk, bot: ScriptedBot, gallery: Channel
) -> None:
    await bot.post(gallery.id, EMBED)
    await desk.open()

    shown = desk.messages.last
    await expect_that(shown.locator(".embed-title")).to_have_text("Your credits")
    await expect_that(shown.locator("dt")).to_have_text(["Available", "Held"])
    await expect_that(shown.get_by_role("button", name="Old row")).to_be_visible()


async def test_an_answer_thinks_then_speaks_then_is_edited(desk: Desk, bot: ScriptedBot) -> None:
    await desk.open()
    await desk.start("credits")
    await desk.send()
    interaction = await bot.next()

    await bot.answer(interaction, THINKING)
    await expect_that(desk.messages.last).to_contain_text("Zoetrope is thinking…")
    await expect_that(desk.messages.last).to_contain_text("Member used /credits")
    await bot.edit_answer(interaction, {"content": "You have 88"})
    await expect_that(desk.messages.last).to_contain_text("You have 88")
    await expect_that(desk.messages.last).not_to_contain_text("thinking")
    await bot.edit_answer(interaction, {"content": "You have 80"})

    await expect_that(desk.messages.last).to_contain_text("You have 80")
    await expect_that(desk.messages.last).to_contain_text("(edited)")
    await expect_that(desk.messages).to_have_count(1)


async def test_a_private_answer_says_so_and_can_be_dismissed(desk: Desk, bot: ScriptedBot) -> None:
    await desk.open()
    await desk.start("credits")
    await desk.send()

    await bot.answer(await bot.next(), MESSAGE, {"content": "88", "flags": EPHEMERAL})
    await expect_that(desk.messages.last).to_contain_text("Only you can see this")
    await desk.messages.last.get_by_role("button", name="Dismiss").click()

    await expect_that(desk.messages).to_have_count(0)


async def test_a_clip_plays_on_while_messages_around_and_above_it_change(
    desk: Desk, bot: ScriptedBot, gallery: Channel, clip: bytes
) -> None:
    above = await bot.post(gallery.id, "Waiting")
    shown = layout(text("Your clip"), gallery_of("clip.mp4"), row(button("Again", "again")))
    message = await bot.post(gallery.id, shown, [("clip.mp4", clip)])
    await desk.open()
    video = desk.messages.last.locator("video")
    await video.evaluate(PLAY)

    await bot.edit(above, {"content": "Done", "components": [row(button("More", "more"))]})
    longer = layout(
        text("Your clip"), text("with words"), gallery_of("clip.mp4"), row(button("Once more", "x"))
    )
    keep = [{"id": attachment["id"]} for attachment in message["attachments"]]
    await bot.edit(message, {**longer, "attachments": keep})
    await bot.post(gallery.id, "One more message")
    await expect_that(desk.channel.get_by_role("button", name="Once more")).to_be_visible()
    await expect_that(desk.messages.last).to_contain_text("One more message")

    video = desk.channel.locator("video")
    assert await video.evaluate(IS_THE_SAME_AND_PLAYS)
    assert await video.evaluate(NEXT_MOMENT) > 0


async def test_a_thread_opens_beside_its_channel_and_lives_there(
    desk: Desk, bot: ScriptedBot, gallery: Channel
) -> None:
    message = await bot.post(gallery.id, "Follow it below")
    thread = await bot.open_thread(message, "slow rain")
    await bot.post(thread["id"], "Waiting")
    await desk.open()

    card = desk.messages.last.get_by_role("button", name="slow rain")
    await expect_that(card).to_contain_text("1 message")
    await card.press("Enter")
    await expect_that(desk.thread.get_by_role("heading", name="slow rain")).to_be_focused()
    await bot.post(thread["id"], "Running")

    await expect_that(desk.thread.locator(".message").last).to_contain_text("Running")
    await expect_that(card).to_contain_text("2 messages")
    await expect_that(desk.channel).to_be_visible()
    await desk.thread.get_by_role("button", name="Close the thread").click()
    await expect_that(desk.thread).to_have_count(0)
    await expect_that(card).to_be_focused()


async def test_a_reader_at_the_end_follows_and_one_further_up_is_left_alone(
    desk: Desk, bot: ScriptedBot, gallery: Channel, playground: Playground, moderator: User
) -> None:
    for number in range(12):
        await playground.say(moderator.id, gallery.id, f"Message {number}\n" + "line\n" * 6)
    await desk.open()
    scroller = desk.channel.get_by_role("region", name="Messages in #gallery")
    await expect_that(desk.messages).to_have_count(12)

    await bot.post(gallery.id, "At the end\n" + "line\n" * 6)
    await expect_that(desk.messages).to_have_count(13)
    assert await scroller.evaluate(DISTANCE_FROM_END) < 2
    await scroller.evaluate(SCROLL_UP)
    jump = desk.channel.get_by_role("button", name="New messages")
    await expect_that(jump).to_be_hidden()
    await bot.post(gallery.id, "Out of sight")

    await expect_that(jump).to_be_visible()
    assert await scroller.evaluate("(list) => list.scrollTop") == 300
    await jump.click()
    await expect_that(desk.messages.last).to_be_in_viewport()


async def test_new_messages_are_announced(desk: Desk, bot: ScriptedBot, gallery: Channel) -> None:
    await desk.open()

    await bot.post(gallery.id, "Your **clip** is ready")

    live = desk.page.locator('body > [role="status"][aria-live="polite"]')
    await expect_that(live).to_have_text("Zoetrope: Your clip is ready")
