"""REST routes about channels, their messages and threads, used with the bot's token."""

from aiohttp import web

from bot.playground.answers import API, json_response, nothing, read_body, read_object
from bot.playground.loopback import LOOPBACK, Loopback
from bot.playground.message import Message
from bot.playground.message_rules import read_draft
from bot.playground.permissions import Permission
from bot.playground.places import Channel
from bot.playground.refusals import Code, Refusal, refuse_field
from bot.playground.world import Event

_CHANNEL = API + "/channels/{channel_id:\\d+}"
_MESSAGE = _CHANNEL + "/messages/{message_id:\\d+}"


async def get_channel(request: web.Request) -> web.Response:
    """Describe a channel or thread."""
    _, channel = _place(request)
    return json_response(channel.as_json())


async def patch_channel(request: web.Request) -> web.Response:
    """Change a thread, or a channel's name and topic."""
    loopback, channel = _place(request)
    body = await read_object(request)
    if channel.is_thread:
        loopback.threads.change(channel, loopback.world.bot, body)
        return json_response(channel.as_json())
    _require(loopback, channel, Permission.MANAGE_CHANNELS)
    channel.name = body.get("name") or channel.name
    channel.topic = body.get("topic", channel.topic)
    loopback.world.publish_channel("CHANNEL_UPDATE", channel)
    return json_response(channel.as_json())


async def delete_channel(request: web.Request) -> web.Response:
    """Delete a thread or a channel."""
    loopback, channel = _place(request)
    if channel.is_thread:
        _require(loopback, channel, Permission.MANAGE_THREADS)
        loopback.threads.delete(channel)
    else:
        _require(loopback, channel, Permission.MANAGE_CHANNELS)
        loopback.world.remove_channel(channel)
    return json_response(channel.as_json())


async def post_direct_channel(request: web.Request) -> web.Response:
    """Open direct messages with a person, or find those that are open."""
    loopback = request.app[LOOPBACK]
    body = await read_object(request)
    user = loopback.world.users.get(int(body.get("recipient_id") or 0))
    if user is None or user.bot:
        raise Refusal(Code.INVALID_RECIPIENT)
    return json_response(loopback.world.direct_channel(user).as_json())


async def post_typing(request: web.Request) -> web.Response:
    """Show that the bot is typing."""
    loopback, channel = _place(request)
    ids = {"channel_id": str(channel.id), "user_id": str(loopback.world.bot.id)}
    loopback.world.publish(Event("TYPING", ids, channel.guild_id, channel.id))
    return nothing()


# -- messages -----------------------------------------------------------------------------------


async def get_messages(request: web.Request) -> web.Response:
    """List messages, newest first; none where the bot may not read the history."""
    loopback, channel = _place(request)
    limit = int(request.query.get("limit", "50"))
    if not 1 <= limit <= 100:
        raise refuse_field("limit", "NUMBER_TYPE_RANGE", "int value should be between 1 and 100.")
    after = int(request.query.get("after", "0"))
    before = int(request.query.get("before", str(1 << 63)))
    found = [
        message
        for message in loopback.messages.seen(channel.id, loopback.world.bot.id)
        if after < message.id < before
    ]
    if Permission.READ_MESSAGE_HISTORY not in _bot_permissions(loopback, channel):
        found = []
    page = found[:limit] if "after" in request.query else found[-limit:]
    return json_response([loopback.messages.as_json(message) for message in reversed(page)])


async def post_message(request: web.Request) -> web.Response:
    """Post a message."""
    loopback, channel = _place(request)
    draft = read_draft(*await read_body(request))
    message = loopback.messages.post(channel, loopback.world.bot, draft)
    return json_response(loopback.messages.as_json(message))


async def get_message(request: web.Request) -> web.Response:
    """Describe one message."""
    loopback, channel, message = _message(request)
    _require(loopback, channel, Permission.READ_MESSAGE_HISTORY)
    return json_response(loopback.messages.as_json(message))


async def patch_message(request: web.Request) -> web.Response:
    """Edit one of the bot's own messages."""
    loopback, _, message = _message(request)
    draft = read_draft(*await read_body(request))
    if message.author is not loopback.world.bot:
        raise Refusal(Code.NOT_THE_AUTHOR)
    return json_response(loopback.messages.as_json(loopback.messages.edit(message, draft)))


