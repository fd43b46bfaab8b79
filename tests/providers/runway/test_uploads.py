from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from providers.errors import KeyRefused, NotSubmitted, OutOfCredit, RequestRejected
from providers.runway import MAX_DATA_URI_CHARS, RunwayProvider
from tests.fakes.fake_server import Fault
from tests.fakes.runway import FakeRunway
from tests.providers.runway.orders import Files, model, plain

JPEG = b"\xff\xd8\xff"
LARGEST_INSIDE = (MAX_DATA_URI_CHARS - len("data:image/jpeg;base64,")) // 4 * 3
"""Bytes of the largest picture that still fits into a request."""


async def _sent(
    provider: RunwayProvider, fake: FakeRunway, files: Files, model_id: str, **changes: Any
) -> dict[str, Any]:
    await provider.submit(plain(model(provider, model_id), files, **changes), "job-1")
    body: dict[str, Any] = fake.asked[-1].body
    return body


async def test_the_largest_picture_that_fits_is_sent_inside_the_request(
    provider: RunwayProvider, fake: FakeRunway, files: Files, tmp_path: Path
) -> None:
    picture = tmp_path / "large.jpg"
    picture.write_bytes(JPEG + bytes(LARGEST_INSIDE - len(JPEG)))

    body = await _sent(provider, fake, files, "gen4.5", picture=picture)

    assert MAX_DATA_URI_CHARS - 4 < len(body["promptImage"][0]["uri"]) <= MAX_DATA_URI_CHARS
    assert not fake.uploads


async def test_a_larger_picture_is_uploaded_first(
    provider: RunwayProvider, fake: FakeRunway, files: Files, tmp_path: Path
) -> None:
    picture = tmp_path / "large.jpg"
    picture.write_bytes(JPEG + bytes(LARGEST_INSIDE - len(JPEG) + 1))

    body = await _sent(provider, fake, files, "gen4.5", picture=picture)

    ((token, upload),) = fake.uploads.items()
    assert body["promptImage"] == [{"uri": f"runway://{token}", "position": "first"}]
    assert upload.data == picture.read_bytes()
    assert fake.asked[0].body == {"filename": "picture.jpg", "type": "ephemeral"}
    assert "authorization" not in fake.asked[1].headers
    assert [asked.path for asked in fake.asked][2:] == ["/v1/image_to_video"]


async def test_a_large_audio_file_is_uploaded_too(
    provider: RunwayProvider, fake: FakeRunway, files: Files, tmp_path: Path
) -> None:
    audio = tmp_path / "audio.mp3"
    audio.write_bytes(b"ID3\x04" + bytes(LARGEST_INSIDE))

    body = await _sent(provider, fake, files, "wan3_prime", audio=audio)

    (token,) = fake.uploads
    assert body["referenceAudio"] == [{"type": "audio", "uri": f"runway://{token}"}]
    assert fake.asked[0].body["filename"] == "audio.mp3"


@pytest.mark.parametrize(
    ("status", "answer", "error"),
    [
        (400, {"error": "Not a media file"}, RequestRejected),
        (400, {"error": "Uploads need purchased credits"}, OutOfCredit),
        (401, {"error": "Invalid key"}, KeyRefused),
        (404, {"error": "Not found"}, NotSubmitted),
        (418, {"error": "Teapot"}, NotSubmitted),
        (200, None, NotSubmitted),
        (200, {"uploadUrl": 3, "fields": [], "runwayUri": None}, NotSubmitted),
        (200, {"uploadUrl": "https://[", "fields": {}, "runwayUri": "runway://a"}, NotSubmitted),
        (
            200,
            {"uploadUrl": "http://example.com/", "fields": {}, "runwayUri": "runway://a"},
            NotSubmitted,
        ),
        (
            200,
            {"uploadUrl": "https://127.0.0.1:1/", "fields": {}, "runwayUri": "https://a"},
            NotSubmitted,
        ),
    ],
)
async def test_an_upload_that_fails_makes_no_task(
    status: int,
    answer: object,
    error: type[Exception],
    provider: RunwayProvider,
    fake: FakeRunway,
    files: Files,
    tmp_path: Path,
) -> None:
    picture = tmp_path / "large.jpg"
    picture.write_bytes(JPEG + bytes(LARGEST_INSIDE))
    fake.instead.append((status, answer))

    with pytest.raises(error):
        await _sent(provider, fake, files, "gen4.5", picture=picture)

    assert not fake.tasks


async def test_an_upload_is_announced_again_where_that_breaks(
    provider: RunwayProvider, fake: FakeRunway, files: Files, tmp_path: Path
) -> None:
    picture = tmp_path / "large.jpg"
    picture.write_bytes(JPEG + bytes(LARGEST_INSIDE))
    fake.read_faults.append(Fault.UNAVAILABLE)

    await _sent(provider, fake, files, "gen4.5", picture=picture)

    assert len(fake.tasks) == 1


async def test_a_limit_on_uploads_makes_no_task(
    provider: RunwayProvider, fake: FakeRunway, files: Files, tmp_path: Path
) -> None:
    picture = tmp_path / "large.jpg"
    picture.write_bytes(JPEG + bytes(LARGEST_INSIDE))
    fake.instead += [(429, {"error": "Too many uploads"})] * 3

    with pytest.raises(NotSubmitted):
        await _sent(provider, fake, files, "gen4.5", picture=picture)

    assert not fake.tasks
