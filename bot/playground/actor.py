"""What people do in this Discord: run commands, press buttons, send forms, look around."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from typing import TypeVar

from bot.playground.cdn import Upload
from bot.playground.forms import fill_form
from bot.playground.interaction import Interaction, Kind
from bot.playground.loopback import Loopback
from bot.playground.menus import Menu, entry, of_message, of_user
from bot.playground.message import Message
from bot.playground.message_rules import Draft
from bot.playground.picker import Files, Picked, Value, check_may_use, fill, fill_partly, pick
from bot.playground.places import Channel, Guild, Json, User
from bot.playground.presses import check_press
from bot.playground.refusals import NotPossible
from bot.playground.world import Event

READY_SECONDS = 15
ANSWER_SECONDS = 5
LOOK_AGAIN_SECONDS = 0.05

_T = TypeVar("_T")


class Actor:
    """The acting side of a loopback Discord, shared by tests, the demo and the page."""

    def __init__(self, loopback: Loopback) -> None:
        self.loopback = loopback
        self.world = loopback.world
        self.token = loopback.token
        self.faults = loopback.faults
        self.gateway = loopback.gateway
        self.rate_limits = loopback.rate_limits
        self.requests = loopback.requests

    # -- doing ----------------------------------------------------------------------------------

    async def slash(
        self,
        user_id: int,
        channel_id: int,
        name: str,
        options: Mapping[str, Value] | None = None,
        files: Files | None = None,
        *,
        nonce: str = "",
        offered_within_seconds: float = READY_SECONDS,
    ) -> Interaction:
        """Run a command by its full name, such as `budget grant`, once the bot offers it.

        Raises NotPossible with a plain sentence.
        """
        user, channel, guild = self._place(user_id, channel_id)
        picked = await self._offered(guild, name, offered_within_seconds)
        check_may_use(guild, channel, user, picked.command)
        data = fill(picked, options or {}, files or {}, (guild, channel, self.loopback.cdn))
        return self.loopback.interactions.send(Kind.COMMAND, user, channel, data, nonce=nonce)

    async def autocomplete(
        self,
        user_id: int,
        channel_id: int,
        name: str,
        option: str,
        text: str,
        options: Mapping[str, Value] | None = None,
        attached: Sequence[str] = (),
    ) -> list[Json]:
        """Type into an option and return the choices offered; NotAnswered where none came."""
        so_far = options or {}
        interaction = await self.ask(user_id, channel_id, name, option, text, so_far, attached)
        await interaction.acknowledged(ANSWER_SECONDS)
        return interaction.choices or []

    async def ask(
        self,
        user_id: int,
        channel_id: int,
        name: str,
        option: str,
        text: str,
        options: Mapping[str, Value],
        attached: Sequence[str] = (),
        *,
        nonce: str = "",
        offered_within_seconds: float = READY_SECONDS,
    ) -> Interaction:
        """Type into an option, without waiting for the choices.

        Of the options that have a file the bot learns an id and nothing more.
        """
        user, channel, guild = self._place(user_id, channel_id)
        picked = await self._offered(guild, name, offered_within_seconds)
        check_may_use(guild, channel, user, picked.command)
        ids = {name: str(self.world.new_id()) for name in attached}
        data = fill_partly(picked, {**options, **ids}, option, text)
        return self.loopback.interactions.send(Kind.AUTOCOMPLETE, user, channel, data, nonce=nonce)

    async def pick_in_menu(
        self,
        user_id: int,
        channel_id: int,
        kind: Menu,
        name: str,
        target_id: int,
        *,
        nonce: str = "",
        offered_within_seconds: float = READY_SECONDS,
    ) -> Interaction:
        """Pick an app's entry in the menu of a member or a message, by right-click or long press.

        Raises NotPossible with a plain sentence.
        """
        user, channel, guild = self._place(user_id, channel_id)
        await self._has_synced(offered_within_seconds)
        command = entry(self.loopback.commands.usable(guild.id), kind, name)
        check_may_use(guild, channel, user, command)
        if kind is Menu.USER:
            data = of_user(command, guild, target_id)
        else:
            message = self.loopback.messages.find(target_id)
            if message is None or not message.seen_by(user_id):
                raise NotPossible("That message is gone.")
            data = of_message(command, self.loopback.messages, message)
        return self.loopback.interactions.send(Kind.COMMAND, user, channel, data, nonce=nonce)

    async def press(
        self,
        user_id: int,
        message_id: int,
        custom_id: str,
        values: Sequence[str] = (),
        *,
        nonce: str = "",
    ) -> Interaction:
        """Press a button, or choose values in a select."""
        message = self.loopback.messages.find(message_id)
        if message is None or not message.seen_by(user_id):
            raise NotPossible("That message is gone.")
        user, channel, guild = self._place(user_id, message.channel_id)
        data = check_press(guild, message, custom_id, values)
        send = self.loopback.interactions.send
        return send(Kind.COMPONENT, user, channel, data, source=message, nonce=nonce)

    async def submit_modal(
        self,
        user_id: int,
        interaction: Interaction,
        values: Mapping[str, Value | list[str]],
        files: Files | None = None,
        *,
        nonce: str = "",
    ) -> Interaction:
        """Send the form an interaction opened; values stand by the custom id of their input."""
        if interaction.modal is None or interaction.user.id != user_id:
            raise NotPossible("That form is not open.")
        user, channel, guild = self._place(user_id, interaction.channel.id)
        place = (guild, channel, self.loopback.cdn)
        data = fill_form(interaction.modal, values, files or {}, place)
        send = self.loopback.interactions.send
        return send(Kind.MODAL, user, channel, data, source=interaction.source, nonce=nonce)

    async def say(
        self, user_id: int, channel_id: int, content: str, files: Sequence[tuple[str, bytes]] = ()
    ) -> Message:
        """Post an ordinary message."""
        user, channel, _ = self._place(user_id, channel_id)
        draft = Draft(content=content, uploads=[Upload(*file) for file in files])
        return self.loopback.messages.post(channel, user, draft)

    # -- looking --------------------------------------------------------------------------------

    def messages(self, channel_id: int, as_user: int | None = None) -> list[Message]:
        """List what a user sees in a channel, oldest first; the owner where none is named."""
        viewer = self.world.guild.owner_id if as_user is None else as_user
        return self.loopback.messages.seen(channel_id, viewer)

    def threads(self, channel_id: int) -> list[Channel]:
        """List a channel's threads, oldest first."""
        return self.world.threads(channel_id)

    async def events(self) -> AsyncIterator[Event]:
        """Follow everything that happens from the first step of the iteration on."""
        with self.world.listening() as feed:
            while True:
                yield await feed.get()

    async def until(self, predicate: Callable[[], _T | None], within_seconds: float = 10) -> _T:
        """Wait until a predicate is true and return what it gave; TimeoutError after that.

        It is asked again after every event and request, and now and then in between, since it
        may look at what this Discord cannot know.
        """
        with self.world.listening() as feed:
            async with asyncio.timeout(within_seconds):
                while not (found := predicate()):
                    # Not `wait_for`: before Python 3.12 it may swallow that it is cancelled.
                    with suppress(TimeoutError):
                        async with asyncio.timeout(LOOK_AGAIN_SECONDS):
                            await feed.get()
        return found

    # -- how ------------------------------------------------------------------------------------

    def _place(self, user_id: int, channel_id: int) -> tuple[User, Channel, Guild]:
        channel = self.world.channel(channel_id)
        if channel is None or not self.world.sees(user_id, channel):
            raise NotPossible("That channel is not visible to this user.")
        return self.world.users[user_id], channel, self.world.guild_of(channel)

    async def _has_synced(self, within_seconds: float) -> None:
        def synced() -> bool:
            return bool(self.loopback.commands.listed()) and self.gateway.has_session

        try:
            await self.until(synced, within_seconds)
        except TimeoutError:
            raise NotPossible("The bot is not connected.") from None

    async def _offered(self, guild: Guild, name: str, within_seconds: float) -> Picked:
        def offered() -> Picked | None:
            if not self.gateway.has_session:
                return None
            return pick(self.loopback.commands.usable(guild.id), name)

        try:
            return await self.until(offered, within_seconds)
        except TimeoutError:
            raise NotPossible(self._why_not(guild, name)) from None

    def _why_not(self, guild: Guild, name: str) -> str:
        usable = self.loopback.commands.usable(guild.id)
        names = sorted(f"/{item['name']}" for item in usable if item["type"] == 1)
        if f"/{name.split()[0]}" in names and not self.gateway.has_session:
            return "The bot is not connected."
        known = f"It offers {', '.join(names)}." if names else "It has synced no command yet."
        return f"The bot offers no /{name}. {known}"
