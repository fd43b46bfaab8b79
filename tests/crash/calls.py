"""Every request a job makes, of Discord and of its provider, in order."""

from __future__ import annotations

from dataclasses import dataclass

DISCORD = "discord"


@dataclass(frozen=True)
class Call:
    """One kind of request in a job's life."""

    name: str
    method: str
    path: str
    """A regex; for Discord of what follows /api/v10."""
    says: str = ""
    """What its JSON body contains."""
    has_file: bool = False
    where: str = DISCORD
    """Whom it asks: Discord, or the provider of that name."""


CLIP_POST = Call("clip", "POST", r"/channels/\d+/messages", has_file=True)

TO_DISCORD = (
    Call("first answer", "POST", r"/interactions/\d+/[^/]+/callback"),
    Call("reply", "PATCH", r"/webhooks/\d+/[^/]+/messages/@original"),
    Call("thread", "POST", r"/channels/\d+/messages/\d+/threads"),
    Call("link", "PATCH", r"/channels/\d+/messages/\d+", "Follow it"),
    Call("look", "GET", r"/channels/\d+/messages"),
    Call("status", "POST", r"/channels/\d+/messages", "Waiting"),
    Call("progress", "PATCH", r"/channels/\d+/messages/\d+", "Making your clip"),
    CLIP_POST,
    Call("end", "PATCH", r"/channels/\d+/messages/\d+", "Done"),
)

SUBMITS = (
    Call("submit", "POST", r"/v1/(image|text)_to_video", where="runway"),
    Call("submit", "POST", r"/(image|text)-to-video/.+|/v1/videos/[^/]+", where="kling"),
    Call("submit", "POST", r"/api/v[67]/video(-fusion)?/(?!fetch).+", where="modelslab"),
)
"""What spends money."""

READS = (
    # An upload stands between the intent and the submit: nothing is spent yet.
    Call("upload", "POST", r"/api/v6/base64_to_url", where="modelslab"),
    Call("poll", "GET", r"/v1/tasks/.+", where="runway"),
    Call("poll", "GET", r"/tasks", where="kling"),
    Call("poll", "POST", r"/api/v[67]/video(-fusion)?/fetch/.+", where="modelslab"),
    Call("fetch", "GET", r"/clips/.+", where="runway"),
    Call("fetch", "GET", r"/clips/.+", where="kling"),
    Call("fetch", "GET", r"/clips/.+", where="modelslab"),
)
