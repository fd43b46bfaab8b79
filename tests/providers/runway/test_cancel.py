from __future__ import annotations

import pytest

from providers.base import Pending, TaskRef
from providers.errors import CannotTell, TaskLost, Unreachable
from providers.runway import RunwayProvider
from tests.fakes.fake_server import Fault, Pace
from tests.fakes.runway import FakeRunway
from tests.providers.runway.orders import Files, submitted, task_ref


def _deletes(fake: FakeRunway) -> int:
    return sum(asked.method == "DELETE" for asked in fake.asked)


async def _look_until_running(provider: RunwayProvider, ref: TaskRef) -> None:
    while (await provider.poll(ref)) == Pending(is_waiting=True):
        pass


async def test_a_waiting_task_is_cancelled_for_nothing(
    provider: RunwayProvider, fake: FakeRunway, files: Files
) -> None:
    fake.pace = Pace(looks=20)
    task = await submitted(provider, fake, files)

    assert not await provider.cancel(task_ref(task))

    assert task.is_cancelled
    assert fake.costs[task.id] == 0


async def test_a_throttled_task_is_cancelled_for_nothing(
    provider: RunwayProvider, fake: FakeRunway, files: Files
) -> None:
    fake.pace, fake.concurrency = Pace(looks=20), 1
    await submitted(provider, fake, files)
    second = await submitted(provider, fake, files)

    assert not await provider.cancel(task_ref(second))

    assert fake.costs[second.id] == 0


async def test_a_running_task_is_cancelled_and_billed(
    provider: RunwayProvider, fake: FakeRunway, files: Files
) -> None:
    fake.pace = Pace(looks=20)
    task = await submitted(provider, fake, files)
    await _look_until_running(provider, task_ref(task))

    assert await provider.cancel(task_ref(task))

    assert task.is_cancelled
    assert fake.costs[task.id] == 60


async def test_a_state_nobody_has_heard_of_counts_as_running(
    provider: RunwayProvider, fake: FakeRunway, files: Files
) -> None:
    task = await submitted(provider, fake, files)
    fake.instead.append((200, {"id": task.id, "status": "POSTPROCESSING"}))

    assert await provider.cancel(task_ref(task))

    assert task.is_cancelled


async def test_after_a_cancel_the_task_is_gone_and_a_second_cancel_does_no_harm(
    provider: RunwayProvider, fake: FakeRunway, files: Files
) -> None:
    fake.pace = Pace(looks=20)
    task = await submitted(provider, fake, files)
    await provider.cancel(task_ref(task))

    with pytest.raises(TaskLost):
        await provider.poll(task_ref(task))
    assert not await provider.cancel(task_ref(task))
    assert _deletes(fake) == 1


async def test_a_delete_whose_answer_was_lost_is_sent_again(
    provider: RunwayProvider, fake: FakeRunway, files: Files
) -> None:
    fake.pace = Pace(looks=20)
    task = await submitted(provider, fake, files)
    fake.read_faults += [None, Fault.DROP_REPLY]

    assert not await provider.cancel(task_ref(task))

    assert _deletes(fake) == 2


@pytest.mark.parametrize(
    ("ending", "is_billed"),
    [(None, True), ("SAFETY.INPUT.TEXT", True), ("INTERNAL", False), ("CANCELLED", False)],
)
async def test_a_task_that_is_over_is_left_alone_and_its_cost_is_the_answer(
    ending: str | None,
    is_billed: bool,
    provider: RunwayProvider,
    fake: FakeRunway,
    files: Files,
) -> None:
    fake.pace = Pace(looks=0)
    fake.endings.append(ending)
    task = await submitted(provider, fake, files)

    assert await provider.cancel(task_ref(task)) is is_billed

    assert _deletes(fake) == 0


async def test_a_cancel_that_is_refused_is_not_done(
    provider: RunwayProvider, fake: FakeRunway, files: Files
) -> None:
    task = await submitted(provider, fake, files)
    fake.instead += [
        (200, {"id": task.id, "status": "PENDING"}),
        (401, {"error": "Invalid key"}),
    ]

    with pytest.raises(Unreachable):
        await provider.cancel(task_ref(task))


async def test_an_uncertain_submit_cannot_be_looked_up(provider: RunwayProvider) -> None:
    with pytest.raises(CannotTell):
        await provider.find("job-1")
