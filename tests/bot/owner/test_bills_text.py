"""The reconciliation in print, in columns and in JSON."""

from __future__ import annotations

import csv
import io
import json

import pytest

from bot.owner import bills_data, bills_text
from bot.owner.bills import Reconciliation
from providers.base import Account, Provider, Usage
from providers.errors import KeyRefused
from tests.bot.owner.books import DAYS, FIRST, SECOND, ended, reconciled, stored, two_days
from tests.bot.owner.shop import KEY, RICH, TOKEN, shop

USED = [
    Usage(FIRST, "plain-1", 100_000),
    Usage(SECOND, "plain-1", 60_000),
    Usage(SECOND, "Fancy-XL", 52_500),
]


@pytest.fixture
async def found() -> Reconciliation:
    await stored(two_days)
    return await reconciled(shop(usage=USED))


async def test_people_read_dollars_by_model_and_day(found: Reconciliation) -> None:
    lines = bills_text.as_text(found).splitlines()

    assert lines[0] == "2026-05-05 to 2026-05-06 (UTC); 1 credit = $0.01"
    cells = lines[lines.index("plain-1") + 1].split()
    assert cells == ["2026-05-05", "2", "1", "6", "$0.06", "$0.10", "-$0.04", "$0.04", "0"]
    total = next(line for line in lines if line.startswith("total")).split()
    assert total == ["total", "5", "3", "18", "$0.18", "$0.16", "$0.02", "$0.04", "1"]
    assert "Its balance now: $99.00." in lines


async def test_only_rows_that_differ_are_marked_and_explained(found: Reconciliation) -> None:
    lines = bills_text.as_text(found).splitlines()

    rows = lines[lines.index("What shop itself says that it billed:") + 2 :][:4]
    assert [line.split() for line in rows] == [
        ["2026-05-05", "plain-1", "$0.10", "$0.10", "$0.00"],
        ["!", "2026-05-06", "Fancy-XL", "$0.00", "$0.0525", "$0.0525"],
        ["2026-05-06", "plain-1", "$0.06", "$0.06", "$0.00"],
        ["total", "$0.16", "$0.2125", "$0.0525"],
    ]
    assert "A row that differs (!) can mean" in "\n".join(lines)


async def test_where_nothing_differs_nothing_is_explained() -> None:
    await stored(two_days)

    text = bills_text.as_text(await reconciled(shop(usage=USED[:2])))

    assert "!" not in text


async def test_jobs_to_be_reviewed_are_listed_with_their_quote(found: Reconciliation) -> None:
    [review] = found.bills[0].reviews

    text = bills_text.as_text(found)

    assert f"  {review.job_id}  2026-05-06 12:00  Fancy-XL, quote 8" in text
    assert "Jobs to be reviewed: 1." in text


@pytest.mark.parametrize(
    ("kinds", "words"),
    [
        (shop(usage=KeyRefused(KEY)), "it does not accept the key; python -m bot doctor"),
        (shop(), "does not tell what it billed day by day"),
        ({}, "There is no provider shop here any more"),
    ],
)
async def test_a_provider_that_says_nothing_is_told_in_words(
    kinds: dict[str, type[Provider]], words: str
) -> None:
    await stored(two_days)

    text = bills_text.as_text(await reconciled(kinds))

    assert words in text.replace("\n", " ")
    assert KEY not in text


async def test_a_provider_that_billed_nothing_is_told_so() -> None:
    await stored(ended)

    assert "shop says that it billed nothing" in bills_text.as_text(
        await reconciled(shop(usage=[]))
    )


async def test_where_no_job_ended_that_is_said() -> None:
    await stored()

    assert bills_text.as_text(await reconciled({})).endswith("No job ended on these days.")


async def test_print_fits_a_terminal_and_does_not_command_it() -> None:
    await stored(two_days)
    used = [Usage(FIRST, "\033[2J", 1), Usage(SECOND, "plain-1", 12_345_678_900)]
    account = Account("much\r\n", RICH.balance_microdollars)

    text = bills_text.as_text(await reconciled(shop(account, usage=used)))

    assert max(len(line) for line in text.splitlines()) <= 80
    assert not any(ord(letter) < 32 for letter in text.replace("\n", ""))


async def test_a_spreadsheet_gets_whole_numbers(found: Reconciliation) -> None:
    rows = [*csv.DictReader(io.StringIO(bills_data.as_csv(found)))]

    assert [(row["day"], row["provider"], row["model"]) for row in rows] == [
        ("2026-05-05", "shop", "plain-1"),
        ("2026-05-06", "shop", "Fancy-XL"),
        ("2026-05-06", "shop", "plain-1"),
    ]
    assert rows[0]["difference_microdollars"] == "-40000"
    assert rows[1]["jobs_to_review"] == "1"
    assert [row["told_microdollars"] for row in rows] == ["100000", "52500", "60000"]


async def test_a_spreadsheet_is_empty_where_the_provider_does_not_say() -> None:
    await stored(two_days)

    one_sum = bills_data.as_csv(await reconciled(shop(usage=[Usage(SECOND, "", 110_000)])))

    rows = [*csv.DictReader(io.StringIO(one_sum))]
    assert [(row["model"], row["jobs"], row["told_microdollars"]) for row in rows] == [
        ("plain-1", "2", "0"),
        ("", "0", "110000"),
        ("Fancy-XL", "2", ""),
        ("plain-1", "1", ""),
    ]


async def test_machines_get_all_of_it(found: Reconciliation) -> None:
    told = json.loads(bills_data.as_json(found))

    [bill] = told["providers"]
    assert (told["since"], told["until"]) == (str(DAYS.first), str(DAYS.last))
    assert bill["total"]["billed_microdollars"] == 160_000
    assert [row["differs"] for row in bill["told"]] == [False, True, False]
    assert bill["account"]["balance_microdollars"] == 99_000_000
    assert bill["to_review"][0]["price_credits"] == 8
    assert TOKEN not in json.dumps(told)
