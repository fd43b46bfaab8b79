"""The card that asks moderators what became of a job, and its buttons, which outlive restarts."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from typing import Any, Self, assert_never

import discord
from discord import ui

from bot.discord.answers import defer_in_private, guard
from bot.discord.membership import roles_now
from bot.discord.permissions import require_manager
from bot.discord.views.forms import Form
from bot.discord.views.review_text import answer_sentence, confirm_text, review_text
from bot.jobs.reviews import Ruling
from bot.messages import in_credits
from storage.jobs import Job, JobState
from storage.verdicts import Case

ACCENT = discord.Colour(0xE5C07B)
LONGEST_TASK_ID_CHARS = 100


class Answer(enum.StrEnum):
    """What a moderator may answer."""

    RAN = "ran"
    NEVER_RAN = "never"
    RUN_AGAIN = "again"
    SURELY_AGAIN = "surely"


LABELS = {
    Answer.RAN: "It ran: deliver",
    Answer.NEVER_RAN: "It never ran: close",
    Answer.RUN_AGAIN: "Run again …",
    Answer.SURELY_AGAIN: "Yes, run it again",
}


def review_id(answer: Answer, job_id: str) -> str:
    """The id that names a button of a card, on Discord and in `ReviewButton`'s template."""
    return f"zoetrope:review:{answer}:{job_id}"


class ReviewButton(
    ui.DynamicItem[ui.Button[ui.View]],
    template=r"zoetrope:review:(?P<answer>ran|never|again|surely):(?P<job>[0-9a-z]{1,13})",
):
    """One answer about one job."""

    def __init__(self, answer: Answer, job_id: str, *, label: str = "") -> None:
        self.answer = answer
        self.job_id = job_id
        super().__init__(
            ui.Button(
                label=label or LABELS[answer],
                style=discord.ButtonStyle.secondary,
                custom_id=review_id(answer, job_id),
            )
        )

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str]
    ) -> Self:
        """Rebuild the button that was pressed."""
        return cls(Answer(match["answer"]), match["job"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Carry out the answer."""
        match self.answer:
            case Answer.RAN:
                await guard(interaction, _it_ran(interaction, self.job_id))
            case Answer.NEVER_RAN:
                await guard(interaction, _it_never_ran(interaction, self.job_id))
            case Answer.RUN_AGAIN:
                await guard(interaction, _ask_twice(interaction, self.job_id))
            case Answer.SURELY_AGAIN:
                await guard(interaction, _run_again(interaction, self.job_id))
            case _:
                assert_never(self.answer)


class ReviewCard(ui.LayoutView):
    """Who ordered what, what is known of it, and what was decided; buttons while nothing was."""

    def __init__(self, job: Job, model_name: str, case: Case) -> None:
        super().__init__(timeout=None)
        container: ui.Container[ReviewCard] = ui.Container(
            ui.TextDisplay(review_text(job, model_name, case)), accent_colour=ACCENT
        )
        if job.state is JobState.NEEDS_REVIEW and case.verdict is None:
            buttons: ui.ActionRow[ReviewCard] = ui.ActionRow()
            for answer in (Answer.RAN, Answer.NEVER_RAN, Answer.RUN_AGAIN):
                buttons.add_item(ReviewButton(answer, job.id))
            container.add_item(buttons)
        self.add_item(container)
        # Its buttons are found by their ids; the client need not keep this card in memory.
        self.stop()


class TaskForm(Form):
    """Asks for the id under which the provider's own site shows the task."""

    template = re.compile(r"zoetrope:reviewtask:(?P<job>[0-9a-z]{1,13})")

    def __init__(self, job: Job) -> None:
        super().__init__(title="Which task is it?", custom_id=f"zoetrope:reviewtask:{job.id}")
        task_id: ui.TextInput[TaskForm] = ui.TextInput(
            custom_id="task", max_length=LONGEST_TASK_ID_CHARS
        )
        self.add_item(
            ui.Label(
                text="Task id",
                description="As the provider's own pages show it.",
                component=task_id,
            )
        )

    @classmethod
    async def submitted(
        cls, interaction: discord.Interaction[Any], job_id: str, filled: Mapping[str, str]
    ) -> None:
        """Look for the clip of that task."""
        await _deliver(interaction, job_id, task_id=filled["task"])


async def _it_ran(interaction: discord.Interaction[Any], job_id: str) -> None:
    guild_id = await require_manager(interaction)
    # A modal must be the first answer, so this one look comes before it.
    review = await interaction.client.reviews.review(job_id, guild_id=guild_id)
    if review.is_open and review.can_be_fetched and not review.task_is_known:
        await interaction.response.send_modal(TaskForm(review.job))
    else:
        await _deliver(interaction, job_id, task_id="")


async def _deliver(interaction: discord.Interaction[Any], job_id: str, *, task_id: str) -> None:
    await defer_in_private(interaction)
    guild_id = await require_manager(interaction)
    reviews = interaction.client.reviews
    ruling = await reviews.it_ran(
        job_id, guild_id=guild_id, moderator_id=interaction.user.id, task_id=task_id
    )
    review = await reviews.review(job_id, guild_id=guild_id)
    by_hand = review.job.state is JobState.NEEDS_REVIEW
    said = answer_sentence(
        ruling,
        "Noted. I cannot fetch it: fetch the clip at the provider and post it in the thread."
        if by_hand
        else "I am looking for the clip. It comes into the thread, on the house.",
    )
    await interaction.edit_original_response(content=said)


async def _it_never_ran(interaction: discord.Interaction[Any], job_id: str) -> None:
    await defer_in_private(interaction)
    ruling = await interaction.client.reviews.it_never_ran(
        job_id, guild_id=await require_manager(interaction), moderator_id=interaction.user.id
    )
    await interaction.edit_original_response(content=answer_sentence(ruling, "Closed."))


async def _ask_twice(interaction: discord.Interaction[Any], job_id: str) -> None:
    await defer_in_private(interaction)
    guild_id = await require_manager(interaction)
    reviews = interaction.client.reviews
    review = await reviews.review(job_id, guild_id=guild_id)
    if not review.is_open:
        await interaction.edit_original_response(content=answer_sentence(Ruling.TOO_LATE, ""))
        return
    price = await reviews.price_again(job_id, guild_id=guild_id)
    view = ui.View(timeout=None)
    label = f"{LABELS[Answer.SURELY_AGAIN]} · {in_credits(price)}"
    view.add_item(ReviewButton(Answer.SURELY_AGAIN, job_id, label=label))
    view.stop()
    await interaction.edit_original_response(content=confirm_text(review.job, price), view=view)


async def _run_again(interaction: discord.Interaction[Any], job_id: str) -> None:
    await defer_in_private(interaction)
    guild_id = await require_manager(interaction)
    reviews = interaction.client.reviews
    review = await reviews.review(job_id, guild_id=guild_id)
    made = await reviews.run_again(
        job_id,
        guild_id=guild_id,
        moderator_id=interaction.user.id,
        interaction_id=interaction.id,
        role_ids=await roles_now(interaction.client, guild_id, review.job.member_id),
    )
    ruling = Ruling.TOO_LATE if made is None else Ruling.COUNTS
    done = f"It runs again, as job {made.id}." if made else ""
    await interaction.edit_original_response(content=answer_sentence(ruling, done))
