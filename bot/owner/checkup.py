"""What a look at the deployment found, and how it is printed."""

from __future__ import annotations

import enum
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field

from bot.owner.printable import printable, wrapped


class Mark(enum.StrEnum):
    """How good a finding is."""

    GOOD = "good"
    NOTE = "note"
    """Neither good nor bad."""
    WARNING = "warning"
    """The bot runs, but the owner should know."""
    BROKEN = "broken"


_SIGN = {Mark.GOOD: "✓", Mark.NOTE: "·", Mark.WARNING: "!", Mark.BROKEN: "✗"}
_COLOUR = {Mark.GOOD: "\033[32m", Mark.WARNING: "\033[33m", Mark.BROKEN: "\033[31m"}
_PLAIN = "\033[0m"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    mark: Mark
    about: str
    """One word that never changes, for machines: "key", "balance", "limits"."""
    text: str
    """What it is and, where it is not well, what to do: plain sentences."""
    facts: Mapping[str, int | str | None] = field(default_factory=dict)
    """The numbers in it, for machines; amounts in micro-dollars."""


@dataclass(frozen=True)
class Section:
    """What was found about one part: the bot itself, or a provider."""

    name: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Checkup:
    """Everything that was found."""

    sections: tuple[Section, ...]
    prices_line: str
    """The line of .env that sets every price we only assume; empty where there is none."""

    def count(self, mark: Mark) -> int:
        """How many findings are of that kind."""
        return sum(found.mark is mark for section in self.sections for found in section.findings)

    @property
    def is_healthy(self) -> bool:
        """Whether nothing is broken. What is not used is not broken."""
        return not self.count(Mark.BROKEN)


def as_json(checkup: Checkup) -> str:
    """The checkup for machines."""
    return json.dumps({"is_healthy": checkup.is_healthy, **asdict(checkup)}, indent=2)


def as_text(checkup: Checkup, *, coloured: bool) -> str:
    """The checkup for people: at most 80 columns, but for the line that is to be copied."""
    lines: list[str] = []
    for section in checkup.sections:
        lines += [printable(section.name)]
        lines += [line for found in section.findings for line in _lines(found, coloured=coloured)]
        lines += [""]
    if checkup.prices_line:
        words = (
            "Correct these prices by your bills, and put the line into .env, in place of PRICES "
            "where it stands there already:"
        )
        lines += ["Prices we assume", *(f"  {line}" for line in wrapped(words, indent=2))]
        lines += ["", printable(checkup.prices_line), ""]
    return "\n".join([*lines, _summary(checkup)])


def _lines(found: Finding, *, coloured: bool) -> Iterator[str]:
    first, *rest = wrapped(found.text, indent=4)
    sign = _SIGN[found.mark]
    if coloured and found.mark in _COLOUR:
        sign = f"{_COLOUR[found.mark]}{sign}{_PLAIN}"
    yield f"  {sign} {first}"
    for line in rest:
        yield f"    {line}"


def _summary(checkup: Checkup) -> str:
    broken, warnings = checkup.count(Mark.BROKEN), checkup.count(Mark.WARNING)
    looks = f"; {warnings} to look at (!)" if warnings else ""
    if not broken:
        return f"Nothing is broken{looks}."
    return f"{broken} {'thing is' if broken == 1 else 'things are'} broken (✗){looks}."
