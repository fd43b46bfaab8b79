"""Opens everything the bot needs, in order, and closes it in reverse."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress

from bot.budget.alerting import Alerting
from bot.budget.ask_cards import AskCards
from bot.budget.asking import AskingService
from bot.budget.braking import Braking
from bot.budget.clip_reports import ClipReports
from bot.budget.desk import BudgetService
from bot.budget.expiring import Expiry
from bot.budget.shielding import ShieldService
from bot.clock import SmoothClock
from bot.deployment import make_catalogue, open_providers
from bot.discord.alerts import DiscordAlerts
from bot.discord.asking import DiscordAskBoard
from bot.discord.cards import DiscordCards
from bot.discord.client import DiscordClosed, ZoetropeClient, connect_elsewhere
from bot.discord.delivery import DiscordThreads
from bot.discord.extras import DiscordExtras
from bot.discord.reports import DiscordReports
from bot.jobs.callbacks import Callbacks
from bot.jobs.extras import ExtrasService
from bot.jobs.files import JobFiles
from bot.jobs.history import MemberService
from bot.jobs.leftovers import clear_leftovers
from bot.jobs.links import ClipLinks
from bot.jobs.removed_extras import RemovedExtras
from bot.jobs.reviews import Reviews
from bot.jobs.service import JobService
from bot.jobs.uploads import Preparation
from bot.jobs.workbench import Workbench
from bot.jobs.worker import Worker
from bot.keeping.chores import make_housekeeping
from bot.keeping.condition import ConditionService
from bot.keeping.housekeeping import Chore, Housekeeping
from bot.keeping.old_drafts import OldDrafts
from bot.keeping.spending import Spending
from bot.logs import get_logger
from bot.media.ffmpeg import Ffmpeg
from bot.media.permits import Permits, Work
from bot.media.pictures import Pictures
from bot.media.upscaling import choose_upscaler
from bot.memory import Memory
from bot.settings import Settings
from bot.stopping import Stopping
from bot.web.clips import ClipDownloads
from bot.web.hooks import Hooks
from bot.web.listening import listen
from providers.base import Provider
from storage import caps
from storage.books import check_at_start
from storage.database import Database
from storage.errors import BooksDoNotBalance

STOP_SECONDS = 20

log = get_logger("app")


async def run(settings: Settings) -> None:
    """Run the bot until it is told to stop. Raises CannotStart, StorageError."""
    connect_elsewhere(api_url=settings.discord_api_url, gateway_url=settings.discord_gateway_url)
    async with AsyncExitStack() as stack:
        stopping = stack.enter_context(Stopping.by_signals())
        database = await stack.enter_async_context(Database.open(settings.database_url))
        await _check_books(database)
        providers = await stack.enter_async_context(open_providers(settings))
        memory = Memory(database)
        client = await stack.enter_async_context(ZoetropeClient(memory))
        bench = await _bench(settings, database, providers, memory, client)
        await clear_leftovers(database, bench.files)
        await database.run(caps.set_owner_stop, settings.monthly_stop_microdollars)
        spending, worker = Spending(), Worker(bench)
        members = MemberService(
            database, bench.files, bench.ffmpeg, clock=bench.clock, links=bench.links
        )
        board = DiscordReports(client, bench.catalogue)
        removed_extras = RemovedExtras(
            database,
            bench.files,
            DiscordExtras(client, bench.thread),
            members.privacy.drop_forgotten_files,
            clock=bench.clock,
        )
        reports = ClipReports(database, board, removed_extras.drop_let_go, clock=bench.clock)
        alerting = Alerting(database, DiscordAlerts(client))
        housekeeping = _housekeeping(
            settings, bench, spending, (Braking(database, board), reports, removed_extras, alerting)
        )
        await _open_to_the_web(stack, bench, worker, port=settings.port)
        await members.privacy.catch_up()
        _give_commands(client, bench, settings, members, reports, spending, wake_worker=worker.wake)
        if not await _logged_in(client, settings, stopping):
            return
        settle_memory()
        await _serve(client, worker, housekeeping, stopping)


async def _bench(
    settings: Settings,
    database: Database,
    providers: Mapping[str, Provider],
    memory: Memory,
    client: ZoetropeClient,
) -> Workbench:
    """Lay out the tools of the worker, which the commands share."""
    clock, public_url = SmoothClock(), settings.public_url
    catalogue = make_catalogue(settings, providers)
    return Workbench(
        database,
        providers,
        catalogue,
        DiscordThreads(client, catalogue, clock=clock, clips_kept=settings.clips_kept),
        JobFiles(settings.files_folder),
        Ffmpeg(Permits(settings.media_at_once), Work.CLIP),
        clock,
        await Callbacks.load(public_url, memory) if public_url else None,
        await ClipLinks.load(public_url, memory) if public_url else None,
        cards=DiscordCards(client, catalogue),
        ask_cards=AskCards(database, DiscordAskBoard(client, catalogue), clock=clock),
        limits=settings.limits,
    )


def _housekeeping(
    settings: Settings, bench: Workbench, spending: Spending, told_on_discord: Sequence[Chore]
) -> Housekeeping:
    """The chores of this deployment."""
    database, files = bench.database, bench.files
    others: list[Chore] = [Expiry(database), OldDrafts(database, files), *told_on_discord]
    if bench.ask_cards is not None:
        others.append(bench.ask_cards)
    return make_housekeeping(settings, database, files, spending, clock=bench.clock, others=others)


async def _open_to_the_web(
    stack: AsyncExitStack, bench: Workbench, worker: Worker, *, port: int
) -> None:
    """Take providers' calls and hand out clips, where there is a public address."""
    if bench.callbacks is None or bench.links is None:
        return
    hooks = Hooks(
        bench.database,
        bench.providers,
        bench.callbacks,
        clock=bench.clock,
        wake_worker=worker.wake,
    )
    application = hooks.application()
    downloads = ClipDownloads(bench.database, bench.files, bench.links, clock=bench.clock)
    downloads.serve_in(application)
    await stack.enter_async_context(listen(application, port))


