"""What every provider found in the folder declares and keeps to, whoever wrote it."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

import providers.http
from providers import load_providers
from providers.base import (
    Failed,
    Pending,
    Provider,
    ProviderSettings,
    Stopping,
    Succeeded,
    TaskRef,
    VideoRequest,
)
from providers.errors import (
    KeyRefused,
    NotGenuine,
    NotSubmitted,
    ProviderError,
    RateLimited,
    SubmitUncertain,
    Unreachable,
)
from providers.model import Need, Shape, VideoModel
from tests.fakes import load_fakes
from tests.fakes.fake_server import FakeServer, FakeTask, Fault, Pace
from tests.providers.local.pictures import SAMPLE

PROVIDERS = load_providers()
FAKES = load_fakes()
REFERENCE = "1hc0ntract"
PROMPT = "a fox nobody may read of in a log"
SUCCESS = {"succeeded", "succeed", "success", "SUCCEEDED"}


async def make_clip(task: FakeTask) -> bytes:
    return b"a clip"


def with_keys(kind: type[Provider]) -> ProviderSettings:
    """Its settings as an owner fills them in."""
    keys = {
        name: "0123456789abcdef0123456789abcdef"
        for name, field in kind.Settings.model_fields.items()
        if field.annotation in {SecretStr, SecretStr | None} and "webhook" not in name
    }
    return kind.Settings(**keys)


@pytest.fixture(params=sorted(PROVIDERS))
def provider(request: pytest.FixtureRequest, tmp_path: Path) -> Provider:
    kind = PROVIDERS[request.param]
    return kind(with_keys(kind), tmp_path)


@pytest.fixture(params=sorted(FAKES))
async def fake(request: pytest.FixtureRequest) -> AsyncIterator[FakeServer]:
    async with FAKES[request.param].open(make_clip) as fake:
        yield fake


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment without the keys of whoever runs the tests."""
    for kind in PROVIDERS.values():
        for name in kind.Settings.model_fields:
            monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(providers.http, "PAUSE_SECONDS", 0.001)


@asynccontextmanager
async def asking(fake: FakeServer, folder: Path) -> AsyncIterator[Provider]:
    """The real client, pointed at the fake."""
    kind = PROVIDERS[fake.name]
    settings = {name.lower(): value for name, value in fake.environment.items()}
    async with kind(kind.Settings(**settings), folder) as provider:
        yield provider


def request_for(model: VideoModel, *, from_picture: bool = True) -> VideoRequest:
    """The plainest request the model takes."""
    shapes = model.shapes if from_picture else model.text_shapes
    variant = model.variants[0]
    return VideoRequest(
        model=model,
        prompt=PROMPT,
        picture=SAMPLE if from_picture else None,
        seconds=model.default_seconds,
        shape=shapes[0] if shapes else None,
        seed=7,
        resolution=variant.resolution,
        sound=variant.sound,
        audio=SAMPLE if model.audio is Need.REQUIRED else None,
    )


def first_request(provider: Provider) -> VideoRequest:
    model = next(one for one in provider.models if one.picture is not Need.NEVER)
    return request_for(model)


# What it declares


def test_the_offline_animator_is_found_by_its_name() -> None:
    assert PROVIDERS["local"].__module__.startswith("providers.local")


def test_every_provider_on_the_network_has_a_fake() -> None:
    assert set(FAKES) == set(PROVIDERS) - {"local"}


def test_it_is_registered_under_a_plain_word(provider: Provider) -> None:
    assert provider.name.isidentifier()
    assert provider.name.islower()
    assert PROVIDERS[provider.name] is type(provider)


def test_it_says_where_a_key_comes_from(provider: Provider) -> None:
    needs_key = type(provider).Settings().missing is not None

    assert provider.title
    assert bool(provider.keys_from) == needs_key


def test_its_settings_begin_with_its_name(provider: Provider) -> None:
    settings = type(provider).Settings

    assert issubclass(settings, ProviderSettings)
    assert all(field.startswith(provider.name) for field in settings.model_fields)


