"""What the list of jobs says: how a job stands, what cancelling costs, why there is no clip."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

import discord

from bot.discord.views.text import cut, summary
from bot.jobs.history import NoClip, Page
from bot.jobs.outcomes import Outcome
from bot.jobs.service import Cancelling
from bot.jobs.thread import Whereabouts, whereabouts
from bot.messages import in_credits
from bot.outcome_words import failure_sentence
from providers.base import Stopping
from storage.jobs import Job, JobState

PROMPT_SHOWN = 80
NOT_KEPT = "That clip is no longer kept."
DELIVERED_HERE = "Here is your clip. It is delivered and paid for with this, and not posted again."
STANDING: Mapping[JobState, str] = {
    JobState.NEEDS_APPROVAL: "✋ **Waiting for a moderator to let it begin**",
    JobState.QUEUED: "⏳ **Waiting in line**",
    JobState.SUBMITTING: "📨 **Being handed to the model**",
    JobState.RUNNING: "🎬 **Being made**",
    JobState.UNKNOWN: "🔎 **Finding out whether the model took it**",
    JobState.FETCHED: "📮 **Made, being posted** · kept, and offered until its place takes it",
    JobState.DELIVERED: "✅ **Posted**",
    JobState.CANCELLED: "✖️ **Cancelled**",
    JobState.LATE: "🔎 **Turned up late** · if there is a clip, it is posted, and on the house",
    JobState.NEEDS_REVIEW: "❔ **No clip.** The moderators look at what became of it.",
}


def page_title(page: Page, *, is_own: bool) -> str:
    """What stands above the jobs, and in their place where there are none."""
    title = "## Your jobs" if is_own else f"## Jobs of <@{page.member_id}>"
    if page.pages > 1:
        title += f"\n-# Page {page.number} of {page.pages}"
    if page.jobs:
        return title
    hint = " Order one with `/animate` or `/create`." if is_own else ""
    return f"{title}\nNo clips yet.{hint}"


def job_text(job: Job, model_name: str) -> str:
    """All that the list says of one job, in three short paragraphs."""
    prompt = discord.utils.escape_markdown(cut(" ".join(job.prompt.split()), PROMPT_SHOWN))
    money = (
        f"{in_credits(job.paid_credits or 0)} paid"
        if job.finished_at
        else f"{in_credits(job.price_credits)} held"
    )
    facts = [
        summary(job, model_name),
        money,
        discord.utils.format_dt(job.created_at, "R"),
        *_where(job),
        f"job {job.id}",
    ]
    return f"{state_words(job)}\n{discord.utils.escape_mentions(prompt)}\n-# {' · '.join(facts)}"


def state_words(job: Job) -> str:
    """How a job stands, with a mark."""
    if job.state is JobState.FAILED:
        return _failed(job)
    if job.cancel_requested and not job.finished_at and job.state is not JobState.FETCHED:
        return "✋ **Being stopped**"
    if job.state is JobState.DELIVERED and whereabouts(job) is Whereabouts.DIRECT:
        return "✅ **Sent to you directly** · its place in this server took it no more"
    if job.state is JobState.DELIVERED and job.clip_id is None:
        return "✅ **Handed out here** · no place took it"
    return STANDING[job.state]


def _failed(job: Job) -> str:
    outcome = Outcome(job.failure) if job.failure else Outcome.LOST
    is_made = job.clip is not None and outcome in (Outcome.THREAD_GONE, Outcome.TOO_LARGE)
    headline = "Made, and not posted." if is_made else "No clip."
    return f"⚠️ **{headline}** {failure_sentence(outcome)}"


def cost_of_cancelling(job: Job, stopping: Stopping) -> str:
    """What cancelling costs as the job stands, or why it cannot be cancelled."""
    price = in_credits(job.price_credits)
    if job.finished_at is not None:
        return "It is already over."
    if job.state is JobState.FETCHED:
        return f"The clip is made already. It will be posted, and costs {price} at most."
    is_free = f"**Cancelling is free:** you get the {price} back."
    if job.state is JobState.NEEDS_APPROVAL:
        return is_free
    match stopping:
        case Stopping.FREE:
            return is_free
        case Stopping.BILLED if job.state is JobState.QUEUED:
            return (
                f"**Cancelling is free until the model begins:** you get the {price} back. "
                "Should it begin first, you pay what it charges, at most that."
            )
        case Stopping.BILLED:
            return (
                "**The model has begun.** If you cancel, you pay what it charges for that, "
                f"at most {price}; the rest comes back."
            )
        case Stopping.NEVER if job.state is JobState.QUEUED:
            return (
                f"**Cancelling is free until the model begins:** you get the {price} back. "
                "Should it begin first, the clip is made to its end, and paid."
            )
        case Stopping.NEVER:
            return (
                "This model cannot be stopped once it has begun. "
                f"The clip will come, and costs {price} as quoted."
            )
        case _:
            assert_never(stopping)


def cancelled_words(cancelling: Cancelling) -> str:
    """What came of cancelling."""
    if cancelling.job.finished_at is not None:
        return "It is already over."
    if cancelling.runs_on:
        return cost_of_cancelling(cancelling.job, Stopping.NEVER)
    return (
        "✋ **Stopping it.** A clip that is already made is still posted; "
        "you pay only what the model charges for what it had begun."
    )


def no_original_words(reason: NoClip) -> str:
    """Why there is no link to the file as it came."""
    if reason is NoClip.BEING_POSTED:
        return "That clip is being posted this moment. Press again in a minute."
    return NOT_KEPT


def clip_words(reason: NoClip, job: Job) -> str:
    """Why a clip cannot be handed out."""
    link = _link(job)
    elsewhere = f" It was posted [here]({link})." if link else ""
    match reason:
        case NoClip.NOT_KEPT:
            return f"{NOT_KEPT}{elsewhere}"
        case NoClip.BEING_POSTED:
            return "That clip is being posted this moment. Look again in a minute."
        case NoClip.BEING_SENT:
            return "I am still sending you a clip. Press again once it has come."
        case NoClip.TOO_LARGE:
            return f"That clip is too large to send it to you here.{elsewhere}"
        case _:
            assert_never(reason)


def _where(job: Job) -> list[str]:
    link = _link(job)
    if link:
        return [f"[see the clip]({link})"]
    is_here = job.thread_id is not None and whereabouts(job) is not Whereabouts.DIRECT
    return [f"<#{job.thread_id}>"] if is_here else []


def _link(job: Job) -> str | None:
    if job.thread_id is None or job.clip_id is None:
        return None
    server = "@me" if whereabouts(job) is Whereabouts.DIRECT else job.guild_id
    return f"https://discord.com/channels/{server}/{job.thread_id}/{job.clip_id}"
