"""How this Discord says no: its error codes, and the places in a body they point at."""

from __future__ import annotations

import enum

from bot.playground.places import Json


class Code(enum.Enum):
    """HTTP status, Discord's code and its sentence."""

    UNAUTHORIZED = 401, 0, "401: Unauthorized"
    NOT_FOUND = 404, 0, "404: Not Found"
    METHOD_NOT_ALLOWED = 405, 0, "405: Method Not Allowed"
    UNKNOWN_CHANNEL = 404, 10003, "Unknown Channel"
    UNKNOWN_GUILD = 404, 10004, "Unknown Guild"
    UNKNOWN_MEMBER = 404, 10007, "Unknown Member"
    UNKNOWN_MESSAGE = 404, 10008, "Unknown Message"
    UNKNOWN_USER = 404, 10013, "Unknown User"
    UNKNOWN_WEBHOOK = 404, 10015, "Unknown Webhook"
    UNKNOWN_INTERACTION = 404, 10062, "Unknown interaction"
    UNKNOWN_COMMAND = 404, 10063, "Unknown application command"
    TOO_MANY_COMMAND_CREATES = 400, 30034, "Max number of daily application command creates reached"
    TOO_LARGE = 413, 40005, "Request entity too large"
    ALREADY_ACKNOWLEDGED = 400, 40060, "Interaction has already been acknowledged."
    MISSING_ACCESS = 403, 50001, "Missing Access"
    CANNOT_DM = 403, 50007, "Cannot send messages to this user"
    NOT_THE_AUTHOR = 403, 50005, "Cannot edit a message authored by another user"
    EMPTY_MESSAGE = 400, 50006, "Cannot send an empty message"
    MISSING_PERMISSIONS = 403, 50013, "Missing Permissions"
    WRONG_CHANNEL_TYPE = 400, 50024, "Cannot execute action on this channel type"
    DEAD_WEBHOOK_TOKEN = 401, 50027, "Invalid Webhook Token"
    INVALID_RECIPIENT = 400, 50033, "Invalid Recipient(s)"
    INVALID_BODY = 400, 50035, "Invalid Form Body"
    ARCHIVED = 400, 50083, "Thread is archived"
    INVALID_JSON = 400, 50109, "The request body contains invalid JSON."
    NO_HISTORY_FOR_REPLY = 400, 160002, "Cannot reply without permission to read message history"
    TOO_MANY_THREADS = 400, 160006, "Maximum number of active threads reached"
    THREAD_EXISTS = 400, 160004, "A thread has already been created for this message"
    LOCKED = 403, 160005, "Thread is locked"

    @property
    def status(self) -> int:
        """The HTTP status it travels with."""
        return self.value[0]


class PlaygroundError(Exception):
    """Anything the playground may raise.

    PlaygroundError
    ├── Refusal             the REST API refuses a request of the bot
    ├── NotPossible         a person could not do this in Discord's client
    ├── NotAnswered         the bot did not answer in time
    ├── NotLoopback         it was asked to listen where other machines could reach it
    ├── CannotListen        the port is not to be had
    ├── BotStopped          the bot ended by itself
    ├── FakesMissing        the fake providers are not here
    ├── FakesStopped        they ended by themselves
    └── DemoFailed          the demo could not make its clip
    """


class NotPossible(PlaygroundError):
    """Discord's client would not let a person do this; the text says why."""


class NotAnswered(PlaygroundError):
    """The application did not respond."""


class Refusal(PlaygroundError):
    """Discord refuses a request."""

    def __init__(self, code: Code, errors: Json | None = None) -> None:
        super().__init__(code.value[2])
        self.code = code
        self.errors = errors

    def as_json(self) -> Json:
        """Spell the error body as Discord does."""
        _, code, message = self.code.value
        body: Json = {"message": message, "code": code}
        return body | ({"errors": self.errors} if self.errors else {})


class FieldErrors:
    """Collects what is wrong with a body, so that one answer names all of it."""

    def __init__(self) -> None:
        self._tree: Json = {}

    def add(self, path: str, code: str, message: str) -> None:
        """Note one mistake at a dotted path such as `components.0.custom_id`."""
        node = self._tree
        for part in path.split("."):
            node = node.setdefault(part, {})
        node.setdefault("_errors", []).append({"code": code, "message": message})

    def length(self, path: str, value: object, least: int, most: int) -> None:
        """Require a string of a certain length."""
        if not isinstance(value, str):
            self.add(path, "BASE_TYPE_REQUIRED", "This field is required")
        elif not least <= len(value) <= most:
            self.add(
                path,
                "BASE_TYPE_BAD_LENGTH",
                f"Must be between {least} and {most} in length.",
            )

    def count(self, path: str, values: object, least: int, most: int) -> bool:
        """Require a list of a certain length; tell whether it is a list at all."""
        if not isinstance(values, list):
            self.add(path, "BASE_TYPE_LIST", "Only iterables may be used in a ListType")
            return False
        if not least <= len(values) <= most:
            self.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")
        return True

    def raise_if_any(self) -> None:
        """Refuse the body where anything was noted."""
        if self._tree:
            raise self.refusal()

    def refusal(self) -> Refusal:
        """Make the answer that names every mistake."""
        return Refusal(Code.INVALID_BODY, self._tree)


def refuse_field(path: str, code: str, message: str) -> Refusal:
    """Make the refusal of a body with one mistake."""
    errors = FieldErrors()
    errors.add(path, code, message)
    return errors.refusal()
