"""What reports and receipts call things: why the house lost, and why somebody paid."""

from __future__ import annotations

from collections.abc import Mapping

from bot.jobs.outcomes import Outcome
from storage.figures import Loss
from storage.job import JobState
from storage.receipts import Receipt
from storage.schema import HoldState

ON_THE_HOUSE = "Clip came late, on the house"
BELOW_COST = "Sold below the provider's bill"
NOBODY_KNOWS = "Nobody could tell if it ran"
ENDED_OTHERWISE = "Ended without a clip"
LOSS_REASONS: Mapping[Outcome, str] = {
    Outcome.REFUSED: "Refused by the safety check",
    Outcome.RESULT_REFUSED: "Finished clip refused",
    Outcome.BAD_INPUT: "Picture or options unusable",
    Outcome.PROVIDER_FAULT: "The model broke down",
    Outcome.MODEL_DOWN: "The model was out of order",
    Outcome.OWNER_OUT_OF_CREDIT: "Owner's account was empty",
    Outcome.OWNER_KEY_REFUSED: "Owner's key was refused",
    Outcome.NOT_PLAYABLE: "The clip did not play",
    Outcome.UNFETCHABLE: "The clip could not be fetched",
    Outcome.TOO_LARGE: "The clip was too large",
    Outcome.TIMED_OUT: "Took too long, stopped",
    Outcome.OVERDUE: "Took too long, not stoppable",
    Outcome.LOST: "The model lost the job",
    Outcome.THREAD_GONE: "No place left to post it",
    Outcome.CANCELLED_LATE: "Cancelled, billed above quote",
}


def loss_reason(loss: Loss) -> str:
    """Why the house lost something."""
    match loss.state:
        case JobState.DELIVERED:
            return BELOW_COST if loss.is_paid else ON_THE_HOUSE
        case JobState.NEEDS_REVIEW | JobState.LATE:
            return NOBODY_KNOWS
        case _:
            known = {outcome.value: words for outcome, words in LOSS_REASONS.items()}
            return known.get(loss.failure or "", ENDED_OTHERWISE)


def payment_reason(receipt: Receipt) -> str:
    """Who paid for a job, and by which rule."""
    if receipt.state is HoldState.HELD:
        return "The credits are set aside until the job is over."
    who = _member_reason(receipt)
    if receipt.house_loss_credits:
        who += " What the provider billed beyond that is the house's loss."
    return who


def _member_reason(receipt: Receipt) -> str:
    job = receipt.job
    if receipt.state is HoldState.RELEASED:
        if job.state is JobState.DELIVERED:
            return "The clip came after the credits were given back, so it was on the house."
        return "There was no clip to pay for, so all credits were given back."
    if job.state is JobState.DELIVERED:
        return "The clip was delivered: the quote is paid, or less where the provider billed less."
    if job.failure in (Outcome.REFUSED, Outcome.RESULT_REFUSED):
        return "The moderators chose that a refusal costs the quote."
    return "It was cancelled after it began: what the provider billed is paid."
