"""Reports about posted clips: each member reports one once, and the moderators decide once.

A clip that was reported has a case, with a card of its own. A report after it was dismissed opens
the case anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from storage import acts, extras, files_to_go, jobs, ledger
from storage.acts import Act, ActKind
from storage.errors import AlreadyReported, JobNotFound, NothingToReport
from storage.files_to_go import Files
from storage.job import Job, JobState
from storage.job_schema import job
from storage.schema import account
from storage.shield_schema import ReportState as ReportState
from storage.shield_schema import report, report_case
from storage.statements import Row, execute, first

CARD_PATIENCE = timedelta(days=1)
POST_PATIENCE = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Report:
    """What one member wrote."""

    reporter_id: int
    """Below zero once they were forgotten."""
    text: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Case:
    """A reported clip, and what was decided."""

    job_id: str
    guild_id: int
    state: ReportState
    clip_channel_id: int | None
    """Where the clip is posted."""
    clip_message_id: int | None
    channel_id: int | None
    """Where the moderators' card stands."""
    message_id: int | None
    moderator_id: int | None
    """Who decided."""
    decided_at: datetime | None
    reports: tuple[Report, ...]
    """Oldest first."""


_COLUMNS = tuple(column for column in report_case.c if column.name != "moderator_account_id")
_CASE = (
    sa.select(*_COLUMNS, account.c.member_id.label("moderator_id"))
    .select_from(report_case.outerjoin(account, account.c.id == report_case.c.moderator_account_id))
    .where(
        report_case.c.job_id == sa.bindparam("of_job"),
        report_case.c.guild_id == sa.bindparam("of_guild"),
    )
)
_REPORTS = (
    sa.select(account.c.member_id.label("reporter_id"), report.c.text, report.c.at)
    .join(account, account.c.id == report.c.reporter_account_id)
    .where(report.c.job_id == sa.bindparam("of_job"))
    .order_by(report.c.at, report.c.reporter_account_id)
)
_open = insert(report_case)
_OPEN = _open.on_conflict_do_update(
    index_elements=[report_case.c.job_id],
    set_={
        "state": ReportState.OPEN,
        "clip_channel_id": _open.excluded.clip_channel_id,
        "clip_message_id": _open.excluded.clip_message_id,
        "channel_id": None,
        "message_id": None,
        "moderator_account_id": None,
        "decided_at": None,
    },
    where=report_case.c.state == ReportState.DISMISSED,
)
_ADD = insert(report).on_conflict_do_nothing().returning(report.c.job_id)
_is_it = report_case.c.job_id == sa.bindparam("of_job")
_KEEP_CARD = (
    sa.update(report_case)
    .where(_is_it)
    .values(channel_id=sa.bindparam("channel"), message_id=sa.bindparam("message"))
)
_DECIDE = (
    sa.update(report_case)
    .where(_is_it, report_case.c.state == ReportState.OPEN)
    .values(
        state=sa.bindparam("decided"),
        decided_at=sa.bindparam("now", type_=report_case.c.decided_at.type),
        moderator_account_id=sa.bindparam("moderator"),
    )
    .returning(report_case.c.job_id)
)
_POST_GONE = sa.update(report_case).where(_is_it).values(clip_channel_id=None, clip_message_id=None)
_lacks_card = sa.and_(
    report_case.c.state == ReportState.OPEN,
    report_case.c.message_id.is_(None),
    sa.exists().where(
        report.c.job_id == report_case.c.job_id,
        report.c.at > sa.bindparam("reported_after", type_=report.c.at.type),
    ),
)
_post_stays = sa.and_(
    report_case.c.state == ReportState.REMOVED,
    report_case.c.clip_message_id.is_not(None),
    report_case.c.decided_at > sa.bindparam("decided_after", type_=report_case.c.decided_at.type),
)
_UNFINISHED = sa.select(report_case.c.guild_id, report_case.c.job_id).where(
    sa.or_(_lacks_card, _post_stays)
)
_DROP_CLIP = sa.update(job).where(job.c.id == sa.bindparam("of_job")).values(clip=None)


