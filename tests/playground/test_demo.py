"""The demo, as far as it comes without a bot."""

from pathlib import Path

import pytest

from bot.playground.demo import DemoFailed, DemoOrder, run_demo


async def test_a_folder_that_cannot_be_made_is_said_before_anything_is_started(
    tmp_path: Path,
) -> None:
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"looked at later")

    with pytest.raises(DemoFailed, match="I cannot write into the folder"):
        await run_demo(DemoOrder(picture, "slow rain"), save_to=picture / "below")
