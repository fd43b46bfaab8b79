"""Tells in a terminal what happens in the playground, line by line."""

from __future__ import annotations

import re
from typing import TextIO

from bot.playground.commands import Option
from bot.playground.interaction import Kind
from bot.playground.message import Message
from bot.playground.server import Playground

NAME_WIDTH = 10
_MENTION = re.compile(r"<@!?(\d+)>")
_CHANNEL = re.compile(r"<#(\d+)>")
_TIME = re.compile(r"<t:\d+(?::\w)?>")
_MARKS = re.compile(r"\*\*|^-# |^### |^> |`", re.MULTILINE)
_ESCAPE = re.compile(r"\\(?=\W)")


class Narrator:
    """Prints every message as it appears and as it changes."""

    def __init__(self, playground: Playground, out: TextIO) -> None:
        self._playground = playground
        self._out = out
        self._last: dict[int, str] = {}

    async def follow(self) -> None:
        """Print until cancelled."""
        self._say("", f"A Discord on this machine: {self._playground.page_url}")
        async for event in self._playground.events():
            match event.name:
                case "INTERACTION_CREATE" if event.data["type"] == Kind.COMMAND:
                    self._command(event.data)
                case "THREAD_CREATE":
                    self._say("", f"── thread “{event.data['name']}” ──")
                case "MESSAGE_CREATE" | "MESSAGE_UPDATE":
                    self._message(int(event.data["channel_id"]), int(event.data["id"]))
                case _:
                    pass

    def _command(self, interaction: dict[str, object]) -> None:
        data = interaction["data"]
        assert isinstance(data, dict)
        options = " ".join(
            f"{option['name']}:{option['value']}"
            for option in data.get("options", ())
            if option["type"] != Option.ATTACHMENT
        )
        self._say("Member", f"/{data['name']} {options}".rstrip())

    def _message(self, channel_id: int, message_id: int) -> None:
        viewer = self._playground.world.user_named("Member")
        for message in self._playground.messages(channel_id, viewer.id):
            if message.id == message_id and not message.thinking:
                self._show(message)

    def _show(self, message: Message) -> None:
        files = (
            f"[{file.filename}, {len(file.content) / 1024:,.0f} KiB, plays inline]"
            for file in message.attachments
        )
        text = "\n".join([self._plain(message.text), *files]).strip()
        if text and self._last.get(message.id) != text:
            self._last[message.id] = text
            self._say(message.author.global_name or message.author.username, text)

    def _plain(self, text: str) -> str:
        world = self._playground.world
        text = _MENTION.sub(lambda m: f"@{world.users[int(m[1])].global_name}", text)
        text = _CHANNEL.sub(lambda m: f"#{_channel_name(self._playground, int(m[1]))}", text)
        return _ESCAPE.sub("", _MARKS.sub("", _TIME.sub("now", text)))

    def _say(self, who: str, text: str) -> None:
        for number, line in enumerate(text.splitlines()):
            name = who if number == 0 else ""
            self._out.write(f"{name:>{NAME_WIDTH}}  {line}\n")
        self._out.flush()


def _channel_name(playground: Playground, channel_id: int) -> str:
    channel = playground.world.channel(channel_id)
    return channel.name if channel else "thread"
