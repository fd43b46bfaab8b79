"""Reports about clips: once from each member, decided once, and gone with the member's words."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from storage import acts, clip_reports, files_to_go, jobs, members
from storage.acts import ActKind
from storage.books import audit
from storage.clip_reports import Case, ReportState
from storage.errors import AlreadyReported, NothingToReport
from storage.files_to_go import Files
from storage.job import JobState
from tests.storage.examples import GUILD, MEMBER, NOW, in_state
from tests.storage.shielded import MODERATOR, posted

REPORTER, ANOTHER = 31, 32
OTHER_GUILD = 12


def report(conn: sa.Connection, reporter_id: int = REPORTER, text: str = "not nice") -> Case:
    return clip_reports.add(conn, GUILD, "1", reporter_id, text, now=NOW)


def decide(conn: sa.Connection, state: ReportState) -> tuple[Case, bool]:
    return clip_reports.decide(conn, GUILD, "1", MODERATOR, state, now=NOW)


def test_a_report_says_who_why_and_where_the_clip_is(conn: sa.Connection) -> None:
    posted(conn)

    case = report(conn)

    assert [(one.reporter_id, one.text) for one in case.reports] == [(REPORTER, "not nice")]
    assert (case.clip_channel_id, case.clip_message_id) == (902, 903)
    assert case.state is ReportState.OPEN


def test_a_member_reports_a_clip_once(conn: sa.Connection) -> None:
    posted(conn)
    report(conn)

    with pytest.raises(AlreadyReported):
        report(conn, text="really")

    assert [one.text for one in report(conn, ANOTHER).reports] == ["not nice", "not nice"]


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.FETCHED, JobState.FAILED])
def test_what_is_not_posted_cannot_be_reported(conn: sa.Connection, state: JobState) -> None:
    in_state(conn, state)

    with pytest.raises(NothingToReport):
        report(conn)


def test_clips_of_other_guilds_and_unknown_ones_cannot_be_reported(conn: sa.Connection) -> None:
    posted(conn)

    for guild_id, job_id in ((OTHER_GUILD, "1"), (GUILD, "nothing"), (GUILD, "")):
        with pytest.raises(NothingToReport):
            clip_reports.add(conn, guild_id, job_id, REPORTER, "x", now=NOW)
    with pytest.raises(NothingToReport):
        clip_reports.decide(conn, OTHER_GUILD, "1", MODERATOR, ReportState.REMOVED, now=NOW)


def test_removing_drops_the_clip_its_files_and_is_an_act(conn: sa.Connection) -> None:
    posted(conn)
    report(conn)

    case, counts = decide(conn, ReportState.REMOVED)

    assert counts
    assert (case.state, case.moderator_id) == (ReportState.REMOVED, MODERATOR)
    assert jobs.get(conn, "1").clip is None
    assert files_to_go.listed(conn) == Files(uploads=("1.jpg",), clips=("1.mp4",))
    [act] = acts.history(conn, GUILD, skip=0, limit=9, member_id=MEMBER)
    assert (act.kind, act.subject, act.actor_id) == (ActKind.REPORT, "1", MODERATOR)
    assert audit(conn).discrepancies == ()


def test_of_two_decisions_the_first_counts(conn: sa.Connection) -> None:
    posted(conn)
    report(conn)
    decide(conn, ReportState.DISMISSED)

    case, counts = decide(conn, ReportState.REMOVED)

    assert not counts
    assert case.state is ReportState.DISMISSED
    assert jobs.get(conn, "1").clip == "1.mp4"
    assert acts.count(conn, GUILD) == 1


def test_where_the_post_is_is_forgotten_with_the_decision(conn: sa.Connection) -> None:
    posted(conn)
    report(conn)

    case, _ = decide(conn, ReportState.DISMISSED)

    assert case.clip_message_id is None


def test_a_new_report_opens_a_dismissed_case_again(conn: sa.Connection) -> None:
    posted(conn)
    report(conn)
    clip_reports.keep_card(conn, "1", channel_id=5, message_id=6)
    decide(conn, ReportState.DISMISSED)

    case = report(conn, ANOTHER)

    assert (case.state, case.message_id) == (ReportState.OPEN, None)
    assert decide(conn, ReportState.REMOVED)[1]


def test_a_removed_clip_cannot_be_reported(conn: sa.Connection) -> None:
    posted(conn)
    report(conn)
    decide(conn, ReportState.REMOVED)

    with pytest.raises(NothingToReport):
        report(conn, ANOTHER)


@pytest.mark.parametrize("who", [REPORTER, MEMBER])
def test_forgetting_either_side_leaves_no_words(conn: sa.Connection, who: int) -> None:
    posted(conn)
    report(conn)

    members.forget(conn, GUILD, who, pseudonym=-7)

    case = clip_reports.of_job(conn, GUILD, "1")
    assert case is not None
    assert [one.text for one in case.reports] == [""]
    assert case.reports[0].reporter_id == (-7 if who == REPORTER else REPORTER)


def test_a_clip_of_a_forgotten_member_can_still_be_removed(conn: sa.Connection) -> None:
    posted(conn)
    report(conn)
    members.forget(conn, GUILD, MEMBER, pseudonym=-7)

    case, counts = decide(conn, ReportState.REMOVED)

    assert counts
    assert (case.clip_channel_id, case.clip_message_id) == (902, 903)


def test_a_member_is_shown_what_they_reported(conn: sa.Connection) -> None:
    posted(conn)
    report(conn)

    held = members.holdings(conn, GUILD, REPORTER)

    assert [(one.job_id, one.text) for one in held.desk.shield.reports] == [("1", "not nice")]
    assert not held.is_empty
