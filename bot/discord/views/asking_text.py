"""The words of the card that asks moderators, of the answers to its buttons, and to the member."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from discord.utils import escape_markdown, escape_mentions, format_dt

from bot.budget.dossier import Dossier, History
from bot.cap_words import in_change
from bot.discord.views.direct import server_named
from bot.discord.views.statement import MARKS
from bot.discord.views.text import cut, quoted, summary
from bot.jobs.outcomes import Outcome
from bot.messages import in_credits
from bot.outcome_words import failure_sentence
from storage.acts import Recorded
from storage.asks import Ask, AskKind, AskState
from storage.jobs import Job

PROMPT_SHOWN = 40
REASON_SHOWN = 80
ASK_MARKS = {AskState.OPEN: "❔", AskState.GRANTED: "✅", AskState.DENIED: "🚫"}


def card_text(dossier: Dossier, model_name: str) -> str:
    """Who asks for what and why, and what was decided."""
    ask, job = dossier.ask, dossier.job
    lines = [f"### {_headline(ask)}", *_wish(ask, job, model_name), *_decision(dossier)]
    about = f"-# job {job.id}" if job else ask_mark(ask)
    until = f" · to be answered until {format_dt(ask.expires_at, 'f')}" if _is_open(ask) else ""
    lines.append(f"{about} · asked {format_dt(ask.created_at, 'R')}{until}")
    return "\n".join(lines)


def history_text(history: History, *, member_id: int) -> str:
    """How the member stands, and what came before."""
    account = history.account
    lines = [
        f"**{in_credits(account.available)}** available · {in_credits(account.held)} held",
        *_listed("Last clips", (_job_words(job) for job in history.jobs)),
        *_listed("Last given or taken", (_given_words(act, member_id) for act in history.given)),
        *_listed("Asked before", (_ask_words(ask) for ask in history.asks)),
        *_strikes(history),
    ]
    return "\n".join(lines)


def told_text(dossier: Dossier, *, guild: str | None) -> str:
    """What the member reads who asked for credits; the mark finds the message again."""
    ask = dossier.ask
    asked = (
        f"<@{ask.member_id}>, you asked for {in_credits(ask.credits)} in {server_named(guild)}: "
    )
    match ask.state:
        case AskState.GRANTED:
            said = f"**you got {in_credits(ask.granted)}.**"
        case AskState.DENIED:
            said = "a moderator decided against it."
        case _:
            said = "nobody answered in time. You can ask again."
    reason = f"\n{quoted(dossier.reason)}" if dossier.reason else ""
    return f"{asked}{said}{reason}\n{ask_mark(ask)}"


def last_asked_text(dossier: Dossier) -> str:
    """What `/credits` tells of the member's last question, also to whom no message reaches."""
    ask = dossier.ask
    reason = f"\n{quoted(dossier.reason)}" if dossier.reason else ""
    asked = f"You asked for {in_credits(ask.credits)} {format_dt(ask.created_at, 'R')}."
    return f"{asked} {_outcome(ask, None)}{reason}"


def ask_mark(ask: Ask) -> str:
    """How a message ends that is about a question."""
    return f"-# request {ask.id}"


def asked_text(ask: Ask) -> str:
    """What a member reads who has just asked."""
    return (
        f"I have asked the moderators for **{in_credits(ask.credits)}**. They have until "
        f"{format_dt(ask.expires_at, 'f')}. I write to you directly when one of them answers, and "
        "`/credits` tells it too."
    )


def answered_text(ask: Ask, job: Job | None) -> str:
    """What a moderator reads whose answer counts."""
    who = f"<@{ask.member_id}>"
    match ask.kind, ask.state:
        case AskKind.CREDITS, AskState.GRANTED:
            return f"{who} got **{in_credits(ask.granted)}**, and is told."
        case AskKind.JOB, AskState.GRANTED:
            return "It stands in line now, and its member sees that."
        case AskKind.JOB, _:
            price = f" The {in_credits(job.price_credits)} were given back." if job else ""
            return f"It is not made.{price} {who} is told."
        case _:
            return f"Denied. {who} is told."


def too_late_text(ask: Ask, job: Job | None) -> str:
    """What a moderator reads whose answer comes too late: who was quicker, or what happened."""
    return f"That is decided already. {_outcome(ask, job)}"


