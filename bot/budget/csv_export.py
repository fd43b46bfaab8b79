"""The entries of a month as a table that any spreadsheet opens.

A quote stands with its hold and a bill with its settlement alone, so that each column can be added
up. What people wrote never begins as a formula does.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from storage.exports import Line
from storage.schema import AccountKind, Phase

Cell: TypeAlias = str | int | None

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for a formula, or strips before it looks; the wide ones too."""
# Without it some spreadsheets take UTF-8 for an older encoding.
MARK = "\ufeff"
COLUMNS = (
    "time_utc",
    "counts_for_day",
    "member",
    "account",
    "number",
    "phase",
    "posted_change",
    "held_change",
    "posted_after",
    "held_after",
    "actor",
    "reason",
    "job",
    "source",
    "ending",
    "provider",
    "model",
    "price_percent",
    "quote_credits",
    "billed_microdollars",
    "digest",
)


def header() -> bytes:
    """The first line."""
    return f"{MARK}{','.join(COLUMNS)}\r\n".encode()


def table(lines: Iterable[Line]) -> bytes:
    """Further lines, one an entry."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writerows({name: _safe(cell) for name, cell in _cells(line).items()} for line in lines)
    return text.getvalue().encode()


def _cells(line: Line) -> Mapping[str, Cell]:
    is_hold, is_settlement = line.phase is Phase.HOLD, line.phase is Phase.SETTLE
    return {
        "time_utc": line.at.isoformat(),
        "counts_for_day": line.day,
        "member": _whose(line.kind, line.member_id, line.account_id),
        "account": line.account_id,
        "number": line.number,
        "phase": line.phase.value,
        "posted_change": line.posted_change,
        "held_change": line.held_change,
        "posted_after": line.posted_after,
        "held_after": line.held_after,
        "actor": _actor(line),
        "reason": line.reason,
        "job": line.job_id,
        "source": line.source,
        "ending": line.ending.value if line.ending else None,
        "provider": line.provider,
        "model": line.model,
        "price_percent": line.price_percent,
        "quote_credits": line.price_credits if is_hold else None,
        "billed_microdollars": line.billed_microdollars if is_settlement else None,
        "digest": line.digest.hex(),
    }


def _actor(line: Line) -> str | None:
    if line.actor_account_id is None or line.actor_id is None:
        return None
    return _whose(AccountKind.MEMBER, line.actor_id, line.actor_account_id)


def _whose(kind: AccountKind, member_id: int, account_id: int) -> str:
    """A member's id; of the house and of whoever was forgotten there is none."""
    if kind is AccountKind.HOUSE:
        return "house"
    return str(member_id) if member_id > 0 else f"account {account_id}"


def _safe(cell: Cell) -> Cell:
    # Our own numbers stay numbers, also below zero.
    if isinstance(cell, str) and cell.lstrip(" ").startswith(FORMULA_STARTS):
        return f"'{cell}"
    return cell
