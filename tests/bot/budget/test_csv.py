"""Every entry of a month as a table, against charts and database."""

from __future__ import annotations

import asyncio
import csv
import gzip
import io
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.budget.csv_export import COLUMNS, FORMULA_STARTS, table
from bot.budget.reporting import ReportingService
from bot.errors import ExportTooLarge, NoSuchMonth
from storage import exports, ledger, spans
from storage.database import Database
from tests.bot.budget.busy import NOW, ZONE, by_hand
from tests.storage.examples import GUILD

ROOM = 10_000_000
JOB_PHASES = {"hold", "settle", "loss"}


async def rows(service: ReportingService, month: str = "2026-05") -> list[dict[str, str]]:
    async with service.export(GUILD, month, limit_bytes=ROOM) as made:
        return parsed(await asyncio.to_thread(made.file.read_bytes))


def parsed(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def added_up(found: list[dict[str, str]], column: str, *phases: str) -> int:
    return sum(int(row[column] or 0) for row in found if row["phase"] in phases)


async def test_its_sums_are_those_of_the_charts(busy: ReportingService) -> None:
    may = await busy.figures(GUILD, "2026-05")

    found = await rows(busy)

    assert -added_up(found, "posted_change", "settle") == may.spent
    assert added_up(found, "held_change", "hold", "settle") == may.held
    assert -added_up(found, "posted_change", "loss") == may.lost


async def test_each_day_of_it_is_that_of_the_charts(busy: ReportingService) -> None:
    may = await busy.figures(GUILD, "2026-05")

    found = await rows(busy)

    for day in may.days:
        of_day = [row for row in found if row["counts_for_day"] == day.day.isoformat()]
        assert -added_up(of_day, "posted_change", "settle") == day.spent
        assert added_up(of_day, "held_change", "hold", "settle") == day.held


async def test_each_member_and_model_of_it_is_that_of_the_charts(busy: ReportingService) -> None:
    may = await busy.figures(GUILD, "2026-05")

    found = await rows(busy)

    for member in may.members:
        own = [row for row in found if row["account"] == str(member.account_id)]
        assert -added_up(own, "posted_change", "settle") == member.spent
    for model in may.models:
        of_model = [
            row for row in found if (row["provider"], row["model"]) == (model.provider, model.model)
        ]
        assert -added_up(of_model, "posted_change", "settle") == model.spent


async def test_quotes_and_bills_can_be_added_up_too(
    busy: ReportingService, busy_database: Database
) -> None:
    found = await rows(busy)

    [expected] = await by_hand(
        busy_database,
        "SELECT sum(job.price_credits), sum(hold.billed_microdollars) FILTER (WHERE hold.state != "
        "'held') FROM hold JOIN job ON job.id = hold.job_id "
        f"WHERE guild_id = {GUILD} AND day BETWEEN '2026-05-01' AND '2026-05-31'",
    )
    every = {row["phase"] for row in found}
    assert added_up(found, "quote_credits", *every) == expected[0]
    assert added_up(found, "billed_microdollars", *every) == expected[1]


async def test_every_entry_is_in_one_month_alone(
    busy: ReportingService, busy_database: Database
) -> None:
    months = [await rows(busy, month) for month in ("2026-04", "2026-05", "2026-06")]

    keys = [(int(row["account"]), int(row["number"])) for month in months for row in month]
    expected = await by_hand(
        busy_database,
        "SELECT account_id, number FROM entry JOIN account ON account.id = account_id "
        f"WHERE guild_id = {GUILD}",
    )
    assert sorted(keys) == sorted(expected)


async def test_each_line_has_the_digest_and_the_sums_of_its_entry(
    busy: ReportingService, busy_database: Database
) -> None:
    found = await rows(busy)

    expected = await by_hand(
        busy_database, "SELECT lower(hex(digest)), posted_after, held_after, source FROM entry"
    )
    shown = {
        (row["digest"], int(row["posted_after"]), int(row["held_after"]), row["source"])
        for row in found
    }
    assert len(shown) == len(found)
    assert shown <= set(expected)


async def test_a_job_counts_where_it_was_ordered_even_if_it_ended_in_another_month(
    busy: ReportingService,
) -> None:
    found = await rows(busy)

    assert [row for row in found if row["phase"] == "settle" and row["time_utc"] >= "2026-06-02"]
    assert {row["counts_for_day"][:7] for row in found if row["phase"] in JOB_PHASES} == {"2026-05"}


async def test_the_forgotten_and_the_house_have_no_member_id(busy: ReportingService) -> None:
    found = await rows(busy)

    named = {row["member"] for row in found}
    [forgotten] = [name for name in named if name.startswith("account ")]
    assert "house" in named
    assert all(name.isdigit() for name in named - {forgotten, "house"})
    assert "1007" not in named


async def test_what_a_moderator_wrote_is_no_formula(busy: ReportingService) -> None:
    found = await rows(busy, "2026-04")

    reasons = {row["reason"] for row in found}
    assert "'=HYPERLINK(1)" in reasons
    assert "a contest" in reasons
    assert {row["actor"] for row in found if row["reason"]} == {"9"}


@pytest.mark.parametrize("start", [*FORMULA_STARTS, " =", "  @"])
async def test_nothing_that_was_typed_begins_a_formula(database: Database, start: str) -> None:
    def write(conn: sa.Connection) -> list[exports.Line]:
        ledger.grant(
            conn,
            guild_id=GUILD,
            member_id=5,
            credits=1,
            actor_id=6,
            reason=f'{start}1+1,"x"\n',
            source="grant:1",
            now=NOW,
        )
        from_month = spans.month_of(conn, GUILD, None, now=NOW)
        return exports.lines(conn, exports.accounts(conn, GUILD), from_month)

    lines = await database.run(write)

    [reason] = [
        row[COLUMNS.index("reason")]
        for row in csv.reader(io.StringIO(table(lines).decode(), newline=""))
        if row[COLUMNS.index("reason")]
    ]
    assert reason == f'\'{start}1+1,"x"\n'


async def test_a_table_that_is_too_large_is_packed(busy: ReportingService) -> None:
    async with busy.export(GUILD, "2026-05", limit_bytes=120_000) as made:
        packed = await asyncio.to_thread(made.file.read_bytes)
        sums = made.sums

    assert made.file.name == "entries-2026-05.csv.gz"
    assert len(packed) <= 120_000
    assert len(parsed(gzip.decompress(packed))) == sums.entries


@pytest.mark.parametrize("limit_bytes", [40_000, 100])
async def test_one_that_is_too_large_even_so_is_refused_and_leaves_no_file(
    busy: ReportingService, tmp_path: Path, limit_bytes: int
) -> None:
    with pytest.raises(ExportTooLarge):
        async with busy.export(GUILD, "2026-05", limit_bytes=limit_bytes):
            raise AssertionError("it was made")

    assert list((tmp_path / "files" / "clips").iterdir()) == []


async def test_it_says_what_it_adds_up_to(busy: ReportingService) -> None:
    may = await busy.figures(GUILD, "2026-05")

    async with busy.export(GUILD, "2026-05", limit_bytes=ROOM) as made:
        sums = made.sums

    assert (sums.spent, sums.held, sums.lost) == (may.spent, may.held, may.lost)
    assert made.span.timezone == ZONE
    assert not await asyncio.to_thread(made.file.exists)


async def test_a_month_to_come_is_refused(busy: ReportingService) -> None:
    with pytest.raises(NoSuchMonth):
        async with busy.export(GUILD, "2026-07", limit_bytes=ROOM):
            raise AssertionError("it was made")
