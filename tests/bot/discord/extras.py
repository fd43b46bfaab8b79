"""Going from a clip to its panel of extras, and on to each of them."""

from __future__ import annotations

from typing import Any

import discord
from simcord import InteractionResult, MemberActor

from storage.jobs import Job
from tests.bot.discord.club import Club
from tests.bot.discord.lists import delivered, shown

WITH_FORMS = ("poster", "loop", "trim", "sound", "join", "beside")


async def card_of(club: Club, job: Job) -> discord.Message:
    """The message with a job's clip."""
    thread = next(one for one in club.channel.threads if one.id == job.thread_id)
    return next(message for message in thread.history() if message.id == job.clip_id)


async def panel(club: Club, job: Job, actor: MemberActor | None = None) -> discord.Message:
    """The private panel, just opened."""
    return shown(await (actor or club.member).click(await card_of(club, job), label="More …"))


async def choose(club: Club, job: Job, chosen: str, **filled: Any) -> InteractionResult:
    """Choose an extra in the panel, and fill in its form if it has one."""
    result = await club.member.select(await panel(club, job), [chosen])
    return await club.member.submit_modal(result, filled) if filled else result


async def open_every_form(club: Club) -> None:
    """Order two clips, and look at all that can be asked about them."""
    await delivered(club, prompt="another one")
    job = await delivered(club)
    message = await panel(club, job)
    for chosen in WITH_FORMS:
        await club.member.select(message, [chosen])


def newest(club: Club) -> discord.Message:
    """The last message of the last thread."""
    return club.channel.threads[-1].history()[-1]


async def left_behind(club: Club) -> list[str]:
    """What lies beside the clips."""
    folder = club.workshop.files.clip("x").parent
    return [path.name for path in folder.iterdir() if path.suffix != ".mp4"]
