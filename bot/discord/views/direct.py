"""What a direct message says: where it is about, and the job, by which it is found again."""

from __future__ import annotations

from datetime import datetime

import discord

from bot.discord.views.text import quoted, summary
from bot.jobs.links import ClipLink
from bot.jobs.outcomes import Outcome
from bot.messages import in_credits
from bot.outcome_words import failure_sentence
from bot.shield_words import strike_sentence
from storage.jobs import Job, JobState
from storage.strikes import Strike


def job_mark(job: Job) -> str:
    """The words by which a message is known to be about a job."""
    return f"job {job.id}"


def clip_mark(job: Job) -> str:
    """The words by which a direct message is known to bring a job's clip."""
    return f" paid · {job_mark(job)}"


def failure_mark(job: Job) -> str:
    """The words by which a direct message is known to say that there is none, for now."""
    return f"\n-# {job_mark(job)}"


def direct_clip_text(
    job: Job,
    model_name: str,
    *,
    guild: str | None,
    paid_credits: int,
    link: ClipLink | None = None,
) -> str:
    """What goes with a clip that no place in its guild takes, or with the link to it."""
    on_the_house = " It came late, so it is on the house." if job.state is JobState.LATE else ""
    return (
        f"<@{job.member_id}>, your clip is ready. I can no longer post where you ordered it, "
        f"in {server_named(guild)}, so it comes here.{on_the_house}\n{quoted(job.prompt)}\n"
        f"{_link_line(link)}"
        f"-# {summary(job, model_name)} · {in_credits(paid_credits)}{clip_mark(job)}"
    )


def _link_line(link: ClipLink | None) -> str:
    if link is None:
        return ""
    until = discord.utils.format_dt(link.until, "D")
    return (
        f"It is too large to be sent: [download it](<{link.url}>) until {until}. After that, "
        "`/jobs` in that server gives you a new link.\n"
    )


def direct_failure_text(job: Job, told: str, *, guild: str | None) -> str:
    """Why there is no clip, where nothing in its guild can say so."""
    return (
        f"<@{job.member_id}>, about your clip in {server_named(guild)}: {told}\n"
        f"{quoted(job.prompt)}{failure_mark(job)}"
    )


def told_failure(
    job: Job,
    outcome: Outcome,
    *,
    kept_until: datetime | None,
    reason: str | None = None,
    strike: Strike | None = None,
) -> str:
    """Why there is no clip, what it cost, and how to have one that was made all the same."""
    cost = f"It cost {in_credits(job.paid_credits)}" if job.paid_credits else "Nothing was charged"
    said = f"{failure_sentence(outcome)} {cost}."
    if strike:
        return f"{said} {strike_sentence(strike)}"
    if reason:
        return f"{said}\n{quoted(reason)}"
    if job.clip is None or outcome is not Outcome.THREAD_GONE:
        return said
    until = f" until {discord.utils.format_dt(kept_until, 'D')}" if kept_until else ""
    return f"{said} It was made and is kept: `/jobs` in that server gives it to you{until}."


def server_named(guild: str | None) -> str:
    """A guild's name; the bot no longer knows that of one it was removed from."""
    if guild is None:
        return "a server I am no longer in"
    return f"**{discord.utils.escape_mentions(discord.utils.escape_markdown(guild))}**"
