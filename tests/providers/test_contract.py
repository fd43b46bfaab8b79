"""What every provider found in the folder declares, whoever wrote it."""

from __future__ import annotations

from pathlib import Path

import pytest

from providers import load_providers
from providers.base import Provider, ProviderSettings

PROVIDERS = load_providers()


@pytest.fixture(params=sorted(PROVIDERS))
def provider(request: pytest.FixtureRequest, tmp_path: Path) -> Provider:
    kind = PROVIDERS[request.param]
    return kind(kind.Settings(), tmp_path)


def test_the_offline_animator_is_found_by_its_name() -> None:
    assert PROVIDERS["local"].__module__.startswith("providers.local")


def test_it_is_registered_under_a_plain_word(provider: Provider) -> None:
    assert provider.name.isidentifier()
    assert provider.name.islower()
    assert PROVIDERS[provider.name] is type(provider)


def test_its_settings_begin_with_its_name(provider: Provider) -> None:
    settings = type(provider).Settings

    assert issubclass(settings, ProviderSettings)
    assert all(field.startswith(f"{provider.name}_") for field in settings.model_fields)


def test_its_waits_are_positive_and_end(provider: Provider) -> None:
    assert 0 < provider.poll_seconds < provider.deadline_seconds
    assert 0 <= provider.grace_seconds < provider.deadline_seconds
    assert provider.max_running >= 1


def test_its_models_have_ids_and_names_of_their_own(provider: Provider) -> None:
    assert len({model.id for model in provider.models}) == len(provider.models) > 0
    assert len({model.name for model in provider.models}) == len(provider.models)
    assert all(model.summary and len(model.summary) <= 100 for model in provider.models)


def test_its_models_offer_what_they_default_to(provider: Provider) -> None:
    for model in provider.models:
        assert list(model.seconds) == sorted(set(model.seconds))
        assert model.seconds[0] > 0
        assert model.default_seconds in model.seconds
        assert len(set(model.shapes)) == len(model.shapes) > 0
        assert model.max_prompt_chars > 0


def test_no_model_costs_less_than_nothing(provider: Provider) -> None:
    assert all(model.price_microdollars >= 0 for model in provider.models)
