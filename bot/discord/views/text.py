"""Pieces of text that several cards show."""

from __future__ import annotations

import discord

from bot.jobs.catalogue import Choice
from bot.messages import in_credits
from storage.jobs import Job

PROMPT_SHOWN = 300
ORDINALS = {1: "st", 2: "nd", 3: "rd"}


def quoted(prompt: str) -> str:
    """A prompt as a quote: nothing in it formats, links or pings."""
    line = " ".join(prompt.split())
    shown = line if len(line) <= PROMPT_SHOWN else f"{line[: PROMPT_SHOWN - 1]}…"
    return f"> {discord.utils.escape_mentions(discord.utils.escape_markdown(shown))}"


def summary(job: Job, model_name: str) -> str:
    """Model, length, shape and quality in one line."""
    parts = [model_name, f"{job.seconds} s", job.shape or "your picture's shape", job.resolution]
    if job.sound:
        parts.append("sound")
    return " · ".join(part for part in parts if part)


def ordinal(position: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th …"""
    suffix = "th" if 10 <= position % 100 <= 20 else ORDINALS.get(position % 10, "th")
    return f"{position}{suffix}"


def about(seconds: int) -> str:
    """A wait as one tells it: nobody keeps the seconds of minutes."""
    if seconds < 10:
        return "a few seconds"
    if seconds < 90:
        return f"about {seconds // 10 * 10} s"
    return f"about {round(seconds / 60)} min"


def bar(progress: float, *, cells: int = 14) -> str:
    """A progress bar of fixed width."""
    filled = round(progress * cells)
    return "▰" * filled + "▱" * (cells - filled)


def reply(job: Job, model_name: str, *, linked: bool) -> str:
    """The first reply to an order; linked once the thread is open."""
    where = f"\n-# Follow it in <#{job.reply_id}>" if linked else ""
    return (
        f"🎞️ **{summary(job, model_name)}** · {in_credits(job.price_credits)}\n"
        f"{quoted(job.prompt)}{where}"
    )


def price_line(choice: Choice) -> str:
    """A model with what it costs, in one line."""
    model = choice.model
    default = choice.price(model.default_seconds)
    return (
        f"{model.name} · {in_credits(choice.price(1))}/s · "
        f"{model.default_seconds} s = {in_credits(default)}"
    )
