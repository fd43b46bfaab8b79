"""The command line: `python -m bot run | demo | playground | doctor | reconcile`."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Coroutine
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from bot.clock import utc_now
from bot.logs import configure_logs
from bot.playground.refusals import PlaygroundError
from bot.settings import CannotStart, load_settings
from storage.errors import StorageError

SAMPLE = Path(__file__).parent / "playground" / "sample.jpg"
SAMPLE_PROMPT = "slow dolly in, drifting embers"

T = TypeVar("T")


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line says; returns the exit status."""
    asked = _parser().parse_args(arguments)
    try:
        match asked.command:
            case "run":
                _run()
            case "demo":
                _demo(asked)
            case "playground":
                _playground(asked)
            case "doctor":
                return _doctor(asked)
            case "reconcile":
                _reconcile(asked)
    except (CannotStart, StorageError, PlaygroundError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


# Each command imports what it runs: it starts sooner, and is smaller, without the others.


def _run() -> None:
    from bot.app import run

    settings = load_settings()
    configure_logs(level=settings.log_level, log_format=settings.log_format)
    _run_async(run(settings))


def _demo(asked: argparse.Namespace) -> None:
    from bot.playground.demo import DemoOrder, run_demo

    order = DemoOrder(asked.image, asked.prompt, asked.model, asked.seconds)
    _run_async(run_demo(order, save_to=asked.save))


def _playground(asked: argparse.Namespace) -> None:
    from bot.playground.serve import serve_playground

    serving = serve_playground(
        port=asked.port,
        with_fakes=asked.providers == "fake",
        with_keys=asked.providers == "real",
        with_webhooks=asked.webhooks,
    )
    _run_async(serving)


def _doctor(asked: argparse.Namespace) -> int:
    from bot.owner import checkup
    from bot.owner.doctor import examine
    from providers import load_providers

    found = _run_async(examine(load_providers()))
    if asked.json:
        _print(checkup.as_json(found))
    else:
        _print(checkup.as_text(found, coloured=sys.stdout.isatty()))
    return 0 if found.is_healthy else 1


def _reconcile(asked: argparse.Namespace) -> None:
    from bot.owner import bills_data, bills_text
    from bot.owner.reconcile import chosen_days, reconcile
    from providers import load_providers

    days = chosen_days(asked.since, asked.until, today=utc_now().date())
    found = _run_async(reconcile(load_settings(), load_providers(), days))
    if asked.json:
        _print(bills_data.as_json(found))
    elif asked.csv:
        _print(bills_data.as_csv(found))
    else:
        _print(bills_text.as_text(found))


def _print(text: str) -> None:
    """Print what not every terminal has the letters for."""
    encoding = sys.stdout.encoding
    print(text.encode(encoding, "replace").decode(encoding))


def _run_async(work: Coroutine[Any, Any, T]) -> T:
    """Run on uvloop where it is installed: first answers come several times sooner under load."""
    try:
        import uvloop
    except ImportError:
        return asyncio.run(work)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="run the bot on Discord")
    demo = commands.add_parser("demo", help="make one clip end to end, without a key or an account")
    demo.add_argument("--image", type=Path, default=SAMPLE, help="the picture (default: a sample)")
    demo.add_argument("--prompt", default=SAMPLE_PROMPT, help="what should move, and how")
    demo.add_argument("--model", help="the model's id (default: the offline animator)")
    demo.add_argument("--seconds", type=int, help="the clip's length")
    demo.add_argument("--save", type=Path, default=Path("demo"), help="where the clip goes")
    playground = commands.add_parser("playground", help="serve a small Discord for your browser")
    _add_playground(playground)
    doctor = commands.add_parser(
        "doctor", help="look at settings, keys, balances, limits and prices, without spending"
    )
    doctor.add_argument("--json", action="store_true", help="for machines")
    _add_reconcile(commands.add_parser("reconcile", help="compare the providers' bills with ours"))
    return parser


def _add_playground(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8080, help="on 127.0.0.1")
    parser.add_argument(
        "--providers",
        choices=["fake", "real"],
        help="beside the offline animator. fake: all of them, as fakes on this machine, where "
        "nothing is spent; try the words forbidden, overload and nocredit in a prompt. "
        "real: those whose keys are in .env, at their real prices",
    )
    parser.add_argument(
        "--webhooks", action="store_true", help="let the fakes call the bot when a task is over"
    )


def _add_reconcile(parser: argparse.ArgumentParser) -> None:
    for name, meaning in (
        ("--since", "the first day, in UTC (default: 30 days in all)"),
        ("--until", "the last day, in UTC (default: today)"),
    ):
        parser.add_argument(name, type=_day, metavar="YYYY-MM-DD", help=meaning)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="for machines")
    form.add_argument("--csv", action="store_true", help="for a spreadsheet")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is no day like 2026-03-31") from None


if __name__ == "__main__":
    sys.exit(main())
