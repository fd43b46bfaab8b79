"""Reports about clips: the form a member fills in, and the card on which moderators decide.

All of it outlives restarts. Who may decide is asked at every press.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, assert_never

import discord
from discord import ui

from bot.budget.clip_reports import Case, Removal, ReportState
from bot.discord.answers import defer_in_private, guard
from bot.discord.looking import custom_ids
from bot.discord.permissions import require_manager
from bot.discord.views.buttons import Act, JobButton
from bot.discord.views.forms import Form
from bot.discord.views.shield_text import card_text, reports_text
from bot.errors import NotInServer
from bot.extra_words import made_of
from storage.jobs import Job

if TYPE_CHECKING:
    from bot.discord.client import ZoetropeClient

ACCENT = discord.Colour(0xE06C75)
LONGEST_REPORT_CHARS = 500
TOO_LATE = "That is decided already; the card says how."


class Decision(enum.StrEnum):
    """What a moderator may press."""

    REMOVE = "remove"
    DISMISS = "dismiss"
    WHY = "why"


LABELS = {
    Decision.REMOVE: "Remove clip",
    Decision.DISMISS: "Dismiss",
    Decision.WHY: "Who, and why",
}
STYLES = {
    Decision.REMOVE: discord.ButtonStyle.danger,
    Decision.DISMISS: discord.ButtonStyle.secondary,
    Decision.WHY: discord.ButtonStyle.secondary,
}


def decision_id(decision: Decision, job_id: str) -> str:
    """The id that names a button of a card, on Discord and in `ReportButton`'s template."""
    return f"zoetrope:report:{decision}:{job_id}"


class ReportButton(
    ui.DynamicItem[ui.Button[ui.LayoutView]],
    template=r"zoetrope:report:(?P<decision>remove|dismiss|why):(?P<job>[0-9a-z]{1,13})",
):
    """One decision about one clip."""

    def __init__(self, decision: Decision, job_id: str) -> None:
        self.decision = decision
        self.job_id = job_id
        super().__init__(
            ui.Button(
                label=LABELS[decision],
                style=STYLES[decision],
                custom_id=decision_id(decision, job_id),
            )
        )

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str]
    ) -> Self:
        """Rebuild the button that was pressed."""
        return cls(Decision(match["decision"]), match["job"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Carry the decision out."""
        match self.decision:
            case Decision.REMOVE:
                await guard(interaction, _remove(interaction, self.job_id))
            case Decision.DISMISS:
                await guard(interaction, _dismiss(interaction, self.job_id))
            case Decision.WHY:
                await guard(interaction, _tell_why(interaction, self.job_id))
            case _:
                assert_never(self.decision)


class ReportCard(ui.LayoutView):
    """Which clip, how often it was reported, and the decision; buttons while there is none.

    Where the reported member reads along, neither who reported it nor why stands on it.
    """

    def __init__(self, job: Job, model_name: str, case: Case, *, is_private: bool) -> None:
        super().__init__(timeout=None)
        text = card_text(job, model_name, case, is_private=is_private)
        container: ui.Container[ReportCard] = ui.Container(
            ui.TextDisplay(text), accent_colour=ACCENT
        )
        if case.state is ReportState.OPEN:
            buttons: ui.ActionRow[ReportCard] = ui.ActionRow()
            for decision in Decision:
                if decision is not Decision.WHY or not is_private:
                    buttons.add_item(ReportButton(decision, job.id))
            container.add_item(buttons)
        self.add_item(container)
        # Its buttons are found by their ids; the client need not keep this card in memory.
        self.stop()


class ReportForm(Form):
    """Asks why a clip is reported."""

    template = re.compile(r"zoetrope:reportclip:(?P<job>[0-9a-z]{1,13})")

    def __init__(self, job_id: str) -> None:
        super().__init__(title="Report this clip", custom_id=f"zoetrope:reportclip:{job_id}")
        why: ui.TextInput[ReportForm] = ui.TextInput(
            custom_id="why",
            style=discord.TextStyle.paragraph,
            max_length=LONGEST_REPORT_CHARS,
        )
        self.add_item(
            ui.Label(
                text="What is wrong with it?",
                description="Only moderators read this, and nobody else hears who you are.",
                component=why,
            )
        )

    @classmethod
    async def submitted(
        cls, interaction: discord.Interaction[Any], job_id: str, filled: Mapping[str, str]
    ) -> None:
        """Tell the moderators."""
        await defer_in_private(interaction)
        await interaction.client.shield.reports.report(
            _guild_of(interaction), job_id, interaction.user.id, filled["why"]
        )
        await interaction.edit_original_response(
            content="Thank you. The moderators have your report."
        )


async def open_report(
    interaction: discord.Interaction[ZoetropeClient], message: discord.Message
) -> None:
    """Ask why a clip is reported. Raises NothingToReport for a message that is none of ours."""
    me = interaction.client.user
    job_id = job_of(message) if me is not None and message.author.id == me.id else ""
    # A modal must be the first answer, so this one look comes before it.
    await interaction.client.shield.reports.check(_guild_of(interaction), job_id)
    await interaction.response.send_modal(ReportForm(job_id))


def job_of(message: discord.Message) -> str:
    """The id of the job a clip's message is about, by its buttons; empty for other messages.

    An extra is about the clip it was made of, the first of two.
    """
    for custom_id in custom_ids(message.components):
        match = JobButton.__discord_ui_compiled_template__.fullmatch(custom_id)
        if match and Act(match["act"]) is Act.NEW_PROMPT:
            return match["job"]
    return next(iter(made_of(message.content)), "")


async def _remove(interaction: discord.Interaction[Any], job_id: str) -> None:
    await defer_in_private(interaction)
    removal = await interaction.client.shield.reports.remove(
        await require_manager(interaction), job_id, moderator_id=interaction.user.id
    )
    match removal:
        case Removal.DONE:
            said = "Removed: the post, and the stored files. Whose clip it was is told."
        case Removal.POST_STAYS:
            said = (
                "The stored files are removed, but Discord does not let me delete the post. "
                "Delete it by hand, or press again in a while."
            )
        case Removal.TOO_LATE:
            said = TOO_LATE
        case _:
            assert_never(removal)
    await interaction.edit_original_response(content=said)


async def _dismiss(interaction: discord.Interaction[Any], job_id: str) -> None:
    await defer_in_private(interaction)
    counts = await interaction.client.shield.reports.dismiss(
        await require_manager(interaction), job_id, moderator_id=interaction.user.id
    )
    said = "Dismissed. The clip stays." if counts else TOO_LATE
    await interaction.edit_original_response(content=said)


async def _tell_why(interaction: discord.Interaction[Any], job_id: str) -> None:
    await defer_in_private(interaction)
    guild_id = await require_manager(interaction)
    case = await interaction.client.shield.reports.case(guild_id, job_id)
    await interaction.edit_original_response(content=reports_text(case))


def _guild_of(interaction: discord.Interaction[Any]) -> int:
    if interaction.guild_id is None:
        raise NotInServer
    return interaction.guild_id
