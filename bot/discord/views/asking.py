"""A member asks moderators for credits; the card that asks them, and its buttons and forms.

All of it outlives restarts. Who may answer is asked at every press, of form and button alike.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, assert_never

import discord
from discord import ui

from bot.budget.asking import Answered
from bot.budget.desk import MOST_AT_ONCE
from bot.budget.dossier import Dossier
from bot.discord.answers import defer_in_private, guard
from bot.discord.permissions import giver_of, require_manager
from bot.discord.views.asking_text import (
    answered_text,
    card_text,
    history_text,
    too_late_text,
)
from bot.discord.views.forms import Form
from bot.errors import AmountOutOfRange
from bot.messages import in_credits
from storage.asks import Ask, AskKind, AskState
from storage.errors import AskNotFound

if TYPE_CHECKING:
    from bot.discord.client import ZoetropeClient

ACCENT = discord.Colour(0x61AFEF)
LONGEST_REASON_CHARS = 200


class Reply(enum.StrEnum):
    """What a moderator may answer."""

    GRANT = "grant"
    OTHER = "other"
    DENY = "deny"


STYLES = {
    Reply.GRANT: discord.ButtonStyle.success,
    Reply.OTHER: discord.ButtonStyle.secondary,
    Reply.DENY: discord.ButtonStyle.danger,
}


def reply_id(reply: Reply, ask_id: int) -> str:
    """The id that names a button of a card, on Discord and in `ReplyButton`'s template."""
    return f"zoetrope:ask:{reply}:{ask_id}"


