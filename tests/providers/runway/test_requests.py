from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from providers.errors import RequestRejected
from providers.model import Shape
from providers.runway import RunwayProvider
from tests.fakes.runway import KEY, FakeRunway
from tests.providers.runway.orders import PROMPT, Files, model, plain


def _data_uri(file: Path, kind: str = "image/jpeg") -> str:
    return f"data:{kind};base64,{base64.b64encode(file.read_bytes()).decode()}"


async def _sent(
    provider: RunwayProvider, fake: FakeRunway, files: Files, model_id: str, **changes: Any
) -> tuple[str, dict[str, Any]]:
    await provider.submit(plain(model(provider, model_id), files, **changes), "job-1")
    return fake.asked[-1].path, fake.asked[-1].body


async def test_every_request_names_the_key_and_the_version(
    provider: RunwayProvider, fake: FakeRunway, files: Files
) -> None:
    await _sent(provider, fake, files, "gen4.5")

    headers = fake.asked[-1].headers
    assert headers["authorization"] == f"Bearer {KEY}"
    assert headers["x-runway-version"] == "2024-11-06"
    assert headers["content-type"] == "application/json"


async def test_gen_4_5_from_a_picture(
    provider: RunwayProvider, fake: FakeRunway, files: Files
) -> None:
    assert await _sent(provider, fake, files, "gen4.5", shape=Shape.CINEMA) == (
        "/v1/image_to_video",
        {
            "model": "gen4.5",
            "promptText": PROMPT,
            "promptImage": [{"uri": _data_uri(files.picture), "position": "first"}],
            "ratio": "1584:672",
            "duration": 5,
            "seed": 12345,
        },
    )


async def test_gen_4_5_from_words(provider: RunwayProvider, fake: FakeRunway, files: Files) -> None:
    assert await _sent(provider, fake, files, "gen4.5", picture=None, seconds=10) == (
        "/v1/text_to_video",
        {
            "model": "gen4.5",
            "promptText": PROMPT,
            "ratio": "1280:720",
            "duration": 10,
            "seed": 12345,
        },
    )


async def test_veo_with_a_last_frame_sound_and_things_to_avoid(
    provider: RunwayProvider, fake: FakeRunway, files: Files
) -> None:
    _, body = await _sent(
        provider,
        fake,
        files,
        "veo3.1",
        resolution="1080p",
        shape=Shape.PORTRAIT,
        sound=True,
        last_frame=files.last_frame,
        negative_prompt="blur",
    )

    assert body == {
        "model": "veo3.1",
        "promptText": PROMPT,
        "promptImage": [
            {"uri": _data_uri(files.picture), "position": "first"},
            {"uri": _data_uri(files.last_frame), "position": "last"},
        ],
        "ratio": "1080:1920",
        "duration": 4,
        "audio": True,
        "seed": 12345,
        "negativePrompt": "blur",
    }


async def test_a_silent_kling_says_so_and_sends_no_seed(
    provider: RunwayProvider, fake: FakeRunway, files: Files
) -> None:
    _, body = await _sent(provider, fake, files, "kling3.0_pro", shape=Shape.SQUARE)

    assert body == {
        "model": "kling3.0_pro",
        "promptText": PROMPT,
        "promptImage": [{"uri": _data_uri(files.picture), "position": "first"}],
        "ratio": "1440:1440",
        "duration": 5,
        "audio": False,
    }


async def test_a_model_that_follows_the_picture_gets_no_ratio(
    provider: RunwayProvider, fake: FakeRunway, files: Files
) -> None:
    _, body = await _sent(provider, fake, files, "kling2.5_turbo_pro")

    assert body.keys() == {"model", "promptText", "promptImage", "duration"}


async def test_seedance_with_an_audio_file(
    provider: RunwayProvider, fake: FakeRunway, files: Files
) -> None:
    _, body = await _sent(
        provider, fake, files, "seedance2", resolution="480p", sound=True, audio=files.audio
    )

    assert body == {
        "model": "seedance2",
        "promptText": PROMPT,
        "promptImage": [{"uri": _data_uri(files.picture), "position": "first"}],
        "ratio": "864:496",
        "duration": 5,
        "audio": True,
        "seed": 12345,
        "referenceAudio": [{"type": "audio", "uri": _data_uri(files.audio, "audio/mp3")}],
    }


async def test_hailuo_adapts_to_a_picture_and_needs_a_shape_for_words(
    provider: RunwayProvider, fake: FakeRunway, files: Files
) -> None:
    _, from_picture = await _sent(provider, fake, files, "hailuo3", resolution="2k")
    _, from_words = await _sent(provider, fake, files, "hailuo3", picture=None, shape=Shape.CINEMA)

    assert (from_picture["ratio"], from_picture["resolution"]) == ("adaptive", "2k")
    assert (from_words["ratio"], from_words["resolution"]) == ("21:9", "768p")
    assert "audio" not in from_picture | from_words


async def test_wan_follows_a_picture_and_takes_a_size_for_words(
    provider: RunwayProvider, fake: FakeRunway, files: Files
) -> None:
    _, from_picture = await _sent(provider, fake, files, "wan3", resolution="1080p")
    _, from_words = await _sent(
        provider, fake, files, "wan3", picture=None, resolution="1080p", shape=Shape.CLASSIC
    )

    assert from_picture["ratio"] == "auto_1080p"
    assert from_words["ratio"] == "1648:1248"


async def test_happyhorse_names_its_resolution_beside_a_picture_and_in_the_ratio_for_words(
    provider: RunwayProvider, fake: FakeRunway, files: Files
) -> None:
    _, from_picture = await _sent(provider, fake, files, "happyhorse_1_0", resolution="1080p")
    _, from_words = await _sent(
        provider, fake, files, "happyhorse_1_0", picture=None, resolution="1080p"
    )

    assert from_picture["resolution"] == "1080p"
    assert "ratio" not in from_picture
    assert from_words["ratio"] == "1920:1080"
    assert "resolution" not in from_words


async def test_grok_names_its_resolution_in_both(
    provider: RunwayProvider, fake: FakeRunway, files: Files
) -> None:
    _, from_picture = await _sent(provider, fake, files, "grok_imagine_1_5", resolution="480p")
    _, from_words = await _sent(provider, fake, files, "grok_imagine_1_5", picture=None)

    assert (from_picture["resolution"], from_picture.get("ratio")) == ("480p", None)
    assert (from_words["resolution"], from_words["ratio"]) == ("720p", "16:9")


async def test_no_model_is_sent_what_it_lacks(
    provider: RunwayProvider, fake: FakeRunway, files: Files
) -> None:
    _, body = await _sent(
        provider, fake, files, "gemini_omni_flash", negative_prompt="blur", sound=True
    )

    assert body.keys() == {"model", "promptText", "promptImage", "ratio", "duration"}


async def test_a_prompt_counts_in_utf_16_units(
    provider: RunwayProvider, fake: FakeRunway, files: Files
) -> None:
    await _sent(provider, fake, files, "gen4.5", prompt="🦊" * 500)

    with pytest.raises(RequestRejected, match=r"promptText.*too_big"):
        await _sent(provider, fake, files, "gen4.5", prompt="🦊" * 501)
