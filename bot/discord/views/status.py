"""The one status message of a job: its words in each stage, and its button."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from discord import ui

from bot.discord.views.buttons import Act, JobButton
from bot.discord.views.text import bar, ordinal, summary, time_left
from bot.jobs.outcomes import Outcome
from bot.jobs.thread import Ended, Posting, Running, Stage, Waiting
from bot.messages import failure_sentence, in_credits
from storage.job import RUNNING_STATES
from storage.jobs import Job, JobState

CANCEL = "Cancel"


def status_text(job: Job, model_name: str, stage: Stage, *, can_stop: bool) -> str:
    """What the status message says; `can_stop` as for `cancel_label`."""
    match stage:
        case Waiting(position=1):
            headline = "⏳ **Waiting** · next in line"
        case Waiting(position=position):
            headline = f"⏳ **Waiting** · {ordinal(position)} in line"
        case Running():
            headline = _running(stage)
        case Posting():
            headline = "📮 **Posting your clip** …"
        case Ended(outcome=Outcome.DELIVERED):
            headline = f"✅ **Done** in {seconds_taken(job, job.finished_at or job.created_at)} s"
        case Ended(outcome=outcome):
            headline = f"⚠️ **No clip.** {failure_sentence(outcome)}"
        case _:
            assert_never(stage)
    lines = [headline, f"-# {summary(job, model_name)} · {_money(job, stage)} · job {job.id}"]
    if isinstance(stage, Waiting) and job.state is JobState.QUEUED:
        lines.insert(1, f"-# {_if_cancelled(job, can_stop)}")
    return "\n".join(lines)


def _running(stage: Running) -> str:
    if stage.progress is not None:
        return f"🎬 **Making your clip** · {stage.progress:.0%}\n{bar(stage.progress)}"
    headline = (
        "🎬 **Making your clip**" if stage.has_begun else "⏳ **Waiting for the model to begin**"
    )
    if stage.seconds_left is None:
        return f"{headline} …"
    return f"{headline} · {time_left(stage.seconds_left)}"


def _if_cancelled(job: Job, can_stop: bool) -> str:
    """What cancelling means, said while it is free: the button may be pressed as things change."""
    if not can_stop:
        return "You can cancel until the model begins; then it makes the clip to its end."
    return (
        "Cancelling is free until the model begins; then you pay what it charges, "
        f"at most {in_credits(job.price_credits)}."
    )


def _money(job: Job, stage: Stage) -> str:
    match stage:
        case Ended():
            return f"{in_credits(job.paid_credits or 0)} paid"
        case _:
            return f"{in_credits(job.price_credits)} held"


def seconds_taken(job: Job, finished_at: datetime) -> int:
    """How long the member waited, in whole seconds."""
    return round((finished_at - job.created_at).total_seconds())


def cancel_label(job: Job, *, can_stop: bool) -> str | None:
    """What the Cancel button says, and what it may cost; None where there is none.

    `can_stop` tells whether the provider stops what it has begun: a button that stops nothing
    any more is not shown.
    """
    if job.state is JobState.QUEUED:
        return CANCEL
    if not can_stop or job.state not in RUNNING_STATES:
        return None
    if job.price_credits == 0:
        return CANCEL
    return f"{CANCEL} · may cost up to {in_credits(job.price_credits)}"


def cancel_button(job: Job, label: str = CANCEL) -> ui.View:
    """The button under a status message."""
    view = ui.View(timeout=None)
    view.add_item(JobButton(Act.CANCEL, job.id, label=label))
    view.stop()
    return view
