"""Who is not let in, and what is said about it: nothing that helps to guess."""

from __future__ import annotations

import asyncio
import gzip
import json
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
import structlog

from bot.web import hooks
from bot.web.hooks import MAX_BODY_BYTES
from storage.database import Database
from storage.jobs import Job, JobState
from tests.bot.jobs.stages import bring_to
from tests.bot.web.caller import CALLBACKS, Answer, Caller, caller, path_of
from tests.bot.workshop import Workshop

OVER = json.dumps({"task": {"id": "private words"}, "is_over": True}).encode()


@pytest.fixture
async def job(workshop: Workshop) -> Job:
    """A job that a call would make due now."""
    job = await bring_to(workshop, JobState.UNKNOWN)
    workshop.advance(seconds=1)
    return job


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Sequence[Mapping[str, object]]:
    """The events of the hooks."""
    events = structlog.testing.LogCapture()
    logger = structlog.wrap_logger(None, processors=[events])
    monkeypatch.setattr(hooks, "log", logger)
    return events.entries


def same(*answers: Answer) -> bool:
    """Whether nobody could tell these answers apart, but by the time."""
    told = [(answer.status, answer.body, {**answer.headers, "Date": "now"}) for answer in answers]
    return all(one == told[0] for one in told)


async def test_whatever_is_wrong_in_an_address_the_answer_is_the_same(
    workshop: Workshop, calling: Caller, job: Job, said: Sequence[Mapping[str, object]]
) -> None:
    genuine = path_of(job)
    *_, provider, job_id, token = genuine.split("/")
    swapped = token[:-1] + ("0" if token[-1] != "0" else "1")
    elsewhere = CALLBACKS.url("runway", job.id).rpartition("/")[2]

    answers = [
        await calling.ask(path, body=OVER)
        for path in (
            f"/hooks/{provider}/{job_id}/{swapped}",
            f"/hooks/{provider}/{job_id}/{token.upper()}x",
            f"/hooks/{provider}/{job_id}/{'a' * 5_000}",
            f"/hooks/{provider}/{job_id}/%ff%ed%a0%80",
            f"/hooks/{provider}/{job_id}/{elsewhere}",
            f"/hooks/{provider}/unknown/{token}",
            f"/hooks/unknown/{job_id}/{token}",
            f"/hooks/runway/{job_id}/{elsewhere}",
            f"/hooks/{provider}/unknown/{CALLBACKS.url(provider, 'unknown').rpartition('/')[2]}",
        )
    ]

    assert answers[0].status == 404
    assert same(*answers)
    assert await workshop.job(job) == job
    assert list(said) == []


async def test_a_forged_call_is_answered_like_a_wrong_address(
    workshop: Workshop, calling: Caller, job: Job, said: Sequence[Mapping[str, object]]
) -> None:
    unknown = await calling.ask("/hooks/scripted/unknown/token", body=OVER)

    forged = await calling.say(job, OVER, headers={"X-Signature": "private words"})

    assert same(forged, unknown)
    assert await workshop.job(job) == job
    (event,) = said
    assert (event["log_level"], event["job"], event["provider"]) == ("warning", job.id, "scripted")
    assert "private words" not in str(said)


@pytest.mark.parametrize(
    "body",
    [b"", b"private words", b"[1]", b'"\xff', gzip.compress(OVER)],
    # A packed body holds the time, and the names of tests must be the same in every process.
    ids=["nothing", "words", "a list", "half a text", "packed"],
)
async def test_a_call_that_breaks_its_reader_is_taken_and_changes_nothing(
    workshop: Workshop,
    calling: Caller,
    job: Job,
    said: Sequence[Mapping[str, object]],
    body: bytes,
) -> None:
    answer = await calling.say(job, body)

    assert (answer.status, answer.body) == (200, b"{}")
    assert await workshop.job(job) == job
    (event,) = said
    assert (event["log_level"], event["job"]) == ("error", job.id)
    assert "private words" not in str(said)


