"""A bot without a library: it answers exactly what a test tells it to, over the real sockets."""

import asyncio
import io
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Self, TypeAlias

import aiohttp

from bot.playground.server import Playground

Json: TypeAlias = dict[str, Any]
Files: TypeAlias = Sequence[tuple[str, bytes]]

MESSAGE, THINKING, DEFERRED_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
EPHEMERAL = 1 << 6
LAYOUT = 1 << 15
GUILDS_INTENT = 1


class ScriptedBot:
    """Connected to the gateway; interactions wait until a test takes them."""

    def __init__(
        self,
        playground: Playground,
        http: aiohttp.ClientSession,
        socket: aiohttp.ClientWebSocketResponse,
    ) -> None:
        self._playground = playground
        self._http = http
        self._socket = socket
        self._received: asyncio.Queue[Json] = asyncio.Queue()

    @classmethod
    @asynccontextmanager
    async def connected(cls, playground: Playground, commands: list[Json]) -> AsyncIterator[Self]:
        """Register the commands and stay connected until the block ends."""
        headers = {"Authorization": f"Bot {playground.token}"}
        async with (
            aiohttp.ClientSession(headers=headers) as http,
            http.ws_connect(playground.gateway_url) as socket,
            asyncio.TaskGroup() as tasks,
        ):
            bot = cls(playground, http, socket)
            application = playground.world.application_id
            await bot.call("PUT", f"/applications/{application}/commands", commands)
            await socket.send_json(
                {"op": 2, "d": {"token": playground.token, "intents": GUILDS_INTENT}}
            )
            ready = asyncio.Event()
            listening = tasks.create_task(bot._listen(ready))
            async with asyncio.timeout(5):
                await ready.wait()
            yield bot
            listening.cancel()

    @property
    def waiting(self) -> int:
        """How many interactions no test has taken yet."""
        return self._received.qsize()

    async def next(self) -> Json:
        """Take the next interaction."""
        async with asyncio.timeout(5):
            return await self._received.get()

    async def leave(self) -> None:
        """Go offline, as on a shutdown."""
        await self._socket.close()

    async def answer(self, interaction: Json, kind: int, data: Json | None = None) -> int:
        """Give the first answer, and return the status Discord has for it."""
        path = f"/interactions/{interaction['id']}/{interaction['token']}/callback"
        status, _ = await self.call("POST", path, {"type": kind, "data": data or {}})
        return status

    async def edit_answer(self, interaction: Json, body: Json) -> Json:
        """Change the first answer."""
        path = f"/webhooks/{interaction['application_id']}/{interaction['token']}"
        return await self._done("PATCH", f"{path}/messages/@original", body)

    async def post(self, channel_id: int | str, body: Json | str, files: Files = ()) -> Json:
        """Post a message; a text alone is its content."""
        described = {"content": body} if isinstance(body, str) else body
        return await self._done("POST", f"/channels/{channel_id}/messages", described, files)

    async def edit(self, message: Json, body: Json) -> Json:
        """Change a message."""
        path = f"/channels/{message['channel_id']}/messages/{message['id']}"
        return await self._done("PATCH", path, body)

    async def open_thread(self, message: Json, name: str) -> Json:
        """Open a thread beneath a message."""
        path = f"/channels/{message['channel_id']}/messages/{message['id']}/threads"
        return await self._done("POST", path, {"name": name})

    async def call(
        self, method: str, path: str, body: object, files: Files = ()
    ) -> tuple[int, Json]:
        """Call the REST interface."""
        sent: dict[str, Any] = {"data": _form(body, files)} if files else {"json": body}
        url = self._playground.api_url + path
        async with self._http.request(method, url, **sent) as response:
            return response.status, {} if response.status == 204 else await response.json()

    async def _done(self, method: str, path: str, body: Json, files: Files = ()) -> Json:
        status, answer = await self.call(method, path, body, files)
        assert status < 300, answer
        return answer

    async def _listen(self, ready: asyncio.Event) -> None:
        async for message in self._socket:
            frame = json.loads(message.data)
            if frame["t"] == "READY":
                ready.set()
            if frame["t"] == "INTERACTION_CREATE":
                self._received.put_nowait(frame["d"])


def _form(body: object, files: Files) -> aiohttp.FormData:
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("payload_json", json.dumps(body), content_type="application/json")
    for index, (name, content) in enumerate(files):
        form.add_field(f"files[{index}]", io.BytesIO(content), filename=name)
    return form
