"""The connection to Discord: one intent; commands found in `cogs/`, synced when they change."""

from __future__ import annotations

import asyncio
import hashlib
import importlib
import json
import pkgutil
from types import ModuleType
from typing import Any

import aiohttp
import discord
import yarl
from discord import app_commands
from discord.ext import commands
from discord.gateway import DiscordWebSocket

from bot.budget.asking import AskingService
from bot.budget.desk import BudgetService
from bot.budget.shielding import ShieldService
from bot.discord import cogs
from bot.discord.answers import CameTwice, Reception, guard, refuse
from bot.discord.calls import best_effort
from bot.discord.gate import mend_gate
from bot.discord.views.asking import AmountForm, DenialForm, ReplyButton
from bot.discord.views.asking_form import AskForCreditsButton, AskForm
from bot.discord.views.buttons import JobButton, PromptForm
from bot.discord.views.desk import DeskAnswer, DeskControl
from bot.discord.views.extras import ExtrasMenu, MoreButton
from bot.discord.views.extras_forms import (
    BesideForm,
    JoinForm,
    LoopForm,
    PosterForm,
    SoundForm,
    TrimForm,
)
from bot.discord.views.forms import nobody_knows, take_form
from bot.discord.views.jobs import ListButton
from bot.discord.views.models import ModelsMenu, PageButton
from bot.discord.views.original import OriginalButton
from bot.discord.views.preview import DraftButton
from bot.discord.views.privacy import ForgetButton
from bot.discord.views.review import ReviewButton, TaskForm
from bot.discord.views.shield import ReportButton, ReportForm
from bot.errors import Outdated, PictureMissing, Restarting
from bot.jobs.extras import ExtrasService
from bot.jobs.history import MemberService
from bot.jobs.reviews import Reviews
from bot.jobs.service import JobService
from bot.keeping.condition import ConditionService
from bot.logs import get_logger
from bot.memory import Memory
from bot.settings import BadSettings, CannotStart

RATE_LIMIT_PATIENCE_SECONDS = 30
GUILD_PAUSE_SECONDS = 0.5
"""The connection counts as ready when no further guild has arrived for this long."""
COMMANDS_KEY = "commands"
BUTTONS = (
    *(JobButton, PageButton, ModelsMenu, ListButton, ForgetButton, ReviewButton, DeskControl),
    *(AskForCreditsButton, ReplyButton, ReportButton, MoreButton, ExtrasMenu),
    *(DraftButton, OriginalButton),
)
FORMS = (
    *(PromptForm, TaskForm, DeskAnswer, AskForm, AmountForm, DenialForm, ReportForm),
    *(PosterForm, LoopForm, TrimForm, SoundForm, JoinForm, BesideForm),
)
"""With the buttons, all that a message may leave behind; each is known again by its id alone."""

log = get_logger("discord")


class DiscordUnreachable(CannotStart):
    """Discord did not answer, or only with an error of its own."""


class DiscordClosed(CannotStart):
    """Discord ended the connection, and would end every further one."""


class ZoetropeTree(app_commands.CommandTree["ZoetropeClient"]):
    """The slash commands; every error of theirs ends in a sentence."""

    async def interaction_check(self, interaction: discord.Interaction[ZoetropeClient], /) -> bool:
        """Turn away what comes twice, and what comes while the bot is being stopped."""
        try:
            interaction.client.reception.admit(interaction.id)
        except CameTwice:
            log.info("came twice", interaction=interaction.id)
            return False
        except Restarting as closed:
            if interaction.type is discord.InteractionType.autocomplete:
                await best_effort(interaction.response.autocomplete([]))
            else:
                await refuse(interaction, closed)
            return False
        return True

    async def on_error(
        self,
        interaction: discord.Interaction[ZoetropeClient],
        error: app_commands.AppCommandError,
    ) -> None:
        """Word an error for the member and log it for the operator."""
        match error:
            case app_commands.CommandInvokeError(original=original):
                await refuse(interaction, original)
            case app_commands.CommandSignatureMismatch() if _lacks_picture(interaction):
                await refuse(interaction, PictureMissing())
            case app_commands.CommandSignatureMismatch() | app_commands.CommandNotFound():
                await refuse(interaction, Outdated())
            case _:
                await refuse(interaction, error)


