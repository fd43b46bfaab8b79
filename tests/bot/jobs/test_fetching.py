"""From a link to a clip on our disk, over real sockets; what is not fetched is not paid for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from bot.jobs.outcomes import Outcome
from bot.jobs.workbench import RETRY, SLOW_RETRY
from providers.base import Failed, FailureReason, Link, Succeeded
from providers.errors import TaskLost, Unreachable
from storage.jobs import Job, JobState
from tests.bot.jobs.bills import assert_paid
from tests.bot.jobs.stages import bring_to
from tests.bot.workshop import PRICE, Workshop

BILL = 30_000
"""What the provider says it billed, in microdollars: three credits."""


class Host:
    """Serves the clip on this machine, after the failures a test writes down."""

    def __init__(self, clip: bytes) -> None:
        self.body = clip
        self.statuses: list[int] = []
        self.asked: list[str] = []
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        status = self.statuses.pop(0) if self.statuses else 200
        return web.Response(status=status, body=self.body if status == 200 else b"")

    def ready(self, name: str = "clip.mp4", billed_microdollars: int | None = BILL) -> Succeeded:
        return Succeeded(Link(f"{self.url}/{name}?signature=private"), billed_microdollars)


@asynccontextmanager
async def serving(
    answer: Callable[[web.Request], Awaitable[web.StreamResponse]],
) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_get("/{name}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@pytest.fixture
async def host(workshop: Workshop, clip_bytes: bytes) -> AsyncIterator[Host]:
    workshop.provider.clips_from_loopback = True
    host = Host(clip_bytes)
    async with serving(host.answer) as host.url:
        yield host


async def running(workshop: Workshop, *statuses: Succeeded | Failed | TaskLost) -> Job:
    """A job whose task says this at each look, and then is out of reach."""
    workshop.provider.statuses.extend([*statuses, *[Unreachable("down")] * 3])
    return await bring_to(workshop, JobState.RUNNING)


async def test_a_clip_is_fetched_from_its_link_and_posted(
    workshop: Workshop, host: Host, clip_bytes: bytes
) -> None:
    job = await workshop.visit_until(JobState.FETCHED, await running(workshop, host.ready()))

    assert (job.clip, job.billed_microdollars) == (f"{job.id}.mp4", BILL)
    assert workshop.files.clip(f"{job.id}.mp4").read_bytes() == clip_bytes
    assert host.asked == ["/clip.mp4"]
    await workshop.visit_all(job)
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


async def test_nothing_is_left_beside_the_clip(workshop: Workshop, host: Host) -> None:
    job = await workshop.visit_until(JobState.FETCHED, await running(workshop, host.ready()))

    clip = workshop.files.clip(f"{job.id}.mp4")
    assert list(clip.parent.iterdir()) == [clip]


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_host_in_trouble_is_tried_again_soon(
    workshop: Workshop, host: Host, status: int
) -> None:
    host.statuses = [status]
    job = await running(workshop, host.ready("first.mp4"), host.ready("second.mp4", None))

    await workshop.visit_next()

    retried = await workshop.job(job)
    assert (retried.state, retried.due_at) == (JobState.RUNNING, workshop.clock() + RETRY)
    assert retried.billed_microdollars == BILL
    await workshop.visit_all(job)
    assert host.asked == ["/first.mp4", "/second.mp4"]
    assert (await workshop.job(job)).billed_microdollars == BILL
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


@pytest.mark.parametrize("status", [403, 404, 410])
async def test_a_dead_link_waits_for_a_fresh_one(
    workshop: Workshop, host: Host, status: int
) -> None:
    host.statuses = [status]
    job = await running(workshop, host.ready("expired.mp4"), host.ready("fresh.mp4"))

    await workshop.visit_next()

    assert (await workshop.job(job)).due_at == workshop.clock() + SLOW_RETRY
    await workshop.visit_all(job)
    assert host.asked == ["/expired.mp4", "/fresh.mp4"]
    await workshop.assert_settled(job, JobState.DELIVERED, paid=PRICE)


async def test_a_clip_of_a_provider_elsewhere_does_not_come_from_this_machine(
    workshop: Workshop, host: Host
) -> None:
    workshop.provider.clips_from_loopback = False

    job = await workshop.visit_all(await running(workshop, host.ready()))

    assert host.asked == []
    assert (job.failure, job.billed_microdollars) == (Outcome.UNFETCHABLE, BILL)
    await assert_paid(workshop, job, JobState.FAILED, by_member=0, by_house=3)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/clip.mp4",
        "https://10.0.0.1/clip.mp4",
        "https://user:word@example.com/clip.mp4",
        "file:///etc/passwd",
        "",
    ],
)
async def test_a_link_that_may_not_be_followed_ends_the_job(workshop: Workshop, url: str) -> None:
    job = await workshop.visit_all(await running(workshop, Succeeded(Link(url), BILL)))

    assert job.failure == Outcome.UNFETCHABLE
    await assert_paid(workshop, job, JobState.FAILED, by_member=0, by_house=3)


@pytest.mark.parametrize("body", [b"<html>not yet</html>", b"\0\0\0\x18ftypmp42" + bytes(8)])
async def test_a_clip_that_does_not_play_costs_the_house(
    workshop: Workshop, host: Host, body: bytes
) -> None:
    host.body = body

    job = await workshop.visit_all(await running(workshop, host.ready()))

    assert (job.failure, workshop.thread.clips) == (Outcome.NOT_PLAYABLE, [])
    assert await workshop.files.clips() == []
    await assert_paid(workshop, job, JobState.FAILED, by_member=0, by_house=3)


async def test_an_address_where_nobody_is_costs_the_house_after_a_day(
    workshop: Workshop, host: Host
) -> None:
    gone = Succeeded(Link("http://127.0.0.1:1/clip.mp4"), BILL)
    job = await running(workshop, gone, gone)

    await workshop.visit_next()
    workshop.advance(hours=24, seconds=1)
    await workshop.visit_all(job)

    assert (await workshop.job(job)).failure == Outcome.LOST
    await assert_paid(workshop, job, JobState.FAILED, by_member=0, by_house=3)


async def test_a_task_lost_after_its_bill_was_told_costs_the_house(
    workshop: Workshop, host: Host
) -> None:
    host.statuses = [404]

    job = await workshop.visit_all(await running(workshop, host.ready(), TaskLost("404")))

    assert (job.failure, job.billed_microdollars) == (Outcome.LOST, BILL)
    await assert_paid(workshop, job, JobState.FAILED, by_member=0, by_house=3)


async def test_a_task_that_failed_after_its_bill_was_told_costs_the_house(
    workshop: Workshop, host: Host
) -> None:
    host.statuses = [404]
    failed = Failed(FailureReason.PROVIDER_FAULT, "oops")

    job = await workshop.visit_all(await running(workshop, host.ready(), failed))

    assert job.failure == Outcome.PROVIDER_FAULT
    await assert_paid(workshop, job, JobState.FAILED, by_member=0, by_house=3)


async def test_a_clip_that_was_billed_and_is_then_cancelled_is_paid_for(
    workshop: Workshop, host: Host
) -> None:
    host.statuses = [503]
    job = await running(workshop, host.ready(billed_microdollars=20_000))
    await workshop.visit_next()

    await workshop.cancel(job)
    await workshop.visit_all(job)

    await workshop.assert_settled(job, JobState.CANCELLED, paid=2)


async def test_a_provider_that_goes_away_leaves_its_bill(workshop: Workshop, host: Host) -> None:
    host.statuses = [503]
    job = await running(workshop, host.ready(billed_microdollars=20_000))
    await workshop.visit_next()

    workshop.open(workshop.database, with_provider=False)
    await workshop.cancel(job)
    await workshop.visit_all(job)

    await workshop.assert_settled(job, JobState.CANCELLED, paid=2)


async def test_a_link_is_never_written_down(
    workshop: Workshop, host: Host, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    host.statuses = [503, 404]
    job = await running(workshop, host.ready(), host.ready(), Succeeded(Link("file:private")))

    await workshop.visit_all(job)

    said = "".join(capsys.readouterr())
    assert said.count("the clip") == 3
    assert "private" not in said
    database = (tmp_path / "zoetrope.db").read_bytes() + (tmp_path / "zoetrope.db-wal").read_bytes()
    assert b"private" not in database
