"""The steps of a job in line: its thread is opened first, and then it waits for its turn."""

from __future__ import annotations

from bot.errors import UnknownModel
from bot.jobs import making
from bot.jobs.opening import open_thread
from bot.jobs.outcomes import Outcome
from bot.jobs.pace import next_look_in_line
from bot.jobs.thread import ThreadGone, Waiting
from bot.jobs.workbench import LIFETIME, Workbench
from storage import history, line
from storage.jobs import Job
from storage.line import Place
from storage.slot_schema import SlotKind


async def leave_the_queue(bench: Workbench, job: Job) -> None:
    """Open the thread first; then submit as soon as it is this job's turn."""
    if job.cancel_requested:
        await bench.end(job, Outcome.CANCELLED_EARLY)
    elif bench.is_past(job.in_line_since, LIFETIME):
        await bench.end(job, Outcome.TIMED_OUT)
    elif job.status_id is None:
        await _open_thread(bench, job)
    elif await _is_shut(bench, job):
        # A clip for which there is no place any more is not begun.
        await bench.end(job, Outcome.THREAD_GONE)
    else:
        await _take_turn(bench, job)


async def _is_shut(bench: Workbench, job: Job) -> bool:
    try:
        await bench.thread.check(job)
    except ThreadGone:
        return True
    return False


async def _open_thread(bench: Workbench, job: Job) -> None:
    place = await bench.database.read(line.place, job, bench.limits)
    await open_thread(bench, job, await _waiting(bench, job, place))


async def _take_turn(bench: Workbench, job: Job) -> None:
    try:
        request = making.request(bench, job)
    except UnknownModel:
        # Left in line, a job whose model is no longer offered would hold up all behind it.
        await bench.end(job, Outcome.LOST)
        return
    if job.not_before is not None and bench.clock() < job.not_before:
        # Woken by something else, a job must still not be submitted before the provider said.
        await bench.look_again(job, job.not_before - bench.clock())
        return
    if rest := bench.rests.left(job.provider, now=bench.clock()):
        await making.sit_out(bench, job, rest)
        return
    turn = await bench.database.run(
        line.begin_submit,
        job,
        max_running=bench.provider(job).max_running,
        now=bench.clock(),
        limits=bench.limits,
    )
    if isinstance(turn, Place):
        await bench.thread.show(job, await _waiting(bench, job, turn))
        await bench.look_again(job, next_look_in_line(turn))
    else:
        await making.submit(bench, turn, request)


async def _waiting(bench: Workbench, job: Job, place: Place) -> Waiting:
    match place.held_up_by:
        case SlotKind.MEMBER:
            return Waiting(place.position, own_running=place.running)
        case SlotKind.GUILD:
            return Waiting(place.position, is_guild_busy=True)
        case _:
            return Waiting(place.position, await _seconds(bench, job, place))


async def _seconds(bench: Workbench, job: Job, place: Place) -> int | None:
    """Places come free as often as clips of this kind are made, so many at a time."""
    typical = await bench.database.read(
        history.typical_seconds, job.provider, job.model, job.seconds
    )
    places = bench.provider(job).max_running
    return None if typical is None or places < 1 else round(typical * place.position / places)
