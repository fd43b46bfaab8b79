from __future__ import annotations

import asyncio
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import uvloop

from bot.media import children
from bot.media.children import Limits, run_child
from bot.media.errors import ChildOverran
from tests.media.processes import eventually, is_alive

CONFINE = Path(children.__file__).with_name("confine.py")
LIMITS = Limits(
    wall_seconds=10,
    cpu_seconds=5,
    memory_bytes=512 * 1024**2,
    file_bytes=1024,
    output_bytes=64 * 1024,
)


def shell(script: str) -> list[str]:
    return ["/bin/sh", "-c", script]


def python(script: str) -> list[str]:
    return [sys.executable, "-I", "-S", "-c", script]


def read_pids(file: Path) -> list[int]:
    return [int(word) for word in file.read_text().split()] if file.exists() else []


async def test_what_goes_in_comes_out() -> None:
    data = bytes(range(256)) * 200

    ended = await run_child(["/bin/cat"], stdin=data, limits=LIMITS)

    assert (ended.status, ended.stdout, ended.stderr) == (0, data, b"")


async def test_an_exit_code_and_a_complaint_are_handed_back() -> None:
    ended = await run_child(shell("echo no >&2; exit 3"), limits=LIMITS)

    assert (ended.status, ended.stdout, ended.stderr) == (3, b"", b"no\n")


async def test_the_environment_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "secret")

    ended = await run_child(["/usr/bin/env"], limits=LIMITS)

    assert ended.stdout == b""


async def test_the_environment_holds_what_is_given_and_nothing_else() -> None:
    ended = await run_child(["/usr/bin/env"], limits=LIMITS, environment={"ONLY": "this"})

    assert ended.stdout == b"ONLY=this\n"


async def test_no_open_file_of_the_parent_is_inherited(tmp_path: Path) -> None:
    with (tmp_path / "open").open("w"):
        ended = await run_child(shell("ls /proc/self/fd"), limits=LIMITS)

    # The fourth is the listing's own.
    assert ended.stdout.split() == [b"0", b"1", b"2", b"3"]


async def test_a_child_that_ignores_its_input_is_no_error() -> None:
    ended = await run_child(["/bin/true"], stdin=bytes(4 * 1024**2), limits=LIMITS)

    assert ended.status == 0


async def test_memory_is_limited() -> None:
    ended = await run_child(python("bytes(1024**3)"), limits=LIMITS)

    assert ended.status == 1
    assert b"MemoryError" in ended.stderr


async def test_the_size_of_a_file_is_limited(tmp_path: Path) -> None:
    ended = await run_child(shell(f"head -c 4096 /dev/zero > {tmp_path}/file"), limits=LIMITS)

    assert ended.status != 0
    assert (tmp_path / "file").stat().st_size == 1024


async def test_the_number_of_open_files_is_limited_and_cores_are_off() -> None:
    ended = await run_child(shell("ulimit -n; ulimit -c"), limits=LIMITS)

    assert ended.stdout == b"64\n0\n"


async def test_a_child_steps_back_for_others() -> None:
    ended = await run_child(["/usr/bin/nice"], limits=replace(LIMITS, niceness=10))

    assert int(ended.stdout) >= 10


async def test_a_child_that_says_too_much_is_refused() -> None:
    with pytest.raises(ChildOverran):
        await run_child(shell("head -c 65537 /dev/zero"), limits=LIMITS)


async def test_time_running_out_stops_the_child_and_its_children(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    script = shell(f"sleep 1000 & echo $$ $! > {pids}; wait")

    with pytest.raises(ChildOverran):
        await run_child(script, limits=replace(LIMITS, wall_seconds=2))

    child, grandchild = read_pids(pids)
    await eventually(lambda: not is_alive(child) and not is_alive(grandchild))


async def test_cancelling_stops_the_child_and_its_children(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    script = shell(f"trap '' TERM INT; sleep 1000 & echo $$ $! > {pids}; wait")

    async with asyncio.TaskGroup() as group:
        running = group.create_task(run_child(script, limits=LIMITS))
        await eventually(lambda: len(read_pids(pids)) == 2)
        child, grandchild = read_pids(pids)
        assert is_alive(child)
        assert is_alive(grandchild)
        running.cancel()

    await eventually(lambda: not is_alive(child) and not is_alive(grandchild))


@pytest.mark.parametrize("turns", range(1, 7))
async def test_cancelling_while_the_child_is_being_started_leaves_nothing(
    tmp_path: Path, turns: int
) -> None:
    pids = tmp_path / "pids"
    script = shell(f"sleep 1000 & echo $$ $! > {pids}; wait")

    async with asyncio.TaskGroup() as group:
        running = group.create_task(run_child(script, limits=LIMITS))
        for _ in range(turns):
            await asyncio.sleep(0)
        time.sleep(0.2)  # noqa: ASYNC251 - the child gets ahead while our loop stands still
        running.cancel()

    await eventually(lambda: not any(map(is_alive, read_pids(pids))))


async def test_what_a_child_leaves_running_is_stopped_too(tmp_path: Path) -> None:
    pids = tmp_path / "pids"

    ended = await run_child(shell(f"sleep 1000 >/dev/null 2>&1 & echo $! > {pids}"), limits=LIMITS)

    assert ended.status == 0
    [grandchild] = read_pids(pids)
    await eventually(lambda: not is_alive(grandchild))


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
async def test_a_child_does_not_outlive_a_bot_that_is_killed(tmp_path: Path, loop: str) -> None:
    pids = tmp_path / "pids"
    bot = f"""
import asyncio, {loop}
from tests.media.test_children import LIMITS, run_child, shell
script = shell("echo $$ > {pids}; exec sleep 1000")
{loop}.run(run_child(script, limits=LIMITS))
"""
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", bot)
    try:
        await eventually(lambda: len(read_pids(pids)) == 1)
        [child] = read_pids(pids)
        assert is_alive(child)
    finally:
        parent.send_signal(signal.SIGKILL)
        await parent.wait()

    await eventually(lambda: not is_alive(child))


async def test_a_child_whose_bot_was_gone_before_it_began_does_not_begin(tmp_path: Path) -> None:
    made = tmp_path / "made"
    somebody_else = "1"
    numbers = [somebody_else, "1000000000", "5", "1000", "64", "0"]

    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-S", str(CONFINE), *numbers, *shell(f"touch {made}")),
        stderr=asyncio.subprocess.PIPE,
    )
    _, complaint = await child.communicate()

    assert (child.returncode, complaint) == (1, b"the bot is gone\n")
    assert not made.exists()


@pytest.mark.parametrize("stdin", [b"", bytes(100_000)])
def test_a_child_may_be_over_before_a_busy_uvloop_has_spoken_to_it(stdin: bytes) -> None:
    async def block_the_loop() -> None:
        while True:
            time.sleep(0.05)  # noqa: ASYNC251 - the blocking is the point
            await asyncio.sleep(0)

    async def run() -> int:
        blocking = asyncio.create_task(block_the_loop())
        ended = await run_child(["/bin/true"], stdin=stdin, limits=LIMITS)
        blocking.cancel()
        return ended.status

    assert uvloop.run(run()) == 0
