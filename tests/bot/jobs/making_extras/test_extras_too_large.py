"""What is too large for a place takes the ladder of a clip: fitted, then a link, or else poor.

The place takes 7 kB of a second that compresses badly.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.jobs.extra import Moving, Poster, Trim
from bot.jobs.extra_errors import ClipGone, NotPosted, TooLarge
from bot.jobs.extras import ExtrasService
from bot.jobs.links import ClipLinks
from bot.jobs.thread import ThreadGone
from bot.media.extras.stills import Preview
from bot.media.permits import Permits
from storage import extras as stored
from storage.jobs import Job
from tests.bot.jobs.making_extras.service import (
    Board,
    asked,
    left_behind,
    make_chore,
    make_service,
    remove,
)
from tests.bot.workshop import Workshop
from tests.media.extras.footage import Studio

WHOLE = Trim(0, 1)


@pytest.fixture(scope="session")
def noisy(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    noise = "testsrc2=s=480x270:r=12,noise=alls=20:allf=t"
    folder = tmp_path_factory.mktemp("noisy")
    return Studio(folder).shoot("noisy", picture=noise, seconds=1).read_bytes()


@pytest.fixture
async def job(workshop: Workshop, job: Job, board: Board, noisy: bytes) -> Job:
    workshop.files.clip(job.clip or "").write_bytes(noisy)
    board.told_bytes = board.taken_bytes = 7_000
    return job


@pytest.fixture
def linking(workshop: Workshop, board: Board, permits: Permits) -> ExtrasService:
    """A bot with a public address."""
    links = ClipLinks("https://bot.example", "secret")
    return make_service(workshop, board, permits, links=links)


def copies(workshop: Workshop, job: Job) -> list[Path]:
    folder = workshop.files.clip("x").parent
    return [path for path in folder.iterdir() if path.is_file() and path.name != job.clip]


async def test_without_a_public_address_the_best_that_fits_is_posted_and_told_to_be_poor(
    extras: ExtrasService, board: Board, job: Job
) -> None:
    await extras.make(asked(job), WHOLE)

    [(made, size_bytes)] = board.posts
    assert size_bytes <= 7_000
    assert made.link is None
    assert made.fitted is not None
    assert made.fitted.is_poor


async def test_with_a_public_address_a_link_stands_for_what_no_good_version_fits(
    linking: ExtrasService, workshop: Workshop, board: Board, job: Job
) -> None:
    await linking.make(asked(job), WHOLE)

    [(made, _)] = board.posts
    [copy] = copies(workshop, job)
    assert made.link is not None
    assert made.link.url.startswith(f"https://bot.example/clips/{copy.name}/")
    assert copy.name == f"{job.id}-x2d.mp4"
    assert await workshop.database.read(stored.is_kept, copy.name)
    assert left_behind(workshop) == []


async def test_what_fits_well_is_never_a_link(
    linking: ExtrasService, workshop: Workshop, board: Board, job: Job
) -> None:
    board.told_bytes, board.taken_bytes = 10 * 2**20, 300_000

    await linking.make(asked(job), WHOLE)

    [(made, size_bytes)] = board.posts
    assert (made.link, copies(workshop, job)) == (None, [])
    assert size_bytes <= 300_000


async def test_of_a_gif_that_fits_nowhere_there_is_a_link(
    linking: ExtrasService, workshop: Workshop, board: Board, job: Job
) -> None:
    await linking.make(asked(job), Moving(Preview.GIF))

    [copy] = copies(workshop, job)
    assert copy.suffix == ".gif"
    assert copy.stat().st_size > 7_000


async def test_a_gif_that_fits_nowhere_is_refused_where_there_is_no_public_address(
    extras: ExtrasService, workshop: Workshop, board: Board, job: Job
) -> None:
    with pytest.raises(TooLarge):
        await extras.make(asked(job), Moving(Preview.GIF))

    assert (board.posts, copies(workshop, job)) == ([], [])


async def test_a_still_is_no_clip_to_be_had_by_link(
    linking: ExtrasService, workshop: Workshop, board: Board, job: Job
) -> None:
    board.told_bytes = board.taken_bytes = 100

    with pytest.raises(TooLarge):
        await linking.make(asked(job), Poster(0.5))

    assert copies(workshop, job) == []


async def test_of_a_link_that_could_not_be_posted_no_copy_stays(
    linking: ExtrasService, workshop: Workshop, board: Board, job: Job
) -> None:
    board.while_posting = gone

    with pytest.raises(NotPosted):
        await linking.make(asked(job), WHOLE)
    board.while_posting = None
    await make_chore(workshop, board).do(workshop.clock())

    assert copies(workshop, job) == []
    assert await workshop.database.read(stored.removed) == []


async def gone() -> None:
    raise ThreadGone("shut out")


async def test_no_link_is_posted_to_what_was_removed_while_it_was_stored(
    linking: ExtrasService, workshop: Workshop, board: Board, job: Job
) -> None:
    board.on_refusal = workshop.files.clip(job.clip or "").unlink
    board.told_bytes, board.taken_bytes = 10 * 2**20, 100

    with pytest.raises(ClipGone):
        await linking.make(asked(job), WHOLE)

    assert board.posts == []


async def test_no_copy_stays_of_what_was_taken_back_before_it_was_stored(
    linking: ExtrasService, workshop: Workshop, board: Board, job: Job
) -> None:
    chore = make_chore(workshop, board)
    board.told_bytes, board.taken_bytes = 10 * 2**20, 100

    async def removed_meanwhile() -> None:
        await remove(workshop, job)
        await chore.do(workshop.clock())

    board.while_posting = removed_meanwhile

    with pytest.raises(ClipGone):
        await linking.make(asked(job), Moving(Preview.GIF))
    await chore.do(workshop.clock())

    assert copies(workshop, job) == []
    assert await workshop.database.read(stored.removed) == []
