"""What the owner sets, and what is offered then."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from providers.model import Need, VideoModel
from providers.modelslab import ModelsLabProvider, ModelsLabSettings
from tests.fakes.modelslab import FakeModelsLab
from tests.providers.modelslab.asking import KLING, opened, request_for


def _models(folder: Path, added: str) -> dict[str, VideoModel]:
    settings = ModelsLabSettings.model_validate(
        {"modelslab_api_key": "key", "modelslab_models": added}
    )
    return {model.id: model for model in ModelsLabProvider(settings, folder).models}


def test_without_a_key_it_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MODELSLAB_API_KEY", raising=False)

    assert ModelsLabSettings.model_validate({}).missing == "MODELSLAB_API_KEY"
    assert ModelsLabSettings.model_validate({"modelslab_api_key": "key"}).missing is None


def test_the_key_shows_in_no_repr() -> None:
    settings = ModelsLabSettings.model_validate({"modelslab_api_key": "the-key"})

    assert "the-key" not in repr(settings)


def test_one_model_serves_pictures_and_words_where_both_are_the_same(tmp_path: Path) -> None:
    models = _models(tmp_path, "")

    assert {id: model.picture for id, model in models.items()} == {
        "Kling-V2-5-Turbo-i2v": Need.OPTIONAL,
        "wan2.6-i2v": Need.OPTIONAL,
        "wan2.5-i2v": Need.OPTIONAL,
        "seedance-i2v": Need.OPTIONAL,
        "Hailuo-2.3-i2v": Need.REQUIRED,
        "Hailuo-2.3-t2v": Need.NEVER,
        "ltx-2-3-pro-i2v": Need.REQUIRED,
        "wan2.2": Need.REQUIRED,
        "ltx-2.3": Need.REQUIRED,
    }


def test_names_from_articles_lead_to_what_there_is(tmp_path: Path) -> None:
    known = {
        alias: model.name for model in _models(tmp_path, "").values() for alias in model.aliases
    }

    assert known["kling-image2video"] == known["kling"] == "Kling 2.5 Turbo (ModelsLab)"
    assert known["kling-v2-1-i2v"] == known["kling-v2-5-turbo-t2v"] == known["kling"]
    assert known["wan-2.5"] == "Wan 2.5 (ModelsLab)"


def test_the_owner_adds_models(tmp_path: Path) -> None:
    models = _models(tmp_path, "my-model-i2v=0.12, other-t2v=0.08,third:t2v = 1, fourth:i2v=0.5 ,")

    assert {id: model.picture for id, model in list(models.items())[-4:]} == {
        "my-model-i2v": Need.REQUIRED,
        "other-t2v": Need.NEVER,
        "third": Need.NEVER,
        "fourth": Need.REQUIRED,
    }
    assert models["my-model-i2v"].variants[0].price_microdollars(5) == 600_000
    assert not models["my-model-i2v"].price_note.is_assumed


def test_the_owners_price_of_a_model_of_ours_counts(tmp_path: Path) -> None:
    models = _models(tmp_path, f"{KLING.lower()}=0.09, kling-v2-5-turbo-t2v=0.11, wan2.2=0.05")

    assert len(models) == len(_models(tmp_path, ""))
    assert models[KLING].variants[0].price_microdollars(10) == 1_100_000
    assert models["wan2.2"].variants[0].price_microdollars(5) == 250_000
    assert models[KLING].price_note.source == "MODELSLAB_MODELS"
    assert models["wan2.6-i2v"].price_note.is_assumed


def test_a_model_the_owner_adds_is_no_longer_an_alias(tmp_path: Path) -> None:
    models = _models(tmp_path, "kling-v2-1-i2v=0.2")

    assert "kling-v2-1-i2v" in models
    assert "kling-v2-1-i2v" not in models[KLING].aliases
    assert "kling" in models[KLING].aliases


@pytest.mark.parametrize(
    ("added", "complaint"),
    [
        ("my-model", "'my-model' is not an id and its USD a second, as in my-i2v=0.12"),
        ("my-model=free", "'my-model=free' is not"),
        ("my-model=0", "'my-model=0' is not"),
        ("my-model=-1", "'my-model=-1' is not"),
        ("my model=1", "'my model=1' is not"),
        ("../fetch=1", "'../fetch=1' is not"),
        ("one:v2v=1", "'one:v2v=1' is not"),
        ("one=0.1, One=0.2", "'One' is given twice"),
    ],
)
def test_a_mistake_is_told_in_a_sentence(added: str, complaint: str) -> None:
    with pytest.raises(ValidationError) as caught:
        ModelsLabSettings.model_validate({"modelslab_models": added})

    assert complaint in str(caught.value)


async def test_an_added_model_is_ordered_as_kling_is(fake: FakeModelsLab, tmp_path: Path) -> None:
    added = {"MODELSLAB_MODELS": "kling-v9-i2v=0.1, kling-v9-t2v=0.1"}

    async with opened(fake.environment | added, tmp_path) as provider:
        for request in (
            request_for(provider, tmp_path, "kling-v9-i2v", seconds=10),
            request_for(provider, tmp_path, "kling-v9-t2v", picture=None),
        ):
            await provider.submit(request, "job-1")

    assert [task.request["duration"] for task in fake.tasks] == ["10", "5"]
    assert fake.tasks[1].request["aspect_ratio"] == "16:9"
