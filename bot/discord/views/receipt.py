"""What one job cost whom, and why, with the entries that prove it."""

from __future__ import annotations

import discord
from discord import ui

from bot.budget.reporting import Receipt
from bot.cap_words import in_change
from bot.discord.naming import mention_of
from bot.discord.views.clip import ACCENT
from bot.discord.views.job_words import state_words
from bot.discord.views.text import summary
from bot.messages import in_credits
from bot.report_words import payment_reason
from storage.jobs import Job
from storage.receipts import ReceiptEntry
from storage.schema import AccountKind, HoldState

DIGEST_CHARS = 12


class ReceiptCard(ui.LayoutView):
    """Outcome, money, moments and entries of a job."""

    def __init__(self, receipt: Receipt, model_name: str) -> None:
        super().__init__(timeout=None)
        job = receipt.job
        parts = [
            f"### Receipt of job `{job.id}`\n{state_words(job)}\n"
            f"-# {summary(job, model_name)} · for {mention_of(job.member_id)}",
            f"{_money(receipt)}\n{payment_reason(receipt)}",
            _moments(job),
            "\n".join(_entry(entry) for entry in receipt.entries),
        ]
        container: ui.Container[ReceiptCard] = ui.Container(accent_colour=ACCENT)
        for number, part in enumerate(parts):
            if number:
                container.add_item(ui.Separator())
            container.add_item(ui.TextDisplay(part))
        self.add_item(container)
        self.stop()


def _money(receipt: Receipt) -> str:
    job = receipt.job
    price = ""
    if job.provider_microdollars is not None:
        price = f" · the provider's {_dollars(job.provider_microdollars)} at {job.price_percent} %"
    lines = [
        f"Quote: **{in_credits(job.price_credits)}**{price}",
        f"Held: {in_credits(receipt.held_credits)}",
        f"Billed by the provider: {_billed(receipt)}",
    ]
    if receipt.state is not HoldState.HELD:
        back = receipt.held_credits - receipt.paid_credits
        lines += [
            f"Paid by the member: **{in_credits(receipt.paid_credits)}** · "
            f"{in_credits(back)} given back",
            f"Lost by the house: {in_credits(receipt.house_loss_credits)}",
        ]
    return "\n".join(lines)


def _billed(receipt: Receipt) -> str:
    job = receipt.job
    if job.billed_microdollars is not None:
        return _dollars(job.billed_microdollars)
    if receipt.billed_microdollars:
        return f"{_dollars(receipt.billed_microdollars)} · its price, for it does not say"
    return "nothing that it says" if job.finished_at else "nothing yet"


def _dollars(microdollars: int) -> str:
    return f"${microdollars / 1_000_000:,.4f}"


def _moments(job: Job) -> str:
    moments = (
        ("ordered", job.created_at),
        ("approved", job.approved_at),
        ("handed to the model", job.started_at),
        ("over", job.finished_at),
    )
    return "-# " + " · ".join(
        f"{what} {discord.utils.format_dt(moment, 'f')}" for what, moment in moments if moment
    )


def _entry(entry: ReceiptEntry) -> str:
    whose = "house" if entry.kind is AccountKind.HOUSE else "account"
    changes = ", ".join(
        f"{in_change(change)} {what}"
        for change, what in ((entry.posted_change, "posted"), (entry.held_change, "held"))
        if change
    )
    when = discord.utils.format_dt(entry.at, "f")
    return (
        f"-# {whose} {entry.account_id}, entry {entry.number}: {entry.phase} {changes or '±0'} · "
        f"{when} · `{entry.digest.hex()[:DIGEST_CHARS]}`"
    )
