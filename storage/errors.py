"""Every error storage raises on purpose.

StorageError
├── BadDatabaseUrl       the address names no database we can open
├── DatabaseInUse        another process has this database open
├── DatabaseClosed       asked after the database was closed
├── NotWritten           the transaction could not be committed: nothing was written
├── NotRead              the disk or a lock stands before what is stored, for now
├── NotEnoughCredits     the account cannot pay this price
├── GivingCeilingReached a moderator may give no more this month
├── PlanOutdated         a member has less than the plan takes
├── PlanGone             nothing that was shown here to this moderator waits under this id
├── AskNotFound          nobody asked this
├── AskedAlready         the member's last question is still open
├── TooManyWords         a guild forbids as many words as it may
├── AlreadyReported      the member has reported this clip before
├── NothingToReport      there is no such clip
├── CannotUndo           in storage.undoing: the act stays
├── JobNotFound          no job has this id
├── DraftGone            no draft has this id any more
├── DraftUsed            the draft is a job already
├── StaleFence           the row moved on: somebody else wrote it since it was read
├── BudgetError          the guild or the owner lets this not be spent
│   ├── CapReached         too little is left of a cap
│   ├── SpendingPaused     nothing may be ordered in this guild for now
│   ├── ChannelNotAllowed  nor in this channel
│   ├── OwnerStop          the owner's month is used up
│   ├── MemberBlocked      this member may order nothing for now
│   ├── ProviderBraked     nor anybody in this guild at this provider
│   └── CapsUnreadable     what may be spent cannot be found out
└── BooksDoNotBalance    the ledger contradicts itself
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.books import Discrepancy
    from storage.cap_schema import CapScope
    from storage.periods import Period
    from storage.shield_schema import BlockKind


class StorageError(Exception):
    """Anything storage may raise on purpose."""


class BadDatabaseUrl(StorageError):
    """The address names no database we can open; its text is a plain sentence."""


class DatabaseInUse(StorageError):
    """Another process has this database open."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"another process is using {path}")
        self.path = path


class DatabaseClosed(StorageError):
    """The database was closed before this was asked."""


class NotWritten(StorageError):
    """The disk did not take it; nothing was written, and the call may be repeated."""


class NotRead(StorageError):
    """The disk did not give it, or somebody locks it; the call may be repeated."""


class NotEnoughCredits(StorageError):
    """The account cannot pay this price."""

    def __init__(self, price: int, available: int) -> None:
        super().__init__(f"the price is {price} credits, {available} are available")
        self.price = price
        self.available = available

    @property
    def missing(self) -> int:
        """How many credits the account lacks."""
        return self.price - self.available


class GivingCeilingReached(StorageError):
    """A moderator may give no more until the guild's next month."""

    def __init__(self, *, ceiling: int, given: int, asked: int, resets_at: datetime | None) -> None:
        super().__init__(f"{given} of {ceiling} credits are given, and {asked} more are asked for")
        self.ceiling = ceiling
        self.given = given
        self.asked = asked
        self.resets_at = resets_at


class PlanOutdated(StorageError):
    """A member has less by now than the plan takes; nothing was done."""

    def __init__(self, member_id: int) -> None:
        super().__init__("a member of the plan has less by now")
        self.member_id = member_id


class PlanGone(StorageError):
    """The moderator was shown no such plan here, or too long ago; nothing was done."""


class AskNotFound(StorageError):
    """Nobody asked this."""


class AskedAlready(StorageError):
    """The member's last question to the moderators is still open."""

    def __init__(self, ask_id: int) -> None:
        super().__init__("the member has asked already")
        self.ask_id = ask_id


class TooManyWords(StorageError):
    """A guild forbids as many words as it may."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"{limit} words are forbidden already")
        self.limit = limit


class AlreadyReported(StorageError):
    """The member has reported this clip before."""


class NothingToReport(StorageError):
    """No clip of this guild that is posted has this job's id, or it was removed."""


class JobNotFound(StorageError):
    """No job has this id."""

    def __init__(self, job_id: str) -> None:
        super().__init__(f"no job has the id {job_id}")
        self.job_id = job_id


class DraftGone(StorageError):
    """The draft was given up, or its time is over."""


class DraftUsed(StorageError):
    """The draft has become a job."""

    def __init__(self, job_id: str) -> None:
        super().__init__(f"the draft is the job {job_id}")
        self.job_id = job_id


class StaleFence(StorageError):
    """The row moved on: somebody else wrote it since it was read."""

    def __init__(self, job_id: str) -> None:
        super().__init__(f"job {job_id} moved on since it was read")
        self.job_id = job_id


class BooksDoNotBalance(StorageError):
    """The ledger contradicts itself."""

    def __init__(self, discrepancies: Sequence[Discrepancy]) -> None:
        super().__init__("; ".join(str(discrepancy) for discrepancy in discrepancies))
        self.discrepancies = tuple(discrepancies)


class BudgetError(StorageError):
    """The guild or the owner lets this not be spent; nothing was set aside."""


class CapReached(BudgetError):
    """Too little is left of a cap for this price."""

    def __init__(
        self,
        scope: CapScope,
        subject: str,
        period: Period,
        *,
        credits: int,
        left: int,
        price: int,
        resets_at: datetime | None,
    ) -> None:
        super().__init__(f"{left} of {credits} credits are left of the {period} of {scope}")
        self.scope = scope
        self.subject = subject
        self.period = period
        self.credits = credits
        self.left = left
        self.price = price
        self.resets_at = resets_at


class SpendingPaused(BudgetError):
    """The guild's moderators have paused all spending."""


class ChannelNotAllowed(BudgetError):
    """The guild lets jobs be ordered in other channels only."""

    def __init__(self, channels: frozenset[int]) -> None:
        super().__init__(f"jobs are ordered in {sorted(channels)}")
        self.channels = channels


class OwnerStop(BudgetError):
    """What the owner spends in a month, over all guilds, is used up."""

    def __init__(self, resets_at: datetime) -> None:
        super().__init__(f"the owner's month is used up until {resets_at}")
        self.resets_at = resets_at


class MemberBlocked(BudgetError):
    """This member may order nothing, for now or until a moderator lifts it."""

    def __init__(self, kind: BlockKind, until: datetime | None) -> None:
        super().__init__(f"{kind} until {until or 'it is lifted'}")
        self.kind = kind
        self.until = until


class ProviderBraked(BudgetError):
    """Too much was refused in this guild lately: nothing goes to this provider for a while."""

    def __init__(self, provider: str, until: datetime) -> None:
        super().__init__(f"nothing goes to {provider} until {until}")
        self.provider = provider
        self.until = until


class CapsUnreadable(BudgetError):
    """What may be spent cannot be found out, so nothing may."""
