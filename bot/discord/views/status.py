"""The one status message of a job, in each of its stages."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from bot.discord.views.text import about, bar, ordinal, summary
from bot.jobs.outcomes import Outcome
from bot.jobs.thread import Ended, Posting, Running, Stage, Waiting
from bot.messages import failure_sentence, in_credits
from storage.jobs import Job


def status_text(job: Job, model_name: str, stage: Stage) -> str:
    """What the status message says."""
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
    return f"{headline}\n-# {summary(job, model_name)} · {_money(job, stage)} · job {job.id}"


def _running(stage: Running) -> str:
    if stage.progress is not None:
        return f"🎬 **Making your clip** · {stage.progress:.0%}\n{bar(stage.progress)}"
    headline = (
        "🎬 **Making your clip**" if stage.has_begun else "⏳ **Waiting for the model to begin**"
    )
    if stage.seconds_left is None:
        return f"{headline} …"
    return f"{headline} · {about(stage.seconds_left)} left"


def _money(job: Job, stage: Stage) -> str:
    match stage:
        case Ended():
            return f"{in_credits(job.paid_credits or 0)} paid"
        case _:
            return f"{in_credits(job.price_credits)} held"


def seconds_taken(job: Job, finished_at: datetime) -> int:
    """How long the member waited, in whole seconds."""
    return round((finished_at - job.created_at).total_seconds())
