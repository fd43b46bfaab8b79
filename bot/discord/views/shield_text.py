"""What the cards and lists of the shield say."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.budget.clip_reports import Case, ReportState
from bot.budget.shielding import Blocked
from bot.discord.naming import mention_of
from bot.discord.views.text import cut, quoted, summary
from bot.shield_words import block_words
from storage.jobs import Job
from storage.words import ForbiddenWord

REPORTS_SHOWN = 5
LONGEST_ANSWER_CHARS = 2000

REMOVED_TEXT = (
    "A moderator removed a clip of yours from here after it was reported, and its stored files."
)
"""What its member reads where the clip was."""


def card_text(job: Job, model_name: str, case: Case, *, is_private: bool) -> str:
    """Which clip it is, how often and why it was reported, and what was decided."""
    times = len(case.reports)
    lines = [
        "### 🚩 A clip was reported",
        f"{_link(case)} of {mention_of(job.member_id)} · "
        f"{'once' if times == 1 else f'{times} times'}",
        quoted(job.prompt),
        f"-# {summary(job, model_name)} · job {job.id}",
    ]
    if is_private:
        lines.append(reports_text(case))
    if case.state is not ReportState.OPEN:
        lines.append(_decision(case))
    return "\n".join(lines)


def reports_text(case: Case) -> str:
    """Who reported a clip, and what they wrote."""
    shown = case.reports[-REPORTS_SHOWN:]
    lines = [f"{mention_of(one.reporter_id)} wrote:\n{quoted(one.text)}" for one in shown]
    if len(shown) < len(case.reports):
        lines.insert(0, f"The last {len(shown)} of {len(case.reports)} reports:")
    return "\n".join(lines)


def blocked_text(blocked: Sequence[Blocked]) -> str:
    """Who may order nothing, and why."""
    if not blocked:
        return "Nobody is blocked."
    lines = [_blocked_line(one) for one in blocked]
    return cut("\n".join(["**Who may order nothing here**", *lines]), LONGEST_ANSWER_CHARS)


def words_text(words: Sequence[ForbiddenWord]) -> str:
    """The forbidden words; behind bars, for whoever looks over a shoulder."""
    if not words:
        return "No words are forbidden."
    listed = ", ".join(discord.utils.escape_markdown(one.word) for one in words)
    return f"**{len(words)} forbidden:** ||{cut(listed, LONGEST_ANSWER_CHARS - 100)}||"


def _blocked_line(one: Blocked) -> str:
    reason = f"\n{quoted(one.reason)}" if one.reason else ""
    return f"- {mention_of(one.member_id)}: {block_words(one.block)}{reason}"


def _decision(case: Case) -> str:
    what = "removed" if case.state is ReportState.REMOVED else "dismissed: the clip stays"
    at = "" if case.decided_at is None else f", {discord.utils.format_dt(case.decided_at, 'f')}"
    return f"**{what.capitalize()}** · {mention_of(case.moderator_id or 0)}{at}"


def _link(case: Case) -> str:
    if case.clip_message_id is None:
        return "A clip"
    place = f"{case.guild_id}/{case.clip_channel_id}/{case.clip_message_id}"
    return f"[This clip](https://discord.com/channels/{place})"
