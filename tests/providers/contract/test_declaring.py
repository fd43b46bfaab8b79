"""What every provider found in the folder declares, whoever wrote it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

import providers.http
from providers.base import Provider, ProviderSettings, Stopping
from providers.errors import NotGenuine
from providers.model import Need
from tests.providers.contract.asking import FAKES, PROVIDERS


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
