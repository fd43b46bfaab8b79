"""The one status message of a job: its words in each stage, and its button."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from discord import ui
from discord.utils import format_dt

from bot.discord.views.buttons import Act, JobButton
from bot.discord.views.text import bar, ordinal, summary, time_left
from bot.jobs.outcomes import Outcome
from bot.jobs.thread import AwaitingApproval, Ended, Posting, Running, Stage, Waiting
from bot.messages import in_credits
from bot.outcome_words import failure_sentence
from providers.base import Stopping
from storage.job import RUNNING_STATES
from storage.jobs import Job, JobState

CANCEL = "Cancel"


def status_text(job: Job, model_name: str, stage: Stage, *, stopping: Stopping) -> str:
    """What the status message says."""
    match stage:
        case AwaitingApproval(until=until):
            headline = f"✋ **Waiting for a moderator's approval** · until {format_dt(until, 'f')}"
        case Waiting():
            headline = f"⏳ **Waiting** · {_waiting(stage)}"
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
        lines[1:1] = _if_cancelled(job, stopping)
    return "\n".join(lines)


def _waiting(stage: Waiting) -> str:
    match stage:
        case Waiting(own_running=1):
            return "your other clip comes first"
        case Waiting(own_running=int(running)):
            return f"your other {running} clips come first"
        case Waiting(is_guild_busy=True):
            return "this server's other clips come first"
    place = "next in line" if stage.position == 1 else f"{ordinal(stage.position)} in line"
    return place if stage.seconds is None else f"{place} · begins in {begins_in(stage.seconds)}"


def begins_in(seconds: int) -> str:
    """A wait in line as one tells it, in steps so wide that the words seldom change."""
    minutes = round(seconds / 60)
    if seconds < 60:
        return "less than a minute"
    if minutes == 1:
        return "about a minute"
    return f"about {minutes} minutes" if minutes < 90 else f"about {round(minutes / 60)} hours"


def _running(stage: Running) -> str:
    if stage.progress is not None:
        return f"🎬 **Making your clip** · {stage.progress:.0%}\n{bar(stage.progress)}"
    headline = (
        "🎬 **Making your clip**" if stage.has_begun else "⏳ **Waiting for the model to begin**"
    )
    if stage.seconds_left is None:
        return f"{headline} …"
    return f"{headline} · {time_left(stage.seconds_left)}"


def _if_cancelled(job: Job, stopping: Stopping) -> list[str]:
    """What cancelling means, said while it is free: the button may be pressed as things change."""
    match stopping:
        case Stopping.FREE:
            return []
        case Stopping.NEVER:
            return ["-# You can cancel until the model begins; then it makes the clip to its end."]
        case Stopping.BILLED:
            return [
                "-# Cancelling is free until the model begins; then you pay what it charges, "
                f"at most {in_credits(job.price_credits)}."
            ]
        case _:
            assert_never(stopping)


def _money(job: Job, stage: Stage) -> str:
    match stage:
        case Ended():
            return f"{in_credits(job.paid_credits or 0)} paid"
        case _:
            return f"{in_credits(job.price_credits)} held"


def seconds_taken(job: Job, finished_at: datetime) -> int:
    """How long the member waited, in whole seconds."""
    return round((finished_at - job.created_at).total_seconds())


def cancel_label(job: Job, *, stopping: Stopping) -> str | None:
    """What the Cancel button says, and what it may cost; None where it would stop nothing."""
    if job.state in (JobState.NEEDS_APPROVAL, JobState.QUEUED):
        return CANCEL
    if stopping is Stopping.NEVER or job.state not in RUNNING_STATES:
        return None
    if stopping is Stopping.FREE or job.price_credits == 0:
        return CANCEL
    return f"{CANCEL} · may cost up to {in_credits(job.price_credits)}"


def cancel_button(job: Job, label: str = CANCEL) -> ui.View:
    """The button under a status message."""
    view = ui.View(timeout=None)
    view.add_item(JobButton(Act.CANCEL, job.id, label=label))
    view.stop()
    return view