def _give_commands(
    client: ZoetropeClient,
    bench: Workbench,
    settings: Settings,
    members: MemberService,
    reports: ClipReports,
    spending: Spending,
    *,
    wake_worker: Callable[[], None],
) -> None:
    """Give the commands what they may ask for, on the tools of the worker."""
    database, files, clock = bench.database, bench.files, bench.clock
    permits = bench.ffmpeg.permits
    client.serve(
        JobService(
            database,
            bench.catalogue,
            _preparation(settings, permits, files),
            clock=clock,
            wake_worker=wake_worker,
            spending=spending,
        ),
        BudgetService(database, files, clock=clock),
        AskingService(database, clock=clock, wake_worker=wake_worker, cards=bench.ask_cards),
        members,
        Reviews(
            database,
            bench.catalogue,
            files,
            bench.providers,
            clock=clock,
            wake_worker=wake_worker,
            spending=spending,
        ),
        ShieldService(database, reports, clock=clock, wake_worker=wake_worker),
        ConditionService(bench, permits, spending, settings),
        ExtrasService(
            database,
            members,
            files,
            Ffmpeg(permits, Work.EXTRA),
            DiscordExtras(client, bench.thread),
            clock=clock,
            links=bench.links,
        ),
    )


def _preparation(settings: Settings, permits: Permits, files: JobFiles) -> Preparation:
    """What makes members' files ready for a model."""
    pictures = Pictures(permits, choose_upscaler(settings.upscaler, permits))
    return Preparation(pictures, Ffmpeg(permits, Work.SOUND), files)


def settle_memory() -> None:
    """Spare the collector what is loaded by now: going through it stops the loop for 0.1 s."""
    gc.collect()
    gc.freeze()
    # Two hundred interactions at once are many objects, and none of them is garbage yet.
    gc.set_threshold(10_000, 10, 10)


async def _check_books(database: Database) -> None:
    # Every row is read a moment later, beside the work: a long history takes its time.
    if found := await database.read(check_at_start):
        log.error("the books do not balance: not started", next="python -m bot audit")
        raise BooksDoNotBalance(found)


async def _logged_in(client: ZoetropeClient, settings: Settings, stopping: Stopping) -> bool:
    """Log in; False where the bot was told to stop before that was done."""
    if not stopping.is_told:
        with suppress(TimeoutError):
            async with stopping.cutting_short():
                await client.log_in(settings.discord_token.get_secret_value())
    return not stopping.is_told


async def _serve(
    client: ZoetropeClient, worker: Worker, housekeeping: Housekeeping, stopping: Stopping
) -> None:
    async with asyncio.TaskGroup() as group:
        connected = group.create_task(_stay_connected(client, stopping), name="gateway")
        working = group.create_task(_work(client, worker), name="worker")
        keeping = group.create_task(housekeeping.run(), name="housekeeping")
        await stopping.told()
        log.info("stopping")
        keeping.cancel()
        worker.stop()
        client.wind_up()
        if not client.is_ready():
            working.cancel()
        await _drain(client, working, stopping)
        working.cancel()
        await client.close()
    if closed := connected.result():
        raise closed


async def _drain(client: ZoetropeClient, working: asyncio.Task[None], stopping: Stopping) -> None:
    """Let steps and answers under way end, unless a second signal says that there is no time."""
    try:
        async with stopping.cutting_short(seconds=STOP_SECONDS):
            await asyncio.wait({working})
            await client.reception.emptied()
    except TimeoutError:
        log.warning("stopped in the middle of things; they go on at the next start")


async def _stay_connected(client: ZoetropeClient, stopping: Stopping) -> DiscordClosed | None:
    try:
        await client.stay_connected()
    except DiscordClosed as closed:
        return closed
    finally:
        stopping.tell()
    return None


async def _work(client: ZoetropeClient, worker: Worker) -> None:
    # Upload limits and threads are read from the guilds, which arrive with the connection.
    await client.wait_until_ready()
    await worker.run()
