"""Which jobs keep their files, whatever their age."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from storage.job import JobState
from storage.retention import Need, needs
from tests.storage.examples import NOW, PATHS, in_state, seconds

OVER = {JobState.DELIVERED, JobState.FAILED, JobState.CANCELLED}


@pytest.mark.parametrize("state", list(PATHS))
def test_files_of_a_job_that_is_not_over_for_good_are_needed_however_old(
    conn: sa.Connection, state: JobState
) -> None:
    job = in_state(conn, state)

    found = needs(conn, [job.id, "strange"], ended_before=NOW + seconds(10**8))

    assert found[job.id] is (Need.OUTLIVED if state in OVER else Need.KEEPS)
    assert found["strange"] is Need.NO_JOB