def add(
    conn: sa.Connection, guild_id: int, job_id: str, reporter_id: int, text: str, *, now: datetime
) -> Case:
    """Report a posted clip. Raises NothingToReport, AlreadyReported."""
    reported = posted(conn, guild_id, job_id)
    before = of_job(conn, guild_id, job_id)
    if before is not None and before.state is ReportState.REMOVED:
        raise NothingToReport(job_id)
    post: Row = {
        "clip_channel_id": reported.thread_id or reported.channel_id,
        "clip_message_id": reported.clip_id,
    }
    opened: Row = {"job_id": job_id, "guild_id": guild_id, "state": ReportState.OPEN, **post}
    reporter = ledger.account_id(conn, guild_id, reporter_id, now=now)
    execute(conn, _OPEN, opened)
    written: Row = {"job_id": job_id, "reporter_account_id": reporter, "text": text, "at": now}
    if not execute(conn, _ADD, written):
        raise AlreadyReported(job_id)
    return _case(conn, guild_id, job_id)


def of_job(conn: sa.Connection, guild_id: int, job_id: str) -> Case | None:
    """The case of a guild's clip; None where nobody reported it."""
    row = first(conn, _CASE, {"of_job": job_id, "of_guild": guild_id})
    if row is None:
        return None
    reports = execute(conn, _REPORTS, {"of_job": job_id})
    return Case(**row, reports=tuple(Report(**one) for one in reports))


def unfinished(conn: sa.Connection, *, now: datetime) -> list[tuple[int, str]]:
    """Guild and job of each case that lacks its card, or whose post is still to be deleted.

    What could not be done for a while is left to a moderator.
    """
    since = {"reported_after": now - CARD_PATIENCE, "decided_after": now - POST_PATIENCE}
    return [(row["guild_id"], row["job_id"]) for row in execute(conn, _UNFINISHED, since)]


def keep_card(
    conn: sa.Connection, job_id: str, *, channel_id: int | None, message_id: int | None
) -> None:
    """Remember where the moderators' card stands."""
    execute(conn, _KEEP_CARD, {"of_job": job_id, "channel": channel_id, "message": message_id})


def decide(
    conn: sa.Connection,
    guild_id: int,
    job_id: str,
    actor_id: int,
    state: ReportState,
    *,
    now: datetime,
) -> tuple[Case, bool]:
    """Decide a case, and say how it stands and whether this counts: of several, the first does.

    Removing drops the clip from its job, and its files with it. Raises NothingToReport.
    """
    case = _case(conn, guild_id, job_id)
    moderator = ledger.account_id(conn, guild_id, actor_id, now=now)
    key: Row = {"of_job": job_id, "decided": state, "now": now, "moderator": moderator}
    if not execute(conn, _DECIDE, key):
        return case, False
    decided = jobs.get(conn, job_id)
    done = Act(
        kind=ActKind.REPORT,
        member_id=decided.member_id,
        subject=job_id,
        after={"state": state, "reports": len(case.reports)},
    )
    acts.record(conn, guild_id, actor_id, done, now=now)
    if state is ReportState.REMOVED:
        files_to_go.add(conn, _files(decided))
        extras.remove_of_job(conn, job_id)
        execute(conn, _DROP_CLIP, {"of_job": job_id})
    else:
        post_gone(conn, job_id)
    return _case(conn, guild_id, job_id), True


def post_gone(conn: sa.Connection, job_id: str) -> None:
    """Forget where the post was: it is deleted, or stays."""
    execute(conn, _POST_GONE, {"of_job": job_id})


def posted(conn: sa.Connection, guild_id: int, job_id: str) -> Job:
    """The job of a clip that stands posted in a guild. Raises NothingToReport."""
    try:
        found = jobs.get(conn, job_id)
    except JobNotFound:
        raise NothingToReport(job_id) from None
    is_posted = found.state is JobState.DELIVERED and found.clip_id is not None
    if found.guild_id != guild_id or not is_posted:
        raise NothingToReport(job_id)
    return found


def _case(conn: sa.Connection, guild_id: int, job_id: str) -> Case:
    found = of_job(conn, guild_id, job_id)
    if found is None:
        raise NothingToReport(job_id)
    return found


def _files(removed: Job) -> Files:
    """The rows keep the names of the uploads: without them, another clip would lack its picture."""
    uploads = (removed.picture, removed.last_frame, removed.audio)
    return Files(
        uploads=tuple(name for name in uploads if name),
        clips=(removed.clip,) if removed.clip else (),
    )
