"""What is stored of a member in a guild: listed, exported, and made anonymous.

Entries are never edited and name nobody, so the ledger still adds up after a member is forgotten.
The account keeps them under a pseudonym, a negative number that belongs to nobody on Discord;
its salt and the reasons moderators wrote are gone, and the entries' digests still hold.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

import sqlalchemy as sa

from storage import desk_members, drafts, extras, files_to_go, plans
from storage.desk_members import DeskHoldings
from storage.drafts import Draft
from storage.entries import ENTRIES, Entry
from storage.fenced import JOB_COLUMNS, as_job
from storage.files_to_go import Files
from storage.forgotten import note, noted_beside
from storage.job import Job, JobState
from storage.job_schema import Verdict, job, review
from storage.ledger import Account, open_account
from storage.retention import OVER_FOR_GOOD
from storage.schema import AccountKind, account, entry, reason
from storage.statements import Row, execute, first

PSEUDONYM_BITS = 62
FORGOTTEN_PROMPT = "(deleted by the member)"


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What somebody decided, as a moderator, about a job under review."""

    job_id: str
    verdict: Verdict
    decided_at: datetime


@dataclass(frozen=True, kw_only=True)
class Holdings:
    """All that is stored of one member in one guild."""

    account: Account | None
    entries: tuple[Entry, ...]
    """What changed the account, oldest first."""
    actions: tuple[Entry, ...]
    """What the member did to others' accounts as a moderator, oldest first."""
    decisions: tuple[Decision, ...]
    """What the member decided about others' jobs as a moderator, oldest first."""
    jobs: tuple[Job, ...]
    """Oldest first."""
    drafts: tuple[Draft, ...]
    """Oldest first."""
    desk: DeskHoldings
    decided: frozenset[str]
    """The ids of those about which a moderator has decided."""

    @property
    def open_jobs(self) -> tuple[Job, ...]:
        """The jobs for which a worker or a moderator may still have to do something."""
        return tuple(job for job in self.jobs if self._is_open(job))

    @property
    def files(self) -> Files:
        """The files of the jobs and drafts."""
        uploads = [name for job in self.jobs for name in (job.picture, job.last_frame, job.audio)]
        uploads += [name for draft in self.drafts for name in draft.files]
        return Files(
            uploads=tuple(name for name in uploads if name),
            clips=tuple(job.clip for job in self.jobs if job.clip),
        )

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to make anonymous."""
        of_ledger = self.entries or self.actions or self.decisions
        return not (of_ledger or self.jobs or self.drafts) and self.desk.is_empty

    def _is_open(self, job: Job) -> bool:
        is_due = job.due_at is not None or job.lease_until is not None
        return is_due or (job.state not in OVER_FOR_GOOD and job.id not in self.decided)


@dataclass(frozen=True, kw_only=True)
class JobsPage:
    """Some of a member's jobs, newest first."""

    jobs: tuple[Job, ...]
    of: int
    """How many jobs there are in all."""


_of_member = sa.and_(
    job.c.guild_id == sa.bindparam("of_guild"), job.c.member_id == sa.bindparam("of_member")
)
_account_of_member = sa.and_(
    account.c.guild_id == sa.bindparam("of_guild"),
    account.c.kind == AccountKind.MEMBER,
    account.c.member_id == sa.bindparam("of_member"),
)

_COUNT = sa.select(sa.func.count().label("jobs")).select_from(job).where(_of_member)
_PAGE = (
    sa.select(*JOB_COLUMNS)
    .where(_of_member)
    .order_by(job.c.created_at.desc(), job.c.id.desc())
    .limit(sa.bindparam("limit"))
    .offset(sa.bindparam("skipped"))
)
_JOBS = sa.select(*JOB_COLUMNS).where(_of_member).order_by(job.c.created_at, job.c.id)
_ACCOUNT = sa.select(account).where(_account_of_member)
_ENTRIES = ENTRIES.where(_account_of_member).order_by(entry.c.number)
_actor_of_member = entry.c.actor_account_id == (
    sa.select(account.c.id).where(_account_of_member).correlate(None).scalar_subquery()
)
_ACTIONS = ENTRIES.where(_actor_of_member).order_by(entry.c.at, entry.c.source)
_of_jobs_here = review.c.job_id.in_(
    sa.select(job.c.id).where(job.c.guild_id == sa.bindparam("of_guild"))
)
_DECISIONS = (
    sa.select(*(review.c[field.name] for field in fields(Decision)))
    .where(_of_jobs_here, review.c.moderator_id == sa.bindparam("of_member"))
    .order_by(review.c.decided_at, review.c.job_id)
)
_DECIDED = (
    sa.select(review.c.job_id)
    .join(job, job.c.id == review.c.job_id)
    .where(_of_member, job.c.state == JobState.NEEDS_REVIEW, review.c.verdict.is_not(None))
)
_FORGET_DECISIONS = (
    sa.update(review)
    .where(_of_jobs_here, review.c.moderator_id == sa.bindparam("of_member"))
    .values(moderator_id=sa.bindparam("pseudonym"))
)
_FORGET_JOBS = (
    sa.update(job)
    .where(_of_member)
    .values(
        member_id=sa.bindparam("pseudonym"),
        prompt=FORGOTTEN_PROMPT,
        negative_prompt=None,
        reply_id=None,
        thread_id=None,
        status_id=None,
        clip_id=None,
        picture=None,
        last_frame=None,
        audio=None,
        clip=None,
        # A hint is taken once: no webhook brings an anonymous job back to life.
        hint={},
        # Whoever read a row before may no longer write it.
        fence=job.c.fence + 1,
    )
)
_has_acted = sa.or_(
    sa.exists().where(entry.c.actor_account_id == account.c.id), desk_members.is_known
)
_FORGET_ACCOUNT = (
    sa.update(account)
    .where(_account_of_member, sa.or_(account.c.entries > 0, _has_acted))
    .values(member_id=sa.bindparam("pseudonym"), salt=None)
    .returning(account.c.id, account.c.origin)
)

