"""A server in a simulated Discord with the real bot in it; jobs advance when a test says so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import discord
from simcord import ChannelHandle, Env, InteractionResult, MemberActor
from simcord.enums import AppCommandType

from bot.budget.ask_cards import AskCards
from bot.budget.asking import AskingService
from bot.budget.clip_reports import ClipReports
from bot.budget.desk import BudgetService
from bot.budget.shielding import ShieldService
from bot.discord.asking import DiscordAskBoard
from bot.discord.client import ZoetropeClient
from bot.discord.delivery import EDIT_PAUSE, DiscordThreads
from bot.discord.extras import DiscordExtras
from bot.discord.reports import DiscordReports
from bot.jobs.extras import ExtrasService
from bot.jobs.history import MemberService
from bot.jobs.removed_extras import RemovedExtras
from bot.keeping.condition import ConditionService
from bot.media.permits import Work
from bot.memory import Memory
from providers.model import VideoModel
from storage import guilds, ledger
from storage.jobs import Job
from storage.ledger import Account
from tests.bot.frugal import ProbesOnce
from tests.bot.jobs.reviewed import reviews_of
from tests.bot.orders import PICTURE
from tests.bot.workshop import Workshop

IMAGE = ("cat.png", PICTURE)


def make_client(workshop: Workshop) -> ZoetropeClient:
    """Build the bot as `bot.app` does, on the workshop's tools."""
    client = ZoetropeClient(Memory(workshop.database))
    threads = DiscordThreads(client, workshop.bench.catalogue, clock=workshop.clock)
    board = DiscordAskBoard(client, workshop.bench.catalogue)
    ask_cards = AskCards(workshop.database, board, clock=workshop.clock)
    workshop.bench = replace(workshop.bench, thread=threads, ask_cards=ask_cards)
    bench = workshop.bench
    members = MemberService(
        bench.database, bench.files, bench.ffmpeg, clock=bench.clock, links=bench.links
    )
    extra_board = DiscordExtras(client, threads)
    removed_extras = RemovedExtras(
        bench.database,
        bench.files,
        extra_board,
        members.privacy.drop_forgotten_files,
        clock=bench.clock,
    )
    reports = ClipReports(
        bench.database,
        DiscordReports(client, bench.catalogue),
        removed_extras.drop_let_go,
        clock=bench.clock,
    )
    client.serve(
        workshop.service,
        BudgetService(bench.database, bench.files, clock=bench.clock),
        AskingService(
            bench.database,
            clock=bench.clock,
            wake_worker=workshop.count_wake_up,
            cards=ask_cards,
        ),
        members,
        reviews_of(workshop),
        ShieldService(
            bench.database, reports, clock=bench.clock, wake_worker=workshop.count_wake_up
        ),
        ConditionService(bench, bench.ffmpeg.permits, workshop.spending, workshop.settings),
        ExtrasService(
            bench.database,
            members,
            bench.files,
            ProbesOnce(bench.ffmpeg.permits, Work.EXTRA),
            extra_board,
            clock=bench.clock,
            links=bench.links,
        ),
    )
    return client


