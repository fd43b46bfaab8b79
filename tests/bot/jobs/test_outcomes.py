"""Who pays: the table of docs/architecture.md."""

from __future__ import annotations

import math

import pytest

from bot.jobs.outcomes import Outcome, Settlement, settle
from providers.base import FailureReason
from tests.storage.examples import new_job

QUOTE = 10
FREE = [
    outcome for outcome in Outcome if outcome not in (Outcome.DELIVERED, Outcome.CANCELLED_LATE)
]


def settled(outcome: Outcome, billed_credits: float | None) -> Settlement:
    return settle(
        outcome,
        new_job(price_credits=QUOTE),
        billed_microdollars=None if billed_credits is None else int(billed_credits * 10_000),
        credit_microdollars=10_000,
    )


@pytest.mark.parametrize(
    ("billed", "pays"), [(None, 10), (0, 0), (4, 4), (4.5, 5), (10, 10), (25, 10)]
)
def test_a_delivered_clip_costs_what_was_billed_and_at_most_the_quote(
    billed: float | None, pays: int
) -> None:
    assert settled(Outcome.DELIVERED, billed).paid == pays


@pytest.mark.parametrize(("billed", "pays"), [(None, 0), (0, 0), (4, 4), (10, 10), (25, 10)])
def test_a_late_cancel_costs_only_what_was_billed_and_at_most_the_quote(
    billed: float | None, pays: int
) -> None:
    assert settled(Outcome.CANCELLED_LATE, billed).paid == pays


@pytest.mark.parametrize("billed", [None, 0, 4, 25])
@pytest.mark.parametrize("outcome", FREE)
def test_every_other_end_is_free_whatever_was_billed(
    outcome: Outcome, billed: float | None
) -> None:
    assert settled(outcome, billed).paid == 0


@pytest.mark.parametrize("billed", [None, 0, 0.001, 9.999, 10, 10.001, 1e6])
@pytest.mark.parametrize("outcome", Outcome)
def test_nobody_ever_pays_more_than_the_quote(outcome: Outcome, billed: float | None) -> None:
    assert 0 <= settled(outcome, billed).paid <= QUOTE


@pytest.mark.parametrize("billed", [0, 0.001, 4.5, 10, 25])
@pytest.mark.parametrize("outcome", Outcome)
def test_what_was_billed_and_no_member_pays_is_the_houses_loss(
    outcome: Outcome, billed: float
) -> None:
    settlement = settled(outcome, billed)

    assert settlement.paid + settlement.house_loss == math.ceil(billed)


@pytest.mark.parametrize("outcome", Outcome)
def test_where_nothing_is_said_of_a_bill_the_house_loses_nothing(outcome: Outcome) -> None:
    assert settled(outcome, None).house_loss == 0


@pytest.mark.parametrize("billed", [None, 0, 4, 10, 25])
@pytest.mark.parametrize("outcome", Outcome)
def test_what_was_billed_and_not_paid_is_the_houses_loss(
    outcome: Outcome, billed: int | None
) -> None:
    settlement = settled(outcome, billed)

    assert settlement.house_loss == max(0, (billed or 0) - settlement.paid)


def test_a_loss_counts_in_what_a_credit_is_worth_here() -> None:
    dear = settle(
        Outcome.REFUSED,
        new_job(price_credits=2),
        billed_microdollars=100_000,
        credit_microdollars=50_000,
    )

    assert dear == Settlement(paid=0, house_loss=2)


@pytest.mark.parametrize(
    ("reason", "outcome"),
    [
        (FailureReason.REFUSED, Outcome.REFUSED),
        (FailureReason.BAD_INPUT, Outcome.BAD_INPUT),
        (FailureReason.PROVIDER_FAULT, Outcome.PROVIDER_FAULT),
        (FailureReason.CANCELLED, Outcome.CANCELLED_LATE),
    ],
)
def test_a_failure_has_its_outcome(reason: FailureReason, outcome: Outcome) -> None:
    assert Outcome.of_failure(reason) is outcome


@pytest.mark.parametrize("reason", FailureReason)
def test_every_failure_has_an_outcome(reason: FailureReason) -> None:
    assert Outcome.of_failure(reason) in Outcome


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.RESULT_REFUSED])
@pytest.mark.parametrize("billed", [None, 0, 40_000])
def test_where_the_guild_chose_so_a_refusal_costs_the_quote(
    outcome: Outcome, billed: int | None
) -> None:
    request = new_job(price_credits=QUOTE, refused_pays=True)

    settlement = settle(outcome, request, billed_microdollars=billed, credit_microdollars=10_000)

    assert settlement == Settlement(paid=QUOTE, house_loss=0)


@pytest.mark.parametrize(
    ("percent", "quote", "billed", "paid", "house_loss"),
    [
        (200, 20, None, 20, 0),
        (200, 20, 40_000, 8, 0),
        (200, 20, 45_000, 9, 0),
        (50, 5, None, 5, 5),
        (50, 5, 40_000, 2, 2),
        (50, 5, 250_000, 5, 20),
    ],
)
def test_a_clip_is_settled_by_the_percentage_of_its_quote(
    percent: int, quote: int, billed: int | None, paid: int, house_loss: int
) -> None:
    request = new_job(price_credits=quote, price_percent=percent, provider_microdollars=100_000)

    settlement = settle(
        Outcome.DELIVERED, request, billed_microdollars=billed, credit_microdollars=10_000
    )

    assert settlement == Settlement(paid, house_loss)


def test_a_late_clip_costs_the_house_the_providers_price_and_not_the_guilds() -> None:
    request = new_job(price_credits=30, price_percent=300, provider_microdollars=100_000)

    settlement = settle(
        Outcome.DELIVERED,
        request,
        billed_microdollars=None,
        credit_microdollars=10_000,
        on_the_house=True,
    )

    assert settlement == Settlement(paid=0, house_loss=10)
