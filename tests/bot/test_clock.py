"""The machine's clock is set while the bot runs: its own time goes on, and catches up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import SmoothClock, seconds_since_boot, utc_now

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Machine:
    """A machine whose clock can be set."""

    def __init__(self) -> None:
        self.wall = START
        self.seconds = 100.0
        self.clock = SmoothClock(lambda: self.wall, lambda: self.seconds)

    def let_pass(self, span: timedelta) -> datetime:
        self.wall += span
        self.seconds += span.total_seconds()
        return self.clock()


def test_without_a_jump_it_tells_the_machines_time() -> None:
    machine = Machine()

    assert machine.clock() == START
    assert machine.let_pass(HOUR) == START + HOUR


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
def test_a_jump_changes_nothing_at_once(jump: timedelta) -> None:
    machine = Machine()
    machine.wall += jump

    assert machine.clock() == START
    assert abs(machine.let_pass(10 * HOUR) - (START + 10 * HOUR)) == HOUR / 2


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
def test_after_twenty_hours_the_jump_of_one_is_caught_up_with(jump: timedelta) -> None:
    machine = Machine()
    machine.wall += jump

    assert machine.let_pass(20 * HOUR) == machine.wall
    assert machine.let_pass(HOUR) == machine.wall


@pytest.mark.parametrize("jump", [DAY, -DAY, 400 * DAY])
def test_a_clock_that_was_never_right_is_followed_at_once(jump: timedelta) -> None:
    machine = Machine()
    machine.wall += jump

    assert machine.clock() == machine.wall


@given(
    st.lists(
        st.tuples(
            st.timedeltas(min_value=timedelta(), max_value=HOUR),
            st.timedeltas(min_value=-2 * HOUR, max_value=2 * HOUR),
        ),
        max_size=10,
    )
)
def test_it_never_goes_back_and_never_runs_ahead_of_the_time_that_passes(
    changes: list[tuple[timedelta, timedelta]],
) -> None:
    machine = Machine()

    for passes, jump in changes:
        machine.wall += jump
        before = machine.clock()
        after = machine.let_pass(passes)
        assert passes * 0.94 <= after - before <= passes * 1.06


def test_the_real_one_tells_the_time() -> None:
    assert abs(SmoothClock()() - utc_now()) < HOUR
    assert seconds_since_boot() <= seconds_since_boot()