async def delete_message(request: web.Request) -> web.Response:
    """Delete a message."""
    loopback, channel, message = _message(request)
    if message.author is not loopback.world.bot:
        _require(loopback, channel, Permission.MANAGE_MESSAGES)
    loopback.messages.delete(message)
    return nothing()


# -- threads ------------------------------------------------------------------------------------


async def post_thread(request: web.Request) -> web.Response:
    """Start a thread that hangs on no message."""
    loopback, channel = _place(request)
    thread = loopback.threads.start(channel, loopback.world.bot, await read_object(request))
    return json_response(thread.as_json(), 201)


async def post_message_thread(request: web.Request) -> web.Response:
    """Start a thread from a message."""
    loopback, channel, message = _message(request)
    body = await read_object(request)
    thread = loopback.threads.start(channel, loopback.world.bot, body, message)
    return json_response(thread.as_json(), 201)


async def put_thread_member(request: web.Request) -> web.Response:
    """Add a member, or the bot itself, to a thread."""
    loopback, channel = _place(request)
    if channel.thread is None:
        raise Refusal(Code.WRONG_CHANNEL_TYPE)
    if channel.thread.archived:
        raise Refusal(Code.ARCHIVED)
    channel.thread.member_ids.add(_named_user(request, loopback))
    loopback.world.publish_channel("THREAD_UPDATE", channel)
    return nothing()


async def delete_thread_member(request: web.Request) -> web.Response:
    """Take a member, or the bot itself, out of a thread."""
    loopback, channel = _place(request)
    if channel.thread is None:
        raise Refusal(Code.WRONG_CHANNEL_TYPE)
    user_id = _named_user(request, loopback)
    if user_id != loopback.world.bot.id:
        _require(loopback, channel, Permission.MANAGE_THREADS)
    channel.thread.member_ids.discard(user_id)
    loopback.world.publish_channel("THREAD_UPDATE", channel)
    return nothing()


def _place(request: web.Request) -> tuple[Loopback, Channel]:
    loopback = request.app[LOOPBACK]
    channel = loopback.world.channel(int(request.match_info["channel_id"]))
    if channel is None:
        raise Refusal(Code.UNKNOWN_CHANNEL)
    _require(loopback, channel, Permission.VIEW_CHANNEL)
    return loopback, channel


def _message(request: web.Request) -> tuple[Loopback, Channel, Message]:
    loopback, channel = _place(request)
    message = loopback.messages.find(int(request.match_info["message_id"]), channel.id)
    # Ephemeral messages exist for their one reader only; the bot reaches them by token.
    if message is None or not message.seen_by(loopback.world.bot.id):
        raise Refusal(Code.UNKNOWN_MESSAGE)
    return loopback, channel, message


def _bot_permissions(loopback: Loopback, channel: Channel) -> Permission:
    return loopback.world.permissions(loopback.world.bot.id, channel)


def _require(loopback: Loopback, channel: Channel, needed: Permission) -> None:
    may = _bot_permissions(loopback, channel)
    if Permission.VIEW_CHANNEL not in may:
        raise Refusal(Code.MISSING_ACCESS)
    if needed not in may:
        raise Refusal(Code.MISSING_PERMISSIONS)


def _named_user(request: web.Request, loopback: Loopback) -> int:
    named = request.match_info["user_id"]
    return loopback.world.bot.id if named == "@me" else int(named)


ROUTES = [
    web.post(API + "/users/@me/channels", post_direct_channel),
    web.get(_CHANNEL, get_channel),
    web.patch(_CHANNEL, patch_channel),
    web.delete(_CHANNEL, delete_channel),
    web.post(_CHANNEL + "/typing", post_typing),
    web.get(_CHANNEL + "/messages", get_messages),
    web.post(_CHANNEL + "/messages", post_message),
    web.get(_MESSAGE, get_message),
    web.patch(_MESSAGE, patch_message),
    web.delete(_MESSAGE, delete_message),
    web.post(_CHANNEL + "/threads", post_thread),
    web.post(_MESSAGE + "/threads", post_message_thread),
    web.put(_CHANNEL + "/thread-members/{user_id:@me|\\d+}", put_thread_member),
    web.delete(_CHANNEL + "/thread-members/{user_id:@me|\\d+}", delete_thread_member),
]
