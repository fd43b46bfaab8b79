"""Who a message really notifies, once its allowed mentions have been obeyed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.playground.components import walk
from bot.playground.message_rules import Shape
from bot.playground.permissions import Permission
from bot.playground.places import Channel, Json, User
from bot.playground.refusals import refuse_field
from bot.playground.world import World

_USER = re.compile(r"<@!?(\d+)>")
_ROLE = re.compile(r"<@&(\d+)>")
_EVERYONE = re.compile(r"@(?:everyone|here)")

ALL_KINDS: Json = {"parse": ["users", "roles", "everyone"]}
USERS_ONLY: Json = {"parse": ["users"]}


@dataclass(frozen=True)
class Mentions:
    """The users named, everyone notified, and whether that is the whole channel."""

    users: list[User]
    pinged: list[int]
    everyone: bool


def mentions_of(
    world: World, channel: Channel, author: User, shape: Shape, allowed: Json
) -> Mentions:
    """Work out who is notified; Refusal 50035 where the allowed mentions contradict themselves."""
    _check(allowed)
    guild = world.guild_of(channel)
    text = "\n".join(
        [shape.content, *(item.get("content") or "" for item in walk(shape.components))]
    )
    may_ping_all = Permission.MENTION_EVERYONE in guild.permissions(author.id, channel)
    users = [
        guild.members[user_id].user
        for user_id in _named(_USER, text)
        if user_id in guild.members and _allows(allowed, "users", user_id)
    ]
    pinged = {user.id for user in users}
    for role_id in _named(_ROLE, text):
        if may_ping_all and _allows(allowed, "roles", role_id):
            pinged |= {id_ for id_, member in guild.members.items() if role_id in member.role_ids}
    everyone = bool(
        may_ping_all and "everyone" in allowed.get("parse", ()) and _EVERYONE.search(text)
    )
    if everyone:
        pinged |= {id_ for id_ in guild.members if world.sees(id_, channel)}
    return Mentions(users, sorted(pinged), everyone)


def _named(pattern: re.Pattern[str], text: str) -> list[int]:
    return list(dict.fromkeys(int(found) for found in pattern.findall(text)))


def _allows(allowed: Json, kind: str, target_id: int) -> bool:
    return kind in allowed.get("parse", ()) or str(target_id) in map(str, allowed.get(kind) or ())


def _check(allowed: Json) -> None:
    for kind in ("users", "roles"):
        if kind in (allowed.get("parse") or ()) and allowed.get(kind):
            message = f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.'
            raise refuse_field(
                "allowed_mentions", "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", message
            )
