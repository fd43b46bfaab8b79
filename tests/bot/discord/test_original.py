"""What the card says of a clip that was made smaller, and how the file itself is had."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import discord
import pytest

from bot.discord.views.clip import smaller_words
from bot.discord.views.jobs import HAND_OUT_ATTEMPTS
from bot.jobs.links import LASTS, ClipLinks
from bot.media.fitting import Fitted
from storage import jobs
from storage.jobs import JobState
from tests.bot.conftest import make_clip
from tests.bot.discord.club import Club, texts
from tests.bot.discord.lists import bring_to, buttons, delivered, list_of, shown, viewer

HOME = "https://bot.example.com"
LINKS = ClipLinks(HOME, "a secret")
GONE = "That clip is no longer kept."


@pytest.fixture
async def public(club: Club) -> Club:
    """A bot with a public address."""
    club.workshop.bench = replace(club.workshop.bench, links=LINKS)
    await club.restart()
    return club


@pytest.fixture(scope="session")
def dense_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second that takes more bits to look like itself than a small file has."""
    source = "testsrc2=s=640x360:r=25:d=1"
    return make_clip(tmp_path_factory.mktemp("dense"), source, "-preset", "ultrafast")


def limit(monkeypatch: pytest.MonkeyPatch, size_bytes: int) -> None:
    """Let every server take so little."""
    monkeypatch.setattr(discord.Guild, "filesize_limit", property(lambda _: size_bytes))


def links_in(message: discord.Message) -> list[str]:
    """Where the message's link buttons lead."""
    return list(_links(message.components))


def _links(components: Iterable[object]) -> Iterator[str]:
    for component in components:
        if isinstance(component, discord.Button) and component.url:
            yield component.url
        yield from _links(getattr(component, "children", ()))


async def test_a_clip_posted_as_it_came_has_no_original_to_offer(public: Club) -> None:
    await delivered(public)

    assert "Original file" not in buttons(public.posts[-1])
    assert "so that it fits" not in texts(public.posts[-1])