_BROUGHT_BACK = sa.select(account.c.guild_id, account.c.member_id).where(
    account.c.salt.is_not(None), account.c.origin == sa.bindparam("of_origin")
)


def jobs_page(
    conn: sa.Connection, guild_id: int, member_id: int, *, skip: int, limit: int
) -> JobsPage:
    """List a member's jobs in a guild, newest first, and count them."""
    key = _key(guild_id, member_id)
    [counted] = execute(conn, _COUNT, key)
    rows = execute(conn, _PAGE, {**key, "limit": limit, "skipped": skip})
    return JobsPage(jobs=tuple(as_job(row) for row in rows), of=counted["jobs"])


def holdings(conn: sa.Connection, guild_id: int, member_id: int) -> Holdings:
    """Read all that is stored of a member in a guild; nothing is opened for who is new."""
    key = _key(guild_id, member_id)
    row = first(conn, _ACCOUNT, key)
    return Holdings(
        account=None if row is None else _as_account(row),
        entries=tuple(Entry(**row) for row in execute(conn, _ENTRIES, key)),
        actions=tuple(Entry(**row) for row in execute(conn, _ACTIONS, key)),
        drafts=tuple(drafts.of_member(conn, guild_id, member_id)),
        desk=desk_members.holdings(conn, guild_id, member_id),
        decisions=tuple(Decision(**row) for row in execute(conn, _DECISIONS, key)),
        jobs=tuple(as_job(row) for row in execute(conn, _JOBS, key)),
        decided=frozenset(row["job_id"] for row in execute(conn, _DECIDED, key)),
    )


def forget(conn: sa.Connection, guild_id: int, member_id: int, *, pseudonym: int) -> Holdings:
    """Make a member's jobs and account in a guild anonymous; say what there was before.

    Changes nothing while a job is open: the holdings name it. The credits stay with the account.
    An empty account is opened in its place, so that nobody starts twice with a guild's grant.
    The names of the files are kept in `files_to_go`. Raises ValueError for a pseudonym that could
    be somebody's id.
    """
    if pseudonym >= 0:
        raise ValueError(f"{pseudonym} could be a member's id")
    held = holdings(conn, guild_id, member_id)
    if held.open_jobs:
        return held
    key = {**_key(guild_id, member_id), "pseudonym": pseudonym}
    extras.remove_of_member(conn, guild_id, member_id)
    execute(conn, _FORGET_JOBS, key)
    drafts.forget(conn, guild_id, member_id)
    plans.forget(conn, guild_id, member_id)
    execute(conn, _FORGET_DECISIONS, key)
    if anonymous := first(conn, _FORGET_ACCOUNT, key):
        conn.execute(sa.delete(reason).where(reason.c.account_id == anonymous["id"]))
        note(conn, anonymous["origin"])
        opened = open_account(conn, guild_id, AccountKind.MEMBER, member_id)
        desk_members.forget(conn, anonymous["id"], opened["id"])
    files_to_go.add(conn, held.files)
    return held


def forget_again(conn: sa.Connection, origins: Sequence[bytes]) -> int:
    """Forget whose accounts these are, as far as a backup brought them back.

    Says how many cannot be yet, for a job of theirs is open.
    """
    busy = 0
    for origin in dict.fromkeys(origins):
        for row in execute(conn, _BROUGHT_BACK, {"of_origin": origin}):
            held = forget(conn, row["guild_id"], row["member_id"], pseudonym=new_pseudonym())
            busy += bool(held.open_jobs)
    return busy


def forget_noted(conn: sa.Connection) -> int:
    """The same for everybody on the list beside the database."""
    return forget_again(conn, noted_beside(conn))


def new_pseudonym() -> int:
    """A random number below zero: zero is the house, and no id on Discord is negative."""
    return -1 - secrets.randbits(PSEUDONYM_BITS)


def _key(guild_id: int, member_id: int) -> Row:
    return {"of_guild": guild_id, "of_member": member_id}


def _as_account(row: Row) -> Account:
    return Account(
        guild_id=row["guild_id"], member_id=row["member_id"], posted=row["posted"], held=row["held"]
    )
