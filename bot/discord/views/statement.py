"""A member's credits at a glance."""

from __future__ import annotations

import discord
from discord import ui

from bot.budget.desk import Statement
from bot.cap_words import in_change
from bot.discord.views.clip import ACCENT
from bot.jobs.catalogue import Catalogue
from bot.messages import in_credits
from storage.jobs import Job, JobState
from storage.ledger import Entry

PROMPT_SHOWN = 40
MARKS = {
    JobState.DELIVERED: "✅",
    JobState.FAILED: "⚠️",
    JobState.CANCELLED: "✖️",
    JobState.NEEDS_REVIEW: "❔",
}


class StatementCard(ui.LayoutView):
    """Available, held, the latest jobs and, for moderators, the latest entries."""

    def __init__(
        self,
        title: str,
        statement: Statement,
        catalogue: Catalogue,
        *,
        with_entries: bool = False,
        news: str = "",
    ) -> None:
        super().__init__(timeout=None)
        account = statement.account
        parts = [
            f"### {title}\n**{in_credits(account.available)}** available · "
            f"{in_credits(account.held)} held",
            "\n".join(job_line(job, catalogue) for job in statement.jobs) or "No clips yet.",
        ]
        parts.append(news)
        if with_entries:
            parts.append("\n".join(entry_line(entry) for entry in statement.entries))
        container: ui.Container[StatementCard] = ui.Container(accent_colour=ACCENT)
        for number, part in enumerate(part for part in parts if part):
            if number:
                container.add_item(ui.Separator())
            container.add_item(ui.TextDisplay(part))
        self.add_item(container)
        self.stop()


def job_line(job: Job, catalogue: Catalogue) -> str:
    """One job: what it is of, what it costs, and where it is."""
    name = catalogue.name_of(job.provider, job.model)
    prompt = discord.utils.escape_markdown(" ".join(job.prompt.split()))
    if len(prompt) > PROMPT_SHOWN:
        prompt = f"{prompt[: PROMPT_SHOWN - 1]}…"
    if job.state.is_terminal:
        money = f"{in_credits(job.paid_credits or 0)} paid"
    else:
        money = f"{in_credits(job.price_credits)} held"
    where = f" · <#{job.thread_id}>" if job.thread_id else ""
    when = discord.utils.format_dt(job.created_at, "R")
    return f"{MARKS.get(job.state, '🎬')} {prompt}\n-# {name} · {money} · {when}{where}"


def entry_line(entry: Entry) -> str:
    """One entry: what it moved, by whom and why."""
    when = discord.utils.format_dt(entry.at, "R")
    # Below zero is a moderator who was forgotten since.
    by = f" by <@{entry.actor_id}>" if entry.actor_id and entry.actor_id > 0 else ""
    reason = f" · {discord.utils.escape_markdown(entry.reason)}" if entry.reason else ""
    return f"-# {entry.phase} {_change(entry)}{by} · {when}{reason}"


def _change(entry: Entry) -> str:
    parts = [
        f"{in_change(change)} {what}"
        for change, what in ((entry.posted_change, "posted"), (entry.held_change, "held"))
        if change
    ]
    return ", ".join(parts) or "±0"
