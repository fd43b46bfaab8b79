"""What the owner sets, and what members are offered for it."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from providers.base import Stopping
from providers.kling import KlingProvider, KlingSettings
from tests.providers.kling.asking import client, model_of

API = {"KLING_API_KEY": "secret-a"}
PAIR = {"KLING_ACCESS_KEY": "secret-b", "KLING_SECRET_KEY": "secret-c"}


def test_nothing_is_missing_with_either_kind_of_key() -> None:
    assert KlingSettings().missing == "KLING_API_KEY (or KLING_ACCESS_KEY and KLING_SECRET_KEY)"
    some = SecretStr("some")
    assert KlingSettings(kling_api_key=some).missing is None
    assert KlingSettings(kling_access_key=some, kling_secret_key=some).missing is None


@pytest.mark.parametrize(
    "given",
    [
        {"kling_access_key": "secret-b"},
        {"kling_api_key": "secret-a", "kling_secret_key": "secret-c"},
        {"kling_webhook_secret": "secret-d"},
        {"kling_webhook_secret": "whsec_secret-d"},
        {"kling_webhook_secret": "whsec_"},
        {"kling_base_url": "http://api.example.com"},
        {"kling_max_running": "0"},
        {"kling_usd_per_unit": "0"},
        {"kling_usd_per_unit": "NaN"},
    ],
)
def test_half_a_configuration_is_refused_without_repeating_it(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as raised:
        KlingSettings(**given)

    assert "secret-" not in str(raised.value)


def test_both_generations_offer_the_same_models_but_for_turbo() -> None:
    new, legacy = client(API), client(PAIR)

    assert [model.id for model in new.models] == [
        "kling-3.0",
        "kling-3.0-turbo",
        "kling-3.0-omni",
        "kling-o1",
        "kling-2.6",
        "kling-2.5-turbo",
    ]
    assert {model.id for model in new.models} - {model.id for model in legacy.models} == {
        "kling-3.0-turbo"
    }


def test_only_the_legacy_api_takes_negative_prompts_and_no_omni_model_does() -> None:
    assert not any(model.max_negative_chars for model in client(API).models)
    assert [model.id for model in client(PAIR).models if model.max_negative_chars] == [
        "kling-3.0",
        "kling-2.6",
        "kling-2.5-turbo",
    ]


def test_an_api_key_is_preferred_to_the_pair() -> None:
    assert "kling-3.0-turbo" in {model.id for model in client(API | PAIR).models}


@pytest.mark.parametrize(
    ("model", "variants"),
    [
        (
            "kling-3.0",
            [
                ("720p", False, True, 84_000),
                ("720p", True, True, 126_000),
                ("1080p", False, True, 112_000),
                ("1080p", True, True, 168_000),
                ("4k", False, True, 420_000),
                ("4k", True, True, 420_000),
            ],
        ),
        ("kling-3.0-turbo", [("720p", True, False, 112_000), ("1080p", True, False, 140_000)]),
        (
            "kling-2.6",
            [
                ("720p", False, False, 42_000),
                ("1080p", False, True, 70_000),
                ("1080p", True, False, 140_000),
            ],
        ),
        ("kling-2.5-turbo", [("720p", False, False, 42_000), ("1080p", False, True, 70_000)]),
        ("kling-o1", [("720p", False, True, 84_000), ("1080p", False, True, 112_000)]),
    ],
)
def test_a_price_is_the_list_price(model: str, variants: list[tuple[object, ...]]) -> None:
    found = model_of(client(API), model)

    assert [
        (one.resolution, one.sound, one.last_frame, one.microdollars) for one in found.variants
    ] == variants
    assert found.price_note.as_of is not None


def test_a_unit_that_cost_less_makes_clips_cheaper() -> None:
    model = model_of(client(API, kling_usd_per_unit="0.098"), "kling-3.0")

    assert model.variants[0].microdollars == 58_800
    assert model.price_note.source == "KLING_USD_PER_UNIT"


@pytest.mark.parametrize("keys", [API, PAIR], ids=["new", "legacy"])
def test_no_two_models_answer_to_one_name(keys: dict[str, str]) -> None:
    models = client(keys).models
    names = [name for model in models for name in (model.id, *model.aliases)]

    assert len(names) == len(set(names))
    assert all(name == name.lower() for name in names)


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("kling-v3", "kling-3.0"),
        ("kling3", "kling-3.0"),
        ("kling-3", "kling-3.0"),
        ("kling 3", "kling-3.0"),
        ("kling_3_0", "kling-3.0"),
        ("kling-image2video", "kling-3.0"),
        ("kling-v3-turbo", "kling-3.0-turbo"),
        ("kling-v3-omni", "kling-3.0-omni"),
        ("kling-o3", "kling-3.0-omni"),
        ("kling-video-o1", "kling-o1"),
        ("kling-v2-6", "kling-2.6"),
        ("kling-v2-5-turbo", "kling-2.5-turbo"),
        *((f"kling-v{gone}", "kling-2.5-turbo") for gone in ("1", "1.5", "1-5", "1.6", "1-6")),
        *((f"kling-v2{gone}", "kling-2.5-turbo") for gone in ("-master", ".1", "-1", "-1-master")),
    ],
)
def test_names_from_articles_lead_to_the_nearest_living_model(name: str, id: str) -> None:
    assert [model.id for model in client(API).models if name in model.aliases] == [id]


def test_a_task_once_taken_cannot_be_stopped() -> None:
    assert KlingProvider.stopping is Stopping.NEVER
    assert client(API, kling_max_running="20").max_running == 20
