"""What deleting one's data means, the button that does it, and what was done."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Self

import discord
from discord import ui

from bot.discord.answers import DEFERRED, Audience, guard
from bot.discord.views.clip import ACCENT
from bot.discord.views.job_words import state_words
from bot.errors import NotInServer
from bot.messages import in_credits
from storage.jobs import Job
from storage.members import Holdings

if TYPE_CHECKING:
    from bot.discord.client import ZoetropeClient

OPEN_SHOWN = 10


class ForgetButton(ui.DynamicItem[ui.Button[ui.LayoutView]], template="zoetrope:privacy:delete"):
    """Deletes the data of whoever presses it: it names nobody, so it works for nobody else."""

    def __init__(self) -> None:
        super().__init__(
            ui.Button(
                label="Delete my data",
                style=discord.ButtonStyle.danger,
                custom_id="zoetrope:privacy:delete",
            )
        )

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str]
    ) -> Self:
        """Rebuild the button that was pressed."""
        return cls()

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Delete, and say so."""
        await guard(interaction, _forget(interaction))


class PrivacyCard(ui.LayoutView):
    """A text, and perhaps the button."""

    def __init__(self, text: str, *, with_button: bool = False) -> None:
        super().__init__(timeout=None)
        container: ui.Container[PrivacyCard] = ui.Container(
            ui.TextDisplay(text), accent_colour=ACCENT
        )
        if with_button:
            container.add_item(ui.ActionRow(ForgetButton()))
        self.add_item(container)
        self.stop()


def own_place(interaction: discord.Interaction[Any]) -> tuple[int, int]:
    """The guild and the one member whose data this is about. Raises NotInServer."""
    if interaction.guild_id is None:
        raise NotInServer
    return interaction.guild_id, interaction.user.id


def deletion_card(held: Holdings) -> PrivacyCard:
    """What would go and what would stay; or why nothing can be deleted now."""
    if held.open_jobs:
        return PrivacyCard(_still_open(held.open_jobs))
    if held.is_empty:
        return PrivacyCard("I have nothing stored of you in this server that could be deleted.")
    goes = "\n".join(f"- {line}" for line in _goes(held))
    stays = "\n".join(f"- {line}" for line in _stays())
    return PrivacyCard(
        "## Delete your data in this server?\n"
        "This cannot be undone. `/privacy export` gives you a copy first.\n"
        f"**This goes, for good**\n{goes}\n**This stays**\n{stays}",
        with_button=True,
    )


def _goes(held: Holdings) -> list[str]:
    credits = held.account.available if held.account else 0
    jobs = _count(len(held.jobs), "job", "jobs")
    return [
        f"The prompts of your {jobs}, and your name on them: a random number takes its place.",
        *([f"Your {_count(len(held.drafts), 'preview', 'previews')}."] if held.drafts else []),
        f"The {_count(len(held.files), 'picture, sound or clip', 'pictures, sounds and clips')} "
        "I keep of them.",
        "What was made of your clips with **More …**, wherever it is posted; the posts go within "
        "some minutes.",
        "The reasons moderators wrote when they gave you credits, and the links from these jobs to "
        "your threads and messages. "
        "The buttons on your clips stop working, and `/jobs` is empty.",
        f"Your **{in_credits(credits)}**: they stay with the account, which no longer is yours.",
    ]


def _stays() -> list[str]:
    return [
        "What is posted on Discord: clips, threads and messages. Ask a moderator to delete those.",
        "Each job without its prompt: model, length, seed, times, channel, price. "
        "Each change of the account. The books must go on adding up.",
        "What you wrote as a moderator when you gave others credits, without your name.",
        "That you may not order, if so, and how often orders of yours were refused lately: only "
        "the days, and nothing of what it was about.",
        "An empty account in your name, so that nobody gets starting credits twice: "
        "if you order again, you begin with none.",
        "What the models' providers keep, under their own terms; and copies in the owner's "
        "backups, until those are replaced.",
    ]


def _still_open(jobs: tuple[Job, ...]) -> str:
    shown = "\n".join(f"- job {job.id}: {state_words(job)}" for job in jobs[:OPEN_SHOWN])
    rest = len(jobs) - OPEN_SHOWN
    more = f"\n- and {rest} more" if rest > 0 else ""
    return (
        f"## Not yet\n{_count(len(jobs), 'job of yours is', 'jobs of yours are')} not over:\n"
        f"{shown}{more}\n"
        "Wait until they are, or cancel them with `/jobs`. Then ask again: nothing was deleted."
    )


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


async def _forget(interaction: discord.Interaction[ZoetropeClient]) -> None:
    interaction.extras[DEFERRED] = Audience.MEMBER
    await interaction.response.defer()
    guild_id, member_id = own_place(interaction)
    held = await interaction.client.members.privacy.delete(guild_id, member_id)
    card = deletion_card(held) if held.open_jobs or held.is_empty else PrivacyCard(_done(held))
    await interaction.edit_original_response(view=card)


def _done(held: Holdings) -> str:
    jobs = _count(len(held.jobs), "job is", "jobs are")
    files = _count(len(held.files), "file", "files")
    return f"✅ **Done.** {jobs} anonymous now, and {files} removed."
