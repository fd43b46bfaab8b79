"""The gateway: sessions that are told of events, and resumed where they broke off."""

from __future__ import annotations

import asyncio
import enum
import json
import secrets
from collections import deque
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from bot.playground.places import Json
from bot.playground.world import Event, World

HEARTBEAT_SECONDS = 41.25
REPLAYED_EVENTS = 1000

_GUILDS, _GUILD_MESSAGES, _CONTENT = 1 << 0, 1 << 9, 1 << 15
_PRIVILEGED = 1 << 1 | 1 << 8 | _CONTENT
_INTENT_BY_EVENT = {
    "INTERACTION_CREATE": 0,
    "GUILD_CREATE": 0,
    "GUILD_UPDATE": _GUILDS,
    "GUILD_DELETE": _GUILDS,
    "GUILD_ROLE_CREATE": _GUILDS,
    "CHANNEL_CREATE": _GUILDS,
    "CHANNEL_UPDATE": _GUILDS,
    "CHANNEL_DELETE": _GUILDS,
    "THREAD_CREATE": _GUILDS,
    "THREAD_UPDATE": _GUILDS,
    "THREAD_DELETE": _GUILDS,
    "MESSAGE_CREATE": _GUILD_MESSAGES,
    "MESSAGE_UPDATE": _GUILD_MESSAGES,
    "MESSAGE_DELETE": _GUILD_MESSAGES,
}


class _Op(enum.IntEnum):
    """What a frame is: Discord's opcodes."""

    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    PRESENCE = 3
    VOICE = 4
    RESUME = 6
    RECONNECT = 7
    MEMBERS = 8
    INVALID_SESSION = 9
    HELLO = 10
    ACK = 11


class _Close(Exception):
    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class _Connection:
    """One socket; frames leave in the order they are put into its outbox."""

    def __init__(self, request: web.Request, socket: web.WebSocketResponse) -> None:
        self.request = request
        self.socket = socket
        self.outbox: asyncio.Queue[str] = asyncio.Queue()
        self.session: _Session | None = None
        self.goodbye: int | None = None

    def send(self, op: _Op, data: object = None) -> None:
        self.outbox.put_nowait(json.dumps({"op": op, "d": data, "s": None, "t": None}))

    async def write(self) -> None:
        while not self.socket.closed:
            await self.socket.send_str(await self.outbox.get())

    def drop(self) -> None:
        if self.request.transport is not None:
            self.request.transport.abort()


class _Session:
    """What one identified bot has been told, kept so that it can resume."""

    def __init__(self, intents: int) -> None:
        self.id = secrets.token_hex(16)
        self.intents = intents
        self.connection: _Connection | None = None
        self._sequence = 0
        self._sent: deque[tuple[int, str]] = deque(maxlen=REPLAYED_EVENTS)

    def tell(self, name: str, data: Json) -> None:
        self._sequence += 1
        frame = json.dumps({"op": _Op.DISPATCH, "d": data, "s": self._sequence, "t": name})
        self._sent.append((self._sequence, frame))
        if self.connection is not None:
            self.connection.outbox.put_nowait(frame)

    def can_replay_after(self, sequence: int) -> bool:
        missed = self._sequence - sequence
        return 0 <= missed <= len(self._sent)

    def replay(self, connection: _Connection, sequence: int) -> None:
        for number, frame in self._sent:
            if number > sequence:
                connection.outbox.put_nowait(frame)
        self.connection = connection
        self.tell("RESUMED", {"_trace": []})


