"""Takes the README's picture: the playground's page just after the real bot has posted a clip."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from playwright.async_api import Page, async_playwright

from bot.playground.launch import launch_bot
from bot.playground.server import Playground
from tests.playground_page.chromium import ARGUMENTS, find_chromium

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
SAMPLE = Path(__file__).parents[1] / "bot" / "playground" / "sample.jpg"
PROMPT = "dolly in, drifting embers"


async def main() -> None:
    """Order a clip by hand, wait for it, and take the picture."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "bot.log")
        async with (
            Playground.open() as playground,
            launch_bot(playground, Path(folder), log=log),
            async_playwright() as playwright,
        ):
            browser = await playwright.chromium.launch(
                executable_path=find_chromium(), args=ARGUMENTS
            )
            page = await browser.new_page(viewport={"width": 1280, "height": 760})
            await page.goto(playground.page_url)
            await _order(page)
            await page.get_by_text("Done").wait_for()
            await page.locator("video").evaluate("video => { video.currentTime = 2.5 }")
            await page.wait_for_timeout(500)
            await page.screenshot(path=PICTURES / "thread.png")
            await browser.close()


async def _order(page: Page) -> None:
    await page.locator("[placeholder^=Type]").first.fill("/animate")
    await page.keyboard.press("Enter")
    await page.set_input_files("input[type=file]", SAMPLE)
    await page.get_by_label("prompt").first.fill(PROMPT)
    await page.get_by_role("button", name="Send").click()


if __name__ == "__main__":
    asyncio.run(main())
