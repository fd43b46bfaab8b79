"""The reconciliation for people, at most 80 columns wide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from bot.owner.asking import NoAnswer, Why
from bot.owner.bills import Bill, Compared, Reconciliation, Sums
from bot.owner.money import dollars
from bot.owner.printable import printable, wrapped
from providers.base import Account
from storage.reviews import Review

_WIDTHS = (10, 4, 9, 7, 8, 8, 10, 8, 7)
_HEADER = ("", "jobs", "delivered", "credits", "paid", "billed", "difference", "loss", "no bill")
_TOLD_WIDTHS = (1, 10, 28, 10, 10, 12)
_TOLD_HEADER = ("", "", "", "stored", "says", "difference")
_TO_LEFT = 3
"""So many columns of the provider's own bill are words."""
_LEGEND = (
    "paid: by members, in credits and in dollars. billed: what the provider said as each job "
    "ended. difference: paid less billed. loss: billed, and paid by no member. no bill: jobs "
    "the provider took and never said the price of; they are missing from “billed”."
)
_WHY_ROWS_DIFFER = (
    "A row that differs (!) can mean: a job that began on one day and ended on the next; a job "
    "whose bill was never said, or that is to be reviewed; or somebody else on the same account. "
    "Where all days together agree, it was only midnight."
)


def as_text(found: Reconciliation) -> str:
    """Everything, provider by provider."""
    days = found.days
    lines = [
        f"{days.first} to {days.last} (UTC); 1 credit = {dollars(found.credit_microdollars)}",
        "",
    ]
    for bill in found.bills:
        lines += [*_bill(bill), ""]
    if any(bill.lines for bill in found.bills):
        return "\n".join([*lines, *wrapped(_LEGEND)])
    return "\n".join([*lines, "No job ended on these days."])


def _bill(bill: Bill) -> Iterator[str]:
    yield printable(bill.provider).upper()
    if bill.lines:
        yield _row(_HEADER, _WIDTHS, to_left=1)
    for model, lines in groupby(bill.lines, key=lambda line: line.model):
        yield printable(model)
        for line in lines:
            yield _row((str(line.day), *_cells(line.sums)), _WIDTHS, to_left=1)
    if bill.lines:
        yield _row(("total", *_cells(bill.total)), _WIDTHS, to_left=1)
    yield from _reviews(bill.reviews)
    yield from _told(bill)
    yield from _balance(bill)


def _cells(sums: Sums) -> tuple[str, ...]:
    return (
        str(sums.jobs),
        str(sums.delivered),
        str(sums.paid_credits),
        dollars(sums.paid_microdollars),
        dollars(sums.billed_microdollars),
        dollars(sums.difference_microdollars),
        dollars(sums.house_loss_microdollars),
        str(sums.unbilled_jobs),
    )


def _reviews(reviews: Sequence[Review]) -> Iterator[str]:
    if not reviews:
        return
    yield ""
    yield from wrapped(
        f"Jobs to be reviewed: {len(reviews)}. Nobody could find out whether the provider took and "
        "billed what they asked for; look for it in the provider's own records."
    )
    for one in reviews:
        moment = f"{one.ended_at:%Y-%m-%d %H:%M}"
        yield printable(f"  {one.job_id}  {moment}  {one.model}, quote {one.price_credits}")


def _told(bill: Bill) -> Iterator[str]:
    name = bill.provider
    yield ""
    match bill.told:
        case None:
            yield from wrapped(f"There is no provider {name} here any more to be asked.")
        case NoAnswer(why=Why.CANNOT_TELL):
            yield from wrapped(f"{name} does not tell what it billed day by day.")
        case NoAnswer():
            yield from wrapped(f"What {name} itself says is not known: {_reason(bill.told)}.")
        case ():
            yield from wrapped(f"{name} says that it billed nothing on these days.")
        case rows:
            yield f"What {name} itself says that it billed:"
            yield _row(_TOLD_HEADER, _TOLD_WIDTHS, to_left=_TO_LEFT)
            for row in rows:
                yield _compared(row)
            stored = sum(row.stored_microdollars for row in rows)
            told = sum(row.told_microdollars for row in rows)
            yield _amounts(("", "total", ""), stored, told)
            if any(row.differs for row in rows):
                yield from wrapped(_WHY_ROWS_DIFFER)


def _compared(row: Compared) -> str:
    words = ("!" if row.differs else "", str(row.day), printable(row.model or "all models"))
    return _amounts(words, row.stored_microdollars, row.told_microdollars)


def _amounts(words: tuple[str, str, str], stored: int, told: int) -> str:
    amounts = (dollars(stored), dollars(told), dollars(told - stored))
    return _row((*words, *amounts), _TOLD_WIDTHS, to_left=_TO_LEFT)


def _balance(bill: Bill) -> Iterator[str]:
    match bill.account:
        case Account():
            yield from wrapped(f"Its balance now: {bill.account.balance}.")
        case NoAnswer() if isinstance(bill.told, tuple):
            yield from wrapped(f"Its balance is not known: {_reason(bill.account)}.")
        case _:
            pass


def _reason(silence: NoAnswer) -> str:
    words = {
        Why.NO_KEY: f"its key is not set ({silence.detail})",
        Why.BAD_SETTINGS: f"its settings are wrong ({silence.detail})",
        Why.KEY_REFUSED: "it does not accept the key",
        Why.CANNOT_TELL: "it does not tell",
        Why.TOO_SLOW: "it did not answer in time",
        Why.UNREACHABLE: f"it gave no answer that can be used ({silence.detail})",
        Why.BROKE: f"asking failed with {silence.detail}",
    }
    return f"{words[silence.why]}; python -m bot doctor says what to do"


def _row(cells: Sequence[str], widths: Sequence[int], *, to_left: int) -> str:
    placed = [
        cell.ljust(width) if number < to_left else cell.rjust(width)
        for number, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return " ".join(placed).rstrip()
