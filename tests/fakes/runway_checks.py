"""What a field of a request to Runway may hold. A check says what is wrong with it, or None."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from collections.abc import Callable
from typing import TypeAlias
from urllib.parse import urlsplit

Check: TypeAlias = Callable[[object], str | None]

MAX_DATA_URI_CHARS = 5_242_880
MAGIC = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG", "image/webp": b"RIFF"}


def whole(low: int, high: int) -> Check:
    def check(value: object) -> str | None:
        if isinstance(value, bool) or not isinstance(value, int):
            return "invalid_type"
        return "too_small" if value < low else "too_big" if value > high else None

    return check


def whole_or_auto(low: int, high: int) -> Check:
    return lambda value: None if value == "auto" else whole(low, high)(value)


def words(most: int, least: int = 1) -> Check:
    def check(value: object) -> str | None:
        if not isinstance(value, str):
            return "invalid_type"
        units = len(value.encode("utf-16-le", "surrogatepass")) // 2
        return "too_small" if units < least else "too_big" if units > most else None

    return check


def one_of(*values: object) -> Check:
    return lambda value: (
        None if value in values and type(value) is type(values[0]) else "invalid_value"
    )


def truth(value: object) -> str | None:
    return None if isinstance(value, bool) else "invalid_type"


def share(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "invalid_type"
    return None if 0 <= value <= 1 else "too_big"


def thing(value: object) -> str | None:
    return None if isinstance(value, dict | list) else "invalid_type"


def is_asset(uri: object, media: str) -> bool:
    """Whether a link, a data URI or the name of an upload has the form the API takes."""
    if not isinstance(uri, str) or len(uri) < 13:
        return False
    if uri.startswith("https://"):
        return len(uri) <= 2048 and _has_domain(uri)
    if uri.startswith("runway://"):
        return len(uri) <= 5000
    return len(uri) <= MAX_DATA_URI_CHARS and _is_file(uri, media)


def _has_domain(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." in host
    return False


def _is_file(uri: str, media: str) -> bool:
    match = re.match(rf"data:({media}/[a-z0-9+.-]+);base64,", uri)
    if match is None:
        return False
    try:
        data = base64.b64decode(uri[match.end() :], validate=True)
    except binascii.Error:
        return False
    if media == "audio":
        return bool(data)
    magic = MAGIC.get(match[1])
    return magic is not None and data.startswith(magic)


def images(*positions: str | None) -> Check:
    """Each position at most once. With None among them, pictures may all be without: references."""

    def check(value: object) -> str | None:
        if isinstance(value, str):
            return None if is_asset(value, "image") else "invalid_format"
        if not isinstance(value, list) or not value:
            return "invalid_type"
        for image in value:
            if not isinstance(image, dict) or not is_asset(image.get("uri"), "image"):
                return "invalid_format"
            if image.keys() - {"uri", "position"}:
                return "unrecognized_keys"
        given = [image.get("position") for image in value]
        if not all(isinstance(position, str | None) for position in given):
            return "invalid_type"
        if set(given) == {None} and None in positions:
            return None if len(given) <= 30 else "too_big"
        if not set(given) <= set(positions) - {None} or len(set(given)) < len(given):
            return "invalid_value"
        return None if "first" in given else "custom"

    return check


def sounds(most: int) -> Check:
    def check(value: object) -> str | None:
        if not isinstance(value, list) or not 1 <= len(value) <= most:
            return "too_big"
        good = all(
            isinstance(one, dict)
            and one.keys() == {"type", "uri"}
            and one["type"] == "audio"
            and is_asset(one["uri"], "audio")
            for one in value
        )
        return None if good else "invalid_format"

    return check


def ratio_of(words: str) -> Check:
    return one_of(*words.split())
