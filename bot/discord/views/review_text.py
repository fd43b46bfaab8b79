"""The words of the moderators' card, and of the answers to its buttons."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from discord.utils import format_dt

from bot.discord.views.text import quoted, summary
from bot.jobs.outcomes import Outcome
from bot.jobs.reviews import Ruling
from bot.messages import in_credits
from bot.outcome_words import failure_sentence
from storage.jobs import Job, JobState
from storage.verdicts import Case, Verdict


def review_text(job: Job, model_name: str, case: Case) -> str:
    """What the card says: who, what, when, what is known, and what was decided."""
    sent = job.started_at or job.created_at
    given_up = f", and by {_at(job.finished_at)} nobody could tell" if job.finished_at else ""
    lines = [
        f"### {_headline(job, case)}",
        f"<@{job.member_id}> ordered it {format_dt(job.created_at, 'R')}"
        f"{f' in <#{job.thread_id}>' if job.thread_id else ''}.",
        quoted(job.prompt),
        f"The request left for {job.provider} at {_at(sent)}. No answer came{given_up} whether "
        f"it had arrived. The {in_credits(job.price_credits)} were given back.",
        _task(case),
        *_decision(job, case),
        *_end(job),
        f"-# {summary(job, model_name)} · {in_credits(job.price_credits)} · job {job.id}",
    ]
    return "\n".join(line for line in lines if line)


def answer_sentence(ruling: Ruling, done: str) -> str:
    """What the moderator who pressed reads."""
    match ruling:
        case Ruling.COUNTS:
            return done
        case Ruling.TOO_LATE:
            return "That is decided already; the card says how."
        case Ruling.NO_SUCH_TASK:
            return "That is not the id of a task this job could be. Copy it anew and try again."
        case _:
            assert_never(ruling)


def confirm_text(job: Job, price_credits: int) -> str:
    """The second question before a job runs again."""
    return (
        "If it did run, the owner pays the provider a second time. "
        f"<@{job.member_id}> pays {in_credits(price_credits)} for the new clip. Run it again?"
    )


def _headline(job: Job, case: Case) -> str:
    match job.state:
        case JobState.DELIVERED:
            return "✅ The clip came late"
        case JobState.FAILED:
            return "⚠️ No clip came of it"
        case JobState.LATE:
            return "🔎 Looking for the clip"
        case _:
            return "❔ Did this clip run?" if case.verdict is None else "☑️ Decided"


def _task(case: Case) -> str:
    if case.resumed_at is not None:
        return f"Its task was named, and is followed since {_at(case.resumed_at)}."
    if case.lost_tasks:
        return "A task was named that the provider does not know."
    return "No webhook has named its task."


def _decision(job: Job, case: Case) -> list[str]:
    if case.verdict is None or case.decided_at is None:
        return []
    by = f"<@{case.moderator_id}>, {_at(case.decided_at)}:"
    match case.verdict:
        case Verdict.RAN if case.resumed_at is None:
            return [
                f"{by} **it ran.** I cannot fetch the clip; fetch it at the provider by hand and "
                f"post it in {f'<#{job.thread_id}>' if job.thread_id else 'its thread'}."
            ]
        case Verdict.RAN:
            return [f"{by} **it ran.**"]
        case Verdict.NEVER_RAN:
            return [f"{by} **it never ran.**"]
        case Verdict.RUN_AGAIN:
            return [f"{by} **run again**, as job {case.next_job_id}."]
        case _:
            assert_never(case.verdict)


def _end(job: Job) -> list[str]:
    match job.state:
        case JobState.DELIVERED:
            return ["The clip is posted, on the house."]
        case JobState.FAILED if job.failure:
            return [f"{failure_sentence(Outcome(job.failure))} Nobody was charged."]
        case _:
            return []


def _at(moment: datetime) -> str:
    return format_dt(moment, "f")
