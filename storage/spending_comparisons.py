"""What must agree about counters of spending: each with the holds and jobs it counts."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from storage.cap_schema import OWNER, SpendingScope, spending
from storage.comparing import Comparison, compare, microsecond, or_zero, text
from storage.job import JobState
from storage.job_schema import job
from storage.schema import HoldState, account, hold
from storage.statements import is_one_of

_MICROSECONDS = 1_000_000
_counted = hold.join(job, job.c.id == hold.c.job_id).join(
    account, account.c.id == hold.c.account_id
)
_is_held = hold.c.state == HoldState.HELD
_priced = or_zero(job.c.provider_microdollars)
_subjects: dict[SpendingScope, sa.ColumnElement[str]] = {
    SpendingScope.MEMBER: text(account.c.id),
    SpendingScope.CHANNEL: text(sa.func.coalesce(job.c.parent_id, job.c.channel_id)),
    SpendingScope.GUILD: sa.literal(""),
    SpendingScope.PROVIDER: job.c.provider,
    SpendingScope.MODEL: job.c.provider + "/" + job.c.model,
}


def _should_be(
    scope: SpendingScope,
    subject: sa.ColumnElement[str],
    *,
    guild_id: sa.ColumnElement[int],
    day: sa.ColumnElement[str],
    held: sa.ColumnElement[int],
    spent: sa.ColumnElement[int],
) -> sa.Select[*tuple[Any, ...]]:
    owner = (guild_id, sa.literal(scope.value), subject, day)
    return (
        sa.select(*owner, sa.func.sum(sa.case((_is_held, held), else_=0)), sa.func.sum(spent))
        .select_from(_counted)
        .where(hold.c.day != "")
        .group_by(*owner)
    )


_expected = [
    _should_be(
        scope,
        subject,
        guild_id=account.c.guild_id,
        day=hold.c.day,
        held=hold.c.credits,
        spent=hold.c.captured_credits,
    )
    for scope, subject in _subjects.items()
] + [
    _should_be(
        SpendingScope.OWNER,
        sa.literal(""),
        guild_id=sa.literal(OWNER),
        day=sa.func.date(microsecond(job.c.created_at) // _MICROSECONDS, "unixepoch"),
        held=_priced,
        spent=hold.c.billed_microdollars,
    )
]
_all_expected = sa.union_all(*_expected).subquery()
_guild_id, _scope, _subject, _day, _held, _spent = _all_expected.c
_nothing = sa.literal(0)
# Rows that only one side has are found by adding both sides up.
_sides = sa.union_all(
    sa.select(
        _guild_id.label("guild_id"),
        _scope.label("scope"),
        _subject.label("subject"),
        _day.label("day"),
        _held.label("should_hold"),
        _spent.label("should_have_spent"),
        _nothing.label("held"),
        _nothing.label("spent"),
    ),
    sa.select(
        spending.c.guild_id,
        text(spending.c.scope),
        spending.c.subject,
        spending.c.day,
        _nothing,
        _nothing,
        spending.c.held,
        spending.c.spent,
    ),
).subquery()
_key = (_sides.c.guild_id, _sides.c.scope, _sides.c.subject, _sides.c.day)
_whose = sa.case(
    (_sides.c.guild_id == OWNER, "the owner"), else_="guild " + text(_sides.c.guild_id)
)
_named = _sides.c.scope + " " + _sides.c.subject + " on " + _sides.c.day

OF_SPENDING: tuple[Comparison, ...] = (
    *(
        compare(
            f"counted as {what} by " + _named,
            whose=_whose,
            expected=sa.func.sum(should),
            found=sa.func.sum(counted),
        )
        .select_from(_sides)
        .group_by(*_key)
        for what, should, counted in (
            ("held", _sides.c.should_hold, _sides.c.held),
            ("spent", _sides.c.should_have_spent, _sides.c.spent),
        )
    ),
    compare(
        "microdollars of the bill that is counted of job " + job.c.id,
        whose="guild " + text(job.c.guild_id),
        expected=sa.case(
            (job.c.billed_microdollars.is_not(None), job.c.billed_microdollars),
            (job.c.state == JobState.DELIVERED, _priced),
            else_=0,
        ),
        found=hold.c.billed_microdollars,
    )
    .select_from(_counted)
    .where(
        hold.c.day != "",
        is_one_of(job.c.state, {JobState.DELIVERED, JobState.FAILED, JobState.CANCELLED}),
    ),
)
