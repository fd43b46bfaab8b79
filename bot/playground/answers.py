"""How the REST API reads bodies and spells answers."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import BodyPartReader, web

from bot.playground.cdn import Upload
from bot.playground.places import Json
from bot.playground.refusals import Code, Refusal

API = "/api/v10"


def json_response(
    body: object, status: int = 200, headers: dict[str, str] | None = None
) -> web.Response:
    """Answer with JSON; the type must stand without a charset, or discord.py takes it for text."""
    return web.Response(
        status=status,
        body=json.dumps(body).encode(),
        content_type="application/json",
        headers=headers,
    )


def nothing() -> web.Response:
    """Answer that it is done."""
    return web.Response(status=204)


def refusal_response(refusal: Refusal) -> web.Response:
    """Answer with Discord's error body."""
    return json_response(refusal.as_json(), refusal.code.status)


async def read_any(request: web.Request) -> Any:  # noqa: ANN401 - this is where JSON enters
    """Read a JSON body of any shape."""
    try:
        return await request.json()
    except (ValueError, UnicodeDecodeError):
        raise Refusal(Code.INVALID_JSON) from None


async def read_object(request: web.Request) -> Json:
    """Read a JSON body that is an object."""
    return _as_object(await read_any(request))


async def read_body(request: web.Request) -> tuple[Json, list[Upload]]:
    """Read a body with its files: plain JSON, or multipart with `payload_json` and `files[n]`."""
    if request.content_type != "multipart/form-data":
        return await read_object(request), []
    body: Json = {}
    files: dict[int, Upload] = {}
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            raise Refusal(Code.INVALID_BODY)
        content = bytes(await part.read())
        name = part.name or ""
        if name == "payload_json":
            body = _as_object(_parsed(content))
        elif name.startswith("files[") and name[6:-1].isdigit():
            upload = Upload(part.filename or "file", content, part.headers.get("Content-Type"))
            files[int(name[6:-1])] = upload
    return body, [files[index] for index in sorted(files)]


def _parsed(content: bytes) -> object:
    try:
        return json.loads(content)
    except ValueError:
        raise Refusal(Code.INVALID_JSON) from None


def _as_object(body: object) -> Json:
    if not isinstance(body, dict):
        raise Refusal(Code.INVALID_BODY)
    return body
