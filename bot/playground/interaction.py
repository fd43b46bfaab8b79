"""One interaction: what a person asked of the bot, and how the bot answered."""

from __future__ import annotations

import asyncio
import enum
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.playground.commands import Option
from bot.playground.places import Channel, Json, User
from bot.playground.refusals import NotAnswered

if TYPE_CHECKING:
    from bot.playground.message import Message

ANSWER_WITHIN = timedelta(seconds=3)
TOKEN_LIFETIME = timedelta(minutes=15)


class Kind(enum.IntEnum):
    """Discord's interaction types."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL = 5


class Callback(enum.IntEnum):
    """Discord's ways to answer an interaction first."""

    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE = 7
    CHOICES = 8
    MODAL = 9


class State(enum.Enum):
    """How the bot first answered; later edits do not change it."""

    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    DEFERRED = "deferred"
    FAILED = "failed"


@dataclass(eq=False)
class Interaction:
    """A person's request, kept with everything the bot made of it."""

    id: int
    token: str
    application_id: int
    kind: Kind
    user: User
    channel: Channel
    data: Json
    created_at: datetime
    nonce: str = ""
    """The page's own name for it."""
    source: Message | None = None
    """The message whose component was pressed."""
    state: State = State.SENT
    original: Message | None = None
    original_id: int | None = None
    messages: list[Message] = field(default_factory=list)
    """The original answer and followups that still exist, oldest first."""
    modal: Json | None = None
    choices: list[Json] | None = None
    _answered: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def command_name(self) -> str:
        """The full name of the command it is for, such as `budget grant`; empty for others."""
        names: list[str] = []
        step: Json | None = self.data if self.kind is Kind.COMMAND else None
        while step is not None:
            names.append(step["name"])
            nested = [item for item in step.get("options") or () if item["type"] <= Option.GROUP]
            step = nested[0] if nested else None
        return " ".join(names)

    async def acknowledged(self, within_seconds: float = 5) -> State:
        """Wait for the first answer; NotAnswered where Discord gave up, TimeoutError after that."""
        async with asyncio.timeout(within_seconds):
            await self._answered.wait()
        if self.state is State.FAILED:
            raise NotAnswered("The application did not respond.")
        return self.state

    def settle(self, state: State) -> None:
        """Note the first answer, or that none came."""
        self.state = state
        self._answered.set()

    def metadata_json(self) -> Json:
        """Describe it on the messages that answer it."""
        described: Json = {
            "id": str(self.id),
            "type": int(self.kind),
            "user": self.user.as_json(),
            "authorizing_integration_owners": {"0": str(self.channel.guild_id)},
        }
        if self.source is not None:
            described["interacted_message_id"] = str(self.source.id)
        return described
