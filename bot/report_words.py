"""What the house's losses are called, in few words; a part of `bot.messages`."""

from __future__ import annotations

from collections.abc import Mapping

from bot.jobs.outcomes import Outcome
from storage.figures import Loss
from storage.job import JobState

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
    Outcome.NOT_APPROVED: "Not approved",
    Outcome.CANCELLED_EARLY: "Cancelled before it began",
    Outcome.CANCELLED_LATE: "Cancelled, and billed above",
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
