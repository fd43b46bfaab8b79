"""The interface the playground's page uses: one picture of everything, a feed, and actions."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from aiohttp import BodyPartReader, WSMsgType, web

from bot.playground.actor import Actor
from bot.playground.answers import json_response
from bot.playground.commands import Option
from bot.playground.components import Kind
from bot.playground.menus import Menu
from bot.playground.message import Message
from bot.playground.permissions import Permission
from bot.playground.picker import Value
from bot.playground.places import Json
from bot.playground.refusals import NotPossible, Refusal
from bot.playground.world import Event

ACTOR = web.AppKey("actor", Actor)

_MESSAGES = frozenset({"MESSAGE_CREATE", "MESSAGE_UPDATE"})
_PASSED_ON = frozenset(
    {
        "MESSAGE_DELETE",
        "CHANNEL_CREATE",
        "CHANNEL_UPDATE",
        "THREAD_CREATE",
        "THREAD_UPDATE",
        "TYPING",
        "BOT",
        "MODAL",
        "AUTOCOMPLETE",
        "INTERACTION",
    }
)


async def get_state(request: web.Request) -> web.Response:
    """Describe everything one user sees."""
    actor, me = request.app[ACTOR], _user(request)
    world = actor.world
    guild = world.guild
    visible = [channel for channel in guild.channels.values() if world.sees(me, channel)]
    return json_response(
        {
            "me": str(me),
            "users": _users(actor),
            "roles": [role.as_json() for role in guild.roles.values()],
            "guild": {"id": str(guild.id), "name": guild.name},
            "channels": [channel.as_json() for channel in visible],
            "commands": actor.loopback.commands.usable(guild.id),
            "messages": {
                str(channel.id): [
                    _message_json(actor, message) for message in actor.messages(channel.id, me)
                ]
                for channel in visible
            },
            "bot": {"online": actor.gateway.online},
        }
    )


async def get_events(request: web.Request) -> web.WebSocketResponse:
    """Send one user's events until the page goes away."""
    actor, me = request.app[ACTOR], _user(request)
    socket = web.WebSocketResponse(heartbeat=30)
    await socket.prepare(request)
    with actor.world.listening() as feed:
        async with asyncio.TaskGroup() as tasks:
            sending = tasks.create_task(_send_events(socket, feed, actor, me))
            async for message in socket:
                if message.type is WSMsgType.ERROR:
                    break
            sending.cancel()
    return socket


async def post_interaction(request: web.Request) -> web.Response:
    """Do what a person did on the page; 400 with a plain sentence where that is not possible."""
    actor, me = request.app[ACTOR], _user(request)
    try:
        payload, files = await _read_action(request)
        await _act(actor, me, payload, files)
    except (NotPossible, Refusal) as error:
        return json_response({"message": str(error)}, 400)
    except (KeyError, ValueError, TypeError):
        return json_response({"message": "The page sent something that cannot be read."}, 400)
    return json_response({}, 202)


async def _send_events(
    socket: web.WebSocketResponse, feed: asyncio.Queue[Event], actor: Actor, me: int
) -> None:
    while not socket.closed:
        event = await feed.get()
        if (frame := _frame(actor, event, me)) is not None:
            try:
                await socket.send_str(json.dumps(frame))
            except ConnectionError:
                return


def _frame(actor: Actor, event: Event, me: int) -> Json | None:
    if event.only_for not in (None, me):
        return None
    if event.channel_id is not None:
        channel = actor.world.channel(event.channel_id)
        if channel is None or not actor.world.sees(me, channel):
            return None
    if event.name == "COMMANDS":
        guild = actor.world.guild
        return {"t": event.name, "d": actor.loopback.commands.usable(guild.id)}
    if event.name in _MESSAGES:
        message = actor.loopback.messages.find(int(event.data["id"]), event.channel_id)
        return {"t": event.name, "d": _message_json(actor, message)} if message else None
    return {"t": event.name, "d": event.data} if event.name in _PASSED_ON else None


