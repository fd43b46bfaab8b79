"""The command line: run, demo, playground, doctor, reconcile, audit, backup and restore."""

from __future__ import annotations

import argparse
import asyncio
import gc
import io
import sys
from collections.abc import Callable, Coroutine
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
    _print_anywhere()
    asked = _parser().parse_args(arguments)
    commands: dict[str, Callable[[argparse.Namespace], int]] = {
        "run": _run,
        "demo": _demo,
        "playground": _playground,
        "doctor": _doctor,
        "reconcile": _reconcile,
        "audit": _audit,
        "backup": _backup,
        "restore": _restore,
    }
    try:
        return commands[asked.command](asked)
    except (CannotStart, StorageError, PlaygroundError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


# Each command imports what it runs: it starts sooner, and is smaller, without the others.


def _run(_: argparse.Namespace) -> int:
    # What is imported is no garbage, and looking for some takes a fifth of the start.
    gc.disable()
    from bot.app import run

    gc.enable()
    settings = load_settings()
    configure_logs(level=settings.log_level, log_format=settings.log_format)
    _run_async(run(settings))
    return 0


def _demo(asked: argparse.Namespace) -> int:
    from bot.playground.demo import DemoOrder, run_demo

    order = DemoOrder(asked.image, asked.prompt, asked.model, asked.seconds)
    _run_async(run_demo(order, save_to=asked.save))
    return 0


def _playground(asked: argparse.Namespace) -> int:
    if asked.webhooks and asked.providers != "fake":
        raise CannotStart("--webhooks needs --providers fake: nobody else could call this machine.")
    from bot.playground.serve import serve_playground

    serving = serve_playground(
        port=asked.port,
        with_fakes=asked.providers == "fake",
        with_keys=asked.providers == "real",
        with_webhooks=asked.webhooks,
    )
    _run_async(serving)
    return 0


def _doctor(asked: argparse.Namespace) -> int:
    from bot.owner import checkup
    from bot.owner.doctor import examine
    from providers import load_providers

    found = _run_async(examine(load_providers()))
    if asked.json:
        print(checkup.as_json(found))
    else:
        print(checkup.as_text(found, coloured=sys.stdout.isatty()))
    return 0 if found.is_healthy else 1


def _reconcile(asked: argparse.Namespace) -> int:
    from bot.owner import bills_data, bills_text
    from bot.owner.reconcile import chosen_days, reconcile
    from providers import load_providers

    days = chosen_days(asked.since, asked.until, today=utc_now().date())
    found = _run_async(reconcile(load_settings(), load_providers(), days))
    if asked.json:
        print(bills_data.as_json(found))
    elif asked.csv:
        print(bills_data.as_csv(found))
    else:
        print(bills_text.as_text(found))
    return 0


def _audit(_: argparse.Namespace) -> int:
    from bot.owner.audit import as_text, examine

    database, found = examine(load_settings())
    print(as_text(database, found))
    return 1 if found.discrepancies else 0


def _backup(asked: argparse.Namespace) -> int:
    from bot.owner.backup import back_up

    print(back_up(load_settings(), asked.file, force=asked.force))
    return 0


def _restore(asked: argparse.Namespace) -> int:
    from bot.owner.backup import restore

    print(restore(load_settings(), asked.file, force=asked.force))
    return 0


def _print_anywhere() -> None:
    """Put a question mark where a terminal has not the letter, and go on."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


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
    commands.add_parser("audit", help="check the books, also while the bot runs")
    _add_backups(commands)
    return parser


def _add_backups(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    backup = commands.add_parser(
        "backup", help="copy the database into one file, also while the bot runs"
    )
    backup.add_argument("file", type=Path, metavar="FILE", help="where the copy goes")
    backup.add_argument("--force", action="store_true", help="write over a file that is there")
    restore = commands.add_parser("restore", help="put a copy in the place of the database")
    restore.add_argument("file", type=Path, metavar="FILE", help="a copy that `backup` wrote")
    restore.add_argument(
        "--force", action="store_true", help="replace the database that is there, and keep it"
    )


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
