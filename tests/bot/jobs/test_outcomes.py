"""Who pays: the table of docs/architecture.md."""

from __future__ import annotations

import pytest

from bot.jobs.outcomes import Outcome, credits_paid
from providers.base import FailureReason

QUOTE = 10
FREE = [
    outcome for outcome in Outcome if outcome not in (Outcome.DELIVERED, Outcome.CANCELLED_LATE)
]


def paid(outcome: Outcome, billed_credits: float | None) -> int:
    return credits_paid(
        outcome,
        price_credits=QUOTE,
        billed_microdollars=None if billed_credits is None else int(billed_credits * 10_000),
        credit_microdollars=10_000,
    )


@pytest.mark.parametrize(
    ("billed", "pays"), [(None, 10), (0, 0), (4, 4), (4.5, 5), (10, 10), (25, 10)]
)
def test_a_delivered_clip_costs_what_was_billed_and_at_most_the_quote(
    billed: float | None, pays: int
) -> None:
    assert paid(Outcome.DELIVERED, billed) == pays


@pytest.mark.parametrize(("billed", "pays"), [(None, 0), (0, 0), (4, 4), (10, 10), (25, 10)])
def test_a_late_cancel_costs_only_what_was_billed_and_at_most_the_quote(
    billed: float | None, pays: int
) -> None:
    assert paid(Outcome.CANCELLED_LATE, billed) == pays


@pytest.mark.parametrize("billed", [None, 0, 4, 25])
@pytest.mark.parametrize("outcome", FREE)
def test_every_other_end_is_free_whatever_was_billed(
    outcome: Outcome, billed: float | None
) -> None:
    assert paid(outcome, billed) == 0


@pytest.mark.parametrize("billed", [None, 0, 0.001, 9.999, 10, 10.001, 1e6])
@pytest.mark.parametrize("outcome", Outcome)
def test_nobody_ever_pays_more_than_the_quote(outcome: Outcome, billed: float | None) -> None:
    assert 0 <= paid(outcome, billed) <= QUOTE


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
