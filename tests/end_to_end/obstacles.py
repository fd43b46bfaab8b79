"""Things that go wrong with every post of one order: its thread, its status and its clip."""

from __future__ import annotations

from bot.playground.faults import Action, Fault
from bot.playground.places import Channel
from bot.playground.world import Event
from tests.end_to_end.stage import Stage


class Obstacles:
    """Makes an action happen once to each post of the next order in a channel.

    The thread's address is known only once it is there, so each post is watched for.
    """

    def __init__(self, stage: Stage, channel: Channel, action: Action) -> None:
        self._faults = stage.playground.faults
        self._channel = channel
        self._action = action
        self._thread_id: str | None = None
        self._is_clip_awaited = False
        self._hinder(rf"/channels/{channel.id}/messages/\d+/threads")
        stage.playground.world.listeners.append(self._follow)

    def _follow(self, event: Event) -> None:
        match event.name:
            case "THREAD_CREATE" if event.data["parent_id"] == str(self._channel.id):
                self._thread_id = event.data["id"]
                self._hinder(f"/channels/{self._thread_id}/messages")
            case "MESSAGE_UPDATE" if event.data["channel_id"] == self._thread_id:
                # The status message moves: it is posted, and the next post is the clip.
                if not self._is_clip_awaited:
                    self._is_clip_awaited = True
                    self._hinder(f"/channels/{self._thread_id}/messages")
            case _:
                pass

    def _hinder(self, path: str) -> None:
        self._faults.add(Fault(self._action, "POST", path))
