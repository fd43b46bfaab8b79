"""/shield: what moderators keep out of prompts and channels; and “Report clip” for everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.answers import defer_in_private
from bot.discord.permissions import require_manager
from bot.discord.views.shield import open_report
from bot.discord.views.shield_text import words_text
from bot.shield_words import AGE_RULES
from storage.age import AgeRule

if TYPE_CHECKING:
    from bot.discord.client import ZoetropeClient

Word: TypeAlias = app_commands.Range[str, 1, 50]
RULES = [
    app_commands.Choice(name=words.capitalize(), value=rule.value)
    for rule, words in AGE_RULES.items()
]


@app_commands.default_permissions(manage_guild=True)
class Shield(commands.GroupCog, group_name="shield"):
    """What may be ordered, and where"""

    words = app_commands.Group(name="words", description="Words no prompt may contain")

    @words.command()
    @app_commands.describe(word="A word, or some in a row; case, accents and tricks do not matter")
    async def add(self, interaction: discord.Interaction[ZoetropeClient], word: Word) -> None:
        """Forbid a word in prompts"""
        guild_id = await _for_managers(interaction)
        shield = interaction.client.shield
        is_new = await shield.forbid(guild_id, word, moderator_id=interaction.user.id)
        said = "Forbidden from now on." if is_new else "That is forbidden already."
        await interaction.edit_original_response(content=said)

    @words.command()
    @app_commands.describe(word="The word, as it is on the list")
    async def remove(self, interaction: discord.Interaction[ZoetropeClient], word: Word) -> None:
        """Allow a word in prompts again"""
        guild_id = await _for_managers(interaction)
        shield = interaction.client.shield
        was_there = await shield.allow(guild_id, word, moderator_id=interaction.user.id)
        said = "Allowed again." if was_there else "That was not forbidden."
        await interaction.edit_original_response(content=said)

    @words.command(name="list")
    async def list_words(self, interaction: discord.Interaction[ZoetropeClient]) -> None:
        """See the forbidden words"""
        guild_id = await _for_managers(interaction)
        listed = await interaction.client.shield.words(guild_id)
        await interaction.edit_original_response(content=words_text(listed))

    @app_commands.command()
    @app_commands.choices(rule=RULES)
    @app_commands.describe(rule="Leave it out to see what holds now")
    async def channels(
        self, interaction: discord.Interaction[ZoetropeClient], rule: str | None = None
    ) -> None:
        """See or choose whether clips are ordered in age-restricted channels"""
        guild_id = await _for_managers(interaction)
        desk = interaction.client.budget
        if rule is not None:
            await desk.change_settings(
                guild_id, moderator_id=interaction.user.id, age_rule=AgeRule(rule)
            )
        now = (await desk.settings(guild_id)).age_rule
        await interaction.edit_original_response(
            content=f"Clips can be ordered **{AGE_RULES[now]}**."
        )


async def _for_managers(interaction: discord.Interaction[ZoetropeClient]) -> int:
    """Answer at once, and look at who asks; gives the guild's id. Raises NotAllowed."""
    await defer_in_private(interaction)
    return await require_manager(interaction)


@app_commands.context_menu(name="Report clip")
async def report_clip(
    interaction: discord.Interaction[ZoetropeClient], message: discord.Message
) -> None:
    """Tell the moderators that something is wrong with a clip."""
    await open_report(interaction, message)
