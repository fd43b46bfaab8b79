from __future__ import annotations

import pytest

from providers.base import Pending
from providers.runway import RunwayProvider
from tests.fakes.runway import FakeRunway
from tests.providers.runway.orders import Files, submitted


async def test_a_task_is_found_by_the_id_its_owner_reads_on_the_site(
    provider: RunwayProvider, fake: FakeRunway, files: Files
) -> None:
    await submitted(provider, fake, files)
    (made,) = fake.tasks

    task = provider.task_named(made.id)

    assert task == {"id": made.id}
    assert isinstance(await provider.poll(task), Pending)


@pytest.mark.parametrize("text", ["", "a/b", "../account", "a b", "x" * 65, "a?b", "a\n"])
def test_what_could_lead_elsewhere_is_no_id(provider: RunwayProvider, text: str) -> None:
    assert provider.task_named(text) is None
