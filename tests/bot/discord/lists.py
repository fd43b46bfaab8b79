"""Reading and using the list of a member's jobs."""

from __future__ import annotations

from typing import Any

import discord
from simcord import InteractionResult, MemberActor

from bot.discord.views.jobs import Deed, ListButton, NoticeCard
from bot.jobs.history import Viewer
from storage.jobs import Job, JobState
from tests.bot.discord.club import Club


def shown(result: InteractionResult) -> discord.Message:
    """The message of a private answer."""
    assert result.response is not None
    assert result.response.ephemeral
    return result.response.message


def buttons(message: discord.Message) -> dict[str, str]:
    """The ids of a message's buttons by their labels; of two alike, the last."""
    return dict(_buttons(message.components))


def _buttons(components: list[Any]) -> list[tuple[str, str]]:
    found = []
    for component in components:
        if isinstance(component, discord.Button):
            found.append((component.label or "", component.custom_id or ""))
        nested = [*getattr(component, "children", ()), getattr(component, "accessory", None)]
        found += _buttons([one for one in nested if one is not None])
    return found


async def list_of(club: Club, actor: MemberActor | None = None, **options: Any) -> discord.Message:
    return shown(await (actor or club.member).slash(club.channel, "jobs", **options))


async def delivered(club: Club, **options: object) -> Job:
    await club.animate(**options)
    await club.finish()
    return (await club.jobs())[0]


async def bring_to(club: Club, state: JobState) -> Job:
    """Order a clip, and let it come so far."""
    await club.animate()
    while (job := (await club.jobs())[0]).state is not state:
        await club.visit()
    return job


def viewer(club: Club) -> Viewer:
    return Viewer(club.guild.id, club.member.id, is_moderator=False)


async def posted(club: Club, deed: Deed, of: str) -> discord.Message:
    """Show a button of the list to everybody, as nothing of ours ever does."""
    place = club.client.get_partial_messageable(club.thread.id, guild_id=club.guild.id)
    return await place.send(view=NoticeCard("a button", ListButton(deed, of, 1, label="press")))


def answers(result: InteractionResult) -> list[str]:
    """The sentences of an answer that only the member sees."""
    private = [each for each in [result.response, *result.followups] if each and each.ephemeral]
    return [message.content for message in private]