class Club:
    """One guild with a channel, an owner, a moderator and two members."""

    def __init__(self, workshop: Workshop, client: ZoetropeClient, env: Env) -> None:
        self.workshop = workshop
        self.client = client
        self.env = env
        _let_followups_outlive_a_deferral(env)
        owner = env.create_user("owner")
        self.guild = env.create_guild(owner=owner)
        self.channel = self.guild.create_text_channel("clips")
        managing = discord.Permissions(manage_guild=True)
        mods = self.guild.create_role("Mods", permissions=managing)
        self.owner = self.guild.add_member(owner)
        self.moderator = self.guild.add_member(env.create_user("mod"), roles=[mods])
        self.member = self.guild.add_member(env.create_user("ann"))
        self.other = self.guild.add_member(env.create_user("bob"))

    async def animate(self, **options: object) -> InteractionResult:
        """Let the member order a clip in the channel."""
        return await self.animate_in(self.channel, **options)

    async def animate_in(self, channel: ChannelHandle, **options: object) -> InteractionResult:
        """Let the member order a clip somewhere else."""
        given: dict[str, Any] = {"image": IMAGE, "prompt": "slow zoom in", **options}
        return await self.member.slash(channel, "animate", **given)

    async def create(self, **options: object) -> InteractionResult:
        """Let the member order a clip from words alone."""
        given: dict[str, Any] = {"prompt": "a fox in the snow", **options}
        return await self.member.slash(self.channel, "create", **given)

    async def offer(self, *models: VideoModel) -> None:
        """Start the bot anew with other models, and credits enough for any of them."""
        self.workshop.provider.models = models
        self.workshop.open(self.workshop.database)
        await self.restart()
        await self.start_with(10_000)

    async def start_with(self, credits: int) -> None:
        """Let whoever is new from now on start with so many credits."""
        database = self.workshop.database
        await database.run(guilds.change, self.guild.id, starting_credits=credits)

    async def offered(self, command: str, option: str, typed: str = "", **filled: Any) -> list[str]:
        """The names of what is offered while a member types."""
        choices = await self.choices(command, option, typed, **filled)
        return [name for name, _ in choices]

    async def choices(
        self, command: str, option: str, typed: str = "", **filled: Any
    ) -> list[tuple[str, Any]]:
        """What is offered while a member types, each as its name and its value."""
        shown = await self.member.autocomplete(self.channel, command, option, typed, **filled)
        assert self.env.errors == []
        return [(choice["name"], choice["value"]) for choice in shown]

    async def visit(self) -> bool:
        """Let the worker visit what is due next; the pause between two edits is over by then."""
        self.workshop.clock.advance(EDIT_PAUSE)
        return await self.workshop.visit_next()

    async def finish(self) -> None:
        """Let the worker do all there is to do."""
        while await self.visit():
            pass

    async def restart(self) -> None:
        """Stop the bot and start it anew; Discord and the database stay."""
        self.client = make_client(self.workshop)
        await self.env.restart_bot(self.client)

    def command(self, name: str) -> dict[str, Any]:
        """A command as Discord knows it; a test may bend it, as another client might."""
        command = self.env.backend.find_command(name, None, type=AppCommandType.CHAT_INPUT)
        assert command is not None
        return command

    async def account(self, member: MemberActor | None = None) -> Account:
        """A member's credits."""
        member_id = (member or self.member).id
        now = self.workshop.clock()
        return await self.workshop.database.run(ledger.account, self.guild.id, member_id, now=now)

    async def jobs(self) -> tuple[Job, ...]:
        """What the member ordered, newest first."""
        statement = await self.client.budget.statement(self.guild.id, self.member.id)
        return statement.jobs

    @property
    def thread(self) -> ChannelHandle:
        """The one thread of the channel."""
        (thread,) = self.channel.threads
        return thread

    @property
    def posts(self) -> list[discord.Message]:
        """What was posted in the one thread, oldest first."""
        return [message for message in self.thread.history() if message.id != self.thread.id]

    def error(self) -> BaseException:
        """The one error that reached the commands' error handler, without its wrapping."""
        (error,) = self.env.errors
        return getattr(error, "original", error)

    async def assert_refused(self, result: InteractionResult) -> str:
        """Fail unless the answer is private and nothing is left behind; returns the sentence."""
        said = [message for message in [result.response, *result.followups] if message]
        assert [message.ephemeral for message in said] == [True]
        assert self.channel.history() == []
        assert self.channel.threads == []
        assert await self.jobs() == ()
        assert (await self.account()).held == 0
        return said[0].content


def _let_followups_outlive_a_deferral(env: Env) -> None:
    """Let a followup be posted after a deferral was deleted, as Discord does.

    simcord 3.2.1 still answers 10008 there, which Discord mended in 2021:
    https://github.com/discord/discord-api-docs/issues/2739
    """
    delete = env.backend.delete_message

    def delete_and_complete(channel_id: int, message_id: int) -> None:
        delete(channel_id, message_id)
        for interaction in env.backend.interactions.values():
            if interaction.message_id == message_id and interaction.loading:
                interaction.complete_deferred()

    env.backend.delete_message = delete_and_complete  # type: ignore[method-assign]


def texts(message: discord.Message) -> str:
    """All the words of a message, whichever kind of components they stand in."""
    return "\n".join([message.content, *_words(message.components)])


def labels(message: discord.Message) -> list[str]:
    """The words on a message's buttons."""
    return [
        component.label or ""
        for component in _leaves(message.components)
        if isinstance(component, discord.Button)
    ]


def _words(components: list[Any]) -> list[str]:
    return [
        component.content
        for component in _leaves(components)
        if isinstance(component, discord.TextDisplay)
    ]


def _leaves(components: list[Any]) -> list[Any]:
    return [
        leaf
        for component in components
        for leaf in (_leaves(list(getattr(component, "children", ()))) or [component])
    ]