def test_it_says_which_keys_it_lacks(provider: Provider) -> None:
    kind = type(provider)
    secrets = [
        name.upper()
        for name, field in kind.Settings.model_fields.items()
        if field.annotation in {SecretStr, SecretStr | None}
    ]

    missing = kind.Settings().missing

    assert with_keys(kind).missing is None
    assert (missing is None) == (secrets == [])
    assert missing is None or any(secret in missing for secret in secrets)


def test_it_stops_tasks_or_says_that_it_never_does(provider: Provider) -> None:
    stops = type(provider).cancel is not Provider.cancel

    assert stops == (provider.stopping is not Stopping.NEVER)


def test_its_waits_are_positive_and_end(provider: Provider) -> None:
    assert 0 < provider.poll_seconds < provider.deadline_seconds
    assert provider.polls_per_second > 0
    assert provider.max_running >= 1


def test_a_task_may_show_up_as_late_as_its_submit_may_end(provider: Provider) -> None:
    if provider.name in FAKES:
        assert provider.grace_seconds > providers.http.SUBMIT_SECONDS
    assert 0 <= provider.grace_seconds < provider.deadline_seconds


def test_its_models_have_names_of_their_own(provider: Provider) -> None:
    models = provider.models
    assert len({model.id.casefold() for model in models}) == len(models) > 0
    assert len({model.name for model in models}) == len(models)
    assert all(model.summary and len(model.summary) <= 100 for model in models)
    assert all(len(model.name) <= 45 for model in models)


def test_an_alias_stands_for_one_of_its_models_and_hides_none(provider: Provider) -> None:
    aliases = [alias for model in provider.models for alias in model.aliases]
    proper = {name.casefold() for model in provider.models for name in (model.id, model.name)}

    assert len(set(aliases)) == len(aliases)
    assert all(alias == alias.casefold().strip() for alias in aliases)
    assert not proper & set(aliases)


def test_its_models_offer_what_they_default_to(provider: Provider) -> None:
    for model in provider.models:
        assert list(model.seconds) == sorted(set(model.seconds))
        assert model.seconds[0] > 0
        assert model.default_seconds in model.seconds
        assert len(set(model.shapes)) == len(model.shapes)
        assert len(set(model.text_shapes)) == len(model.text_shapes)
        assert model.max_prompt_chars > 0
        assert model.max_negative_chars >= 0
        assert (model.longest_audio_seconds > 0) == (model.audio is not Need.NEVER)
        assert model.largest_ratio > 1
        # The least frame, of the best quality, has less than half of this.
        assert model.max_picture_bytes > 2**20


def test_each_price_is_positive_sourced_and_asked_for_once(provider: Provider) -> None:
    for model in provider.models:
        kinds = [(one.resolution, one.sound, one.last_frame) for one in model.variants]
        assert len(set(kinds)) == len(kinds) > 0
        assert model.price_note.source
        for variant in model.variants:
            assert type(variant.microdollars) is int
            assert 0 <= variant.microdollars <= 5_000_000
            assert variant.microdollars > 0 or provider.name == "local"


def test_a_call_nobody_can_have_sent_is_turned_away(provider: Provider) -> None:
    for body in (b"", b"null", b"[]", b"\xff", b"{}", b'{"id": {}}', b"[" * 100_000):
        with pytest.raises(NotGenuine):
            provider.call({}, body, now=datetime.now(UTC))


# What it does on the wire


async def test_a_task_reference_survives_json(fake: FakeServer, tmp_path: Path) -> None:
    fake.pace = Pace(looks=0)
    async with asking(fake, tmp_path) as provider:
        task = await provider.submit(first_request(provider), REFERENCE)
        kept = json.loads(json.dumps(task))

        assert kept == task
        assert isinstance(await provider.poll(kept), Succeeded)


