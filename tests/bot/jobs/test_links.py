"""A link opens one clip for some days, and nobody else can make one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.jobs.links import LASTS, ClipLinks
from bot.memory import Memory
from storage.database import Database
from tests.bot.clock import StillClock

NOW = StillClock()()
HOME = "https://bot.example.com/"
LINKS = ClipLinks(HOME, "a secret")


def parts(url: str) -> tuple[str, str, str]:
    """Job, moment and token."""
    job_id, until, token = url.removeprefix("https://bot.example.com/clips/").split("/")
    return job_id, until, token


def test_a_link_is_good_until_it_says_it_is_over() -> None:
    link = LINKS.link("1a2b", now=NOW)

    assert LASTS - timedelta(hours=1) <= link.until - NOW <= LASTS
    assert LINKS.is_good(*parts(link.url), now=NOW)
    assert LINKS.is_good(*parts(link.url), now=link.until - timedelta(seconds=1))
    assert not LINKS.is_good(*parts(link.url), now=link.until)


def test_a_link_of_another_clip_or_a_later_end_is_not_genuine() -> None:
    job_id, until, token = parts(LINKS.link("1a2b", now=NOW).url)

    assert not LINKS.is_good("1a2c", until, token, now=NOW)
    assert not LINKS.is_good(job_id, str(int(until) + 1), token, now=NOW)
    assert not LINKS.is_good(job_id, f"0{until}", token, now=NOW)
    assert not ClipLinks(HOME, "another").is_good(job_id, until, token, now=NOW)


@pytest.mark.parametrize("token", ["", "0" * 32, "é", "\udcff" * 32])
@pytest.mark.parametrize("until", ["9999999999", "", "soon", "-1", "\udcff"])
def test_nonsense_is_no_link(until: str, token: str) -> None:
    assert not LINKS.is_good("1a2b", until, token, now=NOW)


async def test_links_outlive_a_restart(database: Database) -> None:
    before = await ClipLinks.load(HOME, Memory(database))

    after = await ClipLinks.load(HOME, Memory(database))

    assert after.is_good(*parts(before.link("1a2b", now=NOW).url), now=NOW)


def test_a_link_tells_a_log_nothing() -> None:
    link = LINKS.link("1a2b", now=NOW)

    assert parts(link.url)[2] not in repr(link)
