"""Runs the benchmarks: `python -m tests.benchmarks [NAME ...]`.

Every module of this folder with a `measure` is one. A run of all of them writes docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import inspect
import pkgutil
import sys
from collections.abc import Awaitable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType

import tests.benchmarks
from tests.benchmarks.measurement import Measurement
from tests.benchmarks.page import page, table

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"


def main(
    arguments: Sequence[str] | None = None,
    *,
    package: ModuleType = tests.benchmarks,
    page_path: Path = PAGE,
) -> int:
    """Measure what is asked for, print it, and write the page if that was everything."""
    benchmarks = find_benchmarks(package)
    parser = _parser(benchmarks)
    asked = parser.parse_args(arguments)
    names = asked.names or sorted(benchmarks)
    if unknown := set(names) - set(benchmarks):
        parser.error(f"there is no benchmark called {', '.join(sorted(unknown))}")
    measured: dict[ModuleType, list[Measurement]] = {}
    for name in names:
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        measured[benchmarks[name]] = run(benchmarks[name])
    print(table([each for of_one in measured.values() for each in of_one]))
    if not asked.names:
        page_path.write_text(page(measured, on=asked.date))
    return 0


def find_benchmarks(package: ModuleType) -> dict[str, ModuleType]:
    """Every module of a package that can measure, by its name."""
    names = [module.name for module in pkgutil.iter_modules(package.__path__)]
    modules = {
        name: importlib.import_module(f"{package.__name__}.{name}")
        for name in names
        if not name.startswith(("test_", "__"))
    }
    return {name: module for name, module in modules.items() if hasattr(module, "measure")}


def run(benchmark: ModuleType) -> list[Measurement]:
    """Take the measurements of one benchmark, whose `measure` may be a coroutine function."""
    measured: list[Measurement] | Awaitable[list[Measurement]] = benchmark.measure()
    return asyncio.run(_finish(measured)) if inspect.isawaitable(measured) else list(measured)


async def _finish(measuring: Awaitable[list[Measurement]]) -> list[Measurement]:
    return await measuring


def _parser(benchmarks: dict[str, ModuleType]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"only these, of: {', '.join(sorted(benchmarks))}"
    )
    parser.add_argument(
        "--date",
        type=date.fromisoformat,
        default=datetime.now(UTC).date(),
        help="the day to write on the page",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
