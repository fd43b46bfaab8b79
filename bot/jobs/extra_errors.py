"""Why there is no extra to be had; `bot.extra_words` words each of these.

ExtraRefused
├── ClipGone       the clip is no longer kept
├── BeingPosted    the clip itself is not quite delivered yet
├── NoOtherClip    the member has no second clip here
├── StillMaking    one of the member's extras is being made
├── TookTooLong    it was given up
├── TooHard        it cannot be made of this clip
├── TooLarge       the place takes no file that large
├── NotPosted      the place takes nothing from the bot
├── AlreadySilent  there is no sound to be taken off
└── NoNumber       what was typed is no number of seconds
"""

from __future__ import annotations


class ExtraRefused(Exception):
    """There is no extra to be had."""


class ClipGone(ExtraRefused):
    """The clip is no longer kept, or there never was one."""


class BeingPosted(ExtraRefused):
    """The clip itself is not quite delivered yet."""


class NoOtherClip(ExtraRefused):
    """The member has no second clip in this guild that is still kept."""


class StillMaking(ExtraRefused):
    """Another extra of the same member is being made."""


class TookTooLong(ExtraRefused):
    """The time an extra may take is over."""


class TooHard(ExtraRefused):
    """Making it failed, or took more than a child process may use."""


class TooLarge(ExtraRefused):
    """The place takes no file that large."""


class NotPosted(ExtraRefused):
    """The place takes nothing from the bot, now or for good."""


class AlreadySilent(ExtraRefused):
    """The clip has no sound that could be taken off."""


class NoNumber(ExtraRefused):
    """What was typed is no number of seconds."""

    def __init__(self, typed: str, example: str) -> None:
        super().__init__("no number of seconds")
        self.typed = typed
        self.example = example
