"""The page in a browser, as the person in front of it sees and uses it."""

from base64 import b64encode

from playwright.async_api import (
    ConsoleMessage,
    Error,
    FilePayload,
    Locator,
    Page,
    Request,
    ViewportSize,
)
from playwright.async_api import expect as expect_that

from bot.playground.places import User
from bot.playground.server import Playground

DESK: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}

HAND_OVER = """
([selector, data, type]) => {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], "given.png", { type: "image/png" }));
  const given = { bubbles: true, dataTransfer: transfer, clipboardData: transfer };
  const kind = type === "paste" ? ClipboardEvent : DragEvent;
  document.querySelector(selector).dispatchEvent(new kind(type, given));
}
"""


class Desk:
    """One open page, and everything it did that it should not."""

    def __init__(self, page: Page, playground: Playground) -> None:
        self.page = page
        self._url = playground.page_url
        self.complaints: list[str] = []
        page.set_default_timeout(5000)
        page.on("pageerror", self._note_error)
        page.on("console", self._note)
        page.on("request", self._check_address)

    async def open(self, user: User | None = None) -> None:
        """Load the page, as one member or as whoever the server chooses."""
        query = f"page/?as={user.id}" if user else ""
        await self.page.goto(self._url + query)
        await self.page.locator(".pane").first.wait_for()

    async def leave(self) -> None:
        """Clear the page for the next test."""
        self.page.remove_listener("pageerror", self._note_error)
        self.page.remove_listener("console", self._note)
        self.page.remove_listener("request", self._check_address)
        await self.page.mouse.move(0, 0)
        await self.page.goto("about:blank")
        await self.page.context.clear_cookies()

    @property
    def channel(self) -> Locator:
        """The pane of the channel."""
        return self.page.locator(".channel-place .pane")

    @property
    def thread(self) -> Locator:
        """The pane of the thread."""
        return self.page.locator(".thread-place .pane")

    @property
    def composer(self) -> Locator:
        """The field in which a command is looked for."""
        return self.channel.get_by_role("combobox", name="Command in")

    @property
    def dialog(self) -> Locator:
        """The form the bot has opened."""
        return self.page.get_by_role("dialog")

    @property
    def messages(self) -> Locator:
        """The messages of the channel."""
        return self.channel.locator(".message")

    def option(self, name: str) -> Locator:
        """Where one option of the open command is filled in."""
        return self.channel.locator(f'.field[data-option="{name}"]')

    async def start(self, command: str) -> None:
        """Choose a command with the keyboard."""
        await self.composer.fill(f"/{command}")
        await expect_that(self.channel.get_by_role("option").first).to_contain_text(command)
        await self.composer.press("Enter")
        await self.channel.get_by_role("form", name=f"/{command}").wait_for()

    async def give_file(self, place: Locator, content: bytes) -> None:
        """Choose a picture named cat.png for the field in a place."""
        file: FilePayload = {"name": "cat.png", "mimeType": "image/png", "buffer": content}
        await place.locator("input[type=file]").set_input_files(file)

    async def hand_over(self, selector: str, content: bytes, how: str) -> None:
        """Drop or paste a picture named given.png on what a selector finds."""
        await self.page.evaluate(HAND_OVER, [selector, b64encode(content).decode(), how])

    async def send(self) -> None:
        """Send the open command."""
        await self.channel.get_by_role("button", name="Send").click()

    async def act_as(self, name: str) -> None:
        """Switch to another person."""
        await self.page.get_by_label("Acting as").select_option(label=name)

    def _note_error(self, error: Error) -> None:
        self.complaints.append(str(error))

    def _note(self, told: ConsoleMessage) -> None:
        # The browser itself reports every 400, which the page answers with a sentence.
        if told.type in ("error", "warning") and "status of 400" not in told.text:
            self.complaints.append(told.text)

    def _check_address(self, request: Request) -> None:
        if not request.url.startswith(self._url):
            self.complaints.append(f"a request left the page's origin: {request.url}")
