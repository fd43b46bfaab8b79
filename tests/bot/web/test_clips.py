"""A signed link gives the stored clip as a file; every other address gives nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.jobs.links import LASTS, ClipLinks
from bot.web import clips
from bot.web.clips import ClipDownloads
from bot.web.listening import grant_seconds, listen
from storage import extras, jobs
from storage.extras import PostedExtra
from storage.jobs import Job, JobState
from tests.bot.jobs.stages import bring_to
from tests.bot.web.caller import PUBLIC_URL, Answer, Caller
from tests.bot.workshop import Workshop

LINKS = ClipLinks(PUBLIC_URL, "a secret")


@pytest.fixture
async def asking(workshop: Workshop) -> AsyncIterator[Caller]:
    app = web.Application()
    ClipDownloads(workshop.database, workshop.files, LINKS, clock=workshop.clock).serve_in(app)
    async with (
        listen(app, 0) as port,
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(20)) as session,
    ):
        yield Caller(f"http://127.0.0.1:{port}", session)


@pytest.fixture
async def job(workshop: Workshop) -> Job:
    return await bring_to(workshop, JobState.DELIVERED)


def path_to(workshop: Workshop, job: Job) -> str:
    return LINKS.link(job.id, now=workshop.clock()).url.removeprefix(PUBLIC_URL)


async def get(asking: Caller, path: str, method: str = "GET", **headers: str) -> Answer:
    return await asking.ask(path, method=method, headers=headers)


async def test_the_clip_comes_as_a_file_to_keep(
    workshop: Workshop, asking: Caller, job: Job, clip_bytes: bytes
) -> None:
    answer = await get(asking, path_to(workshop, job))

    assert (answer.status, answer.body) == (200, clip_bytes)
    assert answer.headers["Content-Type"] == "video/mp4"
    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="zoetrope-{job.id}.mp4"'
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer.headers["Cache-Control"]
    assert "Server" not in answer.headers


async def test_it_is_called_what_it_came_as(
    workshop: Workshop, asking: Caller, job: Job, tmp_path: Path
) -> None:
    (tmp_path / "a.webm").write_bytes(b"a WebM")
    await workshop.files.keep_clip(f"{job.id}.webm", tmp_path / "a.webm")
    await workshop.database.run(
        jobs.update, job, now=workshop.clock(), due_at=None, clip=f"{job.id}.webm"
    )

    answer = await get(asking, path_to(workshop, job))

    assert (answer.body, answer.headers["Content-Type"]) == (b"a WebM", "video/webm")
    assert answer.headers["Content-Disposition"].endswith(f'"zoetrope-{job.id}.webm"')


async def test_the_copy_of_an_extra_is_handed_out_until_the_extra_is_removed(
    workshop: Workshop, asking: Caller, job: Job
) -> None:
    name = f"{job.id}-x2d.mp4"
    row = PostedExtra(
        id=77,
        guild_id=job.guild_id,
        job_id=job.id,
        other_id=None,
        place_id=1,
        file=name,
        made_at=workshop.clock(),
    )
    await workshop.database.run(extras.create, row)
    workshop.files.clip(name).write_bytes(b"an extra")
    path = LINKS.link(name, now=workshop.clock()).url.removeprefix(PUBLIC_URL)

    answer = await get(asking, path)
    assert (answer.status, answer.body) == (200, b"an extra")
    assert f'filename="zoetrope-{job.id}-x2d.mp4"' in answer.headers["Content-Disposition"]

    await workshop.database.run(extras.remove_of_job, job.id)
    assert (await get(asking, path)).status == 404


async def test_no_file_is_handed_out_by_its_name_alone(
    workshop: Workshop, asking: Caller, job: Job
) -> None:
    path = LINKS.link(job.clip or "", now=workshop.clock()).url.removeprefix(PUBLIC_URL)

    assert (await get(asking, path)).status == 404


async def test_a_download_goes_on_where_it_broke_off(
    workshop: Workshop, asking: Caller, job: Job, clip_bytes: bytes
) -> None:
    path = path_to(workshop, job)

    first = await get(asking, path, Range="bytes=0-99")
    rest = await get(asking, path, Range="bytes=100-")
    last = await get(asking, path, Range="bytes=-10")
    beyond = await get(asking, path, Range="bytes=9999999-")

    assert (first.status, rest.status, last.status, beyond.status) == (206, 206, 206, 416)
    assert first.headers["Content-Range"] == f"bytes 0-99/{len(clip_bytes)}"
    assert first.body + rest.body == clip_bytes
    assert last.body == clip_bytes[-10:]


async def test_asking_for_the_head_alone_sends_no_clip(
    workshop: Workshop, asking: Caller, job: Job, clip_bytes: bytes
) -> None:
    answer = await get(asking, path_to(workshop, job), "HEAD")

    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["Content-Length"] == str(len(clip_bytes))


async def test_every_refusal_looks_like_an_address_that_never_was(
    workshop: Workshop, asking: Caller, job: Job
) -> None:
    good = path_to(workshop, job)
    base, until, token = good.rsplit("/", 2)
    nobody = LINKS.link("zzzz", now=workshop.clock()).url.removeprefix(PUBLIC_URL)
    refused = [
        *("/clips/", f"{base}", f"{base}/{until}", "/clips/../zoetrope.db", "/clips/%2e%2e/1/2"),
        *(f"{base}/{until}/{'0' * 32}", f"{base}/{int(until) + 1}/{token}", f"{good}/x"),
        *(nobody, f"{base}/%ff/{token}", f"/clips/{job.id}.mp4/{until}/{token}"),
    ]

    never = await get(asking, "/never")
    answers = [await get(asking, path) for path in refused]

    alike = {key: value for key, value in never.headers.items() if key != "Date"}
    for answer in answers:
        assert (answer.status, answer.body) == (404, never.body)
        assert {key: value for key, value in answer.headers.items() if key != "Date"} == alike


async def test_a_link_is_over_after_some_days_and_a_new_one_works(
    workshop: Workshop, asking: Caller, job: Job
) -> None:
    path = path_to(workshop, job)
    workshop.clock.advance(LASTS + timedelta(seconds=1))

    assert (await get(asking, path)).status == 404
    assert (await get(asking, path_to(workshop, job))).status == 200


async def test_a_clip_that_was_removed_or_swept_is_gone(
    workshop: Workshop, asking: Caller, job: Job
) -> None:
    path = path_to(workshop, job)
    await workshop.files.drop([workshop.files.clip(job.clip or "")])

    assert (await get(asking, path)).status == 404


@pytest.mark.parametrize("most", ["AT_ONCE", "OF_ONE_CLIP"])
async def test_downloads_leave_room_for_providers_calls_and_for_those_of_other_clips(
    workshop: Workshop, asking: Caller, job: Job, monkeypatch: pytest.MonkeyPatch, most: str
) -> None:
    monkeypatch.setattr(clips, most, 2)
    large = workshop.files.clip(job.clip or "")
    large.write_bytes(bytes(32 * 2**20))
    path = path_to(workshop, job)

    async with AsyncExitStack() as stack:
        url = asking.url + path
        kept = [await stack.enter_async_context(asking.session.get(url)) for _ in range(2)]
        refused = await get(asking, path)
        for answer in kept:
            answer.close()
        again = await when_there_is_room(asking, path)

    assert ([answer.status for answer in kept], refused.status) == ([200, 200], 503)
    assert (again.status, again.body) == (206, bytes(10))


async def test_whoever_stops_reading_gives_their_room_back_when_their_time_is_over(
    workshop: Workshop, asking: Caller, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clips, "AT_ONCE", 1)
    monkeypatch.setattr(clips, "LEAST_SECONDS", 1)
    monkeypatch.setattr(clips, "SLOWEST_BYTES_A_SECOND", 2**40)
    workshop.files.clip(job.clip or "").write_bytes(bytes(32 * 2**20))
    path = path_to(workshop, job)
    port = int(asking.url.rpartition(":")[2])

    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    await reader.readuntil(b"200 OK")
    monkeypatch.setattr(clips, "LEAST_SECONDS", 60)
    again = await when_there_is_room(asking, path)
    writer.close()

    assert again.status == 206


async def when_there_is_room(asking: Caller, path: str) -> Answer:
    """Ask again until those who hung up are noticed."""
    for _ in range(500):
        answer = await get(asking, path, Range="bytes=0-9")
        if answer.status != 503:
            return answer
        await asyncio.sleep(0.01)
    raise AssertionError("there is never any room")


async def test_a_download_may_take_longer_than_a_call() -> None:
    async def dawdle(request: web.Request) -> web.Response:
        if request.path == "/granted":
            grant_seconds(request, 20)
        await asyncio.sleep(0.4)
        return web.Response(text="done")

    app = web.Application()
    app.router.add_get("/{what}", dawdle)
    async with (
        listen(app, 0, connection_seconds=0.2) as port,
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(20)) as session,
    ):
        caller = Caller(f"http://127.0.0.1:{port}", session)
        granted = await get(caller, "/granted")
        with pytest.raises(aiohttp.ClientError):
            await get(caller, "/other")

    assert granted.body == b"done"
