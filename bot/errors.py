"""What can be wrong with what somebody asks of the bot. `bot.messages` words each of these."""

from __future__ import annotations


class BotError(Exception):
    """A request the bot cannot carry out.

    BotError
    ├── OrderError              the job as ordered cannot be made
    │   ├── PictureMissing, PictureUnavailable
    │   ├── PromptEmpty, PromptTooLong
    │   ├── UnknownModel, UnsupportedSeconds, UnsupportedShape, SeedOutOfRange
    │   └── PictureGone         the stored picture of an earlier job was removed
    ├── PlaceError              it cannot be made here
    │   ├── NotInServer
    │   └── MissingPermissions
    ├── NotAllowed              the member may not do this
    └── AmountOutOfRange        no such amount of credits can be given
    """


class OrderError(BotError):
    """The job as ordered cannot be made."""


class PictureMissing(OrderError):
    """The command came without a picture."""


class PictureUnavailable(OrderError):
    """The picture could not be downloaded."""


class PictureGone(OrderError):
    """The picture of an earlier job is no longer kept."""


class PromptEmpty(OrderError):
    """The prompt has no visible character."""


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


class SeedOutOfRange(OrderError):
    """The seed is not a number a model takes."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"seed outside 0..{limit}")
        self.limit = limit


class PlaceError(BotError):
    """The job cannot be made in this place."""


class NotInServer(PlaceError):
    """The command was used outside a server."""


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


class AmountOutOfRange(BotError):
    """The number of credits is not one that can be given."""

    def __init__(self, least: int, most: int) -> None:
        super().__init__(f"outside {least}..{most}")
        self.least = least
        self.most = most
