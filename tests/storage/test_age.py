"""Whether a channel will do, by a guild's rule about those that are restricted by age."""

from __future__ import annotations

import pytest

from storage.age import AgeRule


@pytest.mark.parametrize(
    ("rule", "allowed"),
    [
        (AgeRule.ANYWHERE, [True, False, None]),
        (AgeRule.RESTRICTED_ONLY, [True]),
        (AgeRule.NEVER_RESTRICTED, [False]),
    ],
)
def test_a_rule_allows_only_channels_it_is_known_to_fit(
    rule: AgeRule, allowed: list[bool | None]
) -> None:
    channels = (True, False, None)

    assert [one for one in channels if rule.allows(is_restricted=one)] == allowed
