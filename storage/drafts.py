"""Drafts: orders whose pictures were shown to their members, who have not paid yet.

A draft is kept for a day and used once: it and its job are one transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa

from storage import blocks, jobs
from storage.draft_schema import draft
from storage.errors import DraftGone, DraftUsed
from storage.job import Job, NewJob, job_id
from storage.statements import Row, execute, first

LIFETIME = timedelta(days=1)
MOST_OF_A_MEMBER = 10
"""Each is some megabytes on the disk; of more, the oldest go."""


@dataclass(frozen=True, kw_only=True)
class Frames:
    """The pictures of a draft, framed in one way, and what is to be said of them."""

    picture: str
    """A file's name."""
    last_frame: str | None
    """The name of the file with the picture the clip ends on."""
    ratio: float
    """Width divided by height."""
    inset: Sequence[int] | None
    """Where the member's picture lies: x, y, width and height in pixels; None: it fills it."""
    notes: Sequence[str]
    """In words, for the member."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """An order that may become a job."""

    id: str
    guild_id: int
    member_id: int
    provider: str
    model: str
    prompt: str = field(repr=False)
    """Kept out of the repr, because that may reach a log."""
    negative_prompt: str | None = field(repr=False)
    seconds: int
    shape: str | None
    resolution: str
    sound: bool
    seed: int | None
    """None: any will do."""
    audio: str | None
    """A file's name."""
    frames: Mapping[str, Frames]
    """By the way of framing: one, or all that differ. The first is what suits best."""
    created_at: datetime
    job_id: str | None = None
    """The job it became."""

    @property
    def files(self) -> tuple[str, ...]:
        """The names of its uploads."""
        pictures = [(each.picture, each.last_frame) for each in self.frames.values()]
        names = [*(name for pair in pictures for name in pair), self.audio]
        return tuple(name for name in names if name)


_of_member = sa.and_(
    draft.c.guild_id == sa.bindparam("of_guild"), draft.c.member_id == sa.bindparam("of_member")
)
_INSERT = sa.insert(draft)
_ONE = sa.select(draft).where(draft.c.id == sa.bindparam("draft_id"))
_OF_MEMBER = sa.select(draft).where(_of_member).order_by(draft.c.created_at, draft.c.id)
_EXPIRED = sa.select(draft).where(
    draft.c.created_at <= sa.bindparam("cut", type_=draft.c.created_at.type)
)
_USE = (
    sa.update(draft)
    .where(draft.c.id == sa.bindparam("draft_id"))
    .values(job_id=sa.bindparam("became"))
)
_DELETE = sa.delete(draft).where(draft.c.id == sa.bindparam("draft_id"))
_FORGET = sa.delete(draft).where(_of_member)


def create(conn: sa.Connection, new: Draft) -> list[Draft]:
    """Keep a draft, and give up the member's oldest where there are too many: those it returns.

    The same draft again changes nothing. Raises MemberBlocked.
    """
    blocks.check(conn, new.guild_id, new.member_id, now=new.created_at)
    if first(conn, _ONE, {"draft_id": new.id}) is not None:
        return []
    frames = {way: asdict(each) for way, each in new.frames.items()}
    execute(conn, _INSERT, {**vars(new), "frames": frames})
    surplus = of_member(conn, new.guild_id, new.member_id)[:-MOST_OF_A_MEMBER]
    for old in surplus:
        execute(conn, _DELETE, {"draft_id": old.id})
    return surplus


def get(conn: sa.Connection, draft_id: str, *, now: datetime) -> Draft:
    """Read a draft that may still be used. Raises DraftGone or DraftUsed."""
    row = first(conn, _ONE, {"draft_id": draft_id})
    if row is None or row["created_at"] <= now - LIFETIME:
        raise DraftGone(draft_id)
    found = _as_draft(row)
    if found.job_id is not None:
        raise DraftUsed(found.job_id)
    return found


def use(
    conn: sa.Connection,
    new: NewJob,
    *,
    draft_id: str,
    now: datetime,
    role_ids: Sequence[int] = (),
) -> Job:
    """Make a draft the job it was shown for; of two presses, one does.

    The same interaction again finds its job. Raises DraftGone, DraftUsed, and as `jobs.create`.
    """
    try:
        get(conn, draft_id, now=now)
    except DraftUsed as used:
        if used.job_id == job_id(new.interaction_id):
            return jobs.get(conn, used.job_id)
        raise
    job = jobs.create(conn, new, now=now, role_ids=role_ids)
    execute(conn, _USE, {"draft_id": draft_id, "became": job.id})
    return job


def drop(conn: sa.Connection, draft_id: str, *, now: datetime) -> Draft:
    """Give a draft up. Raises DraftGone or DraftUsed."""
    found = get(conn, draft_id, now=now)
    execute(conn, _DELETE, {"draft_id": draft_id})
    return found


def drop_expired(conn: sa.Connection, *, now: datetime) -> list[Draft]:
    """Give up every draft whose time is over."""
    expired = [_as_draft(row) for row in execute(conn, _EXPIRED, {"cut": now - LIFETIME})]
    for old in expired:
        execute(conn, _DELETE, {"draft_id": old.id})
    return expired


def of_member(conn: sa.Connection, guild_id: int, member_id: int) -> list[Draft]:
    """List a member's drafts in a guild, used ones too, the oldest first."""
    key = {"of_guild": guild_id, "of_member": member_id}
    return [_as_draft(row) for row in execute(conn, _OF_MEMBER, key)]


def forget(conn: sa.Connection, guild_id: int, member_id: int) -> None:
    """Remove all of a member's drafts in a guild."""
    execute(conn, _FORGET, {"of_guild": guild_id, "of_member": member_id})


def _as_draft(row: Row) -> Draft:
    frames = {way: Frames(**each) for way, each in row["frames"].items()}
    return Draft(**{**row, "frames": frames})