class ReplyButton(
    ui.DynamicItem[ui.Button[ui.LayoutView]],
    template=r"zoetrope:ask:(?P<reply>grant|other|deny):(?P<ask>[0-9]{1,18})",
):
    """One answer to one question."""

    def __init__(self, reply: Reply, ask_id: int, *, label: str = "") -> None:
        self.reply = reply
        self.ask_id = ask_id
        super().__init__(
            ui.Button(
                label=label or reply.name.capitalize(),
                style=STYLES[reply],
                custom_id=reply_id(reply, ask_id),
            )
        )

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str]
    ) -> Self:
        """Rebuild the button that was pressed."""
        return cls(Reply(match["reply"]), int(match["ask"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Carry out the answer, or ask for the rest of it."""
        match self.reply:
            case Reply.GRANT:
                await guard(interaction, _grant(interaction, self.ask_id))
            case Reply.OTHER:
                await guard(interaction, _open(interaction, self.ask_id, AmountForm))
            case Reply.DENY:
                await guard(interaction, _open(interaction, self.ask_id, DenialForm))
            case _:
                assert_never(self.reply)


class AskCard(ui.LayoutView):
    """Who asks for what and why, their history, and the answer; buttons while there is none."""

    def __init__(self, dossier: Dossier, model_name: str) -> None:
        super().__init__(timeout=None)
        container: ui.Container[AskCard] = ui.Container(
            ui.TextDisplay(card_text(dossier, model_name)), accent_colour=ACCENT
        )
        if dossier.history is not None:
            container.add_item(ui.Separator())
            container.add_item(
                ui.TextDisplay(history_text(dossier.history, member_id=dossier.ask.member_id))
            )
        if dossier.ask.state is AskState.OPEN:
            container.add_item(_buttons(dossier.ask))
        self.add_item(container)
        # Its buttons are found by their ids; the client need not keep this card in memory.
        self.stop()


def _buttons(ask: Ask) -> ui.ActionRow[AskCard]:
    row: ui.ActionRow[AskCard] = ui.ActionRow()
    if ask.kind is AskKind.CREDITS:
        label = f"Approve · {in_credits(ask.credits)}"
        row.add_item(ReplyButton(Reply.GRANT, ask.id, label=label))
        row.add_item(ReplyButton(Reply.OTHER, ask.id, label="Change amount …"))
    else:
        row.add_item(ReplyButton(Reply.GRANT, ask.id, label="Approve"))
    row.add_item(ReplyButton(Reply.DENY, ask.id, label="Deny …"))
    return row


class _AnswerForm(Form):
    """A form that a moderator fills in about a question."""

    name: str

    def __init__(self, ask: Ask, *, title: str) -> None:
        super().__init__(title=title, custom_id=f"zoetrope:{self.name}:{ask.id}")

    def add_reason(self, description: str) -> None:
        """Ask why; the member reads it."""
        reason: ui.TextInput[_AnswerForm] = ui.TextInput(
            custom_id="reason",
            style=discord.TextStyle.paragraph,
            required=False,
            max_length=LONGEST_REASON_CHARS,
        )
        self.add_item(ui.Label(text="Why", description=description, component=reason))


class AmountForm(_AnswerForm):
    """Asks how many credits to grant instead."""

    name = "askother"
    template = re.compile(r"zoetrope:askother:(?P<ask>[0-9]{1,18})")

    def __init__(self, ask: Ask) -> None:
        super().__init__(ask, title="Grant another amount")
        credits: ui.TextInput[AmountForm] = ui.TextInput(
            custom_id="credits", default=str(ask.credits), max_length=len(str(MOST_AT_ONCE))
        )
        self.add_item(ui.Label(text="Credits", component=credits))
        self.add_reason("The member reads it, and it is kept with the grant.")

    @classmethod
    async def submitted(
        cls, interaction: discord.Interaction[Any], about: str, filled: Mapping[str, str]
    ) -> None:
        """Grant them."""
        await defer_in_private(interaction)
        credits = whole_number(filled["credits"])
        ask = await _ask_here(interaction, int(about))
        await _say(
            interaction,
            await interaction.client.asking.grant(
                ask.id,
                giver=giver_of(interaction),
                credits=credits,
                reason=filled["reason"].strip() or None,
            ),
        )


class DenialForm(_AnswerForm):
    """Asks why not."""

    name = "askdeny"
    template = re.compile(r"zoetrope:askdeny:(?P<ask>[0-9]{1,18})")

    def __init__(self, ask: Ask) -> None:
        super().__init__(ask, title="Deny the request")
        self.add_reason("The member reads it. You may leave it empty.")

    @classmethod
    async def submitted(
        cls, interaction: discord.Interaction[Any], about: str, filled: Mapping[str, str]
    ) -> None:
        """Deny it."""
        await defer_in_private(interaction)
        ask = await _ask_here(interaction, int(about))
        reason = filled["reason"].strip() or None
        asking = interaction.client.asking
        await _say(
            interaction, await asking.deny(ask.id, giver=giver_of(interaction), reason=reason)
        )


def whole_number(text: str) -> int:
    """An amount as somebody typed it. Raises AmountOutOfRange."""
    digits = text.strip().replace(",", "").replace(" ", "")
    if not (digits.isascii() and digits.isdigit() and 1 <= int(digits) <= MOST_AT_ONCE):
        raise AmountOutOfRange(1, MOST_AT_ONCE)
    return int(digits)


async def _grant(interaction: discord.Interaction[ZoetropeClient], ask_id: int) -> None:
    await defer_in_private(interaction)
    ask = await _ask_here(interaction, ask_id)
    answered = await interaction.client.asking.grant(ask.id, giver=giver_of(interaction))
    await _say(interaction, answered)


async def _open(
    interaction: discord.Interaction[ZoetropeClient],
    ask_id: int,
    form: type[AmountForm] | type[DenialForm],
) -> None:
    # A modal must be the first answer, so this look comes before it.
    ask = await _ask_here(interaction, ask_id)
    if ask.state is AskState.OPEN:
        await interaction.response.send_modal(form(ask))
    else:
        await defer_in_private(interaction)
        await _say(interaction, Answered(ask=ask, is_first=False))


async def _ask_here(interaction: discord.Interaction[ZoetropeClient], ask_id: int) -> Ask:
    """A question of the presser's own guild, where the presser may answer.

    Raises NotInServer, NotAllowed or AskNotFound.
    """
    guild_id = await require_manager(interaction)
    ask = await interaction.client.asking.look_up(ask_id)
    if ask.guild_id != guild_id:
        raise AskNotFound(str(ask_id))
    return ask


async def _say(interaction: discord.Interaction[ZoetropeClient], answered: Answered) -> None:
    ask = answered.ask
    job = await interaction.client.service.job(ask.job_id) if ask.job_id else None
    said = answered_text(ask, job) if answered.is_first else too_late_text(ask, job)
    await interaction.edit_original_response(content=said)
