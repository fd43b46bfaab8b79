"""A month in figures: what charts show, against the database added up by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.budget.reporting import Names, ReportingService
from bot.errors import NoSuchMonth
from bot.jobs.files import JobFiles
from storage import caps, figures, guilds
from storage.cap_schema import CapScope
from storage.database import Database
from storage.figures import TOP, Figures
from storage.periods import Period
from tests.bot.budget.busy import FORGOTTEN, NOW, by_hand
from tests.storage.capped import cap, enrich, order
from tests.storage.examples import GUILD, plan

IN_MAY = f"job.guild_id = {GUILD} AND hold.day BETWEEN '2026-05-01' AND '2026-05-31'"
HOLDS = "hold JOIN job ON job.id = hold.job_id"


async def test_the_sums_of_a_month_are_those_of_its_holds(
    busy: ReportingService, busy_database: Database
) -> None:
    may = await busy.figures(GUILD, "2026-05")

    [sums] = await by_hand(
        busy_database,
        "SELECT sum(captured_credits), sum(hold.credits) FILTER (WHERE hold.state = 'held') "
        f"FROM {HOLDS} WHERE {IN_MAY}",
    )
    assert (may.spent, may.held) == sums
    assert may.spent > 5_000
    assert may.held > 500


async def test_each_day_is_what_was_ordered_on_it_by_the_guilds_calendar(
    busy: ReportingService, busy_database: Database
) -> None:
    may = await busy.figures(GUILD, "2026-05")

    # New York is four hours behind UTC in May.
    counted = await by_hand(
        busy_database,
        "SELECT date(job.created_at / 1000000 - 4 * 3600, 'unixepoch') AS day, "
        "sum(captured_credits), sum((hold.state = 'held') * hold.credits) "
        f"FROM {HOLDS} WHERE {IN_MAY} GROUP BY day",
    )
    shown = [(day.day.isoformat(), day.spent, day.held) for day in may.days]
    assert [day for day in shown if day[1] or day[2]] == [row for row in counted if sum(row[1:])]
    assert len(shown) == 31


async def test_members_are_the_top_ten_and_the_rest(
    busy: ReportingService, busy_database: Database
) -> None:
    may = await busy.figures(GUILD, "2026-05")

    ranked = await by_hand(
        busy_database,
        "SELECT job.member_id, sum(captured_credits) AS spent, "
        "sum((hold.state = 'held') * hold.credits) AS held "
        f"FROM {HOLDS} WHERE {IN_MAY} GROUP BY hold.account_id HAVING spent + held > 0 "
        "ORDER BY spent + held DESC, hold.account_id",
    )
    assert [(one.member_id, one.spent, one.held) for one in may.members] == ranked[:TOP]
    rest = may.other_members
    assert (rest.count, rest.spent, rest.held) == (
        len(ranked) - TOP,
        sum(row[1] for row in ranked[TOP:]),
        sum(row[2] for row in ranked[TOP:]),
    )
    assert rest.count > 50


async def test_models_add_up_to_the_month(busy: ReportingService, busy_database: Database) -> None:
    may = await busy.figures(GUILD, "2026-05")

    ranked = await by_hand(
        busy_database,
        f"SELECT provider, model, sum(captured_credits) FROM {HOLDS} WHERE {IN_MAY} "
        "GROUP BY provider, model",
    )
    assert {(one.provider, one.model, one.spent) for one in may.models} == set(ranked)
    assert sum(one.spent for one in may.models) == may.spent


async def test_losses_are_the_houses_entries_with_why(
    busy: ReportingService, busy_database: Database
) -> None:
    may = await busy.figures(GUILD, "2026-05")

    counted = await by_hand(
        busy_database,
        "SELECT job.state, job.failure, hold.state = 'captured', count(*), -sum(posted_change) "
        f"FROM entry JOIN hold ON hold.job_id = entry.source JOIN job ON job.id = entry.source "
        f"WHERE phase = 'loss' AND {IN_MAY} GROUP BY 1, 2, 3",
    )
    shown = {
        (one.state.value, one.failure, int(one.is_paid), one.jobs, one.credits)
        for one in may.losses
    }
    assert shown == set(counted)
    assert len(shown) == 4


async def test_a_forgotten_member_keeps_a_share_and_has_no_name(busy: ReportingService) -> None:
    may = await busy.figures(GUILD, "2026-05")

    ids = {one.member_id for one in may.members}
    assert FORGOTTEN not in ids
    assert -7 in ids


async def test_another_guild_sees_nothing_of_it(busy: ReportingService) -> None:
    may = await busy.figures(GUILD + 1, "2026-05")

    assert (may.spent, may.held, len(may.members), may.losses) == (0, 50, 1, ())


async def test_this_month_is_the_guilds_own(
    busy: ReportingService, busy_database: Database, tmp_path: Path
) -> None:
    before = await busy.figures(GUILD)
    await busy_database.run(guilds.change, GUILD, timezone="Pacific/Pago_Pago")
    midnight = datetime(2026, 6, 1, 5, tzinfo=UTC)
    at_midnight = ReportingService(busy_database, JobFiles(tmp_path), clock=lambda: midnight)

    assert before.span.first == date(2026, 6, 1)
    assert (await at_midnight.figures(GUILD)).span.first == date(2026, 5, 1)


async def test_caps_stand_beside_the_sums(busy: ReportingService, busy_database: Database) -> None:
    await busy_database.run(caps.set_cap, cap(CapScope.GUILD, credits=9_000))
    await busy_database.run(caps.set_cap, cap(CapScope.GUILD, credits=500, period=Period.DAY))

    may = await busy.figures(GUILD, "2026-05")

    assert (may.month_cap, may.day_cap) == (9_000, 500)


@pytest.mark.parametrize(
    "month", ["2026-07", "2026-13", "2026-00", "May", "", "1999-05", "9999-12", "٢٠٢٦-05x"]
)
async def test_a_month_that_is_none_or_has_not_begun_is_refused(
    busy: ReportingService, month: str
) -> None:
    with pytest.raises(NoSuchMonth):
        await busy.figures(GUILD, month)


async def test_figures_of_models_beyond_the_tenth_are_one(database: Database) -> None:
    def spend(conn: sa.Connection) -> Figures:
        enrich(conn)
        for number in range(1, 15):
            order(conn, number, number, model=f"m{number}")
        return figures.of_month(conn, GUILD, date(2026, 5, 1), now=NOW)

    found = await database.run(spend)

    assert [one.model for one in found.models] == [f"m{number}" for number in range(14, 4, -1)]
    assert (found.other_models.count, found.other_models.held) == (4, 1 + 2 + 3 + 4)


async def test_no_table_is_read_from_end_to_end(
    busy: ReportingService, busy_database: Database
) -> None:
    def read(conn: sa.Connection) -> list[str]:
        return plan(conn, lambda conn: figures.of_month(conn, GUILD, None, now=NOW))

    steps = await busy_database.read(read)

    assert [step for step in steps if step.startswith("SCAN")] == []
    by_member = "job_of_member (guild_id=? AND member_id=? AND created_at>? AND created_at<?)"
    assert any(by_member in step for step in steps)
    assert any(
        "(guild_id=? AND scope=? AND subject=? AND day>? AND day<?)" in step for step in steps
    )


async def test_the_same_figures_are_drawn_to_the_same_bytes(busy: ReportingService) -> None:
    may = await busy.figures(GUILD, "2026-05")
    names = Names(members={1_000: "Anna"}, models={})

    first, second = await busy.charts(may, names), await busy.charts(may, names)

    assert [chart.png for chart in first] == [chart.png for chart in second]
    assert [chart.name for chart in first] == [
        "days.png",
        "models.png",
        "members.png",
        "losses.png",
    ]
