"""Replies of any shape at all: they may cost a look or a submit, and never a wrong belief."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from providers.base import Failed, Pending
from providers.errors import NotGenuine, ProviderError
from providers.modelslab import ModelsLabProvider
from tests.fakes.modelslab import Canned, FakeModelsLab
from tests.providers.modelslab.asking import request_for

_WORDS = st.sampled_from(["success", "processing", "error", "failed", "credit", "nsfw", "5", ""])
_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | _WORDS
_JSON = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_WORDS, inner, max_size=3),
    max_leaves=6,
)
_NAMES = ("status", "message", "messege", "output", "future_links", "meta", "retry_after", "data")
_REPLIES = st.dictionaries(st.sampled_from(_NAMES), _JSON, max_size=5) | _JSON
_CODES = st.sampled_from([200, 200, 200, 302, 400, 401, 402, 403, 404, 418, 422])

_NESTED = json.loads('{"message":' + "[" * 300 + "]" * 300 + ', "status": "error"}')


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(reply=_REPLIES, code=_CODES)
async def test_no_reply_without_id_or_link_becomes_a_task_or_a_clip(
    fake: FakeModelsLab, provider: ModelsLabProvider, tmp_path: Path, reply: object, code: int
) -> None:
    canned = Canned(reply, code)
    fake.answer_instead("text-to-video", canned)
    fake.answer_instead("fetch", canned)
    fake.answer_instead("wallet_balance", canned)

    with pytest.raises(ProviderError):
        await provider.submit(request_for(provider, tmp_path, picture=None), "job-1")
    with contextlib.suppress(ProviderError):
        status = await provider.poll({"api": "v7", "id": "5", "submitted_at": 0})
        assert isinstance(status, Pending | Failed)
    with contextlib.suppress(ProviderError):
        await provider.account()
    with contextlib.suppress(NotGenuine):
        call = provider.call({}, json.dumps(reply).encode(), now=datetime.now(UTC))
        assert call.task is None


@pytest.mark.parametrize("data", [_NESTED, {"status": "error", "message": "x" * 10**6}])
async def test_a_deep_or_long_message_is_read_as_far_as_it_matters(
    fake: FakeModelsLab, provider: ModelsLabProvider, tmp_path: Path, data: object
) -> None:
    fake.answer_instead("text-to-video", Canned(data))

    with pytest.raises(ProviderError) as caught:
        await provider.submit(request_for(provider, tmp_path, picture=None), "job-1")

    assert len(str(caught.value)) <= 200


@pytest.mark.parametrize(
    "id", [0, -1, 1.5, True, None, [], {}, "", "a/b", "a b", "é", "x" * 65, 10**40, "-", "%2e"]
)
async def test_an_id_of_a_strange_kind_is_none(
    fake: FakeModelsLab, provider: ModelsLabProvider, tmp_path: Path, id: object
) -> None:
    fake.answer_instead("text-to-video", Canned({"status": "processing", "id": id}))

    with pytest.raises(ProviderError):
        await provider.submit(request_for(provider, tmp_path, picture=None), "job-1")
