"""Logs are for operators: readable or JSON, and never with what a member wrote."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot.logs import configure_logs, get_logger


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Give the other tests their logs back."""
    structlog_before, root = structlog.get_config(), logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.configure(**structlog_before)
    root.handlers[:] = handlers
    root.setLevel(level)


def break_with(prompt: str, token: str) -> None:
    """Fail while holding a prompt and a token."""
    raise RuntimeError("a bug")


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_a_traceback_shows_no_prompt_and_no_token(log_format: str) -> None:
    stream = io.StringIO()
    configure_logs(level="INFO", log_format=log_format, stream=stream)
    # Spelled backwards, so that the source line of a traceback does not show them either.
    prompt, token = "hsiw terces"[::-1], "yek terces"[::-1]

    try:
        break_with(prompt, token)
    except RuntimeError:
        get_logger("test").exception("step failed", job="3f")

    said = stream.getvalue()
    assert "RuntimeError: a bug" in said
    assert "3f" in said
    assert "secret" not in said


def test_a_line_of_json_is_one_event() -> None:
    stream = io.StringIO()
    configure_logs(level="INFO", log_format="auto", stream=stream)

    get_logger("test").info("step taken", job="3f")
    logging.getLogger("discord").warning("odd")
    logging.getLogger("discord").info("chatter")

    events = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [event["event"] for event in events] == ["step taken", "odd"]
    assert (events[0]["job"], events[0]["level"]) == ("3f", "info")


def test_events_below_the_level_are_not_written() -> None:
    stream = io.StringIO()
    configure_logs(level="WARNING", log_format="json", stream=stream)

    get_logger("test").info("step taken")

    assert stream.getvalue() == ""
