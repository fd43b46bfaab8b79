"""How a provider is asked over HTTP: a submit is sent once, a read until it is answered.

What matters is what a failure proves. Only an error from before the connection stood shows that
nothing was sent; after that the request may have arrived, however the connection ended.
"""

from __future__ import annotations

import asyncio
import functools
import ipaddress
import json
import random
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from types import TracebackType
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport
from pydantic import AfterValidator

from providers.errors import NotSubmitted, SubmitUncertain, Unreachable

CONNECT_SECONDS = 10.0
SUBMIT_SECONDS = 90.0
READ_SECONDS = 30.0
READ_ATTEMPTS = 3
PAUSE_SECONDS = 0.5
"""Before the second read; doubled before each further one."""
LONGEST_PAUSE_SECONDS = 5.0
MAX_REPLY_BYTES = 4 * 1024**2
PIECE_BYTES = 256 * 1024

# The transport reports a connection that broke in the middle as `httpx.ConnectTimeout`, so the
# error it was made from decides.
_NEVER_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)


@dataclass(frozen=True)
class Reply:
    """An answer, whatever its status."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    data: object
    """The JSON it carried; None where it carried none, or none that could be read."""

    @property
    def retry_after_seconds(self) -> float | None:
        """How long the provider asks to wait, where it says so in seconds."""
        try:
            seconds = float(self.headers.get("retry-after", ""))
        except ValueError:
            return None
        return seconds if 0 <= seconds <= 7 * 86400 else None

    def field(self, *path: str) -> object:
        """A value inside the JSON; None where the path leads nowhere."""
        value: object = self.data
        for name in path:
            value = value.get(name) if isinstance(value, dict) else None
        return value


class Http:
    """The connections to one provider, open for as long as the `async with` block."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url.rstrip("/")
        # A kept connection may have been closed by the other side, which a submit would only learn
        # after it was sent, and could then not be repeated.
        self._submits = _transport(keeps_connections=False)
        self._reads = _transport(keeps_connections=True)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._submits.aclose()
        await self._reads.aclose()

    async def send_once(
        self, path: str, body: Mapping[str, Any], *, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """POST something that spends money. It is never sent again.

        Raises NotSubmitted where it cannot have arrived, SubmitUncertain where it may have: broken
        off, answered with a 5xx, or not in time.
        """
        try:
            async with asyncio.timeout(SUBMIT_SECONDS):
                reply = await _ask(
                    self._submits, "POST", self.base_url + path, **_with_json(body, headers)
                )
        except httpx.TransportError as error:
            if isinstance(error.__cause__, _NEVER_SENT):
                raise NotSubmitted(_what(error)) from error
            raise SubmitUncertain(_what(error)) from error
        except (TimeoutError, httpx.HTTPError) as error:
            raise SubmitUncertain(_what(error)) from error
        if reply.status >= 500:
            raise SubmitUncertain(f"status {reply.status}")
        return reply

    async def send(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> Reply:
        """Ask something that may be asked twice. Raises Unreachable.

        A 429, a 5xx and a broken connection are tried again after a pause.
        """
        for attempt in range(READ_ATTEMPTS):
            pause = PAUSE_SECONDS * 2**attempt
            try:
                async with asyncio.timeout(READ_SECONDS):
                    reply = await _ask(
                        self._reads,
                        method,
                        self.base_url + path,
                        params=params,
                        **_with_json(body, headers),
                    )
            except (TimeoutError, httpx.HTTPError) as error:
                problem = _what(error)
            else:
                if reply.status != 429 and reply.status < 500:
                    return reply
                problem = f"status {reply.status}"
                pause = max(pause, reply.retry_after_seconds or 0)
            if attempt == READ_ATTEMPTS - 1 or pause > LONGEST_PAUSE_SECONDS:
                break
            await asyncio.sleep(pause * random.uniform(1, 1.5))
        raise Unreachable(problem)

    async def upload(
        self, url: str, fields: Mapping[str, str], *, name: str, data: bytes, kind: str
    ) -> None:
        """Send a file as a form to an address the provider named. Raises NotSubmitted.

        The form's own fields come first, and nothing of ours goes along but the file.
        """
        if not (url.startswith("https://") or (is_loopback(url) and is_loopback(self.base_url))):
            raise NotSubmitted("the provider named an address without https to upload to")
        try:
            async with asyncio.timeout(SUBMIT_SECONDS):
                reply = await _ask(
                    self._submits, "POST", url, data=fields, files={"file": (name, data, kind)}
                )
        except (TimeoutError, httpx.HTTPError) as error:
            raise NotSubmitted(f"upload: {_what(error)}") from error
        if not 200 <= reply.status < 300:
            raise NotSubmitted(f"upload: status {reply.status}")


def _with_json(body: Mapping[str, Any] | None, headers: Mapping[str, str] | None) -> dict[str, Any]:
    """What sends a JSON body, piece by piece: pictures in it would hold up the loop as a whole."""
    if body is None:
        return {"headers": headers}
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    kind = {"Content-Type": "application/json", "Content-Length": str(len(content))}
    return {"headers": {**(headers or {}), **kind}, "content": _pieces(content)}


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), PIECE_BYTES):
        yield content[start : start + PIECE_BYTES]


async def _ask(transport: AiohttpTransport, method: str, url: str, **options: Any) -> Reply:
    # Not through `httpx.AsyncClient`: it would follow, keep and add things of its own, and takes
    # longer over one request than everything else here together.
    limits = {"connect": CONNECT_SECONDS, "pool": CONNECT_SECONDS}
    request = httpx.Request(method, url, extensions={"timeout": limits}, **options)
    content = bytearray()
    try:
        async with aclosing(await transport.handle_async_request(request)) as response:
            async for chunk in response.aiter_bytes():
                content += chunk
                if len(content) > MAX_REPLY_BYTES:
                    raise httpx.ReadError(f"a reply of over {MAX_REPLY_BYTES} bytes")
    except (aiohttp.ClientError, UnicodeError) as error:
        # The transport lets these through as they are: the answer was no HTTP.
        raise httpx.RemoteProtocolError(type(error).__name__) from error
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        data = None
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Reply(response.status_code, headers, data)


def _transport(*, keeps_connections: bool) -> AiohttpTransport:
    def session() -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            ssl=_tls(), limit=64, force_close=not keeps_connections, ttl_dns_cache=60
        )
        return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())

    return AiohttpTransport(verify=_tls(), client=session)


@functools.cache
def _tls() -> ssl.SSLContext:
    """Loading the certificates takes time and memory, once for all providers."""
    return httpx.create_ssl_context()


def _what(error: Exception) -> str:
    """What happened, for a log: an error's own text may hold the address, and so a secret."""
    return type(error.__cause__ or error).__name__


def is_loopback(url: str) -> bool:
    """Whether an address names this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def checked_base_url(url: str) -> str:
    """An address of ours or of a provider, without a slash at its end. Raises ValueError."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(url)):
        raise ValueError("it must begin with https:// (http:// only for this machine)")
    if not parts.hostname or parts.query or parts.fragment or parts.username:
        raise ValueError("it must be a plain address, such as https://api.example.com")
    return url.rstrip("/")


BaseUrl = Annotated[str, AfterValidator(checked_base_url)]
"""A provider's address as a setting: https, or this machine. A key never travels in clear."""
