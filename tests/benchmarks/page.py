"""The page and the table a run ends in."""

from __future__ import annotations

import inspect
import os
import platform
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import date
from types import ModuleType

from tests.benchmarks.aims import AIMS, Aim
from tests.benchmarks.measurement import Measurement

HEADINGS = ("what", "value", "unit", "baseline", "its value", "ratio")
INTRODUCTION = """\
# Benchmarks

Read the **ratios**. Each compares a value with a named baseline that was measured in the same run,
on the same machine, so it says something about any machine; the values themselves do not. Machines
are noisy, so what is timed is measured several times, in turns with its baseline; shown are
medians, of the animator the best round, and of waiting jobs the whole of one long round.
`make bench` measures anew and writes this page.
"""


def table(measured: Sequence[Measurement]) -> str:
    """A table for a terminal."""
    rows = [HEADINGS, *(_cells(each) for each in measured)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def page(measured: Mapping[ModuleType, Sequence[Measurement]], *, on: date) -> str:
    """The whole page, from the measurements of every benchmark."""
    every = [each for of_one in measured.values() for each in of_one]
    parts = [
        INTRODUCTION,
        f"Measured on {on.isoformat()} with {machine()}.\n",
        _markdown(HEADINGS, [_cells(each) for each in every]),
        "## Aims\n",
        _markdown(("what", "baseline", "aim", "measured", ""), [_aim(aim, every) for aim in AIMS]),
        "## What is measured\n",
        *(_paragraph(benchmark) for benchmark in measured),
    ]
    return "\n".join(parts)


def machine() -> str:
    """The machine in general terms."""
    return (
        f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}"
    )


def _cells(measurement: Measurement) -> tuple[str, ...]:
    return (
        measurement.name,
        _number(measurement.value),
        measurement.unit,
        measurement.baseline,
        _number(measurement.baseline_value),
        f"{measurement.ratio:.2f}",
    )


def _number(value: float) -> str:
    """Three significant digits are all a noisy machine can tell."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _aim(aim: Aim, measured: Sequence[Measurement]) -> tuple[str, ...]:
    found = aim.find(measured)
    if found is None:
        return (aim.measurement, aim.baseline, aim.bound, "–", "not measured")
    verdict = "met" if aim.is_met(found) else "**missed**"
    return (aim.measurement, aim.baseline, aim.bound, f"{found.ratio:.2f}", verdict)


def _markdown(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    escaped = ([cell.replace("|", "\\|") for cell in line] for line in lines)
    return "".join(f"| {' | '.join(line)} |\n" for line in escaped)


def _paragraph(benchmark: ModuleType) -> str:
    name = benchmark.__name__.rpartition(".")[2].replace("_", " ")
    first, _, rest = inspect.cleandoc(benchmark.__doc__ or "").partition("\n\n")
    said = " ".join(f"{first} {rest}".split())
    return f"**{name.capitalize()}.** {said}\n"
