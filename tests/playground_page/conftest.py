"""A playground, a scripted bot in it, and the page in a headless Chromium."""

import io
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import imageio_ffmpeg
import pytest
import pytest_asyncio
from PIL import Image
from playwright.async_api import Browser, Page, async_playwright

from bot.playground.clock import AdjustableClock
from bot.playground.places import Channel, User
from bot.playground.server import Playground
from tests.playground_page.chromium import ARGUMENTS, ChromiumMissing, find_chromium
from tests.playground_page.desk import DESK, PHONE, Desk
from tests.playground_page.scripted_bot import Json, ScriptedBot

COMMANDS: list[Json] = [
    {
        "name": "animate",
        "description": "Bring a picture to life",
        "options": [
            {"type": 11, "name": "image", "description": "The picture", "required": True},
            {
                "type": 3,
                "name": "prompt",
                "description": "What should move",
                "required": True,
                "max_length": 40,
            },
            {"type": 3, "name": "model", "description": "Which model", "autocomplete": True},
            {
                "type": 4,
                "name": "seconds",
                "description": "How long",
                "min_value": 2,
                "max_value": 10,
            },
            {
                "type": 3,
                "name": "shape",
                "description": "Wide or tall",
                "choices": [
                    {"name": "wide", "value": "16:9"},
                    {"name": "tall", "value": "9:16"},
                ],
            },
            {"type": 5, "name": "loop", "description": "Whether it loops"},
            {"type": 10, "name": "speed", "description": "How fast", "max_value": 2},
        ],
    },
    {"name": "credits", "description": "What you have"},
    {
        "name": "budget",
        "description": "Credits of members",
        "default_member_permissions": "32",
        "options": [
            {
                "type": 1,
                "name": "grant",
                "description": "Give credits",
                "options": [
                    {"type": 6, "name": "member", "description": "To whom", "required": True},
                    {"type": 4, "name": "credits", "description": "How many", "required": True},
                    {"type": 8, "name": "role", "description": "To all who have it"},
                ],
            },
            {"type": 1, "name": "show", "description": "Look at an account"},
        ],
    },
    {"type": 2, "name": "Video budget", "default_member_permissions": "32"},
    {"type": 3, "name": "Report clip"},
]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    try:
        path = find_chromium()
    except ChromiumMissing as missing:
        pytest.skip(str(missing))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        await browser.close()


@pytest.fixture
def clock() -> AdjustableClock:
    return AdjustableClock()


@pytest.fixture(scope="session")
def port() -> Iterator[int]:
    """One port for the playgrounds of all tests, which nobody else is given in between."""
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


@pytest_asyncio.fixture(loop_scope="session")
async def playground(port: int, clock: AdjustableClock) -> AsyncIterator[Playground]:
    # To fetch and compile forty scripts anew would be half of what a test costs.
    async with Playground.open(port, clock=clock, page_seconds=3600) as playground:
        yield playground


@pytest_asyncio.fixture(loop_scope="session")
async def bot(playground: Playground) -> AsyncIterator[ScriptedBot]:
    async with ScriptedBot.connected(playground, COMMANDS) as bot:
        yield bot


# A new page compiles the browser's own scripts anew. What the page keeps, it keeps in its address,
# so nothing of the last test is left in it.


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def desk_page(chromium: Browser) -> AsyncIterator[Page]:
    page = await chromium.new_page(viewport=DESK, reduced_motion="reduce")
    yield page
    await page.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def phone_page(chromium: Browser) -> AsyncIterator[Page]:
    page = await chromium.new_page(viewport=PHONE, has_touch=True, reduced_motion="reduce")
    yield page
    await page.close()


@pytest_asyncio.fixture(loop_scope="session")
async def desk(desk_page: Page, playground: Playground, bot: ScriptedBot) -> AsyncIterator[Desk]:
    """The page on a desktop screen; whatever the test does, it may complain of nothing."""
    desk = Desk(desk_page, playground)
    yield desk
    await desk.leave()
    assert desk.complaints == []


@pytest_asyncio.fixture(loop_scope="session")
async def phone(phone_page: Page, playground: Playground, bot: ScriptedBot) -> AsyncIterator[Desk]:
    """The page on a phone, held upright."""
    phone = Desk(phone_page, playground)
    yield phone
    await phone.leave()
    assert phone.complaints == []


@pytest.fixture
def member(playground: Playground) -> User:
    return playground.world.user_named("Member")


@pytest.fixture
def moderator(playground: Playground) -> User:
    return playground.world.user_named("Moderator")


@pytest.fixture
def gallery(playground: Playground) -> Channel:
    return playground.world.channel_named("gallery")


@pytest.fixture(scope="session")
def picture() -> bytes:
    """A small PNG."""
    file = io.BytesIO()
    Image.new("RGB", (64, 36), (200, 120, 40)).save(file, "PNG")
    return file.getvalue()


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Thirty seconds of H.264, so that no test sees its end."""
    path: Path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error"]
    command += ["-f", "lavfi", "-i", "testsrc=size=128x72:rate=12:duration=30"]
    command += ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
    subprocess.run([*command, "-movflags", "+faststart", str(path)], check=True, timeout=60)
    return path.read_bytes()