def _headline(ask: Ask) -> str:
    match ask.kind:
        case AskKind.CREDITS:
            return f"🙋 {_named(ask.member_id)} asks for {in_credits(ask.credits)}"
        case AskKind.JOB:
            return f"✋ May this clip begin? It costs {in_credits(ask.credits)}"
        case _:
            assert_never(ask.kind)


def _wish(ask: Ask, job: Job | None, model_name: str) -> list[str]:
    if job is None:
        return [quoted(ask.text)] if ask.text else []
    where = f" in <#{job.thread_id}>" if job.thread_id else ""
    held = " The credits are held." if _is_open(ask) else ""
    given = {"a picture": job.picture, "a last frame": job.last_frame, "a sound": job.audio}
    files = ", ".join(what for what, name in given.items() if name)
    return [
        f"{_named(job.member_id)} ordered it{where}.{held}",
        quoted(job.prompt),
        f"-# {summary(job, model_name)} · from {files or 'words alone'}",
    ]


def _decision(dossier: Dossier) -> list[str]:
    if _is_open(dossier.ask):
        return []
    reason = [quoted(dossier.reason)] if dossier.reason else []
    return [_outcome(dossier.ask, dossier.job), *reason]


def _outcome(ask: Ask, job: Job | None) -> str:
    by = _by(ask)
    match ask.state:
        case AskState.OPEN:
            return "Nobody has answered yet."
        case AskState.GRANTED if ask.kind is AskKind.CREDITS:
            return f"✅ **Granted {in_credits(ask.granted)}**{by}"
        case AskState.GRANTED:
            return f"✅ **Approved**{by}"
        case AskState.DENIED:
            return f"🚫 **Denied**{by}"
        case AskState.EXPIRED if job is not None and job.failure not in (None, Outcome.UNANSWERED):
            return f"✖️ **Over.** {failure_sentence(Outcome(job.failure))}"
        case AskState.EXPIRED:
            return "⌛ **Nobody answered in time.**"
        case _:
            assert_never(ask.state)


def _by(ask: Ask) -> str:
    when = f", {format_dt(ask.decided_at, 'f')}" if ask.decided_at else ""
    return f" by {_named(ask.moderator_id or 0)}{when}."


def _named(member_id: int) -> str:
    # Below zero is somebody who was forgotten since.
    return f"<@{member_id}>" if member_id > 0 else "somebody who had their data deleted"


def _is_open(ask: Ask) -> bool:
    return ask.state is AskState.OPEN


def _listed(title: str, lines: Iterable[str]) -> list[str]:
    found = [f"-# {line}" for line in lines]
    return [f"**{title}**", *found] if found else []


def _job_words(job: Job) -> str:
    paid = f"{in_credits(job.paid_credits or 0)} paid" if job.finished_at else "under way"
    when = format_dt(job.created_at, "R")
    return f"{MARKS.get(job.state, '🎬')} {_inline(job.prompt, PROMPT_SHOWN)} · {paid} · {when}"


def _given_words(act: Recorded, member_id: int) -> str:
    # An act may concern many: here it is about this one.
    credits = sum(line.credits for line in act.lines if line.member_id == member_id)
    reason = f" · {_inline(act.reason, REASON_SHOWN)}" if act.reason else ""
    undone = " · undone" if act.undone_by else ""
    return (
        f"{in_change(credits)} by {_named(act.actor_id)} · {format_dt(act.at, 'R')}{reason}{undone}"
    )


def _ask_words(ask: Ask) -> str:
    what = "a clip of " if ask.kind is AskKind.JOB else ""
    got = f", got {ask.granted:,}" if ask.granted and ask.kind is AskKind.CREDITS else ""
    mark = ASK_MARKS.get(ask.state, "⌛")
    return f"{mark} {what}{in_credits(ask.credits)}{got} · {format_dt(ask.created_at, 'R')}"


def _strikes(history: History) -> list[str]:
    if not history.strikes:
        return []
    last = format_dt(history.strikes[0].at, "R")
    return [f"**Refused by providers:** {len(history.strikes)} so far, the last {last}"]


def _inline(text: str, most_chars: int) -> str:
    return escape_mentions(escape_markdown(cut(" ".join(text.split()), most_chars)))