async def test_every_model_is_made_in_every_variant_and_mode(
    fake: FakeServer, tmp_path: Path
) -> None:
    async with asking(fake, tmp_path) as provider:
        for request in every_request(provider):
            await provider.submit(request, f"{REFERENCE}{len(fake.tasks)}")

        assert len(fake.tasks) == len(list(every_request(provider)))


def every_request(provider: Provider) -> Iterator[VideoRequest]:
    for model in provider.models:
        for from_picture in (True, False):
            if model.picture is (Need.NEVER if from_picture else Need.REQUIRED):
                continue
            request = request_for(model, from_picture=from_picture)
            shapes: tuple[Shape | None, ...] = (
                model.shapes if from_picture else model.text_shapes
            ) or (None,)
            for variant in model.variants:
                quality: dict[str, Any] = {
                    "resolution": variant.resolution,
                    "sound": variant.sound,
                    "last_frame": SAMPLE if variant.last_frame and from_picture else None,
                }
                for shape in shapes:
                    yield replace(request, shape=shape, **quality)
            for seconds in (model.seconds[0], model.seconds[-1]):
                yield replace(request, seconds=seconds)


async def test_one_order_makes_one_task(fake: FakeServer, tmp_path: Path) -> None:
    async with asking(fake, tmp_path) as provider:
        await provider.submit(first_request(provider), REFERENCE)

    assert len(fake.tasks) == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault.DROP_REPLY,
        Fault.HANG,
        Fault.UNAVAILABLE,
        Fault.GATEWAY_TIMEOUT,
        Fault.SERVER_ERROR,
        Fault.MALFORMED,
        Fault.NOT_JSON,
    ],
)
async def test_a_submit_without_a_clear_answer_is_uncertain_and_sent_once(
    fake: FakeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    if fault is Fault.HANG:
        monkeypatch.setattr(providers.http, "SUBMIT_SECONDS", 0.1)
    fake.submit_faults.append(fault)
    async with asking(fake, tmp_path) as provider:
        with pytest.raises(SubmitUncertain):
            await provider.submit(first_request(provider), REFERENCE)

    assert len(fake.tasks) == 1


async def test_a_submit_nobody_listened_to_may_be_sent_again(
    fake: FakeServer, tmp_path: Path, unused_tcp_port: int
) -> None:
    closed = f"http://127.0.0.1:{unused_tcp_port}"
    kind = PROVIDERS[fake.name]
    settings = {
        name.lower(): value.replace(fake.url, closed) for name, value in fake.environment.items()
    }
    async with kind(kind.Settings(**settings), tmp_path) as provider:
        with pytest.raises(NotSubmitted):
            await provider.submit(first_request(provider), REFERENCE)
        with pytest.raises(Unreachable):
            await provider.poll(await a_task(fake, tmp_path))


async def a_task(fake: FakeServer, folder: Path) -> TaskRef:
    async with asking(fake, folder) as provider:
        return await provider.submit(first_request(provider), f"{REFERENCE}x")


async def test_a_wrong_key_is_the_owners_and_makes_nothing(
    fake: FakeServer, tmp_path: Path
) -> None:
    kind = PROVIDERS[fake.name]
    settings: dict[str, Any] = {name.lower(): value for name, value in fake.environment.items()}
    for name, field in kind.Settings.model_fields.items():
        if field.annotation in {SecretStr, SecretStr | None} and name in settings:
            settings[name] = "wrong" + settings[name]
    async with kind(kind.Settings(**settings), tmp_path) as provider:
        with pytest.raises(KeyRefused):
            await provider.submit(first_request(provider), REFERENCE)
        with pytest.raises(KeyRefused):
            await provider.account()

    assert fake.tasks == []


async def test_too_many_at_once_is_a_rate_limit(fake: FakeServer, tmp_path: Path) -> None:
    fake.throttle()
    async with asking(fake, tmp_path) as provider:
        with pytest.raises(RateLimited) as limited:
            await provider.submit(first_request(provider), REFERENCE)

    assert limited.value.retry_after_seconds > 0
    assert fake.tasks == []


async def test_a_status_nobody_knows_is_no_success(fake: FakeServer, tmp_path: Path) -> None:
    fake.pace = Pace(looks=0)
    async with asking(fake, tmp_path) as provider:
        task = await provider.submit(first_request(provider), REFERENCE)
        fake.rewrite = _with_unknown_status

        try:
            status = await provider.poll(task)
        except Unreachable:
            return
        assert isinstance(status, Pending)


def _with_unknown_status(answer: object) -> object:
    """Every word for success replaced by one that no documentation has."""
    match answer:
        case dict():
            return {name: _with_unknown_status(value) for name, value in answer.items()}
        case list():
            return [_with_unknown_status(value) for value in answer]
        case str() if answer in SUCCESS:
            return "transcended"
        case _:
            return answer


NASTY: list[Any] = [
    None, True, 0, -1, 1e308, "", "x" * 100_000, [], [[]], [None], {}, {"id": None},
    {"code": 0}, {"code": 0, "data": None}, {"code": "0", "data": [{}]}, {"code": True, "data": []},
    {"code": 0, "data": [{"id": 7, "status": {}, "outputs": "x", "billing": 7}]},
    {"status": "success"}, {"status": "success", "output": [None]},
    {"status": "success", "output": "https://x"}, {"status": ["success"], "output": {}},
    {"status": "SUCCEEDED"}, {"status": "SUCCEEDED", "output": "https://x"},
    {"status": "FAILED", "failureCode": {}, "cost": []}, {"status": {"status": "SUCCEEDED"}},
    {"message": {"a": ["b", {}]}, "status": "error"}, {"messege": 7, "status": "failed"},
]  # fmt: skip


@pytest.mark.parametrize("answer", NASTY, ids=lambda answer: repr(answer)[:40])
async def test_an_answer_of_the_wrong_form_is_never_believed(
    fake: FakeServer, tmp_path: Path, answer: object
) -> None:
    async with asking(fake, tmp_path) as provider:
        task = await provider.submit(first_request(provider), REFERENCE)
        fake.rewrite = lambda _: answer

        with pytest.raises(ProviderError):
            await provider.submit(first_request(provider), f"{REFERENCE}2")
        try:
            status = await provider.poll(task)
        except ProviderError:
            pass
        else:
            assert isinstance(status, Pending | Failed)
        try:
            found = await provider.find(f"{REFERENCE}3")
        except ProviderError:
            pass
        else:
            assert found is None
            assert answer == {"code": 0, "data": []}
        with pytest.raises(ProviderError):
            await provider.account()


async def test_neither_key_nor_prompt_reaches_an_error_or_a_log(
    fake: FakeServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    said: list[str] = []
    async with asking(fake, tmp_path) as provider:
        task = await provider.submit(first_request(provider), REFERENCE)
        said += [repr(task), repr(first_request(provider)), repr(await provider.poll(task))]
        fake.rewrite = lambda _: {
            "status": "error", "code": 1201, "error": f"bad {PROMPT}", "message": f"bad {PROMPT}"
        }  # fmt: skip
        for question in (
            provider.submit(first_request(provider), f"{REFERENCE}2"),
            provider.poll(task),
            provider.find(REFERENCE),
            provider.account(),
        ):
            try:
                await question
            except ProviderError as error:
                said += [str(error), repr(error)]
    secrets = [
        value for name, value in fake.environment.items() if "KEY" in name or "SECRET" in name
    ]

    assert len(said) > 6
    for words in [*said, *(record.getMessage() for record in caplog.records)]:
        assert PROMPT not in words
        assert not any(secret in words for secret in secrets)
        assert "not-to-be-logged" not in words


async def test_the_account_is_told_without_spending(fake: FakeServer, tmp_path: Path) -> None:
    async with asking(fake, tmp_path) as provider:
        account = await provider.account()

    assert account.balance
    assert account.balance_microdollars is not None
    assert fake.tasks == []
