"""What can be wrong with what somebody asks of the bot. `bot.messages` words each of these."""

from __future__ import annotations

import enum

from providers.model import Variant
from storage.age import AgeRule


class BotError(Exception):
    """A request the bot cannot carry out.

    BotError
    ├── OrderError              the job as ordered cannot be made
    │   ├── PictureMissing, PictureUnavailable, AudioUnavailable
    │   ├── PromptEmpty, PromptTooLong
    │   ├── NegativePromptTooLong, AudioMissing
    │   ├── UnknownModel, NoModel
    │   ├── UnsupportedSeconds, UnsupportedShape, UnsupportedResolution
    │   ├── UnsupportedOption, UnsupportedCombination, SeedOutOfRange
    │   ├── ForbiddenPrompt     the guild forbids a word in it
    │   ├── PriceChanged        it costs something else by now
    │   └── PictureGone         a stored file of an earlier job was removed
    ├── PlaceError              it cannot be made here
    │   ├── NotInServer, WrongChannelAge
    │   └── MissingPermissions
    ├── NotAllowed              the member may not do this
    ├── AmountOutOfRange        no such amount of credits can be given
    ├── BadChoice               a setting cannot be that
    ├── NoWord                  there is nothing in it to look for in prompts
    ├── NowhereToAsk            there is no place to ask the moderators in
    ├── MembersUnknown          Discord does not tell who has a role
    ├── NoSuchMonth             it is none, or has not begun
    ├── ExportTooLarge          no message takes a file of that size
    ├── NoRoom                  pictures and clips take all of the disk they may
    ├── Restarting              the bot is being stopped, and takes nothing new
    └── Outdated                it was offered by an earlier version of the bot
    """


class OrderError(BotError):
    """The job as ordered cannot be made."""


class PictureMissing(OrderError):
    """The command came without a picture."""


class PictureUnavailable(OrderError):
    """The picture could not be downloaded."""


class PictureGone(OrderError):
    """A picture or sound of an earlier job is no longer kept."""


class PriceChanged(OrderError):
    """What was shown to the member costs something else by now; nothing was ordered."""

    def __init__(self, shown: int, price: int) -> None:
        super().__init__(f"shown for {shown} credits, and costs {price}")
        self.shown = shown
        self.price = price


class PromptEmpty(OrderError):
    """The prompt has no visible character."""


class ForbiddenPrompt(OrderError):
    """The guild's moderators forbid a word in it; which one is said to nobody."""


class PromptTooLong(OrderError):
    """The prompt is longer than the model takes."""

    def __init__(self, length: int, limit: int) -> None:
        super().__init__(f"prompt of {length} characters, limit {limit}")
        self.length = length
        self.limit = limit


class UnknownModel(OrderError):
    """No model goes by that name here."""

    def __init__(self, asked: str, known: tuple[str, ...]) -> None:
        super().__init__(f"unknown model {asked!r}")
        self.asked = asked
        self.known = known


class NoModel(OrderError):
    """No model here makes such clips at all."""

    def __init__(self, *, from_picture: bool) -> None:
        super().__init__("no model")
        self.from_picture = from_picture


class UnsupportedSeconds(OrderError):
    """The model cannot make a clip of that length."""

    def __init__(self, asked: int, model: str, offered: tuple[int, ...]) -> None:
        super().__init__(f"{model} cannot make {asked} s")
        self.asked = asked
        self.model = model
        self.offered = offered


class UnsupportedShape(OrderError):
    """The model cannot make a clip of that shape."""

    def __init__(self, asked: str, model: str, offered: tuple[str, ...]) -> None:
        super().__init__(f"{model} cannot make {asked}")
        self.asked = asked
        self.model = model
        self.offered = offered


class UnsupportedResolution(OrderError):
    """The model cannot make a clip of that resolution."""

    def __init__(self, asked: str, model: str, offered: tuple[str, ...]) -> None:
        super().__init__(f"{model} cannot make {asked}")
        self.asked = asked
        self.model = model
        self.offered = offered
        """Empty where the model leaves no choice."""


class Option(enum.StrEnum):
    """What a model may have or lack."""

    PICTURE = "picture"
    WORDS_ALONE = "words_alone"
    LAST_FRAME = "last_frame"
    AUDIO = "audio"
    NEGATIVE_PROMPT = "negative_prompt"
    SEED = "seed"
    SOUND = "sound"
    SILENCE = "silence"


class UnsupportedOption(OrderError):
    """The model lacks something that was asked for."""

    def __init__(self, option: Option, model: str, having: tuple[str, ...]) -> None:
        super().__init__(f"{model} has no {option}")
        self.option = option
        self.model = model
        self.having = having
        """The models here that have it, and all else that was asked for."""


class UnsupportedCombination(OrderError):
    """The model has each of the things that were asked for, and not together."""

    def __init__(self, model: str, offered: tuple[Variant, ...]) -> None:
        super().__init__(f"{model} cannot make that combination")
        self.model = model
        self.offered = offered


class AudioMissing(OrderError):
    """The model needs an audio file."""

    def __init__(self, model: str) -> None:
        super().__init__(f"{model} needs audio")
        self.model = model


class AudioUnavailable(OrderError):
    """The audio file could not be downloaded."""


class NegativePromptTooLong(PromptTooLong):
    """The negative prompt is longer than the model takes."""


class SeedOutOfRange(OrderError):
    """The seed is not a number a model takes."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"seed outside 0..{limit}")
        self.limit = limit


class PlaceError(BotError):
    """The job cannot be made in this place."""


class NotInServer(PlaceError):
    """The command was used outside a server."""


class WrongChannelAge(PlaceError):
    """The guild lets clips be ordered only in channels restricted by age, or never in those."""

    def __init__(self, rule: AgeRule) -> None:
        super().__init__(rule.value)
        self.rule = rule


class MissingPermissions(PlaceError):
    """The bot lacks permissions in this channel."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(", ".join(names))
        self.names = names


class NotAllowed(BotError):
    """Whoever asked may not do this."""

    def __init__(self, needed: str) -> None:
        super().__init__(needed)
        self.needed = needed


class BadChoice(BotError):
    """A setting cannot be that; the text is a plain sentence without its full stop."""


class MembersUnknown(BotError):
    """Discord does not tell this bot who has a role."""


class NoWord(BotError):
    """What is to be forbidden has no letter and no digit."""


class AmountOutOfRange(BotError):
    """The number of credits is not one that can be given."""

    def __init__(self, least: int, most: int) -> None:
        super().__init__(f"outside {least}..{most}")
        self.least = least
        self.most = most


class NowhereToAsk(BotError):
    """The guild has no log channel, or the bot cannot write there."""


class NoSuchMonth(BotError):
    """What was named is no month, or one that has not begun."""

    def __init__(self, asked: str) -> None:
        super().__init__(f"no month {asked!r}")
        self.asked = asked


class ExportTooLarge(BotError):
    """Not even packed may the entries of that month be attached there."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"more than {limit_bytes} bytes")
        self.limit_bytes = limit_bytes


class NoRoom(BotError):
    """Pictures and clips take all of the disk they may, and none of them may be removed yet."""


class Restarting(BotError):
    """The bot is being stopped: what was asked was not begun, or left nothing behind."""


class Outdated(BotError):
    """A command, button or form of an earlier version of the bot, which this one does not know."""
