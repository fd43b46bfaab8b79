"""Sends interactions to the bot, and holds its answers to Discord's rules."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence

from bot.playground.cdn import Upload
from bot.playground.commands import Option
from bot.playground.components import check_modal
from bot.playground.interaction import (
    ANSWER_WITHIN,
    TOKEN_LIFETIME,
    Callback,
    Interaction,
    Kind,
    State,
)
from bot.playground.message import Flag, Message
from bot.playground.message_rules import Draft, read_draft
from bot.playground.messages import Messages
from bot.playground.places import Channel, Json, User
from bot.playground.refusals import Code, FieldErrors, Refusal, refuse_field
from bot.playground.world import Event, World

_TO_COMPONENT = frozenset(Callback) - {Callback.CHOICES}
_TO_COMMAND = _TO_COMPONENT - {Callback.DEFERRED_UPDATE, Callback.UPDATE}


class Interactions:
    """Keeps interactions by id and by token."""

    def __init__(self, world: World, messages: Messages) -> None:
        self._world = world
        self._messages = messages
        self._by_id: dict[int, Interaction] = {}
        self._by_token: dict[str, Interaction] = {}
        self._timers: dict[int, asyncio.TimerHandle] = {}

    def close(self) -> None:
        """Stop waiting for answers."""
        for timer in self._timers.values():
            timer.cancel()

    # -- from a person to the bot ---------------------------------------------------------------

    def send(
        self,
        kind: Kind,
        user: User,
        channel: Channel,
        data: Json,
        *,
        source: Message | None = None,
        nonce: str = "",
    ) -> Interaction:
        """Hand an interaction to the bot."""
        interaction = Interaction(
            id=self._world.new_id(),
            token=secrets.token_urlsafe(48),
            application_id=self._world.application_id,
            kind=kind,
            user=user,
            channel=channel,
            data=data,
            created_at=self._world.clock(),
            nonce=nonce,
            source=source,
        )
        self._by_id[interaction.id] = self._by_token[interaction.token] = interaction
        self._give_up_later(interaction)
        self._tell_page(interaction, "sent")
        self.hand_over(interaction)
        return interaction

    def hand_over(self, interaction: Interaction) -> None:
        """Tell the bot of an interaction; a test may do so again, as Discord may at a RESUME."""
        payload = self._as_json(interaction)
        self._world.publish(Event("INTERACTION_CREATE", payload, interaction.channel.guild_id))

    def find(self, interaction_id: int) -> Interaction | None:
        """Find an interaction by its id."""
        return self._by_id.get(interaction_id)

    # -- from the bot, with the interaction's token ---------------------------------------------

    def answer(
        self, interaction_id: int, token: str, body: Json, uploads: Sequence[Upload]
    ) -> Interaction:
        """Take the first answer, which must come within three seconds and only once."""
        interaction = self._by_id.get(interaction_id)
        if interaction is None or interaction.token != token:
            raise Refusal(Code.UNKNOWN_INTERACTION)
        if interaction.state not in (State.SENT, State.FAILED):
            raise Refusal(Code.ALREADY_ACKNOWLEDGED)
        if interaction.state is State.SENT and self._is_late(interaction):
            self._settle(interaction, State.FAILED)
        if interaction.state is State.FAILED:
            raise Refusal(Code.UNKNOWN_INTERACTION)
        callback = _callback(interaction, body)
        try:
            self._apply(interaction, callback, body.get("data") or {}, uploads)
        except Refusal as refusal:
            nested = {"data": refusal.errors} if refusal.errors else None
            raise Refusal(refusal.code, nested) from None
        deferred = callback in (Callback.DEFERRED_MESSAGE, Callback.DEFERRED_UPDATE)
        self._settle(interaction, State.DEFERRED if deferred else State.ACKNOWLEDGED)
        return interaction

    def followup(self, token: str, draft: Draft) -> Message:
        """Post another answer; the first after a deferral takes the placeholder's place."""
        interaction = self.by_token(token)
        if interaction.original is not None and interaction.original.thinking:
            return self._messages.edit(interaction.original, draft, answering=interaction)
        message = self._messages.answer(interaction, draft, followup=True)
        interaction.messages.append(message)
        return message

    def edit(self, token: str, message_id: int | None, draft: Draft) -> Message:
        """Edit an answer; None means the original one."""
        interaction = self.by_token(token)
        message = self.answered(interaction, message_id)
        return self._messages.edit(message, draft, answering=interaction)

    def delete(self, token: str, message_id: int | None) -> None:
        """Delete an answer; None means the original one."""
        interaction = self.by_token(token)
        message = self.answered(interaction, message_id)
        self._messages.delete(message)
        if message in interaction.messages:
            interaction.messages.remove(message)
        if message is interaction.original:
            interaction.original = None

    def by_token(self, token: str) -> Interaction:
        """Find an answered interaction; refuses dead tokens as Discord does."""
        interaction = self._by_token.get(token)
        if interaction is None:
            raise Refusal(Code.UNKNOWN_WEBHOOK)
        if self._world.clock() >= interaction.created_at + TOKEN_LIFETIME:
            raise Refusal(Code.DEAD_WEBHOOK_TOKEN)
        if interaction.state in (State.SENT, State.FAILED):
            raise Refusal(Code.UNKNOWN_WEBHOOK)
        return interaction

    def answered(self, interaction: Interaction, message_id: int | None) -> Message:
        """Find one answer of an interaction; None means the original one."""
        answers = {message.id: message for message in interaction.messages}
        message = interaction.original if message_id is None else answers.get(message_id)
        if message is not None and self._messages.find(message.id, message.channel_id):
            return message
        raise Refusal(Code.UNKNOWN_MESSAGE)

    # -- how ------------------------------------------------------------------------------------

    def _apply(
        self, interaction: Interaction, callback: Callback, data: Json, uploads: Sequence[Upload]
    ) -> None:
        match callback:
            case Callback.MESSAGE:
                draft = read_draft(data, uploads)
                self._begin(interaction, self._messages.answer(interaction, draft, followup=False))
            case Callback.DEFERRED_MESSAGE:
                flags = Flag(data.get("flags") or 0)
                if flags & ~Flag.EPHEMERAL:
                    message = "A deferral accepts no flag but EPHEMERAL."
                    raise refuse_field("flags", "MESSAGE_FLAGS_INVALID", message)
                self._begin(interaction, self._messages.think(interaction, flags))
            case Callback.DEFERRED_UPDATE:
                interaction.original = interaction.source
            case Callback.UPDATE:
                assert interaction.source is not None
                draft = read_draft(data, uploads)
                self._messages.edit(interaction.source, draft, answering=interaction)
                interaction.original = interaction.source
            case Callback.CHOICES:
                interaction.choices = _checked_choices(data, _focused_type(interaction.data))
            case Callback.MODAL:
                interaction.modal = _checked_modal(data)

    def _begin(self, interaction: Interaction, message: Message) -> None:
        interaction.original = message
        interaction.original_id = message.id
        interaction.messages.append(message)

    def _is_late(self, interaction: Interaction) -> bool:
        return self._world.clock() >= interaction.created_at + ANSWER_WITHIN

    def _give_up_later(self, interaction: Interaction) -> None:
        left = interaction.created_at + ANSWER_WITHIN - self._world.clock()
        self._timers[interaction.id] = asyncio.get_running_loop().call_later(
            max(left.total_seconds(), 0.05), self._give_up, interaction
        )

    def _give_up(self, interaction: Interaction) -> None:
        if self._is_late(interaction):
            self._settle(interaction, State.FAILED)
        else:
            self._give_up_later(interaction)

    def _settle(self, interaction: Interaction, state: State) -> None:
        self._timers.pop(interaction.id).cancel()
        interaction.settle(state)
        if state is State.FAILED:
            self._tell_page(interaction, "failed", "The application did not respond")
            return
        self._tell_page(interaction, "acknowledged")
        if interaction.modal is not None:
            modal = {"interaction_id": str(interaction.id), "modal": interaction.modal}
            self._tell("MODAL", modal, interaction)
        if interaction.choices is not None:
            choices = {"request": interaction.nonce, "choices": interaction.choices}
            self._tell("AUTOCOMPLETE", choices, interaction)

    def _tell_page(self, interaction: Interaction, state: str, message: str = "") -> None:
        news = {"nonce": interaction.nonce, "state": state, "message": message}
        self._tell("INTERACTION", news, interaction)

    def _tell(self, name: str, data: Json, interaction: Interaction) -> None:
        self._world.publish(Event(name, data, only_for=interaction.user.id))

    def _as_json(self, interaction: Interaction) -> Json:
        channel = interaction.channel
        guild = self._world.guild_of(channel)
        member = guild.members[interaction.user.id]
        permissions = guild.permissions(interaction.user.id, channel)
        payload: Json = {
            "id": str(interaction.id),
            "application_id": str(interaction.application_id),
            "type": int(interaction.kind),
            "data": interaction.data,
            "guild_id": str(guild.id),
            "guild": {"id": str(guild.id), "locale": "en-US", "features": []},
            "channel_id": str(channel.id),
            "channel": channel.as_json() | {"permissions": str(int(permissions))},
            "member": member.as_json() | {"permissions": str(int(permissions))},
            "token": interaction.token,
            "version": 1,
            "app_permissions": str(int(guild.permissions(self._world.bot.id, channel))),
            "locale": "en-US",
            "guild_locale": "en-US",
            "entitlements": [],
            "authorizing_integration_owners": {"0": str(guild.id)},
            "context": 0,
            "attachment_size_limit": max(
                guild.upload_limit_bytes, interaction.user.upload_limit_bytes
            ),
        }
        if interaction.source is not None:
            payload["message"] = self._messages.as_json(interaction.source)
        return payload


