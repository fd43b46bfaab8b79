"""The reconciliation for machines: whole credits and whole micro-dollars."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from dataclasses import asdict
from typing import Any

from bot.owner.asking import NoAnswer
from bot.owner.bills import Bill, Reconciliation, Sums, total

_KEY = ("day", "provider", "model")
_SUMS = tuple(Sums.__dataclass_fields__)
_COLUMNS = (*_KEY, *_SUMS, "difference_microdollars", "jobs_to_review", "told_microdollars")


def as_csv(found: Reconciliation) -> str:
    """A line for each day, provider and model.

    `told_microdollars`, what the provider itself says, is empty where it does not say. Where it
    tells only of all models together, that is a line without a model.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    rows = [row for bill in found.bills for row in _rows(bill)]
    writer.writerows(sorted(rows, key=lambda row: [row[name] for name in _KEY]))
    return text.getvalue().rstrip("\n")


def as_json(found: Reconciliation) -> str:
    """All of it, as one object."""
    whole = {
        "since": found.days.first,
        "until": found.days.last,
        "credit_microdollars": found.credit_microdollars,
        "providers": [_object(bill) for bill in found.bills],
    }
    return json.dumps(whole, indent=2, default=str)


def _rows(bill: Bill) -> list[dict[str, Any]]:
    told = (
        {(row.day, row.model): row.told_microdollars for row in bill.told}
        if isinstance(bill.told, tuple)
        else {}
    )
    sums = {(line.day, line.model): line.sums for line in bill.lines}
    reviews = Counter((review.ended_at.date(), review.model) for review in bill.reviews)
    return [
        {
            "day": day.isoformat(),
            "provider": bill.provider,
            "model": model,
            **_numbers(sums.get((day, model), total([]))),
            "jobs_to_review": reviews[day, model],
            "told_microdollars": told.get((day, model)),
        }
        for day, model in sums.keys() | told.keys()
    ]


def _object(bill: Bill) -> dict[str, Any]:
    return {
        "provider": bill.provider,
        "days": [
            {"day": line.day, "model": line.model, **_numbers(line.sums)} for line in bill.lines
        ],
        "total": _numbers(bill.total),
        "to_review": [asdict(review) for review in bill.reviews],
        "told": _silence(bill.told)
        if not isinstance(bill.told, tuple)
        else [{**asdict(row), "differs": row.differs} for row in bill.told],
        "account": _silence(bill.account)
        if bill.account is None or isinstance(bill.account, NoAnswer)
        else asdict(bill.account),
    }


def _numbers(sums: Sums) -> dict[str, int]:
    return {**asdict(sums), "difference_microdollars": sums.difference_microdollars}


def _silence(answer: NoAnswer | None) -> dict[str, str] | None:
    return None if answer is None else {"not_told": answer.why}
