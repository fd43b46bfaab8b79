from __future__ import annotations

import asyncio

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.media.turns import PATIENCE, Turns, Work

SLOW = (Work.UPSCALE, Work.CLIP, Work.EXTRA)


class Somebody:
    """Asks for a turn, and keeps it until told to let go."""

    def __init__(self, turns: Turns, work: Work) -> None:
        self.work = work
        self.has_turn = False
        self.may_go = asyncio.Event()
        self.task = asyncio.get_running_loop().create_task(self._work(turns))

    async def _work(self, turns: Turns) -> None:
        async with turns.turn(self.work):
            self.has_turn = True
            try:
                await self.may_go.wait()
            finally:
                self.has_turn = False


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def come(turns: Turns, *works: Work) -> list[Somebody]:
    people = [Somebody(turns, work) for work in works]
    await settled()
    return people


async def leave(*people: Somebody) -> None:
    for one in people:
        one.may_go.set()
    await asyncio.gather(*(one.task for one in people))
    await settled()


async def test_who_came_first_goes_first_among_equals() -> None:
    turns = Turns()
    first, second, third, *waiting = await come(turns, *[Work.PICTURE] * 6)

    await leave(first)

    assert [one.has_turn for one in waiting] == [True, False, False]
    await leave(second, third, *waiting)


async def test_a_picture_overtakes_whatever_else_waits() -> None:
    turns = Turns()
    first, *others = await come(turns, Work.SOUND, Work.SOUND, Work.SOUND)
    sound, extra, picture = await come(turns, Work.SOUND, Work.EXTRA, Work.PICTURE)

    await leave(first)

    assert (picture.has_turn, sound.has_turn, extra.has_turn) == (True, False, False)
    await leave(*others, sound, extra, picture)


async def test_slow_work_leaves_a_turn_to_quick_work() -> None:
    turns = Turns()
    clips = await come(turns, Work.CLIP, Work.CLIP, Work.CLIP)

    [picture] = await come(turns, Work.PICTURE)

    assert [one.has_turn for one in clips] == [True, True, False]
    assert picture.has_turn
    await leave(picture, *clips)


@pytest.mark.parametrize("work", [Work.UPSCALE, Work.EXTRA])
async def test_some_work_is_done_one_at_a_time(work: Work) -> None:
    turns = Turns(at_once=8)

    first, second = await come(turns, work, work)

    assert (first.has_turn, second.has_turn) == (True, False)
    await leave(first, second)


async def test_the_load_says_what_runs_and_what_waits() -> None:
    turns = Turns()

    people = await come(turns, Work.CLIP, Work.CLIP, Work.CLIP, Work.PICTURE, Work.PICTURE)

    assert turns.load.running == {Work.CLIP: 2, Work.PICTURE: 1}
    assert turns.load.waiting == {Work.CLIP: 1, Work.PICTURE: 1}
    await leave(*people)
    assert not turns.load.running
    assert not turns.load.waiting


@pytest.mark.parametrize("rush", [Work.PICTURE, Work.SOUND, Work.CLIP])
@pytest.mark.parametrize("work", SLOW)
async def test_a_rush_that_never_ends_holds_nobody_up_for_ever(work: Work, rush: Work) -> None:
    turns = Turns()
    busy = await come(turns, *[rush] * 6)
    [patient] = await come(turns, work)
    let_in = 0

    while not patient.has_turn and let_in < 100:
        done = next(one for one in busy if one.has_turn)
        busy.remove(done)
        await leave(done)
        busy += await come(turns, rush)
        let_in += 1

    # Those who came before it, and so many that came after.
    assert let_in <= 6 + PATIENCE
    await leave(*busy, patient)


async def test_a_turn_that_comes_with_its_own_cancelling_is_the_next_ones() -> None:
    turns = Turns(at_once=2)
    first, second, late, next_one = await come(turns, *[Work.PICTURE] * 4)

    first.task.cancel()
    await asyncio.sleep(0)
    late.task.cancel()
    await settled()

    assert next_one.has_turn
    assert turns.load.running == {Work.PICTURE: 2}
    await leave(second, next_one)


async def test_an_error_within_a_turn_gives_it_back() -> None:
    turns = Turns()

    with pytest.raises(ZeroDivisionError):
        async with turns.turn(Work.CLIP):
            raise ZeroDivisionError

    assert not turns.load.running


def test_fewer_than_two_turns_are_refused() -> None:
    with pytest.raises(ValueError, match="fewer than two"):
        Turns(at_once=1)


class AnyOrder(RuleBasedStateMachine):
    """People come, leave and give up, with the loop anywhere in between."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.loop = self.runner.get_loop()
        self.turns = Turns(at_once=3)
        self.people: list[Somebody] = []

    @rule(work=st.sampled_from(Work))
    def come(self, work: Work) -> None:
        async def arrive() -> Somebody:
            return Somebody(self.turns, work)

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
    def nobody_waits_beside_a_free_turn(self) -> None:
        self.runner.run(settled())
        running, waiting = self.turns.load.running, self.turns.load.waiting
        slow = sum(running.get(work, 0) for work in SLOW)
        if sum(running.values()) < 3:
            assert not waiting.get(Work.PICTURE)
            assert not waiting.get(Work.SOUND)
            assert slow == 2 or not waiting.get(Work.CLIP)
            for work in (Work.UPSCALE, Work.EXTRA):
                assert slow == 2 or running.get(work) or not waiting.get(work)

    @invariant()
    def no_limit_is_passed(self) -> None:
        running = self.turns.load.running
        held = [one.work for one in self.people if one.has_turn]
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
            assert not self.turns.load.running
            assert not self.turns.load.waiting
        finally:
            self.runner.close()


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
