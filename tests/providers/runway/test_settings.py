from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from providers.errors import ProviderError
from providers.http import is_loopback
from providers.runway import RunwaySettings
from tests.fakes.fake_server import Fault, Pace
from tests.fakes.runway import KEY, FakeRunway
from tests.providers.runway.orders import (
    PROMPT,
    Files,
    model,
    plain,
    provider_at,
    submitted,
    task_ref,
)


def _settings(**given: Any) -> RunwaySettings:
    return RunwaySettings.model_validate(given)


def test_without_a_key_the_provider_says_what_is_missing() -> None:
    assert _settings(runwayml_api_secret="").missing == "RUNWAYML_API_SECRET"
    assert _settings(runwayml_api_secret="  ").missing == "RUNWAYML_API_SECRET"
    assert _settings(runwayml_api_secret=KEY).missing is None


def test_the_settings_come_from_the_names_the_sdk_uses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNWAYML_API_SECRET", f"{KEY}\n")
    monkeypatch.setenv("RUNWAYML_BASE_URL", "http://127.0.0.1:8080/")
    monkeypatch.setenv("RUNWAYML_MAX_RUNNING", "2")

    settings = RunwaySettings()

    assert settings.runwayml_api_secret.get_secret_value() == KEY
    assert settings.runwayml_base_url == "http://127.0.0.1:8080"
    assert settings.runwayml_max_running == 2


def test_clips_come_over_https_unless_the_owner_points_at_this_machine(tmp_path: Path) -> None:
    assert not provider_at("https://api.dev.runwayml.com", tmp_path).clips_from_loopback
    assert provider_at("http://127.0.0.1:8080", tmp_path).clips_from_loopback
    assert not is_loopback(_settings(runwayml_api_secret=KEY).runwayml_base_url)


@pytest.mark.parametrize(
    "given",
    [
        {"runwayml_api_secret": "two words"},
        {"runwayml_api_secret": "key_…"},
        {"runwayml_base_url": "http://api.dev.runwayml.com"},
        {"runwayml_base_url": "api.dev.runwayml.com"},
        {"runwayml_max_running": 0},
    ],
    ids=str,
)
def test_a_wrong_setting_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        _settings(**given)


async def test_neither_key_nor_prompt_nor_link_reaches_a_log(
    fake: FakeRunway, files: Files, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    fake.pace = Pace(looks=0)
    said: list[str] = []
    async with provider_at(fake.url, tmp_path) as provider:
        request = plain(model(provider, "veo3.1"), files, negative_prompt="no " + PROMPT)
        for fault in Fault:
            if fault is not Fault.HANG:
                fake.submit_faults.append(fault)
                with pytest.raises(ProviderError) as raised:
                    await provider.submit(request, "job-1")
                said.append(repr(raised.value))
        task = await submitted(provider, fake, files)
        said += [repr(request), repr(await provider.poll(task_ref(task)))]
    everything = caplog.text + "".join(said)

    assert PROMPT not in everything
    assert KEY not in everything
    assert "signature" not in everything