async def test_few_bytes_do_not_unpack_to_many(
    workshop: Workshop, calling: Caller, job: Job
) -> None:
    await calling.ask(
        path_of(job),
        body=gzip.compress(OVER),
        headers={"X-Signature": "signed by the script", "Content-Encoding": "gzip"},
    )

    assert await workshop.job(job) == job


async def test_a_body_of_a_mebibyte_is_read_and_a_larger_one_is_not(
    workshop: Workshop, calling: Caller, job: Job
) -> None:
    assert (await calling.say(job, OVER.ljust(MAX_BODY_BYTES + 1))).status == 413
    assert await workshop.job(job) == job

    assert (await calling.say(job, OVER.ljust(MAX_BODY_BYTES))).status == 200
    assert (await workshop.job(job)).due_at == workshop.clock()


async def test_no_body_is_waited_for_at_a_wrong_address(calling: Caller) -> None:
    port = int(calling.url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    writer.write(b"POST /hooks/scripted/1/a HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n")
    async with asyncio.timeout(15):
        first_line = await reader.readline()
    writer.close()

    assert first_line == b"HTTP/1.1 404 Not Found\r\n"


async def test_bodies_are_read_a_few_at_a_time(
    workshop: Workshop, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hooks, "BODIES_AT_ONCE", 1)
    async with caller(workshop) as calling:
        port = int(calling.url.rpartition(":")[2])
        _, slow = await asyncio.open_connection("127.0.0.1", port)
        head = f"POST {path_of(job)} HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
        slow.write(f"{head}Content-Length: 100\r\n\r\n".encode())
        await slow.drain()
        assert (await calling.ask("/healthz", method="GET")).status == 200

        waiting = asyncio.ensure_future(calling.say(job, OVER))
        for _ in range(20):
            assert (await calling.ask("/healthz", method="GET")).status == 200
        assert not waiting.done()
        slow.close()

        assert (await waiting).status == 200


async def test_a_database_that_cannot_be_written_asks_to_be_called_again(
    workshop: Workshop, calling: Caller, job: Job, tmp_path: Path, database: Database
) -> None:
    await database.run(lambda conn: conn.exec_driver_sql("PRAGMA busy_timeout = 1"))
    other = sqlite3.connect(tmp_path / "zoetrope.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    answer = await calling.say(job, OVER)
    other.execute("ROLLBACK")
    other.close()

    assert answer.status == 503
    assert await workshop.job(job) == job
    assert (await calling.say(job, OVER)).status == 200
    assert (await workshop.job(job)).due_at == workshop.clock()


async def test_a_database_that_is_closed_asks_to_be_called_again(
    workshop: Workshop, job: Job, tmp_path: Path
) -> None:
    async with Database.open(f"sqlite:///{tmp_path}/another.db") as other:
        workshop.open(other)
    async with caller(workshop) as calling:
        answer = await calling.say(job, OVER)

    assert answer.status == 503


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/hooks"),
        ("POST", "/hooks/scripted"),
        ("POST", "/hooks/scripted/1"),
        ("POST", "/hooks/scripted/1/token/more"),
        ("GET", "/healthz/"),
        ("GET", "/.env"),
        ("GET", "/%2e%2e/%2e%2e/etc/passwd"),
    ],
)
async def test_there_is_nothing_else(calling: Caller, method: str, path: str) -> None:
    assert (await calling.ask(path, method=method)).status == 404


async def test_it_says_that_it_is_well(calling: Caller) -> None:
    answer = await calling.ask("/healthz", method="GET")

    assert (answer.status, answer.body) == (200, b"ok")


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/healthz"), ("POST", "/healthz"), ("GET", "/"), ("GET", "/hooks/a/b/c")],
)
async def test_no_answer_names_what_it_runs_on(calling: Caller, method: str, path: str) -> None:
    answer = await calling.ask(path, method=method)

    assert "Server" not in answer.headers
    assert answer.headers["Connection"] == "close"
    assert b"aiohttp" not in answer.body.lower()
