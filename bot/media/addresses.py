"""Where a link from a provider may lead: the public internet, and nothing behind our own door."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Self, TypeAlias

from yarl import URL

from bot.media.errors import LinkRefused

Address: TypeAlias = IPv4Address | IPv6Address

# Whatever in IPv6 stands for an IPv4 address lies outside of this block, but for Teredo and 6to4.
_PUBLIC_IPV6 = ip_network("2000::/3")
# Special blocks of which `is_global` thinks otherwise, or does so in some versions of Python; a
# cloud answers with its secrets at 192.0.0.192.
_NOT_PUBLIC = tuple(
    map(ip_network, ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2002::/16", "3fff::/20"))
)

# The last label begins with a letter: 127.1, 0x7f.1, 2130706433 and the like are addresses.
_NAME = re.compile(r"(?=.{1,253}$)([a-z0-9_-]{1,63}\.)*[a-z][a-z0-9-]{0,62}", re.IGNORECASE)
_TIDY = re.compile(r"[!-~]+")


def is_public(address: Address) -> bool:
    """Whether an address is one machine on the public internet, under its plain name."""
    if isinstance(address, IPv6Address) and address not in _PUBLIC_IPV6:
        return False
    if any(address in network for network in _NOT_PUBLIC):
        return False
    return address.is_global and not address.is_multicast


@dataclass(frozen=True)
class Link:
    """A link that keeps the rules as far as its text shows; its addresses are checked later."""

    url: URL
    allow_loopback: bool

    @classmethod
    def read(cls, text: str, *, allow_loopback: bool) -> Self:
        """Raises LinkRefused."""
        try:
            return cls._checked(_parsed(text), allow_loopback)
        except ValueError:
            # The parser's error quotes the link, and a link can hold a signature.
            raise LinkRefused("?", "no link") from None

    def follow(self, location: str) -> Self:
        """The link a redirect leads to. Raises LinkRefused."""
        try:
            url = self.url.join(_parsed(location))
        except ValueError:
            raise LinkRefused(self.host, "redirects to no link") from None
        if (self.url.scheme, url.scheme) == ("https", "http"):
            raise LinkRefused(_host(url), "redirected from https to http")
        return self._checked(url, self.allow_loopback)

    def admits(self, address: Address) -> bool:
        """Whether the connection may go to this address."""
        if self.allow_loopback and address.is_loopback:
            return True
        return _is_of_public_form(self.url) and is_public(address)

    @property
    def host(self) -> str:
        """The only part of a link that may be logged."""
        return _host(self.url)

    @classmethod
    def _checked(cls, url: URL, allow_loopback: bool) -> Self:
        link = cls(url, allow_loopback)
        if url.scheme not in {"http", "https"}:
            raise LinkRefused(link.host, "neither http nor https")
        if url.raw_user is not None or url.raw_password is not None:
            raise LinkRefused(link.host, "has a user or a password in it")
        if not (_is_of_public_form(url) or (allow_loopback and _may_be_loopback(url))):
            raise LinkRefused(link.host, "not https to a host name on port 443")
        return link


def _parsed(text: str) -> URL:
    # A signed link is kept to the letter: its signature may cover how it is spelled.
    return URL(text, encoded=_TIDY.fullmatch(text) is not None)


def _host(url: URL) -> str:
    host = url.raw_host or ""
    return host if _NAME.fullmatch(host) or _literal(url) else "?"


def _is_of_public_form(url: URL) -> bool:
    host = url.raw_host or ""
    return url.scheme == "https" and url.port == 443 and "." in host and bool(_NAME.fullmatch(host))


def _may_be_loopback(url: URL) -> bool:
    if literal := _literal(url):
        return literal.is_loopback
    return bool(_NAME.fullmatch(url.raw_host or ""))


def _literal(url: URL) -> Address | None:
    try:
        return ip_address(url.raw_host or "")
    except ValueError:
        return None
