"""Real clients, strict fakes, and a network that answers nonsense for as long as it likes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.jobs.catalogue import Catalogue
from bot.jobs.outcomes import Outcome
from providers import http, load_providers
from providers.base import Provider
from storage import jobs
from storage.books import check_books
from storage.jobs import Job, JobState, NewJob
from tests.bot.jobs.liar import NONSENSE, Liar, lying
from tests.bot.workshop import CHANNEL, CREDIT_MICRODOLLARS, GUILD, MEMBER, PRICE, Workshop
from tests.fakes import load_fakes
from tests.fakes.fake_server import FakeServer, FakeTask, Pace

OF_TASKS = ["html", "half of the JSON", "wrong types", "503", "reset", "slow"]
OF_CLIPS = ["html", "half of the body", "500", "elsewhere", "reset"]


@dataclass
class World:
    """Every provider on the network, each behind its liar, and one that knows no trouble."""

    workshop: Workshop
    fakes: Mapping[str, FakeServer]
    liars: Mapping[str, Liar]

    def lie(self, nonsense: str, is_meant: Callable[[str], bool]) -> None:
        for liar in self.liars.values():
            liar.nonsense, liar.is_meant = NONSENSE[nonsense], is_meant

    def stop_lying(self) -> None:
        for liar in self.liars.values():
            liar.is_meant = lambda path: False

    async def order_everywhere(self) -> list[Job]:
        """One clip from words of each provider."""
        providers = [self.workshop.bench.providers[name] for name in self.fakes]
        return [
            await self.workshop.database.run(
                jobs.create, order(number, provider, self.workshop), now=self.workshop.clock()
            )
            for number, provider in enumerate(providers, 100)
        ]

    async def visit_until_over(self, ordered: list[Job], *, hours: float = 2) -> list[Job]:
        """Visit, with little patience, until all are over."""
        while any(not job.finished_at for job in [await self.workshop.job(job) for job in ordered]):
            assert await self.workshop.visit_next()
            self.workshop.advance(hours=hours)
        return [await self.workshop.job(job) for job in ordered]

    async def states(self, ordered: list[Job]) -> set[JobState]:
        """Where they are by now."""
        return {(await self.workshop.job(job)).state for job in ordered}

    async def assert_nobody_paid(self, ordered: list[Job]) -> None:
        for job in ordered:
            [settled] = await self.workshop.settlements(job)
            assert settled.posted_change == 0
        assert (await self.workshop.account()).held == 0
        assert await self.workshop.database.read(check_books) == []


def order(number: int, provider: Provider, workshop: Workshop) -> NewJob:
    model = next(model for model in provider.models if model.text_shapes)
    variant = model.variants[0]
    return NewJob(
        interaction_id=number,
        guild_id=GUILD,
        channel_id=CHANNEL,
        member_id=MEMBER,
        reply_id=500 + number,
        thread_id=None,
        provider=provider.name,
        model=model.id,
        prompt="a fox in the snow",
        seconds=model.default_seconds,
        shape=model.text_shapes[0],
        seed=7,
        picture=None,
        resolution=variant.resolution,
        sound=variant.sound,
        price_credits=PRICE,
        due_at=workshop.clock(),
    )


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name, seconds in (
        (http, "PAUSE_SECONDS", 0.001),
        (http, "READ_SECONDS", 0.3),
        (http, "SUBMIT_SECONDS", 0.3),
        (http, "READ_ATTEMPTS", 1),
    ):
        monkeypatch.setattr(module, name, seconds)


@pytest.fixture
async def world(workshop: Workshop, tmp_path: Path, clip_bytes: bytes) -> AsyncIterator[World]:
    async def make_clip(task: FakeTask) -> bytes:
        return clip_bytes

    await workshop.enrich(1000)
    async with AsyncExitStack() as stack:
        fakes: dict[str, FakeServer] = {}
        liars: dict[str, Liar] = {}
        providers: dict[str, Provider] = {workshop.provider.name: workshop.provider}
        kinds = load_providers()
        for name, kind in load_fakes().items():
            fake = await stack.enter_async_context(kind.open(make_clip, pace=Pace(looks=0)))
            liars[name] = await stack.enter_async_context(lying(fake.url))
            fake.url = liars[name].url
            fakes[name] = fake
            given = {key.lower(): value for key, value in fake.environment.items()}
            settings = kinds[name].Settings.model_validate(given)
            providers[name] = await stack.enter_async_context(kinds[name](settings, tmp_path))
        catalogue = Catalogue(list(providers.values()), credit_microdollars=CREDIT_MICRODOLLARS)
        workshop.bench = replace(workshop.bench, providers=providers, catalogue=catalogue)
        yield World(workshop, fakes, liars)


@pytest.mark.parametrize("nonsense", NONSENSE)
async def test_nonsense_for_every_answer_makes_no_second_task_and_ends_every_job(
    world: World, nonsense: str
) -> None:
    world.lie(nonsense, lambda path: True)
    ordered = await world.order_everywhere()
    sound = await world.workshop.order(1)

    ended = await world.visit_until_over([*ordered, sound])

    assert [len(fake.tasks) for fake in world.fakes.values()] == [1] * len(world.fakes)
    assert ended.pop().state is JobState.DELIVERED
    assert {job.state for job in ended} == {JobState.NEEDS_REVIEW}
    await world.assert_nobody_paid(ordered)


@pytest.mark.parametrize("nonsense", OF_TASKS)
async def test_an_hour_of_nonsense_about_a_task_costs_nobody_the_clip(
    world: World, nonsense: str
) -> None:
    ordered = await world.order_everywhere()
    while await world.states(ordered) & {JobState.QUEUED, JobState.SUBMITTING}:
        await world.workshop.visit_next()
    # One that was submitted early may be further by now.
    assert JobState.RUNNING in await world.states(ordered)
    world.lie(nonsense, lambda path: True)
    for _ in range(4):
        await world.workshop.visit_next()
        world.workshop.advance(minutes=15)

    world.stop_lying()
    ended = await world.visit_until_over(ordered, hours=0)

    assert [job.state for job in ended] == [JobState.DELIVERED] * len(ordered)
    assert [len(fake.tasks) for fake in world.fakes.values()] == [1] * len(world.fakes)


@pytest.mark.parametrize("nonsense", OF_CLIPS)
async def test_nonsense_in_place_of_the_clip_is_never_posted_and_costs_nothing(
    world: World, nonsense: str
) -> None:
    world.lie(nonsense, lambda path: path.startswith("/clips/"))
    ordered = await world.order_everywhere()

    ended = await world.visit_until_over(ordered)

    assert {job.failure for job in ended} <= {Outcome.LOST, Outcome.NOT_PLAYABLE}
    assert world.workshop.thread.clips == []
    assert [len(fake.tasks) for fake in world.fakes.values()] == [1] * len(world.fakes)
    await world.assert_nobody_paid(ordered)
