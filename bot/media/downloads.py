"""Brings a provider's finished clip to our disk, from where it may come and no further."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import BinaryIO

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.http_exceptions import HttpProcessingError

from bot.media.addresses import Link
from bot.media.clips import MAX_CLIP_BYTES
from bot.media.errors import ClipTooHeavy, DownloadFailed, LinkDead, LinkRefused

MAX_REDIRECTS = 5

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_TRY_AGAIN = frozenset({408, 425, 429})
_BUFFER_BYTES = 256 * 1024
_HEADERS = {"Accept-Encoding": "identity", "User-Agent": "Zoetrope"}


@dataclass(frozen=True, kw_only=True)
class DownloadLimits:
    """What one download may take."""

    most_bytes: int
    total_seconds: float
    """From the first look-up to the last byte, redirects included."""
    stall_seconds: float
    """The longest wait for a connection, for an answer, and for the next byte."""


CLIP = DownloadLimits(most_bytes=MAX_CLIP_BYTES, total_seconds=300, stall_seconds=30)


@dataclass(frozen=True)
class Network:
    """How others are reached."""

    resolver: Callable[[], AbstractResolver] = aiohttp.ThreadedResolver
    tls: ssl.SSLContext | bool = True
    """Whom to trust; True is whom this machine trusts."""
    open_socket: Callable[[aiohttp.AddrInfoType], socket.socket] | None = None


INTERNET = Network()


async def download(
    url: str,
    to: Path,
    *,
    allow_loopback: bool,
    limits: DownloadLimits = CLIP,
    network: Network = INTERNET,
) -> None:
    """Stream a clip into a new file, which is there only if all of it came. Safe to repeat.

    The file is not synced. `allow_loopback` is for a provider whose base URL the owner set to this
    machine: then http and any port will do, to loopback addresses only.
    Raises LinkRefused, LinkDead, DownloadFailed or ClipTooHeavy, which name no more of the link
    than its host; FileExistsError, or another OSError when the disk refuses.
    """
    link = Link.read(url, allow_loopback=allow_loopback)
    try:
        async with asyncio.timeout(limits.total_seconds):
            await _follow(link, to, limits, network)
    except TimeoutError:
        raise DownloadFailed(link.host, f"not done in {limits.total_seconds} s") from None


async def _follow(link: Link, to: Path, limits: DownloadLimits, network: Network) -> None:
    for _ in range(MAX_REDIRECTS + 1):
        with _worded(link.host):
            async with _asked(link, limits, network) as response:
                location = response.headers.get("Location")
                if response.status not in _REDIRECTS or not location:
                    _check_head(response, link.host, limits)
                    await _keep(response, link.host, to, limits)
                    return
                link = link.follow(location)
    raise LinkRefused(link.host, f"more than {MAX_REDIRECTS} redirects")


@contextmanager
def _worded(host: str) -> Iterator[None]:
    """Turn what the HTTP client raises into DownloadFailed, without the link it quotes."""
    try:
        yield
    except TimeoutError:
        raise DownloadFailed(host, "stalled") from None
    except aiohttp.ClientConnectorError as error:
        raise DownloadFailed(host, str(error)) from None
    except aiohttp.ClientError as error:
        raise DownloadFailed(host, type(error).__name__) from None


@asynccontextmanager
async def _asked(
    link: Link, limits: DownloadLimits, network: Network
) -> AsyncIterator[aiohttp.ClientResponse]:
    """Send one GET, over a connection and with a memory of its own."""
    connector = aiohttp.TCPConnector(
        resolver=_Checked(link, network.resolver()),
        ssl=network.tls,
        socket_factory=network.open_socket,
        use_dns_cache=False,
        force_close=True,
    )
    stall = limits.stall_seconds
    async with (
        aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers=_HEADERS,
            timeout=aiohttp.ClientTimeout(connect=stall, sock_connect=stall, sock_read=stall),
            auto_decompress=False,
            trust_env=False,
            read_bufsize=_BUFFER_BYTES,
        ) as session,
        session.get(link.url, allow_redirects=False) as response,
    ):
        yield response


class _Checked(AbstractResolver):
    """Looks a name up once, and answers only with addresses its link may lead to.

    The connection goes to one of these very addresses: a name that means another machine a
    moment later gains nothing.
    """

    def __init__(self, link: Link, resolver: AbstractResolver) -> None:
        self._link = link
        self._resolver = resolver

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        if not all(self._link.admits(ip_address(entry["host"])) for entry in found):
            raise LinkRefused(self._link.host, "leads to an address that is not public")
        return found

    async def close(self) -> None:
        await self._resolver.close()


def _check_head(response: aiohttp.ClientResponse, host: str, limits: DownloadLimits) -> None:
    if 400 <= response.status < 500 and response.status not in _TRY_AGAIN:
        raise LinkDead(host, response.status)
    if response.status != 200:
        raise DownloadFailed(host, f"status {response.status}")
    if (response.content_length or 0) > limits.most_bytes:
        raise ClipTooHeavy(host, limits.most_bytes)


async def _keep(
    response: aiohttp.ClientResponse, host: str, to: Path, limits: DownloadLimits
) -> None:
    size_bytes = 0
    async with _whole_or_gone(to) as file:
        while chunk := await _next_bytes(response, limits.stall_seconds):
            size_bytes += len(chunk)
            if size_bytes > limits.most_bytes:
                raise ClipTooHeavy(host, limits.most_bytes)
            await asyncio.to_thread(file.write, chunk)
        if size_bytes == 0:
            raise DownloadFailed(host, "no bytes")


async def _next_bytes(response: aiohttp.ClientResponse, stall_seconds: float) -> bytes:
    """Return the next bytes of the body, or none at its end.

    After a broken chunk the HTTP client forgets its own read timeout and waits for ever, or
    raises what it does not document.
    """
    try:
        async with asyncio.timeout(stall_seconds):
            return await response.content.readany()
    except (HttpProcessingError, RuntimeError) as error:
        raise aiohttp.ClientPayloadError from error


@asynccontextmanager
async def _whole_or_gone(path: Path) -> AsyncIterator[BinaryIO]:
    file = await asyncio.to_thread(path.open, "xb")
    try:
        yield file
        await asyncio.to_thread(file.close)
    except BaseException:
        _drop(file, path)
        raise


def _drop(file: BinaryIO, path: Path) -> None:
    try:
        file.close()
    finally:
        path.unlink()
