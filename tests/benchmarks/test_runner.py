"""The runner finds benchmarks, prints what they measured, and writes the page of a full run."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.benchmarks.__main__ import main
from tests.benchmarks.aims import AIMS, Aim
from tests.benchmarks.measurement import Measurement

SPEED = '''
"""How fast it goes.

It goes round.
"""
from tests.benchmarks.measurement import Measurement

def measure():
    return [Measurement("speed", 12.345, "km/h", "a snail", 0.05)]
'''
SIZE = '''
"""How large it is."""
from tests.benchmarks.measurement import Measurement

async def measure():
    return [Measurement("size", 1234, "MiB", "a | pea", 2000)]
'''


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    folder = tmp_path / "some_benchmarks"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "speed.py").write_text(SPEED)
    (folder / "size.py").write_text(SIZE)
    (folder / "scales.py").write_text('"""Nothing to measure here."""')
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module(folder.name)
    for name in [name for name in sys.modules if name.startswith(folder.name)]:
        del sys.modules[name]


def test_a_full_run_prints_a_table_and_writes_the_page(
    package: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.md"

    status = main(["--date", "2026-01-31"], package=package, page_path=page)

    assert status == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[1].split() == ["size", "1,234", "MiB", "a", "|", "pea", "2,000", "0.62"]
    assert printed[2].split() == ["speed", "12.3", "km/h", "a", "snail", "0.05", "246.90"]
    written = page.read_text()
    assert "Measured on 2026-01-31" in written
    assert "| size | 1,234 | MiB | a \\| pea | 2,000 | 0.62 |" in written
    assert "| speed | 12.3 | km/h | a snail | 0.05 | 246.90 |" in written
    assert "**Speed.** How fast it goes. It goes round." in written


def test_a_run_of_some_leaves_the_page_alone(
    package: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.md"

    main(["speed"], package=package, page_path=page)

    assert "size" not in capsys.readouterr().out
    assert not page.exists()


def test_an_unknown_name_is_refused_before_anything_is_measured(
    package: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["weight", "speed"], package=package)

    assert "there is no benchmark called weight" in capsys.readouterr().err


def test_an_aim_is_met_up_to_its_bound() -> None:
    on_it = Measurement("wait", 3, "s", "the best", 2)
    over_it = Measurement("wait", 3.1, "s", "the best", 2)
    aim = Aim("wait", "the best", at_most=1.5)
    opposite = Aim("wait", "the best", at_least=1.51)

    assert (aim.is_met(on_it), aim.is_met(over_it)) == (True, False)
    assert (opposite.is_met(on_it), opposite.is_met(over_it)) == (False, True)


def test_an_aim_speaks_of_one_measurement_against_one_baseline() -> None:
    aim = AIMS[0]
    wanted = Measurement(aim.measurement, 1, "ms", aim.baseline, 1)
    other = Measurement(aim.measurement, 1, "ms", "another", 1)

    assert aim.find([other, wanted]) is wanted
    assert aim.find([other]) is None
