"""In which channels a guild lets clips be ordered, by whether Discord restricts their age."""

from __future__ import annotations

import enum


class AgeRule(enum.StrEnum):
    """A guild's rule about channels that Discord shows to adults alone."""

    ANYWHERE = "anywhere"
    RESTRICTED_ONLY = "restricted_only"
    NEVER_RESTRICTED = "never_restricted"

    def allows(self, *, is_restricted: bool | None) -> bool:
        """Whether a channel will do; None where nobody knows: then no rule does."""
        if self is AgeRule.ANYWHERE:
            return True
        return is_restricted is (self is AgeRule.RESTRICTED_ONLY)
