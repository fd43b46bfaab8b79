"""Extras: where each is posted and of which jobs it was made, so that it goes with either.

A row is there before anything is posted, and until nothing of the extra is left anywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage import jobs
from storage.extra_schema import IS_REMOVED, extra
from storage.job_schema import job
from storage.statements import execute, first


@dataclass(frozen=True, kw_only=True)
class PostedExtra:
    """What was made of one clip or two, and where it is."""

    id: int
    """Of the interaction that asked for it."""
    guild_id: int
    job_id: str
    other_id: str | None
    """The second job of whose clip it was made."""
    place_id: int
    """The channel or thread it is posted in."""
    message_id: int | None = None
    """None until it is certain that it was posted."""
    file: str | None = None
    """The name of the stored copy, where a link stands for it."""
    made_at: datetime
    is_removed: bool = False
    """Post and copy are to go."""

    @property
    def sources(self) -> tuple[str, ...]:
        """The ids of the jobs of whose clips it was made."""
        return (self.job_id, *([self.other_id] if self.other_id else []))


_is_it = extra.c.id == sa.bindparam("of_id")
_INSERT = sa.insert(extra)
_POSTED = (
    sa.update(extra)
    .where(_is_it)
    .values(message_id=sa.bindparam("posted_as"))
    .returning(extra.c.is_removed)
)
_STORED = (
    sa.update(extra)
    .where(_is_it)
    .values(file=sa.bindparam("stored_as"))
    .returning(extra.c.is_removed)
)
_DROP = sa.delete(extra).where(
    _is_it,
    extra.c.message_id.is_not_distinct_from(sa.bindparam("taken_back")),
    extra.c.file.is_not_distinct_from(sa.bindparam("dropped")),
)
_REMOVED = sa.select(extra).where(IS_REMOVED).order_by(extra.c.made_at, extra.c.id)
_OF_FILE = sa.select(extra.c.id).where(
    extra.c.file == sa.bindparam("of_file"), sa.not_(extra.c.is_removed)
)
_going = sa.update(extra).values(is_removed=True)
_GIVE_UP = _going.where(_is_it).returning(extra.c.id)
_GIVE_UP_UNPOSTED = _going.where(
    extra.c.message_id.is_(None),
    extra.c.made_at < sa.bindparam("before", type_=extra.c.made_at.type),
)
_REMOVE_OF_JOB = _going.where(
    sa.or_(extra.c.job_id == sa.bindparam("of_job"), extra.c.other_id == sa.bindparam("of_job"))
)
_jobs_of_member = sa.select(job.c.id).where(
    job.c.guild_id == sa.bindparam("of_guild"), job.c.member_id == sa.bindparam("of_member")
)
_is_of_member = sa.or_(extra.c.job_id.in_(_jobs_of_member), extra.c.other_id.in_(_jobs_of_member))
_REMOVE_OF_MEMBER = _going.where(_is_of_member)
_OF_MEMBER = sa.select(extra).where(_is_of_member).order_by(extra.c.made_at, extra.c.id)


def create(conn: sa.Connection, new: PostedExtra) -> bool:
    """Write an extra down that is about to be posted; False where a clip of it was removed.

    Raises JobNotFound.
    """
    if any(jobs.get(conn, source).clip is None for source in new.sources):
        return False
    execute(conn, _INSERT, dict(vars(new)))
    return True


def keep(conn: sa.Connection, extra_id: int, file: str) -> bool:
    """Note the stored copy, before there is one; False where a clip of it was removed meanwhile."""
    row = first(conn, _STORED, {"of_id": extra_id, "stored_as": file})
    return row is not None and not row["is_removed"]


def posted(conn: sa.Connection, new: PostedExtra) -> bool:
    """Note the message; False where a clip of it was removed meanwhile, and it is to go."""
    row = first(conn, _POSTED, {"of_id": new.id, "posted_as": new.message_id})
    if row is None:
        _insert_removed(conn, new)
    return row is not None and not row["is_removed"]


def is_kept(conn: sa.Connection, file: str) -> bool:
    """Whether a stored copy may be handed out."""
    return first(conn, _OF_FILE, {"of_file": file}) is not None


def give_up(conn: sa.Connection, new: PostedExtra) -> None:
    """Let one go of which nobody knows whether it was posted, or stored."""
    if first(conn, _GIVE_UP, {"of_id": new.id}) is None:
        _insert_removed(conn, new)


def give_up_unposted(conn: sa.Connection, *, before: datetime) -> None:
    """The same for those a process was posting when it was killed."""
    execute(conn, _GIVE_UP_UNPOSTED, {"before": before})


def remove_of_job(conn: sa.Connection, job_id: str) -> None:
    """Let go what was made of a job's clip, also together with another."""
    execute(conn, _REMOVE_OF_JOB, {"of_job": job_id})


def remove_of_member(conn: sa.Connection, guild_id: int, member_id: int) -> None:
    """The same for all of a member's clips in a guild."""
    execute(conn, _REMOVE_OF_MEMBER, {"of_guild": guild_id, "of_member": member_id})


def of_member(conn: sa.Connection, guild_id: int, member_id: int) -> Sequence[PostedExtra]:
    """List what was made of a member's clips in a guild, the oldest first."""
    rows = execute(conn, _OF_MEMBER, {"of_guild": guild_id, "of_member": member_id})
    return [PostedExtra(**row) for row in rows]


def removed(conn: sa.Connection) -> Sequence[PostedExtra]:
    """List those that are to go, the oldest first."""
    return [PostedExtra(**row) for row in execute(conn, _REMOVED)]


def drop(conn: sa.Connection, gone: PostedExtra) -> None:
    """Forget one of which nothing is left, unless more of it is known by now."""
    key = {"of_id": gone.id, "taken_back": gone.message_id, "dropped": gone.file}
    execute(conn, _DROP, key)


def _insert_removed(conn: sa.Connection, new: PostedExtra) -> None:
    """Know one again that was looked for, not found and forgotten before it arrived."""
    execute(conn, _INSERT, {**vars(new), "is_removed": True})
