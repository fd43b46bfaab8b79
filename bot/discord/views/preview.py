"""The private card on which a member sees the pictures as they would be sent, before paying.

Its buttons carry all that was shown with them, so that a press long after, or after a restart,
makes what was seen for the price that stood there, or nothing.
"""

from __future__ import annotations

import enum
import io
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self, assert_never

import discord
from discord import ui
from discord.utils import format_dt

from bot.discord.answers import DEFERRED, Audience, guard
from bot.discord.calls import best_effort
from bot.discord.ordering import begin, order_of
from bot.discord.permissions import require_sight
from bot.discord.views.clip import ACCENT
from bot.discord.views.text import quoted, summary
from bot.errors import PictureGone, PriceChanged
from bot.jobs.drafts import Preview
from bot.jobs.order import Placed
from bot.media.framing import Fit
from bot.messages import in_credits, sentence
from storage.drafts import LIFETIME, Draft
from storage.errors import DraftGone

if TYPE_CHECKING:
    from bot.discord.client import ZoetropeClient

INSTEAD = {Fit.CROP: "Crop instead", Fit.PAD: "Pad instead"}
FRAMED = {
    Fit.CROP: "Cropped to the shape of the clip. *Pad* shows all of it, with a soft border.",
    Fit.PAD: "All of it is shown, with a soft border. *Crop* lets it fill the clip.",
}
NEVER_MIND = "Nothing was made, and nothing was charged."


class Press(enum.StrEnum):
    """What a button of the card does."""

    MAKE = "make"
    SHOW = "show"
    DROP = "drop"


STYLES = {
    Press.MAKE: discord.ButtonStyle.success,
    Press.SHOW: discord.ButtonStyle.secondary,
    Press.DROP: discord.ButtonStyle.secondary,
}


