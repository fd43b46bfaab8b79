from __future__ import annotations

import asyncio

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.media.permits import PATIENCE, Permits, Work, one_piece

SLOW = (Work.UPSCALE, Work.CLIP, Work.EXTRA)


class Somebody:
    """Asks for a permit, and keeps it until told to let go."""

    def __init__(self, permits: Permits, work: Work) -> None:
        self.work = work
        self.has_permit = False
        self.may_go = asyncio.Event()
        self.task = asyncio.get_running_loop().create_task(self._work(permits))

    async def _work(self, permits: Permits) -> None:
        async with permits.permit(self.work):
            self.has_permit = True
            try:
                await self.may_go.wait()
            finally:
                self.has_permit = False


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def come(permits: Permits, *works: Work) -> list[Somebody]:
    people = [Somebody(permits, work) for work in works]
    await settled()
    return people


async def leave(*people: Somebody) -> None:
    for one in people:
        one.may_go.set()
    await asyncio.gather(*(one.task for one in people))
    await settled()


async def test_who_came_first_goes_first_among_equals() -> None:
    permits = Permits()
    first, second, third, *waiting = await come(permits, *[Work.PICTURE] * 6)

    await leave(first)

    assert [one.has_permit for one in waiting] == [True, False, False]
    await leave(second, third, *waiting)


async def test_a_picture_overtakes_whatever_else_waits() -> None:
    permits = Permits()
    first, *others = await come(permits, Work.SOUND, Work.SOUND, Work.SOUND)
    sound, extra, picture = await come(permits, Work.SOUND, Work.EXTRA, Work.PICTURE)

    await leave(first)

    assert (picture.has_permit, sound.has_permit, extra.has_permit) == (True, False, False)
    await leave(*others, sound, extra, picture)


async def test_in_a_rush_whoever_has_begun_comes_before_those_who_came_since() -> None:
    permits = Permits(at_once=2)
    done = ""

    async def work(name: str) -> None:
        nonlocal done
        for _ in range(2):
            with one_piece():
                async with permits.permit(Work.CLIP):
                    await asyncio.sleep(0)
            done += name

    async def one_after_the_other(name: str) -> None:
        with one_piece():
            await work(name)

    await asyncio.gather(*(one_after_the_other(name) for name in "abc"))
    assert done == "ababcc"

    done = ""
    await asyncio.gather(*(work(name) for name in "abc"))
    assert done == "abcabc"


async def test_slow_work_leaves_a_permit_to_quick_work() -> None:
    permits = Permits()
    clips = await come(permits, Work.CLIP, Work.CLIP, Work.CLIP)

    [picture] = await come(permits, Work.PICTURE)

    assert [one.has_permit for one in clips] == [True, True, False]
    assert picture.has_permit
    await leave(picture, *clips)


@pytest.mark.parametrize("work", [Work.UPSCALE, Work.EXTRA])
async def test_some_work_is_done_one_at_a_time(work: Work) -> None:
    permits = Permits(at_once=8)

    first, second = await come(permits, work, work)

    assert (first.has_permit, second.has_permit) == (True, False)
    await leave(first, second)


async def test_the_load_says_what_runs_and_what_waits() -> None:
    permits = Permits()

    people = await come(permits, Work.CLIP, Work.CLIP, Work.CLIP, Work.PICTURE, Work.PICTURE)

    assert permits.load.running == {Work.CLIP: 2, Work.PICTURE: 1}
    assert permits.load.waiting == {Work.CLIP: 1, Work.PICTURE: 1}
    await leave(*people)
    assert not permits.load.running
    assert not permits.load.waiting


@pytest.mark.parametrize("rush", [Work.PICTURE, Work.SOUND, Work.CLIP])
@pytest.mark.parametrize("work", SLOW)
async def test_a_rush_that_never_ends_holds_nobody_up_for_ever(work: Work, rush: Work) -> None:
    permits = Permits()
    busy = await come(permits, *[rush] * 6)
    [patient] = await come(permits, work)
    let_in = 0

    while not patient.has_permit and let_in < 100:
        done = next(one for one in busy if one.has_permit)
        busy.remove(done)
        await leave(done)
        busy += await come(permits, rush)
        let_in += 1

    # Those who came before it, and so many that came after.
    assert let_in <= 6 + PATIENCE
    await leave(*busy, patient)


async def test_a_permit_that_comes_with_its_own_cancelling_is_the_next_ones() -> None:
    permits = Permits(at_once=2)
    first, second, late, next_one = await come(permits, *[Work.PICTURE] * 4)

    first.task.cancel()
    await asyncio.sleep(0)
    late.task.cancel()
    await settled()

    assert next_one.has_permit
    assert permits.load.running == {Work.PICTURE: 2}
    await leave(second, next_one)


async def test_an_error_with_a_permit_gives_it_back() -> None:
    permits = Permits()

    with pytest.raises(ZeroDivisionError):
        async with permits.permit(Work.CLIP):
            raise ZeroDivisionError

    assert not permits.load.running


def test_fewer_than_two_permits_are_refused() -> None:
    with pytest.raises(ValueError, match="fewer than two"):
        Permits(at_once=1)


class AnyOrder(RuleBasedStateMachine):
    """People come, leave and give up, with the loop anywhere in between."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.loop = self.runner.get_loop()
        self.permits = Permits(at_once=3)
        self.people: list[Somebody] = []

    @rule(work=st.sampled_from(Work))
    def come(self, work: Work) -> None:
        async def arrive() -> Somebody:
            return Somebody(self.permits, work)

        self.people.append(self.runner.run(arrive()))

    @precondition(lambda self: self.people)
    @rule(which=st.integers(0, 99), gives_up=st.booleans())
    def leave(self, which: int, gives_up: bool) -> None:
        one = self.people[which % len(self.people)]
        if gives_up:
            one.task.cancel()
        else:
            one.may_go.set()

    @rule(steps=st.integers(1, 4))
    def let_the_loop_run(self, steps: int) -> None:
        async def run() -> None:
            for _ in range(steps):
                await asyncio.sleep(0)

        self.runner.run(run())

    @rule()
    def nobody_waits_beside_a_free_permit(self) -> None:
        self.runner.run(settled())
        running, waiting = self.permits.load.running, self.permits.load.waiting
        slow = sum(running.get(work, 0) for work in SLOW)
        if sum(running.values()) < 3:
            assert not waiting.get(Work.PICTURE)
            assert not waiting.get(Work.SOUND)
            assert slow == 2 or not waiting.get(Work.CLIP)
            for work in (Work.UPSCALE, Work.EXTRA):
                assert slow == 2 or running.get(work) or not waiting.get(work)

    @invariant()
    def no_limit_is_passed(self) -> None:
        running = self.permits.load.running
        held = [one.work for one in self.people if one.has_permit]
        assert all(held.count(work) <= running.get(work, 0) for work in Work)
        assert sum(running.values()) <= 3
        assert sum(running.get(work, 0) for work in SLOW) <= 2
        assert running.get(Work.UPSCALE, 0) <= 1
        assert running.get(Work.EXTRA, 0) <= 1

    def teardown(self) -> None:
        async def all_leave() -> None:
            for one in self.people:
                one.may_go.set()
            if self.people:
                await asyncio.wait([one.task for one in self.people], timeout=10)

        try:
            self.runner.run(all_leave())
            assert all(one.task.cancelled() or one.task.exception() is None for one in self.people)
            assert not self.permits.load.running
            assert not self.permits.load.waiting
        finally:
            self.runner.close()


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
