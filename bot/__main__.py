"""The command line: `python -m bot run | demo | playground`."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from bot.logs import configure_logs
from bot.playground.refusals import PlaygroundError
from bot.settings import CannotStart, load_settings
from storage.errors import StorageError

SAMPLE = Path(__file__).parent / "playground" / "sample.jpg"
SAMPLE_PROMPT = "slow dolly in, drifting embers"


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

    _run_async(serve_playground(port=asked.port))


def _run_async(work: Coroutine[Any, Any, None]) -> None:
    """Run on uvloop where it is installed: first answers come several times sooner under load."""
    try:
        import uvloop
    except ImportError:
        asyncio.run(work)
    else:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(work)


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
    playground.add_argument("--port", type=int, default=8080, help="on 127.0.0.1")
    return parser


if __name__ == "__main__":
    sys.exit(main())