async def _act(actor: Actor, me: int, payload: Json, files: dict[str, tuple[str, bytes]]) -> None:
    nonce = str(payload.get("nonce", ""))
    match payload["kind"]:
        case "command":
            name, options, _, _ = _flat(payload["command"])
            channel_id = int(payload["channel_id"])
            await actor.slash(
                me, channel_id, name, options, files, nonce=nonce, offered_within_seconds=0.1
            )
        case "autocomplete":
            name, options, attached, focused = _flat(payload["command"])
            text = str(options.pop(focused, ""))
            channel_id = int(payload["channel_id"])
            await actor.ask(
                me,
                channel_id,
                name,
                focused,
                text,
                options,
                attached,
                nonce=nonce,
                offered_within_seconds=0.1,
            )
        case "menu":
            channel_id, target_id = int(payload["channel_id"]), int(payload["target_id"])
            kind, name = Menu(payload["type"]), str(payload["name"])
            await actor.pick_in_menu(
                me, channel_id, kind, name, target_id, nonce=nonce, offered_within_seconds=0.1
            )
        case "component":
            message_id, values = int(payload["message_id"]), payload.get("values") or ()
            await actor.press(me, message_id, payload["custom_id"], values, nonce=nonce)
        case "modal":
            interaction = actor.loopback.interactions.find(int(payload["interaction_id"]))
            if interaction is None:
                raise NotPossible("That form is no longer open.")
            values = _inputs(payload["components"])
            await actor.submit_modal(me, interaction, values, files, nonce=nonce)
        case other:
            raise NotPossible(f"The page cannot do “{other}”.")


def _flat(command: Json) -> tuple[str, dict[str, Value], list[str], str]:
    """Take a nested command apart.

    Its full name, its options by name, those that have a file, and the one typed into.
    """
    names, options = [command["name"]], command.get("options") or []
    while options and options[0]["type"] <= Option.GROUP:
        names.append(options[0]["name"])
        options = options[0].get("options") or []
    values = {
        option["name"]: option["value"] for option in options if option.get("value") is not None
    }
    attached = [option["name"] for option in options if option["type"] == Option.ATTACHMENT]
    for option_name in attached:
        values.pop(option_name, None)
    focused = [option["name"] for option in options if option.get("focused")]
    return " ".join(names), values, attached, focused[0] if focused else ""


def _inputs(components: list[Json]) -> dict[str, Any]:
    """Collect a form's values by custom id, however deep they stand."""
    found: dict[str, Any] = {}
    for component in components:
        if "custom_id" in component and component.get("type") != Kind.FILE_UPLOAD:
            value = component.get("values", component.get("value"))
            if value is not None:
                found[component["custom_id"]] = value
        nested = component.get("component")
        found |= _inputs([*(component.get("components") or []), *([nested] if nested else [])])
    return found


async def _read_action(request: web.Request) -> tuple[Json, dict[str, tuple[str, bytes]]]:
    if request.content_type != "multipart/form-data":
        raise NotPossible("The page sent no form.")
    payload: Json = {}
    files: dict[str, tuple[str, bytes]] = {}
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            raise NotPossible("The page sent a form inside a form.")
        content = bytes(await part.read())
        if part.name == "payload":
            payload = json.loads(content)
        elif part.name:
            files[part.name] = (part.filename or "file", content)
    return payload, files


def _user(request: web.Request) -> int:
    world = request.app[ACTOR].world
    named = request.query.get("as", "")
    if not named:
        return world.user_named("Member").id
    if not named.isdigit() or int(named) not in world.guild.members:
        raise web.HTTPBadRequest(
            text=json.dumps({"message": "There is no such user."}), content_type="application/json"
        )
    return int(named)


def _users(actor: Actor) -> list[Json]:
    guild = actor.world.guild
    users = []
    for user_id, member in guild.members.items():
        if user_id == guild.owner_id:
            continue
        colours = [guild.roles[role_id].colour for role_id in member.role_ids]
        moderates = Permission.MANAGE_GUILD in guild.permissions(user_id)
        extra = {"moderator": moderates, "colour": f"#{max(colours, default=0):06x}"}
        users.append(member.user.as_json() | extra)
    return users


def _message_json(actor: Actor, message: Message) -> Json:
    return actor.loopback.messages.as_json(message) | {
        "ephemeral": message.ephemeral,
        "thinking": message.thinking,
        "pinged": [str(user_id) for user_id in message.pinged],
    }


ROUTES = [
    web.get("/page/api/state", get_state),
    web.get("/page/api/events", get_events),
    web.post("/page/api/interactions", post_interaction),
]
