"""`python -m bot`: what goes wrong is one plain sentence and exit status 1, never a traceback."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from bot.media.clips import probe
from bot.media.ffmpeg import Ffmpeg
from bot.playground.launch import PROJECT, bot_environment
from bot.playground.server import Playground
from tests.end_to_end.stage import Stage
from tests.media.pictures import corners, saved

PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Said:
    """How a command ended."""

    status: int
    out: str
    errors: str


async def bot(*arguments: str, folder: Path, **settings: str) -> Said:
    """Run the command line in a folder where no `.env` lies."""
    known = {key: os.environ[key] for key in ("PATH", "HOME", "TMPDIR") if key in os.environ}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *arguments),
        cwd=folder,
        env=known | {"PYTHONPATH": str(PROJECT)} | settings,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(PATIENCE_SECONDS):
        out, errors = await process.communicate()
    assert process.returncode is not None
    return Said(process.returncode, out.decode(), errors.decode())


def assert_one_sentence(said: Said, words: str) -> None:
    """Fail unless the command ended with status 1 and this in a single line."""
    [line] = said.errors.splitlines()
    assert words in line
    assert said.status == 1


# -- run ----------------------------------------------------------------------------------------


async def test_what_cannot_work_is_named(tmp_path: Path) -> None:
    (tmp_path / "garbage.db").write_bytes(b"This is not a database. " * 400)
    token = {"DISCORD_TOKEN": "some.token", "DATABASE_URL": "sqlite:///mine.db"}
    wrong: dict[str, dict[str, str]] = {
        "DISCORD_TOKEN is missing": {},
        "garbage.db cannot be opened": token | {"DATABASE_URL": "sqlite:///garbage.db"},
        "below/it.db cannot be opened": token
        | {"DATABASE_URL": "sqlite:///garbage.db/below/it.db"},
        "cannot reach Discord": token | {"DISCORD_API_URL": "http://127.0.0.1:1/api/v10"},
    }

    all_said = await asyncio.gather(
        *(bot("run", folder=tmp_path, **settings) for settings in wrong.values())
    )

    for said, words in zip(all_said, wrong, strict=True):
        assert_one_sentence(said, words)


async def test_a_wrong_token_is_named(tmp_path: Path) -> None:
    async with Playground.open() as playground:
        settings = bot_environment(playground, tmp_path) | {"DISCORD_TOKEN": "wrong"}

        said = await bot("run", folder=tmp_path, **settings)

    assert_one_sentence(said, "Discord does not accept DISCORD_TOKEN")


async def test_a_second_process_keeps_out_of_the_database(tmp_path: Path) -> None:
    async with Stage.open(tmp_path / "data") as stage, stage.bot() as first:
        said = await bot("run", folder=tmp_path, **bot_environment(stage.playground, stage.folder))

        assert_one_sentence(said, "another process is using")
        assert first.returncode is None


# -- demo ---------------------------------------------------------------------------------------


async def test_the_demo_makes_a_clip_and_a_sheet_of_its_frames(tmp_path: Path) -> None:
    (tmp_path / "mine.png").write_bytes(saved(corners(size=(640, 640)), "PNG"))
    asked = ("--image", "mine.png", "--prompt", "tilt up", "--seconds", "2", "--save", "out")

    said = await bot("demo", *asked, folder=tmp_path)

    clip, frames = tmp_path / "out" / "clip.mp4", tmp_path / "out" / "frames.png"
    facts = await probe(Ffmpeg(), clip)
    with Image.open(frames) as sheet:
        assert sheet.format == "PNG"
    assert (said.status, said.errors) == (0, "")
    assert (facts.width, facts.height, facts.frames) == (720, 720, 48)
    for told in ("/animate prompt:tilt up", "@Member, your clip is ready", "Done", str(clip.name)):
        assert told in said.out


async def test_demos_that_cannot_be_played_say_why(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("Dear diary, today I made a clip.\n")
    wrong = {
        ("--image", "nowhere.png"): "I cannot read the picture nowhere.png",
        ("--image", "notes.txt"): "That file is not a picture",
        ("--model", "sora"): "There is no model called “sora”",
        ("--seconds", "99"): "cannot make 99 s",
    }

    all_said = await asyncio.gather(
        *(bot("demo", *asked, "--save", f"out-{asked[1]}", folder=tmp_path) for asked in wrong)
    )

    for said, words in zip(all_said, wrong.values(), strict=True):
        assert_one_sentence(said, words)
        assert "clip.mp4" not in said.out
