"""What Discord accepts as the body of a message, new or edited."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from bot.playground.cdn import Upload, tame_filename
from bot.playground.components import check_message_components, walk
from bot.playground.message import NO_FLAGS, Flag, Message
from bot.playground.places import Json
from bot.playground.refusals import Code, FieldErrors, Refusal

MAX_CONTENT_CHARS = 2000
MAX_EMBED_CHARS = 6000
MAX_FILES = 10

_SETTABLE = Flag.SUPPRESS_EMBEDS | Flag.EPHEMERAL | Flag.SUPPRESS_NOTIFICATIONS | Flag.COMPONENTS_V2
_T = TypeVar("_T")


@dataclass(frozen=True)
class Draft:
    """A body as it was sent; None where a field was left out."""

    content: str | None = None
    embeds: list[Json] | None = None
    components: list[Json] | None = None
    flags: Flag | None = None
    kept_attachment_ids: frozenset[int] | None = None
    """Which of the old attachments an edit keeps; None keeps them all."""
    allowed_mentions: Json | None = None
    uploads: Sequence[Upload] = ()
    nonce: str | int | None = None
    enforce_nonce: bool = False
    replies_to: int | None = None


@dataclass(frozen=True)
class Shape:
    """What a message will hold once a draft is applied."""

    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    flags: Flag = NO_FLAGS


def read_draft(body: Json, uploads: Sequence[Upload]) -> Draft:
    """Read a body; Refusal 50035 where a field has the wrong type."""
    errors = FieldErrors()
    content = _typed(errors, body, "content", str)
    nonce = body.get("nonce")
    if nonce is not None and not (isinstance(nonce, str | int) and len(str(nonce)) <= 25):
        errors.add("nonce", "NONCE_TYPE_TOO_LONG", "Must be an integer or 25 or fewer in length.")
    if len(uploads) > MAX_FILES:
        errors.add("files", "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.")
    reference = _typed(errors, body, "message_reference", dict) or {}
    embeds = _typed(errors, body, "embeds", list)
    components = _typed(errors, body, "components", list)
    flags = _typed(errors, body, "flags", int)
    attachments = _typed(errors, body, "attachments", list)
    errors.raise_if_any()
    return Draft(
        content="" if "content" in body and content is None else content,
        embeds=[] if "embeds" in body and embeds is None else embeds,
        components=[] if "components" in body and components is None else components,
        flags=None if flags is None else Flag(flags) & _SETTABLE,
        kept_attachment_ids=_kept(body, attachments),
        allowed_mentions=body.get("allowed_mentions"),
        uploads=_described(uploads, attachments or []),
        nonce=nonce,
        enforce_nonce=bool(body.get("enforce_nonce")),
        replies_to=int(reference["message_id"]) if "message_id" in reference else None,
    )


def shape_of(draft: Draft, old: Message | None = None) -> Shape:
    """Say what a message will hold, and refuse what Discord refuses."""
    before = Shape(old.content, old.embeds, old.components, old.flags) if old else Shape()
    shape = Shape(
        content=before.content if draft.content is None else draft.content,
        embeds=before.embeds if draft.embeds is None else draft.embeds,
        components=before.components if draft.components is None else draft.components,
        flags=before.flags | (draft.flags or NO_FLAGS),
    )
    kept = kept_attachments(draft, old)
    names = {tame_filename(upload.filename) for upload in draft.uploads} | kept
    _check(shape, names)
    if not (shape.content or shape.embeds or shape.components or names):
        raise Refusal(Code.EMPTY_MESSAGE)
    return Shape(shape.content, shape.embeds, _numbered(shape.components), shape.flags)


def kept_attachments(draft: Draft, old: Message | None) -> set[str]:
    """Name the old attachments that stay."""
    return {
        attachment.filename
        for attachment in (old.attachments if old else ())
        if draft.kept_attachment_ids is None or attachment.id in draft.kept_attachment_ids
    }


def _typed(errors: FieldErrors, body: Json, name: str, kind: type[_T]) -> _T | None:
    value = body.get(name)
    if value is None or isinstance(value, kind):
        return value
    errors.add(name, "BASE_TYPE_BAD_TYPE", f"Must be of type {kind.__name__}.")
    return None


def _kept(body: Json, attachments: list[Json] | None) -> frozenset[int] | None:
    if "attachments" not in body:
        return None
    # Ids that are not old ones are the indexes of the files sent along.
    return frozenset(int(item["id"]) for item in attachments or [] if "id" in item)


def _described(uploads: Sequence[Upload], attachments: list[Json]) -> list[Upload]:
    by_index = {int(item["id"]): item for item in attachments if "id" in item}
    return [
        Upload(
            filename=by_index.get(index, {}).get("filename") or upload.filename,
            content=upload.content,
            content_type=upload.content_type,
            description=by_index.get(index, {}).get("description"),
        )
        for index, upload in enumerate(uploads)
    ]


def _check(shape: Shape, filenames: set[str]) -> None:
    errors = FieldErrors()
    v2 = Flag.COMPONENTS_V2 in shape.flags
    if v2:
        _check_nothing_but_components(errors, shape)
    errors.length("content", shape.content, 0, MAX_CONTENT_CHARS)
    _check_embeds(errors, shape.embeds)
    if v2 or shape.components:
        check_message_components(errors, shape.components, v2=v2, filenames=filenames)
    errors.raise_if_any()


def _check_nothing_but_components(errors: FieldErrors, shape: Shape) -> None:
    for name, value in (("content", shape.content), ("embeds", shape.embeds)):
        if value:
            errors.add(
                name,
                "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                f"The '{name}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
            )


def _check_embeds(errors: FieldErrors, embeds: list[Json]) -> None:
    errors.count("embeds", embeds, 0, 10)
    for index, embed in enumerate(embeds):
        errors.length(f"embeds.{index}.title", embed.get("title") or "", 0, 256)
        errors.length(f"embeds.{index}.description", embed.get("description") or "", 0, 4096)
        errors.count(f"embeds.{index}.fields", embed.get("fields") or [], 0, 25)
    if sum(_embed_chars(embed) for embed in embeds) > MAX_EMBED_CHARS:
        message = "Embed size exceeds maximum size of 6000"
        errors.add("embeds", "MAX_EMBED_SIZE_EXCEEDED", message)


def _embed_chars(embed: Json) -> int:
    texts = [embed.get("title"), embed.get("description")]
    texts += [(embed.get("footer") or {}).get("text"), (embed.get("author") or {}).get("name")]
    for item in embed.get("fields") or []:
        texts += [item.get("name"), item.get("value")]
    return sum(len(text or "") for text in texts)


def _numbered(components: list[Json]) -> list[Json]:
    """Give every component the id Discord would."""
    numbered = copy.deepcopy(components)
    for number, component in enumerate(walk(numbered), start=1):
        component.setdefault("id", number)
    return numbered
