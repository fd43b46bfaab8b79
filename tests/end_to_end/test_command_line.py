"""`python -m bot`: what goes wrong is one plain sentence and exit status 1, never a traceback."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import pytest_asyncio
from PIL import Image

from bot.media.clips import probe
from bot.media.ffmpeg import Ffmpeg
from bot.playground.launch import PROJECT, bot_environment
from bot.playground.server import Playground
from tests.end_to_end.stage import Stage
from tests.forks import fork_bot
from tests.media.pictures import corners, saved

pytestmark = pytest.mark.asyncio(loop_scope="session")

PATIENCE_SECONDS = 60
AT_ONCE = 4


@dataclass(frozen=True)
class Said:
    """How a command ended."""

    status: int
    out: str
    errors: str


async def bot(*arguments: str, folder: Path, **settings: str) -> Said:
    """Run the command line in a folder where no `.env` lies."""
    known = {key: os.environ[key] for key in ("PATH", "HOME", "TMPDIR") if key in os.environ}
    environment = known | {"PYTHONPATH": str(PROJECT)} | settings
    with TemporaryDirectory() as said:
        out, errors = Path(said, "out"), Path(said, "errors")
        async with (
            fork_bot(arguments, environment, where=folder, out=out, errors=errors) as process,
            asyncio.timeout(PATIENCE_SECONDS),
        ):
            status = await process.wait()
        return await asyncio.to_thread(lambda: Said(status, out.read_text(), errors.read_text()))


TOKEN = {"DISCORD_TOKEN": "some.token"}
NOWHERE = {"DISCORD_API_URL": "http://127.0.0.1:1/api/v10", "DATABASE_URL": "sqlite:///other.db"}
WRONG_RUNS: dict[str, dict[str, str]] = {
    "DISCORD_TOKEN is missing": {"DATABASE_URL": "sqlite:///mine.db"},
    "garbage.db cannot be opened": TOKEN | {"DATABASE_URL": "sqlite:///garbage.db"},
    "below/it.db cannot be opened": TOKEN | {"DATABASE_URL": "sqlite:///garbage.db/below/it.db"},
    "cannot reach Discord": TOKEN | NOWHERE,
}
WRONG_REPORTS = {
    "there is no database at data/zoetrope.db": (),
    "comes before --until": ("--since", "2026-03-02", "--until", "2026-03-01"),
    "is more than 366 days": ("--since", "2020-01-01"),
}
WRONG_COPIES = {
    "there is no database at data/zoetrope.db yet; `run`": ("audit",),
    "there is no database at data/zoetrope.db yet": ("backup", "copy.db"),
}
WRONG_RESTORES = {"there is no file nowhere.db": "nowhere", "garbage.db is no database": "garbage"}
WRONG_DEMOS = {
    "I cannot read the picture nowhere.png": ("--image", "nowhere.png"),
    "There is no model called “sora”": ("--model", "sora"),
}
PROXY = {"http_proxy": "http://127.0.0.1:1"}
"""It does not lead back to this machine."""
GOOD_DEMO = ("--image", "mine.png", "--prompt", "tilt up", "--seconds", "2", "--save", "out")


@dataclass(frozen=True)
class Terminal:
    """A folder in which commands were run, and what they said."""

    folder: Path
    said: dict[str, Said]
    """By the words they should say."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def terminal(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """Every command at once, as far as a small machine is left enough for a bot to answer."""
    folder, turns = tmp_path_factory.mktemp("terminal"), asyncio.Semaphore(AT_ONCE)
    (folder / "garbage.db").write_bytes(b"This is not a database. " * 400)
    (folder / "mine.png").write_bytes(saved(corners(size=(1024, 1024)), "PNG"))

    async def take_turn(*arguments: str, **settings: str) -> Said:
        async with turns:
            return await bot(*arguments, folder=folder, **settings)

    async with asyncio.TaskGroup() as group:
        running = {"clip.mp4": group.create_task(take_turn("demo", *GOOD_DEMO, **PROXY))}
        for words, asked in WRONG_DEMOS.items():
            out = ("--save", f"out-{asked[1]}")
            running[words] = group.create_task(take_turn("demo", *asked, *out))
        for words, days in WRONG_REPORTS.items():
            running[words] = group.create_task(take_turn("reconcile", *days))
        for words, command in WRONG_COPIES.items():
            running[words] = group.create_task(take_turn(*command))
        for words, copy in WRONG_RESTORES.items():
            own = {"DATABASE_URL": f"sqlite:///restored-{copy}.db"}
            running[words] = group.create_task(take_turn("restore", f"{copy}.db", **own))
        running["doctor"] = group.create_task(take_turn("doctor"))
        for words, settings in WRONG_RUNS.items():
            running[words] = group.create_task(take_turn("run", **settings))
    return Terminal(folder, {words: task.result() for words, task in running.items()})


def assert_one_sentence(said: Said, words: str) -> None:
    """Fail unless the command ended with status 1 and this in a single line."""
    [line] = said.errors.splitlines()
    assert words in line
    assert said.status == 1


@pytest.mark.parametrize("words", WRONG_RUNS)
async def test_a_bot_that_cannot_start_says_why(terminal: Terminal, words: str) -> None:
    assert_one_sentence(terminal.said[words], words)


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


async def test_a_token_that_is_reset_while_the_bot_runs_is_named(tmp_path: Path) -> None:
    async with Playground.open() as playground:
        settings = bot_environment(playground, tmp_path)
        async with asyncio.TaskGroup() as group:
            running = group.create_task(bot("run", folder=tmp_path, **settings))
            await playground.until(lambda: playground.gateway.online, within_seconds=20)
            playground.gateway.token = "another"
            playground.gateway.invalidate()
            playground.gateway.drop()

    said = running.result()
    assert "Discord closed the connection for good (code 4004)" in said.errors.splitlines()[-1]
    assert "Traceback" not in said.errors
    assert said.status == 1


@pytest.mark.parametrize("words", WRONG_DEMOS)
async def test_a_demo_that_cannot_be_played_says_why(terminal: Terminal, words: str) -> None:
    assert_one_sentence(terminal.said[words], words)
    assert "clip.mp4" not in terminal.said[words].out


async def test_the_demo_makes_a_clip_and_a_sheet_of_its_frames(terminal: Terminal) -> None:
    said, out = terminal.said["clip.mp4"], terminal.folder / "out"

    facts = await probe(Ffmpeg(), out / "clip.mp4")

    with Image.open(out / "frames.png") as sheet:
        assert sheet.format == "PNG"
    assert (said.status, said.errors) == (0, "")
    assert (facts.width, facts.height, facts.frames) == (720, 720, 48)
    for told in ("/animate prompt:tilt up", "@Member, your clip is ready", "Done", "clip.mp4"):
        assert told in said.out


@pytest.mark.parametrize("words", WRONG_REPORTS)
async def test_what_cannot_be_reconciled_says_why(terminal: Terminal, words: str) -> None:
    assert_one_sentence(terminal.said[words], words)


@pytest.mark.parametrize("words", [*WRONG_COPIES, *WRONG_RESTORES])
async def test_what_cannot_be_copied_or_checked_says_why(terminal: Terminal, words: str) -> None:
    assert_one_sentence(terminal.said[words], words)


async def test_the_doctor_fails_where_something_is_broken(terminal: Terminal) -> None:
    said = terminal.said["doctor"]

    assert "✗ DISCORD_TOKEN is not set" in said.out
    assert "1 thing is broken" in said.out
    assert (said.status, said.errors) == (1, "")


async def test_the_owner_may_ask_while_the_bot_runs(tmp_path: Path) -> None:
    async with Stage.open(tmp_path / "data") as stage, stage.bot() as first:
        settings = bot_environment(stage.playground, stage.folder)

        doctor = await bot("doctor", "--json", folder=tmp_path, **settings)
        bills = await bot("reconcile", "--csv", folder=tmp_path, **settings)

        assert first.returncode is None
    assert (doctor.status, doctor.errors) == (0, "")
    assert json.loads(doctor.out)["is_healthy"] is True
    assert (bills.status, bills.errors) == (0, "")
    assert bills.out.startswith("day,provider,model,jobs,")


async def test_a_backup_is_made_beside_the_bot_and_restored_once_it_is_stopped(
    tmp_path: Path,
) -> None:
    async with Stage.open(tmp_path / "data") as stage:
        settings = bot_environment(stage.playground, stage.folder)

        async def ask(*arguments: str) -> Said:
            return await bot(*arguments, folder=tmp_path, **settings)

        async with stage.bot():
            order = await stage.buy(stage.new_channel())
            await order.clip()
            written = await ask("backup", "copy.db")
            refused = await ask("restore", "copy.db", "--force")
            audited = await ask("audit")
        again = await ask("backup", "copy.db")
        restored = await ask("restore", "copy.db", "--force")
        async with stage.bot():
            after = await ask("audit")
            await stage.until(lambda: "backed up" in stage.log.read_text())

    assert (written.status, audited.status, restored.status, after.status) == (0, 0, 0, 0)
    assert "Wrote copy.db, " in written.out
    assert "1 account, 1 hold, 3 entries and 1 job. Pictures and clips are not" in written.out
    assert_one_sentence(refused, "another process is using")
    assert_one_sentence(again, "there is copy.db already; --force writes over it")
    assert "zoetrope.db.before-restore. Pictures and clips are not in it" in restored.out
    assert audited.out == after.out
    assert audited.out.endswith("They agree.\n")
    [scheduled] = (stage.folder / "backups").iterdir()
    assert scheduled.suffix == ".db"


async def test_help_tells_of_every_command(tmp_path: Path) -> None:
    said = await bot("--help", folder=tmp_path)

    commands = ("run", "demo", "playground", "doctor", "reconcile", "audit", "backup", "restore")
    for command in commands:
        assert f"    {command} " in said.out
    assert (said.status, said.errors) == (0, "")


async def test_a_day_that_is_none_is_told(tmp_path: Path) -> None:
    said = await bot("reconcile", "--since", "yesterday", folder=tmp_path)

    assert said.status == 2
    assert "“yesterday” is no day like 2026-03-31" in said.errors


async def test_webhooks_without_the_fakes_that_send_them_are_refused(tmp_path: Path) -> None:
    said = await bot("playground", "--webhooks", folder=tmp_path)
    assert_one_sentence(said, "--webhooks needs --providers fake")


async def test_a_terminal_without_the_letters_gets_an_answer_all_the_same(tmp_path: Path) -> None:
    plain = {"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT), "PYTHONIOENCODING": "ascii"}
    asked = partial(subprocess.run, [sys.executable, "-m", "bot", "doctor"], cwd=tmp_path)

    said = await asyncio.to_thread(asked, env=plain, capture_output=True, text=True, check=False)

    assert "? DISCORD_TOKEN is not set" in said.stdout
    assert said.returncode == 1
