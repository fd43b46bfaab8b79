"""The files that come with a command: checked first, capped, downloaded last, and kept."""

from __future__ import annotations

import pytest

from bot import errors
from bot.media import errors as media
from bot.media.sounds import MAX_SOUND_BYTES
from storage.jobs import JobState
from tests.bot.discord.club import IMAGE, Club, texts
from tests.bot.discord.offers import FILM, SINGER, silence
from tests.bot.orders import picture
from tests.scripted import PLAIN

MIB = 2**20
LAST = ("last.png", picture((480, 640)))
SONG = ("song.wav", silence())


@pytest.fixture
async def studio(club: Club) -> Club:
    """A club with models that take more than a picture."""
    await club.offer(PLAIN, FILM, SINGER)
    return club


async def test_a_last_frame_and_a_sound_go_with_the_picture(studio: Club) -> None:
    await studio.animate(model="film-2", last_frame=LAST, audio=SONG)
    await studio.finish()

    (request,) = studio.workshop.provider.requests
    assert request.picture is not None
    assert request.last_frame is not None
    assert request.audio is not None
    assert request.picture.read_bytes() != request.last_frame.read_bytes()
    (job,) = await studio.jobs()
    assert job.state is JobState.DELIVERED
    assert "Film 2 · 5 s · your picture's shape · 720p" in texts(studio.posts[-1])


async def test_again_and_a_new_prompt_use_the_same_files(studio: Club) -> None:
    await studio.animate(model="film-2", last_frame=LAST, audio=SONG, sound=True)
    await studio.finish()
    card = studio.posts[-1]

    await studio.member.click(card, label="Again · 63 credits")
    shown = await studio.member.click(card, label="New prompt …")
    await studio.member.submit_modal(shown, {"prompt": "light snow"})
    await studio.finish()

    assert shown.modal is not None
    assert shown.modal["title"] == "New prompt, same files"
    requests = studio.workshop.provider.requests
    assert len(requests) == 3
    for made in requests:
        assert made.last_frame is not None
        assert made.audio is not None
        assert made.sound


@pytest.mark.parametrize(
    ("options", "error", "sentence"),
    [
        ({"last_frame": ("x.png", b"no")}, media.NotAPicture, "not a picture I can read"),
        ({"last_frame": ("x.png", bytes(25 * MIB + 1))}, media.PictureTooHeavy, "over 25 MiB"),
        ({"audio": ("x.mp3", b"no")}, media.NotASound, "Send an MP3, WAV"),
        ({"audio": ("x.mp3", bytes(MAX_SOUND_BYTES + 1))}, media.SoundTooHeavy, "over 25 MiB"),
        ({"audio": ("x.wav", silence(0.3))}, media.SoundTooShort, "at least a second"),
    ],
)
async def test_a_file_that_cannot_be_used(
    studio: Club, options: dict[str, object], error: type[Exception], sentence: str
) -> None:
    result = await studio.animate(model="film-2", **options)

    assert sentence in await studio.assert_refused(result)
    assert isinstance(studio.error(), error)


@pytest.mark.parametrize("breaks", ["last_frame", "audio"])
async def test_a_file_that_cannot_be_fetched(
    studio: Club, monkeypatch: pytest.MonkeyPatch, breaks: str
) -> None:
    fetch = studio.client.http.get_from_cdn

    async def fetch_some(url: str) -> bytes:
        if ("song" if breaks == "audio" else "last") in url:
            raise TimeoutError
        return await fetch(url)

    monkeypatch.setattr(studio.client.http, "get_from_cdn", fetch_some)

    result = await studio.animate(model="film-2", last_frame=LAST, audio=SONG)

    said = await studio.assert_refused(result)
    assert f"your {'audio file' if breaks == 'audio' else 'picture'} from Discord" in said
    expected = errors.AudioUnavailable if breaks == "audio" else errors.PictureUnavailable
    assert isinstance(studio.error(), expected)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"last_frame": LAST}, "Plain takes no last frame. These do: Film 2."),
        ({"audio": SONG}, "Plain takes no audio file. These do: Film 2, Singer."),
        ({"sound": True}, "Plain makes no sound. These do: Film 2, Singer."),
        ({"negative_prompt": "blur"}, "Plain takes no negative prompt. These do: Film 2."),
        ({"resolution": "1080p"}, "Plain leaves no choice of resolution."),
        ({"image": ("big.png", bytes(25 * MIB + 1)), "last_frame": LAST}, "no last frame"),
    ],
)
async def test_what_the_model_lacks_is_refused_before_anything_is_downloaded(
    studio: Club, monkeypatch: pytest.MonkeyPatch, options: dict[str, object], sentence: str
) -> None:
    async def fail(url: str) -> bytes:
        raise AssertionError(f"{url} was downloaded")

    monkeypatch.setattr(studio.client.http, "get_from_cdn", fail)

    result = await studio.animate(**{"model": "plain-1", "image": IMAGE, **options})

    assert sentence in await studio.assert_refused(result)
    assert isinstance(studio.error(), errors.OrderError)
