"""The price list."""

from __future__ import annotations

from collections.abc import Sequence

from discord import ui

from bot.discord.views.clip import ACCENT
from bot.jobs.catalogue import Choice
from bot.messages import in_credits, in_lengths

COMPARED_SECONDS = 5


class ModelsCard(ui.LayoutView):
    """Every model with what it can do, its price a second, and what five seconds cost."""

    def __init__(self, choices: Sequence[Choice]) -> None:
        super().__init__(timeout=None)
        container: ui.Container[ModelsCard] = ui.Container(
            ui.TextDisplay("### Models you can use here"), accent_colour=ACCENT
        )
        for choice in choices:
            container.add_item(ui.TextDisplay(_entry(choice)))
        container.add_item(
            ui.TextDisplay(
                "-# Choose one with the `model` option of `/animate`. "
                "You pay for clips, never for failures."
            )
        )
        self.add_item(container)
        self.stop()


def _entry(choice: Choice) -> str:
    model = choice.model
    compared = min(model.seconds, key=lambda seconds: abs(seconds - COMPARED_SECONDS))
    return (
        f"**{model.name}** `{choice.key}`\n{model.summary}\n"
        f"-# {in_lengths(model.seconds)} · {', '.join(model.shapes)} · "
        f"**{in_credits(choice.price(1))}** a second · {compared} s cost "
        f"**{in_credits(choice.price(compared))}**"
    )