class Gateway:
    """Accepts the bot's sockets and tells its sessions what their intents allow."""

    def __init__(self, world: World, token: str) -> None:
        self.url = ""
        self.is_down = False
        """Whether nobody gets in, and whoever is in may stay."""
        self.privileged_intents = 0
        """Which privileged intents the application was granted."""
        self._world = world
        self.token = token
        self._sessions: dict[str, _Session] = {}
        self._connections: set[_Connection] = set()
        world.listeners.append(self._dispatch)

    @property
    def online(self) -> bool:
        """Whether the bot is connected and identified."""
        return any(session.connection for session in self._sessions.values())

    @property
    def has_session(self) -> bool:
        """Whether the bot is connected or may still resume."""
        return bool(self._sessions)

    # -- what a test may do to it ---------------------------------------------------------------

    def drop(self) -> None:
        """Break every socket without a word; the sessions can be resumed."""
        for connection in self._connections:
            connection.drop()

    def invalidate(self, *, resumable: bool = False) -> None:
        """Declare every session invalid."""
        for connection in self._connections:
            connection.send(_Op.INVALID_SESSION, resumable)
        if not resumable:
            self._sessions.clear()

    def ask_to_reconnect(self) -> None:
        """Ask every connection to go and resume."""
        for connection in self._connections:
            connection.send(_Op.RECONNECT)

    async def close(self) -> None:
        """Close every socket."""
        for connection in list(self._connections):
            await connection.socket.close(code=WSCloseCode.GOING_AWAY)

    # -- one socket -----------------------------------------------------------------------------

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Talk with one socket until it closes."""
        if self.is_down:
            raise web.HTTPServiceUnavailable
        socket = web.WebSocketResponse(max_msg_size=4096)
        await socket.prepare(request)
        connection = _Connection(request, socket)
        self._connections.add(connection)
        connection.send(_Op.HELLO, {"heartbeat_interval": int(HEARTBEAT_SECONDS * 1000)})
        try:
            async with asyncio.TaskGroup() as tasks:
                writing = tasks.create_task(connection.write())
                await self._read(connection)
                writing.cancel()
        except* ConnectionError:
            pass
        finally:
            self._connections.discard(connection)
            self._let_go(connection)
        return socket

    async def _read(self, connection: _Connection) -> None:
        socket = connection.socket
        try:
            while True:
                message = await socket.receive(timeout=HEARTBEAT_SECONDS * 2)
                if message.type is WSMsgType.CLOSE:
                    connection.goodbye = message.data
                if message.type is not WSMsgType.TEXT:
                    return
                self._handle(connection, message.data)
        except _Close as close:
            await socket.close(code=close.code, message=str(close).encode())
        except TimeoutError:
            await socket.close(code=4009, message=b"Session timed out")

    def _handle(self, connection: _Connection, text: str) -> None:
        try:
            frame = json.loads(text)
            op, data = int(frame["op"]), frame.get("d")
        except (ValueError, KeyError, TypeError):
            raise _Close(4002, "Error while decoding payload.") from None
        match op:
            case _Op.HEARTBEAT:
                connection.send(_Op.ACK)
            case _Op.IDENTIFY if connection.session is None:
                self._identify(connection, data)
            case _Op.RESUME if connection.session is None:
                self._resume(connection, data)
            case _Op.IDENTIFY | _Op.RESUME:
                raise _Close(4005, "Already authenticated.")
            case _Op.PRESENCE | _Op.VOICE | _Op.MEMBERS:
                # They change nothing here.
                if connection.session is None:
                    raise _Close(4003, "Not authenticated.")
            case _:
                raise _Close(4001, "Unknown opcode.")

    def _identify(self, connection: _Connection, data: Any) -> None:  # noqa: ANN401 - JSON enters
        self._check_token(data)
        intents = int(data.get("intents", 0))
        if intents & _PRIVILEGED & ~self.privileged_intents:
            raise _Close(4014, "Disallowed intent(s).")
        for left in [item for item in self._sessions.values() if item.connection is None]:
            del self._sessions[left.id]
        session = _Session(intents)
        session.connection = connection
        connection.session = session
        self._sessions[session.id] = session
        session.tell("READY", self._ready(session))
        for guild in self._world.guilds_of_bot:
            session.tell("GUILD_CREATE", self._world.guild_json(guild))
        self._world.publish(Event("BOT", {"online": True}))

    def _resume(self, connection: _Connection, data: Any) -> None:  # noqa: ANN401 - JSON enters
        self._check_token(data)
        session = self._sessions.get(data.get("session_id"))
        if session is None or not session.can_replay_after(int(data.get("seq") or 0)):
            connection.send(_Op.INVALID_SESSION, False)
            return
        connection.session = session
        session.replay(connection, int(data.get("seq") or 0))
        self._world.publish(Event("BOT", {"online": True, "resumed": True}))

    def _check_token(self, data: Any) -> None:  # noqa: ANN401 - JSON enters
        if not isinstance(data, dict) or data.get("token") != self.token:
            raise _Close(4004, "Authentication failed.")

    def _ready(self, session: _Session) -> Json:
        return {
            "v": 10,
            "user": self._world.bot.as_json(),
            "guilds": [
                {"id": str(guild.id), "unavailable": True} for guild in self._world.guilds_of_bot
            ],
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": self.url,
            "shard": [0, 1],
            "application": {"id": str(self._world.application_id), "flags": 0},
        }

    def _let_go(self, connection: _Connection) -> None:
        session = connection.session
        if session is None or session.connection is not connection:
            return
        session.connection = None
        # These two codes end a session; after any other the bot may come back to it.
        if connection.goodbye in (WSCloseCode.OK, WSCloseCode.GOING_AWAY):
            self._sessions.pop(session.id, None)
        self._world.publish(Event("BOT", {"online": self.online}))

    # -- what happens ---------------------------------------------------------------------------

    def _dispatch(self, event: Event) -> None:
        needed = _INTENT_BY_EVENT.get(event.name)
        if needed is None or event.only_for not in (None, self._world.bot.id):
            return
        if not self._bot_sees(event):
            return
        for session in self._sessions.values():
            if session.intents & needed == needed:
                session.tell(event.name, self._censored(event.data, session.intents))

    def _bot_sees(self, event: Event) -> bool:
        if event.channel_id is None or event.name.startswith("CHANNEL_"):
            return True
        channel = self._world.channel(event.channel_id)
        return channel is None or self._world.sees(self._world.bot.id, channel)

    def _censored(self, data: Json, intents: int) -> Json:
        """Hide what others wrote from a bot without the message content intent."""
        author = data.get("author")
        if author is None or author["id"] == str(self._world.bot.id) or intents & _CONTENT:
            return data
        return data | {"content": "", "embeds": [], "attachments": [], "components": []}
