"""What members are told of how a job ended."""

from __future__ import annotations

from collections.abc import Mapping

from bot.jobs.outcomes import Outcome

PLACE_LEFT = "📮 **Moved.** I can no longer post here, so your clip comes elsewhere."

FAILURES: Mapping[Outcome, str] = {
    Outcome.DELIVERED: "The clip is posted.",
    Outcome.REFUSED: (
        "The model's safety check refused this picture or prompt. Change them and try again."
    ),
    Outcome.RESULT_REFUSED: (
        "The model's safety check did not let the finished clip out. Change the prompt or the "
        "picture and try again."
    ),
    Outcome.BAD_INPUT: (
        "The model could not use this picture or these options. Try another picture."
    ),
    Outcome.PROVIDER_FAULT: "The model broke down while making the clip. Try again.",
    Outcome.MODEL_DOWN: (
        "This model is out of order at the moment. Use another model, or try again later."
    ),
    Outcome.OWNER_KEY_REFUSED: (
        "The owner's key does not open this model. Tell a moderator, or use another model."
    ),
    Outcome.OWNER_OUT_OF_CREDIT: (
        "The owner's account for this model is empty. Tell a moderator, or use another model."
    ),
    Outcome.NOT_PLAYABLE: "What the model made does not play. Try again.",
    Outcome.UNFETCHABLE: (
        "The clip was made, but could not be fetched safely. Tell a moderator; try another model."
    ),
    Outcome.TOO_LARGE: "The clip is too large for this server. Order a shorter one.",
    Outcome.TIMED_OUT: "It took too long and was stopped. Try again.",
    Outcome.OVERDUE: "It takes too long. If the clip still comes, you get it here for nothing.",
    Outcome.LOST: "The model lost track of this job. Try again.",
    Outcome.THREAD_GONE: "The place for this clip is gone.",
    Outcome.NOT_APPROVED: "A moderator did not let it begin. Order a cheaper clip, or ask them.",
    Outcome.UNANSWERED: (
        "No moderator answered within a day, so it was not made. Order a cheaper clip, or ask a "
        "moderator first."
    ),
    Outcome.CANCELLED_EARLY: "It was cancelled before it started.",
    Outcome.CANCELLED_LATE: "It was cancelled.",
}


def failure_sentence(outcome: Outcome) -> str:
    """Why a job ended, in plain words."""
    return FAILURES[outcome]