async def test_a_smaller_clip_says_so_and_leads_to_the_file_as_it_came(
    public: Club, heavy_clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    public.workshop.provider.clip = heavy_clip
    limit(monkeypatch, 100_000)
    job = await delivered(public)
    assert "-# Compressed here, so that it fits." in texts(public.posts[-1])

    result = await public.other.click(public.posts[-1], label="Original file")

    [link] = links_in(shown(result))
    assert link == LINKS.link(job.id, now=public.workshop.clock()).url
    assert "The file as the model made it" in shown(result).content


async def test_each_press_gives_a_new_link_long_after_the_first_is_over(
    public: Club, heavy_clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    public.workshop.provider.clip = heavy_clip
    limit(monkeypatch, 100_000)
    await delivered(public)
    first = await public.member.click(public.posts[-1], label="Original file")
    public.workshop.clock.advance(LASTS + timedelta(days=1))

    second = await public.member.click(public.posts[-1], label="Original file")

    assert links_in(shown(first)) != links_in(shown(second))


async def test_a_clip_that_was_swept_is_no_longer_offered(
    public: Club, heavy_clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    public.workshop.provider.clip = heavy_clip
    limit(monkeypatch, 100_000)
    job = await delivered(public)
    await public.workshop.files.drop([public.workshop.files.clip(job.clip or "")])

    result = await public.member.click(public.posts[-1], label="Original file")

    assert shown(result).content == GONE


async def test_without_a_public_address_no_original_is_offered(
    club: Club, heavy_clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    club.workshop.provider.clip = heavy_clip
    limit(monkeypatch, 100_000)

    await delivered(club)

    assert "Original file" not in buttons(club.posts[-1])


async def test_a_clip_that_fits_nowhere_is_posted_as_a_link(
    public: Club, dense_clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    public.workshop.provider.clip = dense_clip
    limit(monkeypatch, 14_000)

    job = await delivered(public)

    card = public.posts[-1]
    assert (job.state, job.clip_id, job.paid_credits) == (JobState.DELIVERED, card.id, 3)
    assert card.attachments == []
    assert "It is too large to be posted here as it is meant." in texts(card)
    assert links_in(card)[0].startswith(f"{HOME}/clips/{job.id}/")
    assert {"Original file", "New prompt …"} <= set(buttons(card))
    assert [member.id for member in card.mentions] == [public.member.id]


async def test_a_link_that_was_posted_is_not_posted_again(
    public: Club, dense_clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    public.workshop.provider.clip = dense_clip
    limit(monkeypatch, 14_000)
    job = await bring_to(public, JobState.FETCHED)
    link = LINKS.link(job.id, now=public.workshop.clock())
    first = await public.workshop.bench.thread.post_clip(job, link, paid_credits=3)

    await public.restart()
    await public.finish()

    assert (await public.workshop.job(job)).clip_id == first


async def test_a_clip_too_large_to_hand_out_comes_by_link(
    public: Club, dense_clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    public.workshop.provider.clip = dense_clip
    job = await delivered(public)
    # Discord names the limit with each interaction.
    tiny = property(lambda _: 14_000, lambda _, value: None)
    monkeypatch.setattr(discord.Interaction, "filesize_limit", tiny, raising=False)

    result = await public.member.click(await list_of(public), label="Get clip")

    assert links_in(shown(result)) == [LINKS.link(job.id, now=public.workshop.clock()).url]
    assert (await public.account()).available == 97


@pytest.mark.parametrize("is_public", [True, False])
async def test_a_clip_that_discord_refuses_to_hand_out_comes_by_link_or_is_explained(
    club: Club, is_public: bool
) -> None:
    club.workshop.bench = replace(club.workshop.bench, links=LINKS if is_public else None)
    await club.restart()
    await delivered(club)
    listed = await list_of(club)
    club.env.inject_error("PATCH", "/webhooks/*/*/messages/@original", status=413, code=40005)

    result = await club.member.click(listed, label="Get clip")

    said = shown(result)
    assert len(links_in(said)) == is_public
    assert ("too large to send it to you here" in said.content) is not is_public


@pytest.mark.parametrize("refusals", [1, HAND_OUT_ATTEMPTS])
async def test_a_clip_is_handed_out_smaller_where_discord_takes_less_than_it_said(
    club: Club, heavy_clip: Path, refusals: int
) -> None:
    club.workshop.provider.clip = heavy_clip
    await delivered(club)
    listed = await list_of(club)
    club.env.inject_error(
        "PATCH", "/webhooks/*/*/messages/@original", status=413, code=40005, times=refusals
    )

    result = await club.member.click(listed, label="Get clip")

    said = shown(result)
    assert [0 < file.size < 150_000 for file in said.attachments] == [True] * (refusals == 1)
    assert ("too large to send it to you here" in said.content) is (refusals > 1)


async def test_a_forgotten_clip_has_no_link(public: Club) -> None:
    job = await delivered(public)
    now = public.workshop.clock()
    await public.workshop.database.run(jobs.update, job, now=now, due_at=None, clip="gone.mp4")

    found = await public.client.members.original(viewer(public).guild_id, job.id)

    assert found.name == "NOT_KEPT"  # type: ignore[union-attr]  # an enum here


@pytest.mark.parametrize(
    ("side", "is_smaller", "is_poor", "said"),
    [
        (1080, False, False, ""),
        (1080, True, False, "\n-# Compressed here, so that it fits."),
        (540, True, False, "\n-# 540p here, so that it fits."),
        (540, False, False, "\n-# 540p here, so that it plays everywhere."),
        (240, True, True, "\n-# No better version fits here: 240p, and few bits for that."),
    ],
)
def test_the_card_says_in_one_small_line_what_was_given_up(
    side: int, is_smaller: bool, is_poor: bool, said: str
) -> None:
    fitted = Fitted(
        path=Path("a.mp4"),
        is_original=False,
        shorter_side=side,
        own_side=1080,
        is_smaller=is_smaller,
        is_poor=is_poor,
    )

    assert smaller_words(fitted) == said
