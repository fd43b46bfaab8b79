"""What every provider makes of an answer, and what it tells of it, whoever wrote it."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from providers.base import Failed, Pending, Succeeded
from providers.errors import ProviderError, Unreachable
from tests.fakes.fake_server import FakeServer, Pace
from tests.providers.contract.asking import PROMPT, REFERENCE, asking, first_request

SUCCESS = {"succeeded", "succeed", "success", "SUCCEEDED"}


async def test_a_task_reference_survives_json(fake: FakeServer, tmp_path: Path) -> None:
    fake.pace = Pace(looks=0)
    async with asking(fake, tmp_path) as provider:
        task = await provider.submit(first_request(provider), REFERENCE)
        kept = json.loads(json.dumps(task))

        assert kept == task
        assert isinstance(await provider.poll(kept), Succeeded)


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