class ZoetropeClient(commands.Bot):
    """The bot as Discord sees it. Opened with `async with`, after `connect_elsewhere` if at all."""

    service: JobService
    budget: BudgetService
    asking: AskingService
    reviews: Reviews
    members: MemberService
    shield: ShieldService
    condition: ConditionService
    extras: ExtrasService

    def __init__(self, memory: Memory) -> None:
        # The bot never speaks, so what is missing for that is no news to an operator.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        super().__init__(
            command_prefix=commands.when_mentioned,
            tree_cls=ZoetropeTree,
            help_command=None,
            intents=discord.Intents(guilds=True),
            allowed_contexts=app_commands.AppCommandContext(guild=True),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            max_ratelimit_timeout=RATE_LIMIT_PATIENCE_SECONDS,
            guild_ready_timeout=GUILD_PAUSE_SECONDS,
        )
        self._memory = memory
        self._until_closed: asyncio.Timeout | None = None
        self.reception = Reception()

    def serve(
        self,
        service: JobService,
        budget: BudgetService,
        asking: AskingService,
        members: MemberService,
        reviews: Reviews,
        shield: ShieldService,
        condition: ConditionService,
        extras: ExtrasService,
    ) -> None:
        """Give the commands what they may ask for."""
        self.reviews = reviews
        self.shield = shield
        self.condition = condition
        self.extras = extras
        self.service = service
        self.budget = budget
        self.asking = asking
        self.members = members

    def wind_up(self) -> None:
        """Begin nothing new for anybody; what is under way has a while to end well."""
        self.reception.close()
        self.service.call_last_orders()
        self.extras.call_last_orders()

    async def log_in(self, token: str) -> None:
        """Introduce the bot to Discord. Raises BadSettings, DiscordUnreachable."""
        if not token:
            raise BadSettings(
                "DISCORD_TOKEN is missing. Copy .env.example to .env, put your bot's token there "
                "and start again; or try the bot without one: make demo, or make playground."
            )
        try:
            await self.login(token)
        except discord.LoginFailure as error:
            raise BadSettings(
                "Discord does not accept DISCORD_TOKEN. Copy the token anew from the Bot page of "
                "your application in Discord's developer portal."
            ) from error
        except discord.RateLimited as error:
            raise DiscordUnreachable(
                f"Discord asks me to stay away for {error.retry_after:.0f} seconds, as happens "
                "after many starts in a row. Wait that long, and start again."
            ) from error
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            raise DiscordUnreachable(
                f"I cannot reach Discord at {discord.http.Route.BASE} ({error}). "
                "Check the network, and DISCORD_API_URL if it is set, and start again."
            ) from error

    async def stay_connected(self) -> None:
        """Keep the connection to the gateway until closed. Raises DiscordClosed."""
        try:
            # discord.py pauses for up to a quarter of an hour between attempts, closed or not.
            async with asyncio.timeout(None) as self._until_closed:
                await self.connect()
        except TimeoutError:
            log.info("closed while not connected")
        except discord.ConnectionClosed as error:
            raise DiscordClosed(
                f"Discord closed the connection for good (code {error.code}). If the token was "
                "reset, copy the new one into DISCORD_TOKEN; then start again."
            ) from error
        finally:
            self._until_closed = None

    async def close(self) -> None:
        """Close the connection, or end the attempts to have one again."""
        await super().close()
        if self._until_closed is not None:
            self._until_closed.reschedule(asyncio.get_running_loop().time())

    async def setup_hook(self) -> None:
        """Load commands and buttons; tell Discord of the commands if they changed."""
        mend_gate(self, patience_seconds=RATE_LIMIT_PATIENCE_SECONDS)
        self.add_dynamic_items(*BUTTONS)
        found = [f"{cogs.__name__}.{module.name}" for module in pkgutil.iter_modules(cogs.__path__)]
        for module in [importlib.import_module(name) for name in found]:
            await self._load(module)
        await self._sync_if_changed()

    async def _load(self, module: ModuleType) -> None:
        for member in vars(module).values():
            if isinstance(member, type) and issubclass(member, commands.Cog):
                # A cog that another one builds on is a part of that one.
                if member.__module__ == module.__name__ and not member.__subclasses__():
                    await self.add_cog(member())
            elif isinstance(member, app_commands.ContextMenu) and member.module == module.__name__:
                self.tree.add_command(member)

    async def _sync_if_changed(self) -> None:
        payload = [command.to_dict(self.tree) for command in self.tree.get_commands()]
        known_as = [self.application_id, payload]
        digest = hashlib.sha256(json.dumps(known_as, sort_keys=True).encode()).hexdigest()
        if await self._memory.recall(COMMANDS_KEY) == digest:
            return
        # As `tree.sync` does, which would spell every command a second time and read the answer.
        assert self.application_id is not None
        await self.http.bulk_upsert_global_commands(self.application_id, payload)
        await self._memory.remember(COMMANDS_KEY, digest)
        log.info("commands synced", commands=len(payload))

    async def on_interaction(self, interaction: discord.Interaction[ZoetropeClient]) -> None:
        """Answer forms, and buttons nobody knows any more; discord.py sees to all else."""
        match interaction.type:
            case discord.InteractionType.modal_submit:
                await take_form(interaction, FORMS)
            case discord.InteractionType.component if not _is_known(interaction):
                await guard(interaction, nobody_knows())
            case _:
                pass

    async def on_ready(self) -> None:
        """Say so in the log; nothing is done here, for Discord may call it again."""
        log.info("ready", guilds=len(self.guilds))


def _is_known(interaction: discord.Interaction[Any]) -> bool:
    data: dict[str, Any] = dict(interaction.data or {})
    templates = (button.__discord_ui_compiled_template__ for button in BUTTONS)
    return any(template.fullmatch(data["custom_id"]) for template in templates)


def _lacks_picture(interaction: discord.Interaction[Any]) -> bool:
    data: dict[str, Any] = dict(interaction.data or {})
    given = {option["name"] for option in data.get("options", ())}
    return data.get("name") == "animate" and "image" not in given


def connect_elsewhere(*, api_url: str, gateway_url: str) -> None:
    """Use a REST or gateway proxy in place of Discord's own addresses, where one is set."""
    if api_url:
        discord.http.Route.BASE = api_url
    if gateway_url:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)
