"""One order as its member can follow it, and as the books tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.playground.interaction import Interaction
from bot.playground.message import Message
from bot.playground.places import Channel
from storage.jobs import job_id

if TYPE_CHECKING:
    from tests.end_to_end.stage import Stage


class Order:
    """Everything there is to see of one order."""

    def __init__(self, stage: Stage, interaction: Interaction) -> None:
        self._stage = stage
        self.interaction = interaction
        self.id = job_id(interaction.id)

    # -- in the database ------------------------------------------------------------------------

    @property
    def row(self) -> dict[str, Any]:
        """The job's row; empty where the order became no job."""
        return self._stage.records.job(self.id) or {}

    @property
    def is_held(self) -> bool:
        """Whether its credits are set aside."""
        return self._stage.records.hold_of(self.id) == "held"

    # -- on Discord -----------------------------------------------------------------------------

    @property
    def threads(self) -> list[Channel]:
        """The threads opened on the reply."""
        threads = self._stage.playground.threads(self.interaction.channel.id)
        return [thread for thread in threads if thread.id == self.interaction.original_id]

    @property
    def place(self) -> Channel:
        """Where it is followed."""
        return next(iter(self.threads), self.interaction.channel)

    @property
    def messages(self) -> list[Message]:
        """Everything said about it where it is followed, but for the reply."""
        said = self._stage.playground.messages(self.place.id, self.interaction.user.id)
        return [
            message
            for message in said
            if message.id != self.interaction.original_id
            and (f"job {self.id}" in message.text or f":{self.id}'" in str(message.components))
        ]

    @property
    def clips(self) -> list[Message]:
        """The messages with a clip."""
        return [message for message in self.messages if message.attachments]

    @property
    def statuses(self) -> list[Message]:
        """The status messages."""
        return [
            message
            for message in self.messages
            if f"job {self.id}" in message.text and not message.attachments
        ]

    @property
    def pings(self) -> list[int]:
        """Everybody who was notified, once for each time."""
        return [user_id for message in self.messages for user_id in message.pinged]

    @property
    def status_changes(self) -> list[str]:
        """What the status message said, from its posting on."""
        ids = {str(message.id) for message in self.statuses}
        return [
            event.data["content"]
            for event in self._stage.seen
            if event.name in ("MESSAGE_CREATE", "MESSAGE_UPDATE") and event.data["id"] in ids
        ]

    # -- waiting --------------------------------------------------------------------------------

    async def placed(self) -> Order:
        """Wait until it is a job with its reply in place."""
        await self._stage.until(lambda: self.row and self.reply)
        return self

    async def refused(self) -> str:
        """Wait for the private sentence that says why there is no job, and return it."""
        return await self._stage.answered(self.interaction)

    async def state(self, *states: str) -> Order:
        """Wait until the job is in one of these states."""
        await self._stage.until(lambda: self.row.get("state") in states)
        return self

    async def says(self, words: str) -> Order:
        """Wait until the status message says this."""
        await self._stage.until(lambda: any(words in status.text for status in self.statuses))
        return self

    async def clip(self) -> Message:
        """Wait for the clip, paid for."""
        await self.state("delivered")
        return self.clips[0]

    @property
    def reply(self) -> str:
        """What the first reply says now."""
        original = self.interaction.original
        return original.text if original else ""

    def assert_delivered_once(self) -> None:
        """Fail unless there is one clip, one status, one mention, and one settlement."""
        price = self.row["price_credits"]
        assert [len(self.clips), len(self.statuses)] == [1, 1]
        assert self.pings == [self.interaction.user.id]
        assert self.row["state"] == "delivered"
        assert self._stage.records.entries(self.id) == [
            ("hold", 0, price),
            ("settle", -price, -price),
        ]
        assert self._stage.records.hold_of(self.id) == "captured"
