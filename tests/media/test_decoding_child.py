"""What the decoding child may do, seen from outside while it works on a slow picture."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from bot.media.errors import PictureTooHard
from bot.media.permits import Permits
from bot.media.pictures import Pictures
from tests.media.pictures import corners, saved
from tests.media.processes import can_open_nothing, children, eventually, is_alive, read_process


def decoders() -> list[int]:
    return [pid for pid in children("bot.media.decode") if can_open_nothing(pid)]


async def test_it_knows_no_secret_and_can_open_nothing(
    bomb: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "secret")

    async with asyncio.TaskGroup() as group:
        preparing = group.create_task(Pictures().decode(bomb))
        await eventually(lambda: bool(decoders()))
        [decoder] = decoders()
        environment = read_process(decoder, "environ")
        command = read_process(decoder, "cmdline")
        preparing.cancel()

    assert command[1:] == [b"-s", b"-P", b"-m", b"bot.media.decode", b"JPEG"]
    assert {line.partition(b"=")[0] for line in environment} == {
        b"PYTHONPATH",
        b"OPENBLAS_NUM_THREADS",
    }


async def test_cancelling_leaves_no_process_and_frees_the_permit(bomb: bytes) -> None:
    permits = Permits()
    pictures = Pictures(permits)

    async with asyncio.TaskGroup() as group:
        preparing = group.create_task(pictures.decode(bomb))
        await eventually(lambda: bool(decoders()))
        [decoder] = decoders()
        preparing.cancel()

    assert not is_alive(decoder)
    assert not permits.load.running


async def test_no_more_run_at_once_than_have_a_permit(bomb: bytes) -> None:
    room = Pictures(Permits(at_once=2))
    seen: list[int] = []

    async with asyncio.TaskGroup() as group:
        preparing = [group.create_task(room.decode(bomb)) for _ in range(4)]
        await eventually(lambda: len(decoders()) == 2)
        for _ in range(40):
            seen.append(len(children("bot.media.decode")))
            await asyncio.sleep(0.005)
        for task in preparing:
            task.cancel()

    assert max(seen) == 2


async def test_a_decoder_that_is_killed_counts_as_too_hard(bomb: bytes) -> None:
    async with asyncio.TaskGroup() as group:
        preparing = group.create_task(refusal_of(bomb))
        await eventually(lambda: bool(decoders()))
        [decoder] = decoders()
        os.kill(decoder, signal.SIGKILL)

    assert isinstance(preparing.result(), PictureTooHard)


async def refusal_of(data: bytes) -> Exception | None:
    try:
        await Pictures().decode(data)
    except PictureTooHard as error:
        return error
    return None


@pytest.mark.parametrize("said", ["", "{", "[" * 100_000, "{}", '{"width": 9}', "null"])
async def test_a_child_that_was_taken_over_is_believed_in_nothing(
    said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = tmp_path / "words"
    words.write_text(said)
    speaking = (sys.executable, "-c", f"print(open({str(words)!r}).read())")
    monkeypatch.setattr("bot.media.pictures._RUN", speaking)

    with pytest.raises(PictureTooHard):
        await Pictures().decode(saved(corners(), "PNG"))
