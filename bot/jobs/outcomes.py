"""How a job can end, and who pays for it."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import assert_never

from bot.jobs.catalogue import to_credits
from providers.base import FailureReason
from storage.job import JobRequest


class Outcome(enum.StrEnum):
    """How a job ended; stored on the row as its failure, except for DELIVERED."""

    DELIVERED = "delivered"
    REFUSED = "refused"
    """The provider's moderation said no."""
    RESULT_REFUSED = "result_refused"
    """The provider's moderation did not let out what the model had made."""
    BAD_INPUT = "bad_input"
    """The provider could not use the picture or the options."""
    PROVIDER_FAULT = "provider_fault"
    MODEL_DOWN = "model_down"
    """This model does not work at the moment; others may."""
    OWNER_OUT_OF_CREDIT = "owner_out_of_credit"
    OWNER_KEY_REFUSED = "owner_key_refused"
    """The provider does not take the owner's key, or not for this model."""
    NOT_PLAYABLE = "not_playable"
    """What the provider sent is no clip that plays."""
    UNFETCHABLE = "unfetchable"
    """The clip lies where nothing may be fetched from, or is too large to fetch."""
    TOO_LARGE = "too_large"
    """Not even its smallest version may be posted there."""
    TIMED_OUT = "timed_out"
    OVERDUE = "overdue"
    """It took too long and cannot be stopped: if the clip still comes, it is on the house."""
    LOST = "lost"
    """The provider no longer knows the task, or nobody can tell whether it exists."""
    THREAD_GONE = "thread_gone"
    """There is no place left to post the clip."""
    NOT_APPROVED = "not_approved"
    """A moderator did not let it begin."""
    UNANSWERED = "unanswered"
    """No moderator said in time whether it may begin."""
    CANCELLED_EARLY = "cancelled_early"
    """Before the provider started."""
    CANCELLED_LATE = "cancelled_late"
    """After the provider started."""

    @classmethod
    def of_failure(cls, reason: FailureReason) -> Outcome:
        """The outcome of a task that ended without a clip."""
        match reason:
            case FailureReason.REFUSED:
                return cls.REFUSED
            case FailureReason.BAD_INPUT:
                return cls.BAD_INPUT
            case FailureReason.RESULT_REFUSED:
                return cls.RESULT_REFUSED
            case FailureReason.PROVIDER_FAULT:
                return cls.PROVIDER_FAULT
            case FailureReason.MODEL_DOWN:
                return cls.MODEL_DOWN
            case FailureReason.OUT_OF_CREDIT:
                return cls.OWNER_OUT_OF_CREDIT
            case FailureReason.CANCELLED:
                return cls.CANCELLED_LATE
            case _:
                assert_never(reason)


@dataclass(frozen=True)
class Settlement:
    """How the price of an ended job is shared out, in credits."""

    paid: int
    """By the member; never more than the quote."""
    house_loss: int
    """What the provider billed and the member does not pay."""


def settle(
    outcome: Outcome,
    request: JobRequest,
    *,
    billed_microdollars: int | None,
    credit_microdollars: int,
    on_the_house: bool = False,
) -> Settlement:
    """Say who pays what. The table is in docs/architecture.md.

    A provider that does not say what it billed is taken at its price for a delivered clip, and at
    nothing otherwise. The member pays by the percentage of the quote, and the house what a guild
    took off the price. On the house, the member pays nothing, and all of it is the house's loss.
    """
    billed = billed_microdollars
    if billed is None and outcome is Outcome.DELIVERED:
        billed = full_microdollars(request, credit_microdollars)
    paid = 0 if on_the_house else _paid(outcome, request, billed or 0, credit_microdollars)
    return Settlement(paid, max(0, to_credits(billed or 0, credit_microdollars) - paid))


def full_microdollars(request: JobRequest, credit_microdollars: int) -> int:
    """What the provider asks for a job; of older ones only the quote is known."""
    if request.provider_microdollars is None:
        return request.price_credits * credit_microdollars
    return request.provider_microdollars


def _paid(
    outcome: Outcome, request: JobRequest, billed_microdollars: int, credit_microdollars: int
) -> int:
    match outcome:
        case Outcome.DELIVERED | Outcome.CANCELLED_LATE:
            percent = request.price_percent
            charged = to_credits(billed_microdollars, credit_microdollars, percent=percent)
            return min(request.price_credits, charged)
        case Outcome.REFUSED | Outcome.RESULT_REFUSED:
            return request.price_credits if request.refused_pays else 0
        case (
            Outcome.BAD_INPUT
            | Outcome.PROVIDER_FAULT
            | Outcome.MODEL_DOWN
            | Outcome.OWNER_OUT_OF_CREDIT
            | Outcome.OWNER_KEY_REFUSED
            | Outcome.NOT_PLAYABLE
            | Outcome.UNFETCHABLE
            | Outcome.TOO_LARGE
            | Outcome.TIMED_OUT
            | Outcome.OVERDUE
            | Outcome.LOST
            | Outcome.THREAD_GONE
            | Outcome.NOT_APPROVED
            | Outcome.UNANSWERED
            | Outcome.CANCELLED_EARLY
        ):
            return 0
        case _:
            assert_never(outcome)
