"""The fake, driven by the client Runway itself publishes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import runwayml
from runwayml import AsyncRunwayML, DefaultAsyncHttpxClient
from runwayml.lib import polling
from runwayml.lib.polling import AsyncNewTaskCreatedResponse

from tests.fakes.fake_server import Pace
from tests.fakes.runway import KEY, FakeRunway
from tests.providers.runway.orders import Files

PICTURE = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB"
TEXT = "A fox in the snow"

PICTURE_TASKS: list[dict[str, Any]] = [
    {
        "model": "gen4.5",
        "prompt_text": TEXT,
        "ratio": "1280:720",
        "duration": 5,
        "seed": 4294967295,
    },
    {"model": "gen4_turbo", "ratio": "1584:672"},
    {"model": "veo3.1", "ratio": "1080:1920", "audio": False, "negative_prompt": "blur"},
    {"model": "kling3.0_pro", "audio": True, "cfg_scale": 0.3, "duration": 15},
    {"model": "klingO3_4k", "ratio": "2880:2880"},
    {"model": "kling2.5_turbo_pro", "prompt_text": TEXT, "duration": 10},
    {"model": "kling_4", "ratio": "auto_1080p", "duration": 30},
    {"model": "seedance2", "ratio": "3840:1646", "duration": "auto"},
    {"model": "seedance2_5", "draft": True, "output_format": "mp4"},
    {"model": "hailuo3", "prompt_text": TEXT, "ratio": "adaptive", "resolution": "2k"},
    {"model": "h3_max", "prompt_text": TEXT, "prompt_expansion_mode": "disabled"},
    {"model": "wan3", "prompt_text": TEXT, "ratio": "auto_480p", "audio": True},
    {"model": "gemini_omni_flash_1.1", "prompt_text": TEXT, "duration": "auto"},
    {"model": "grok_imagine_1_5", "resolution": "1080p"},
    {"model": "grok_imagine_1_5_lite", "ratio": "auto_720p"},
    {"model": "happyhorse_1_0", "resolution": "720p"},
]
TEXT_TASKS: list[dict[str, Any]] = [
    {"model": "gen4.5", "ratio": "720:1280", "duration": 2},
    {"model": "veo3.1_fast", "ratio": "1920:1080", "duration": 8},
    {"model": "klingO3_standard", "ratio": "960:960"},
    {"model": "seedance2_mini", "ratio": "992:432", "seed": 0},
    {"model": "wan3_prime", "ratio": "1648:1248"},
    {"model": "grok_imagine_1_5", "ratio": "2:3", "resolution": "480p"},
    {"model": "happyhorse_1_0", "ratio": "1662:1248"},
]


@pytest.fixture
async def sdk(fake: FakeRunway, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AsyncRunwayML]:
    monkeypatch.setattr(polling, "POLL_TIME", 0.001)
    monkeypatch.setattr(polling, "POLL_JITTER", 0)
    async with AsyncRunwayML(
        api_key=KEY,
        base_url=fake.url,
        max_retries=0,
        # Certificates take longer to read than these tests to run.
        http_client=DefaultAsyncHttpxClient(verify=False),
        _strict_response_validation=True,
    ) as sdk:
        yield sdk


@pytest.mark.parametrize("asked", PICTURE_TASKS, ids=lambda asked: str(asked["model"]))
async def test_it_makes_a_task_of_a_picture(
    asked: dict[str, Any], sdk: AsyncRunwayML, fake: FakeRunway
) -> None:
    images = [{"uri": PICTURE, "position": "first"}]

    task = await sdk.image_to_video.create(prompt_image=images, **asked)

    assert [task.id] == [made.id for made in fake.tasks]
    assert task.to_dict()["estimatedCost"] == {"credits": fake.costs[task.id]}


@pytest.mark.parametrize("asked", TEXT_TASKS, ids=lambda asked: str(asked["model"]))
async def test_it_makes_a_task_of_words(
    asked: dict[str, Any], sdk: AsyncRunwayML, fake: FakeRunway
) -> None:
    task = await sdk.text_to_video.create(prompt_text=TEXT, **asked)

    assert [task.id] == [made.id for made in fake.tasks]


async def _make(sdk: AsyncRunwayML) -> AsyncNewTaskCreatedResponse:
    return await sdk.text_to_video.create(
        model="gen4.5", prompt_text=TEXT, ratio="1280:720", duration=5
    )


async def test_it_reads_each_state(sdk: AsyncRunwayML, fake: FakeRunway) -> None:
    fake.concurrency = 1
    first, second = await _make(sdk), await _make(sdk)

    throttled = await sdk.tasks.retrieve(second.id)
    seen = [(await sdk.tasks.retrieve(first.id)).status for _ in range(3)]

    assert (throttled.status, *seen) == ("THROTTLED", "PENDING", "RUNNING", "SUCCEEDED")


async def test_it_waits_for_a_clip(sdk: AsyncRunwayML, fake: FakeRunway) -> None:
    task = await _make(sdk)

    done = await task.wait_for_task_output(timeout=5)

    assert done.status == "SUCCEEDED"
    assert done.output == [fake.clip_url(fake.tasks[0])]
    assert done.cost.credits == 60


@pytest.mark.parametrize("ending", ["SAFETY.INPUT.TEXT", "", "CANCELLED"])
async def test_it_learns_of_a_failure(ending: str, sdk: AsyncRunwayML, fake: FakeRunway) -> None:
    fake.endings.append(ending)
    task = await _make(sdk)

    with pytest.raises(runwayml.TaskFailedError) as raised:
        await task.wait_for_task_output(timeout=5)

    assert raised.value.task_details.status == ("CANCELLED" if ending == "CANCELLED" else "FAILED")


async def test_it_deletes_a_task_which_is_then_gone(sdk: AsyncRunwayML, fake: FakeRunway) -> None:
    fake.pace = Pace(looks=20)
    task = await _make(sdk)

    await sdk.tasks.delete(task.id)

    with pytest.raises(runwayml.NotFoundError):
        await sdk.tasks.retrieve(task.id)
    with pytest.raises(runwayml.NotFoundError):
        await sdk.tasks.delete(task.id)


async def test_it_uploads_a_file_and_uses_it(
    sdk: AsyncRunwayML, fake: FakeRunway, files: Files
) -> None:
    upload = await sdk.uploads.create_ephemeral(file=files.picture)

    task = await sdk.image_to_video.create(
        model="gen4_turbo", prompt_image=upload.uri, ratio="1280:720"
    )

    assert fake.task(task.id) is not None


async def test_it_reads_the_organisation_and_its_usage(
    sdk: AsyncRunwayML, fake: FakeRunway
) -> None:
    fake.concurrency = 3
    today = datetime.now(UTC).date()
    await _make(sdk)

    organization = await sdk.organization.retrieve()
    usage = await sdk.organization.retrieve_usage(
        start_date=today, before_date=today + timedelta(days=2)
    )

    assert organization.credit_balance == 100_000 - 60
    assert organization.tier.models["gen4.5"].max_concurrent_generations == 3
    assert organization.usage.models["gen4.5"].daily_generations == 1
    assert usage.results[0].used_credits[0].amount == 60


@pytest.mark.parametrize(
    "asked",
    [
        {"model": "gen4_5_turbo"},
        {"ratio": "1280:768"},
        {"duration": 11},
        {"seed": 2**32},
        {"prompt_text": "x" * 1001},
        {"extra_body": {"cfgScale": 0.5}},
        {"prompt_image": [{"uri": PICTURE, "position": "last"}]},
        {"prompt_image": "https://127.0.0.1/fox.jpg"},
        {"prompt_image": "data:image/gif;base64,R0lGODlhAQABAAAAACw="},
        {"prompt_image": "runway://never-uploaded"},
    ],
    ids=str,
)
async def test_it_is_refused_what_the_api_refuses(
    asked: dict[str, Any], sdk: AsyncRunwayML, fake: FakeRunway
) -> None:
    good: dict[str, Any] = {
        "model": "gen4.5",
        "prompt_text": TEXT,
        "prompt_image": PICTURE,
        "ratio": "1280:720",
        "duration": 5,
    }

    with pytest.raises(runwayml.BadRequestError):
        await sdk.image_to_video.create(**good | asked)

    assert not fake.tasks


async def test_it_is_refused_without_a_key_or_a_version(fake: FakeRunway) -> None:
    async with AsyncRunwayML(api_key="wrong", base_url=fake.url, max_retries=0) as sdk:
        with pytest.raises(runwayml.AuthenticationError):
            await _make(sdk)
    async with AsyncRunwayML(
        api_key=KEY, base_url=fake.url, max_retries=0, runway_version="2023-01-01"
    ) as sdk:
        with pytest.raises(runwayml.BadRequestError):
            await _make(sdk)
