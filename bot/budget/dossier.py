"""What is known of a question to the moderators: the job it is about, the answer, the member."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage import acts, asks, jobs, ledger, strikes
from storage.acts import ActKind, Recorded
from storage.asks import Ask
from storage.database import Database
from storage.jobs import Job
from storage.ledger import Account
from storage.strikes import Strike

SHOWN = 3
ACTS_LOOKED_AT = 20
MOVES_CREDITS = (ActKind.GRANT, ActKind.TAKE, ActKind.ANSWER)


@dataclass(frozen=True, kw_only=True)
class History:
    """How the member who asks stands, and what came before; each newest first."""

    account: Account
    jobs: tuple[Job, ...]
    given: tuple[Recorded, ...]
    """What moderators gave or took."""
    asks: tuple[Ask, ...]
    """What the member asked before."""
    strikes: tuple[Strike, ...]
    """What providers refused."""


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """A question with all a card about it shows."""

    ask: Ask
    job: Job | None
    """The job that may or may not begin."""
    reason: str | None
    """What the moderator who answered wrote."""
    history: History | None
    """None where others than moderators may read along, or the member was forgotten."""


async def open_dossier(
    database: Database, ask_id: int, *, now: datetime, with_history: bool
) -> Dossier:
    """Look everything up. Raises AskNotFound."""
    asked = await database.read(asks.get, ask_id)
    is_known = asked.member_id > 0
    return Dossier(
        ask=asked,
        job=await database.read(jobs.get, asked.job_id) if asked.job_id else None,
        reason=await reason_of(database, asked),
        history=await _history(database, asked, now) if with_history and is_known else None,
    )


async def reason_of(database: Database, asked: Ask) -> str | None:
    """What the moderator who answered wrote."""
    if asked.act is None:
        return None
    found = await database.read(acts.get, asked.guild_id, asked.act)
    return found.reason if found else None


async def _history(database: Database, asked: Ask, now: datetime) -> History:
    guild_id, member_id = asked.guild_id, asked.member_id
    account = await database.run(ledger.account, guild_id, member_id, now=now)
    recent = await database.read(jobs.of_member, guild_id, member_id, limit=SHOWN + 1)
    done = await database.read(
        acts.history, guild_id, skip=0, limit=ACTS_LOOKED_AT, member_id=member_id
    )
    before = await database.read(asks.of_member, guild_id, member_id, limit=SHOWN + 1)
    # What an answer has changed since is news of its own, and not what came before.
    given = (act for act in done if act.kind in MOVES_CREDITS and act.at <= asked.created_at)
    return History(
        account=account,
        jobs=tuple(job for job in recent if job.id != asked.job_id)[:SHOWN],
        given=tuple(given)[:SHOWN],
        asks=tuple(ask for ask in before if ask.id < asked.id)[:SHOWN],
        strikes=tuple(await database.read(strikes.of_member, guild_id, member_id)),
    )
