"""Pieces of text that several cards show."""

from __future__ import annotations

import discord

from bot.messages import in_credits
from storage.jobs import Job

PROMPT_SHOWN = 300
STEP_SECONDS = 15
ORDINALS = {1: "st", 2: "nd", 3: "rd"}


def quoted(prompt: str) -> str:
    """A prompt as a quote: nothing in it formats, links or pings."""
    shown = cut(" ".join(prompt.split()), PROMPT_SHOWN)
    return f"> {discord.utils.escape_mentions(discord.utils.escape_markdown(shown))}"


def cut(text: str, most_chars: int) -> str:
    """A text, or as much of it as there is room for."""
    return text if len(text) <= most_chars else f"{text[: most_chars - 1]}…"


def summary(job: Job, model_name: str) -> str:
    """Model, length, shape and quality in one line."""
    shape = job.shape or ("your picture's shape" if job.picture else "")
    sound = "sound" if job.sound else ""
    parts = [model_name, f"{job.seconds} s", shape, job.resolution, sound]
    return " · ".join(part for part in parts if part)


def ordinal(position: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th …"""
    suffix = "th" if 10 <= position % 100 <= 20 else ORDINALS.get(position % 10, "th")
    return f"{position}{suffix}"


def time_left(seconds: int) -> str:
    """A wait as one tells it, in steps so wide that the words seldom change."""
    if seconds <= 0:
        return "longer than usual"
    if seconds < STEP_SECONDS:
        return "a few seconds left"
    steps = -(-seconds // STEP_SECONDS)
    if steps * STEP_SECONDS < 60:
        return f"about {steps * STEP_SECONDS} s left"
    return f"about {round(seconds / 60)} min left"


def bar(progress: float, *, cells: int = 14) -> str:
    """A progress bar of fixed width."""
    filled = round(progress * cells)
    return "▰" * filled + "▱" * (cells - filled)


def reply(job: Job, model_name: str, *, thread_id: int | None = None) -> str:
    """The first reply to an order; it leads to the thread once that is open."""
    where = f"\n-# Follow it in <#{thread_id}>" if thread_id else ""
    return (
        f"🎞️ **{summary(job, model_name)}** · {in_credits(job.price_credits)}\n"
        f"{quoted(job.prompt)}{where}"
    )


def announcement(job: Job, model_name: str, *, thread_id: int | None = None) -> str:
    """What stands for the reply where a member ordered in private: it says whose the clip is."""
    return f"{reply(job, model_name, thread_id=thread_id)}{announcement_mark(job)}"


def announcement_mark(job: Job) -> str:
    """The words by which it is known."""
    return f"\n-# For <@{job.member_id}> · job {job.id}"
