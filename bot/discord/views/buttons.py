"""Buttons that carry their job's id, so they work after any restart."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, assert_never

import discord
from discord import ui

from bot.discord.answers import defer_in_private, defer_in_public, guard
from bot.discord.ordering import order_of, show_placed
from bot.discord.permissions import is_moderator
from bot.discord.views.forms import Form
from bot.messages import in_credits
from storage.jobs import Job

if TYPE_CHECKING:
    from bot.discord.client import ZoetropeClient


LONGEST_INPUT_CHARS = 4000
"""What Discord takes in one field; the model's own limit is checked with the order."""


class Act(enum.StrEnum):
    """What a button of a job does."""

    CANCEL = "cancel"
    AGAIN = "again"
    NEW_PROMPT = "prompt"


def custom_id(act: Act, job_id: str) -> str:
    """The id that names a button of a job, on Discord and in `JobButton`'s template."""
    return f"zoetrope:{act}:{job_id}"


class JobButton(
    ui.DynamicItem[ui.Button[ui.View]],
    template=r"zoetrope:(?P<act>cancel|again|prompt):(?P<job>[0-9a-z]{1,13})",
):
    """One button of one job."""

    def __init__(self, act: Act, job_id: str, *, label: str = "") -> None:
        self.act = act
        self.job_id = job_id
        super().__init__(
            ui.Button(
                label=label or act.name.replace("_", " ").capitalize(),
                style=discord.ButtonStyle.secondary,
                custom_id=custom_id(act, job_id),
            )
        )

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str]
    ) -> Self:
        """Rebuild the button that was pressed."""
        return cls(Act(match["act"]), match["job"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Do what the button says."""
        match self.act:
            case Act.CANCEL:
                await guard(interaction, _cancel(interaction, self.job_id))
            case Act.AGAIN:
                await guard(interaction, again(interaction, self.job_id, prompt=""))
            case Act.NEW_PROMPT:
                await guard(interaction, _ask_for_prompt(interaction, self.job_id))
            case _:
                assert_never(self.act)


class PromptForm(Form):
    """Asks for another prompt; all else stays as it was."""

    template = re.compile(r"zoetrope:newprompt:(?P<job>[0-9a-z]{1,13})")

    def __init__(self, job: Job) -> None:
        super().__init__(title=_prompt_title(job), custom_id=f"zoetrope:newprompt:{job.id}")
        prompt: ui.TextInput[PromptForm] = ui.TextInput(
            custom_id="prompt",
            style=discord.TextStyle.paragraph,
            default=job.prompt[:LONGEST_INPUT_CHARS],
            max_length=LONGEST_INPUT_CHARS,
        )
        self.add_item(
            ui.Label(
                text="What should move?" if job.picture else "What should be seen?",
                description=_prompt_hint(job),
                component=prompt,
            )
        )

    @classmethod
    async def submitted(
        cls, interaction: discord.Interaction[Any], job_id: str, filled: Mapping[str, str]
    ) -> None:
        """Order the clip."""
        await again(interaction, job_id, prompt=filled["prompt"])


def _prompt_title(job: Job) -> str:
    kept = [job.picture, job.last_frame, job.audio]
    if not any(kept):
        return "New prompt, same settings"
    return (
        "New prompt, same picture"
        if kept == [job.picture, None, None]
        else "New prompt, same files"
    )


def _prompt_hint(job: Job) -> str:
    price = f"The clip costs {in_credits(job.price_credits)}."
    is_cut = len(job.prompt) > LONGEST_INPUT_CHARS
    return f"{price} The old prompt is cut, it has no room here." if is_cut else price


async def again(
    interaction: discord.Interaction[ZoetropeClient], job_id: str, *, prompt: str
) -> None:
    """Order another clip of a job's files, followed in the same thread."""
    reply_id = await defer_in_public(interaction)
    order = order_of(interaction, reply_id, prompt=prompt)
    placed = await interaction.client.service.place_again(order, job_id=job_id)
    await show_placed(interaction, placed)


async def _cancel(interaction: discord.Interaction[ZoetropeClient], job_id: str) -> None:
    await defer_in_private(interaction)
    cancelling = await interaction.client.service.cancel(
        job_id, member_id=interaction.user.id, is_moderator=is_moderator(interaction)
    )
    if cancelling.job.state.is_terminal:
        said = "It is already over."
    elif cancelling.runs_on:
        said = (
            "This model cannot be stopped once it has begun. "
            f"The clip will come, and costs {in_credits(cancelling.job.price_credits)} as quoted."
        )
    else:
        said = (
            "Stopping it. A clip that is already made is still posted; "
            "you pay only what the model charges for what it had begun."
        )
    await interaction.edit_original_response(content=said)


async def _ask_for_prompt(interaction: discord.Interaction[ZoetropeClient], job_id: str) -> None:
    # A modal must be the first answer, so this one look comes before it.
    job = await interaction.client.service.own_job(job_id, member_id=interaction.user.id)
    await interaction.response.send_modal(PromptForm(job))
