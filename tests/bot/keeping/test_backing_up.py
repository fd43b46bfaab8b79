"""Scheduled backups, by a clock of the test's own."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from structlog.testing import capture_logs

from storage.backups import contents_of
from storage.beside import stoppable
from tests.bot.clock import StillClock
from tests.bot.keeping.house import DAY, HOUR, keeping, names_in, scheduled, tamper
from tests.bot.workshop import Workshop


def put(folder: Path, *names: str) -> None:
    folder.mkdir()
    for name in names:
        (folder / name).touch()


async def test_the_first_backup_is_written_at_once_and_holds_everything(
    workshop: Workshop, clock: StillClock, path: Path, folder: Path
) -> None:
    await workshop.order()

    await keeping(scheduled(path, folder), clock).look()

    assert names_in(folder) == ["zoetrope-20260301-120000.db"]
    contents = await stoppable(contents_of, folder / "zoetrope-20260301-120000.db")
    assert (contents.jobs, contents.discrepancies) == (1, ())


async def test_the_next_one_is_written_when_the_last_is_too_old_also_after_a_restart(
    workshop: Workshop, clock: StillClock, path: Path, folder: Path
) -> None:
    await keeping(scheduled(path, folder), clock).look()

    clock.advance(5 * HOUR)
    await keeping(scheduled(path, folder), clock).look()
    assert len(names_in(folder)) == 1

    clock.advance(1 * HOUR)
    await keeping(scheduled(path, folder), clock).look()
    assert names_in(folder) == ["zoetrope-20260301-120000.db", "zoetrope-20260301-180000.db"]


async def test_the_oldest_go_and_nothing_that_is_not_ours(
    workshop: Workshop, clock: StillClock, path: Path, folder: Path
) -> None:
    others = [
        "before-the-party.db",
        "other-20200101-000000.db",
        "zoetrope-20200101-000000.db.gz",
        "zoetrope-20209901-000000.db",
        "zoetrope.db",
    ]
    put(folder, *others, "zoetrope-20200101-000000.db", ".zoetrope-20260228-060000.db.part")
    house = keeping(scheduled(path, folder), clock)

    for _ in range(3):
        await house.look()
        clock.advance(6 * HOUR)

    ours = ["zoetrope-20260301-180000.db", "zoetrope-20260302-000000.db"]
    assert names_in(folder) == sorted([*others, *ours])


async def test_a_backup_from_the_future_keeps_no_other_from_being_written(
    workshop: Workshop, clock: StillClock, path: Path, folder: Path
) -> None:
    house = keeping(scheduled(path, folder), clock)
    clock.advance(300 * DAY)
    await house.look()

    clock.advance(-300 * DAY)
    await house.look()
    await house.look()

    assert names_in(folder) == ["zoetrope-20260301-120000.db", "zoetrope-20261226-120000.db"]
    clock.advance(6 * HOUR)
    await house.look()
    assert names_in(folder) == ["zoetrope-20260301-180000.db", "zoetrope-20261226-120000.db"]


async def test_a_backup_of_books_that_do_not_balance_pushes_no_sound_one_out(
    workshop: Workshop, clock: StillClock, path: Path, folder: Path
) -> None:
    await workshop.order()
    house = keeping(scheduled(path, folder, kept=1), clock)
    await house.look()
    tamper(path)

    clock.advance(6 * HOUR)
    with capture_logs() as events:
        await house.look()

    assert names_in(folder) == ["zoetrope-20260301-120000.db", "zoetrope-20260301-180000.db"]
    assert "the backup's books do not balance" in [event["event"] for event in events]


async def test_what_cannot_be_written_is_tried_again_later_and_said(
    workshop: Workshop, clock: StillClock, path: Path, folder: Path
) -> None:
    elsewhere = path.with_name("not made yet.db")
    house = keeping(scheduled(elsewhere, folder), clock)

    with capture_logs() as events:
        await house.look()
        await house.look()
    assert [(event["event"], event["chore"]) for event in events] == [("a chore failed", "backup")]

    elsewhere.symlink_to(path)
    clock.advance(10 * timedelta(minutes=1))
    await house.look()
    assert names_in(folder) == ["not made yet-20260301-121000.db"]
