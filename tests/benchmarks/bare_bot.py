"""The least a discord.py bot can do: answer every command at once by deferring, and nothing else.

It runs the usual way, with `bot.run`; given `--uvloop`, the same on uvloop. It asks for the one
intent the real bot asks for, and waits no longer for guilds, so that only what a bot does differs.
"""

from __future__ import annotations

import os
import sys

import discord
import yarl
from discord.ext import commands
from discord.gateway import DiscordWebSocket

GUILD_PAUSE_SECONDS = 0.5


class BareBot(commands.Bot):
    """Offers the commands that are measured, and says when it is ready."""

    async def setup_hook(self) -> None:
        """Offer the commands."""
        await self.tree.sync()

    async def on_ready(self) -> None:
        """Say so."""
        print("ready", flush=True)


def bare_bot() -> BareBot:
    """A bot whose only act is to defer."""
    intents = discord.Intents(guilds=True)
    bot = BareBot("!", intents=intents, guild_ready_timeout=GUILD_PAUSE_SECONDS)

    @bot.tree.command(description="Defer")
    async def animate(
        interaction: discord.Interaction, image: discord.Attachment, prompt: str
    ) -> None:
        await interaction.response.defer(thinking=True)

    @bot.tree.command(description="Defer")
    async def models(interaction: discord.Interaction) -> None:
        await interaction.response.defer(thinking=True)

    return bot


def main() -> None:
    """Run until interrupted, at the addresses the environment names."""
    discord.http.Route.BASE = os.environ["DISCORD_API_URL"]
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["DISCORD_GATEWAY_URL"])
    if "--uvloop" in sys.argv:
        import uvloop

        uvloop.install()
    bare_bot().run(os.environ["DISCORD_TOKEN"])


if __name__ == "__main__":
    main()