def _callback(interaction: Interaction, body: Json) -> Callback:
    match interaction.kind:
        case Kind.AUTOCOMPLETE:
            allowed = frozenset({Callback.CHOICES})
        case Kind.COMPONENT:
            allowed = _TO_COMPONENT
        case Kind.MODAL if interaction.source is not None:
            allowed = _TO_COMPONENT - {Callback.MODAL}
        case Kind.MODAL:
            allowed = _TO_COMMAND - {Callback.MODAL}
        case Kind.COMMAND:
            allowed = _TO_COMMAND
    if body.get("type") not in allowed:
        choices = ", ".join(str(int(choice)) for choice in sorted(allowed))
        raise refuse_field("type", "BASE_TYPE_CHOICES", f"Value must be one of {{{choices}}}.")
    return Callback(body["type"])


def _focused_type(data: Json) -> int:
    """The type of the option that is typed into, however deep it stands."""
    options = data["options"]
    while not any(option.get("focused") for option in options):
        options = options[0]["options"]
    return next(int(option["type"]) for option in options if option.get("focused"))


def _checked_choices(data: Json, option_type: int) -> list[Json]:
    errors = FieldErrors()
    choices = data.get("choices")
    if errors.count("choices", choices, 0, 25):
        for index, choice in enumerate(choices or []):
            errors.length(f"choices.{index}.name", choice.get("name"), 1, 100)
            errors.length(f"choices.{index}.value", str(choice.get("value", "")), 1, 100)
            if option_type == Option.INTEGER and not isinstance(choice.get("value"), int):
                message = f"Value {choice.get('value')!r} is not int."
                errors.add(f"choices.{index}.value", "NUMBER_TYPE_COERCE", message)
    errors.raise_if_any()
    return list(choices or [])


def _checked_modal(data: Json) -> Json:
    errors = FieldErrors()
    check_modal(errors, data)
    errors.raise_if_any()
    return data