class DraftButton(
    ui.DynamicItem[ui.Button[ui.LayoutView]],
    template=(
        r"zoetrope:draft:(?P<press>make|show|drop):(?P<way>crop|pad|whole)"
        r":(?P<price>[0-9]{1,12}):(?P<draft>[0-9a-z]{1,13})"
    ),
):
    """One button of one draft, with the way of framing and the price that are meant."""

    def __init__(
        self, press: Press, draft_id: str, way: str, price: int, *, label: str = ""
    ) -> None:
        self.press = press
        self.draft_id = draft_id
        self.way = way
        self.price = price
        super().__init__(
            ui.Button(
                label=label or press.value,
                style=STYLES[press],
                custom_id=f"zoetrope:draft:{press}:{way}:{price}:{draft_id}",
            )
        )

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str]
    ) -> Self:
        """Rebuild the button that was pressed."""
        return cls(Press(match["press"]), match["draft"], match["way"], int(match["price"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Do what the button says."""
        await guard(interaction, self._answer(interaction))

    async def _answer(self, interaction: discord.Interaction[ZoetropeClient]) -> None:
        # The card is what changes; a refusal is said beneath it.
        interaction.extras[DEFERRED] = Audience.MEMBER
        await interaction.response.defer()
        try:
            match self.press:
                case Press.MAKE:
                    await _make(interaction, self)
                case Press.SHOW:
                    await _show(interaction, self)
                case Press.DROP:
                    await _drop(interaction, self)
                case _:
                    assert_never(self.press)
        except (DraftGone, PictureGone) as error:
            # Whatever is pressed, it will not come back.
            await _close(interaction, sentence(error) or "")


class PreviewCard(ui.LayoutView):
    """The pictures, what would be made of them, and its price."""

    def __init__(self, preview: Preview) -> None:
        super().__init__(timeout=None)
        gallery: ui.MediaGallery[PreviewCard] = ui.MediaGallery()
        for name, what in zip(_file_names(preview), ("first", "last"), strict=False):
            gallery.add_item(media=f"attachment://{name}", description=f"The {what} frame")
        title = "This is the first frame" if len(preview.pictures) == 1 else "First and last frame"
        container: ui.Container[PreviewCard] = ui.Container(
            ui.TextDisplay(f"### {title}, as it is sent"), gallery, accent_colour=ACCENT
        )
        container.add_item(ui.TextDisplay(_words(preview)))
        container.add_item(_buttons(preview))
        self.add_item(container)
        # Its buttons are found by their ids; the client need not keep this card in memory.
        self.stop()


class ClosedCard(ui.LayoutView):
    """What became of a draft."""

    def __init__(self, text: str) -> None:
        super().__init__(timeout=None)
        self.add_item(ui.Container(ui.TextDisplay(text), accent_colour=ACCENT))
        self.stop()


async def show_preview(interaction: discord.Interaction[Any], preview: Preview) -> None:
    """Put a draft on the private answer, in place of what stood there."""
    files = [
        discord.File(io.BytesIO(picture), filename=name)
        for name, picture in zip(_file_names(preview), preview.pictures, strict=True)
    ]
    await interaction.edit_original_response(view=PreviewCard(preview), attachments=files)


async def _make(interaction: discord.Interaction[ZoetropeClient], pressed: DraftButton) -> None:
    """Nothing is said in public before the job is there, and then the worker says it."""
    require_sight(interaction)
    drafts = interaction.client.service.drafts
    order = order_of(interaction, None, prompt="")
    draft_id, way = pressed.draft_id, pressed.way
    try:
        placed = await drafts.make(order, draft_id, way, price_credits=pressed.price)
    except PriceChanged:
        await show_preview(interaction, await drafts.show(order, draft_id, way))
        raise
    await begin(interaction, placed)
    await best_effort(_close(interaction, _made(placed)))


async def _show(interaction: discord.Interaction[ZoetropeClient], pressed: DraftButton) -> None:
    order = order_of(interaction, None, prompt="")
    drafts = interaction.client.service.drafts
    await show_preview(interaction, await drafts.show(order, pressed.draft_id, pressed.way))


async def _drop(interaction: discord.Interaction[ZoetropeClient], pressed: DraftButton) -> None:
    drafts = interaction.client.service.drafts
    await drafts.drop(pressed.draft_id, member_id=interaction.user.id)
    await _close(interaction, NEVER_MIND)


async def _close(interaction: discord.Interaction[Any], text: str) -> None:
    await interaction.edit_original_response(view=ClosedCard(text), attachments=[])


def _buttons(preview: Preview) -> ui.ActionRow[PreviewCard]:
    draft_id, price = preview.draft.id, preview.price_credits
    row: ui.ActionRow[PreviewCard] = ui.ActionRow()
    label = f"Make it · {in_credits(price)}"
    row.add_item(DraftButton(Press.MAKE, draft_id, preview.way, price, label=label))
    for way in preview.other_ways:
        row.add_item(DraftButton(Press.SHOW, draft_id, way, price, label=INSTEAD[Fit(way)]))
    row.add_item(DraftButton(Press.DROP, draft_id, preview.way, price, label="Never mind"))
    return row


def _words(preview: Preview) -> str:
    draft = preview.draft
    small = [*preview.notes]
    if preview.other_ways:
        small.insert(0, FRAMED[Fit(preview.way)])
    kept_until = format_dt(draft.created_at + LIFETIME, "R")
    small.append(f"Nothing is charged until you press. This preview ends {kept_until}.")
    return "\n".join([_summary(draft, preview.model_name), quoted(draft.prompt), *_small(small)])


def _summary(draft: Draft, model_name: str) -> str:
    shape = draft.shape or "your picture's shape"
    sound = "sound" if draft.sound else ""
    parts = [model_name, f"{draft.seconds} s", shape, draft.resolution, sound]
    return f"**{' · '.join(part for part in parts if part)}**"


def _small(lines: Sequence[str]) -> list[str]:
    return [f"-# {line}" for line in lines]


def _made(placed: Placed) -> str:
    job = placed.job
    where = "here" if job.thread_id else "in the thread I open in this channel"
    return "\n".join(
        [
            f"✅ **Ordered** for {in_credits(job.price_credits)}",
            f"**{summary(job, placed.choice.model.name)}**",
            quoted(job.prompt),
            f"-# Your clip comes {where}. This is job {job.id}.",
        ]
    )


def _file_names(preview: Preview) -> tuple[str, ...]:
    return (f"first-frame-{preview.way}.jpg", f"last-frame-{preview.way}.jpg")[
        : len(preview.pictures)
    ]
