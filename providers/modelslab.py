"""ModelsLab: Kling, Wan, Seedance, Hailuo and LTX, on its v7 endpoints and the older v6 ones.

Its documents contradict each other and its replies vary, so replies are read tolerantly, in one
place (`_read`), and requests are strict: v6 answers an id it does not know with a bill and a clip
of another model, so no id leaves here that is not in the table of its endpoint.
"""

from __future__ import annotations

import asyncio
import base64
import enum
import json
import logging
import math
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from pydantic import Field, SecretStr, field_validator

from providers.base import (
    Account,
    Call,
    Failed,
    FailureReason,
    Link,
    Pending,
    Provider,
    ProviderSettings,
    Status,
    Stopping,
    Succeeded,
    TaskRef,
    VideoRequest,
)
from providers.errors import (
    KeyRefused,
    NotGenuine,
    NotSubmitted,
    OutOfCredit,
    ProviderError,
    RateLimited,
    Refused,
    RequestRejected,
    SubmitUncertain,
    TaskLost,
    Unreachable,
)
from providers.http import BaseUrl, Http, Reply, is_loopback
from providers.model import Need, PriceNote, Shape, Variant, VideoModel

_CREATE = {
    ("v7", "picture"): "/v7/video-fusion/image-to-video",
    ("v7", "words"): "/v7/video-fusion/text-to-video",
    ("v6", "picture"): "/v6/video/img2video_ultra",
}
_FETCH = {"v7": "/v7/video-fusion/fetch/", "v6": "/v6/video/fetch/"}
_UPLOAD = "/v6/base64_to_url"
_MAX_UPLOAD_BYTES = 5_000_000
# Nobody says whether that is meant before base64 or after it, which makes four bytes of three.
_MAX_PICTURE_BYTES = 3_700_000
_EARLY_SECONDS = 120
"""A task this young may be unknown to `fetch` and exist all the same."""
_DEFAULT_PAUSE_SECONDS = 30.0
_LONGEST_PAUSE_SECONDS = 3600.0

_log = logging.getLogger(__name__)


# What is offered


@dataclass(frozen=True)
class _Offer:
    """A model, and the id it is ordered by from a picture and from words alone; one may lack."""

    model: VideoModel
    api: str
    picture_id: str
    words_id: str
    takes_list: bool = False
    """Whether `init_image` is a list of one, as ModelsLab's skills write it, and not a string."""

    @property
    def ids(self) -> set[str]:
        return {id.casefold() for id in (self.picture_id, self.words_id) if id}


_GUESS = PriceNote("our guess: ModelsLab publishes no price", date(2026, 11, 22), is_assumed=True)
_PER_CALL = PriceNote("ModelsLab's API documents", date(2026, 5, 4))
_OWNERS = PriceNote("MODELSLAB_MODELS", None)
_RATIOS = (Shape.LANDSCAPE, Shape.PORTRAIT, Shape.SQUARE)


def _fusion(
    name: str,
    summary: str,
    ids: tuple[str, str],
    seconds: tuple[int, ...],
    prices: dict[str, int],
    aliases: str = "",
    *,
    text_shapes: tuple[Shape, ...] = (Shape.LANDSCAPE,),
    audio: Need = Need.NEVER,
    note: PriceNote = _GUESS,
) -> _Offer:
    """A model of v7; `prices` are micro-dollars a second by resolution.

    Where ModelsLab has an id for pictures and one for words, both are one model: a member says
    what the clip is made from, and need not know that there are two.
    """
    picture_id, words_id = ids
    has_sound = audio is Need.REQUIRED
    model = VideoModel(
        id=picture_id or words_id,
        name=f"{name} (ModelsLab)",
        summary=summary,
        seconds=seconds,
        default_seconds=seconds[0],
        variants=tuple(
            Variant(microdollars=price, resolution=resolution, sound=has_sound)
            for resolution, price in prices.items()
        ),
        price_note=note,
        max_prompt_chars=2000,
        picture=Need.OPTIONAL if all(ids) else Need.REQUIRED if picture_id else Need.NEVER,
        text_shapes=text_shapes if words_id else (),
        # No limits of pictures are documented; this is Kling's, the strictest known.
        largest_ratio=2.5,
        max_picture_bytes=_MAX_PICTURE_BYTES,
        audio=audio,
        longest_audio_seconds=10 if has_sound else 0,
        aliases=tuple(aliases.split()),
    )
    return _Offer(model, "v7", picture_id, words_id)


def _ultra(name: str, id: str, resolution: str, aliases: str) -> _Offer:
    """A model of v6, which counts frames and bills each call."""
    summary = "An open model at one price a clip, with a seed and a negative prompt."
    offer = _fusion(name, summary, (id, ""), (5,), {resolution: 200_000}, aliases, note=_PER_CALL)
    model = replace(
        offer.model,
        variants=tuple(replace(variant, is_per_clip=True) for variant in offer.model.variants),
        shapes=(Shape.LANDSCAPE, Shape.PORTRAIT),
        max_negative_chars=2000,
        takes_seed=True,
    )
    return replace(offer, model=model, api="v6")


# fmt: off
_OFFERS = (
    _fusion("Kling 2.5 Turbo", "Lively, natural motion.",
            ("Kling-V2-5-Turbo-i2v", "kling-v2-5-turbo-t2v"), (5, 10), {"": 100_000},
            # Kling itself has retired what came before 2.5.
            "kling kling-image2video kling-2.5-turbo kling-v2-5-turbo kling_v2_5_turbo "
            "kling-v2-5-turbo-t2v kling-v2-1-i2v kling-v1-6 kling-v2-1-master-i2v "
            "kling-v2-1-master-t2v kling-v2-master-i2v kling-v2-master-t2v",
            text_shapes=_RATIOS),
    _fusion("Wan 2.6", "Steady scenes that keep to the prompt.",
            ("wan2.6-i2v", "wan2.6-t2v"), (5,), {"720p": 150_000, "1080p": 200_000},
            "wan wan2.6 wan-2.6 wan_2_6 wan2.6-t2v"),
    _fusion("Wan 2.5", "Moves to the sound file you add.",
            ("wan2.5-i2v", "wan2.5-t2v"), (5, 10), {"720p": 150_000, "1080p": 200_000},
            "wan2.5 wan-2.5 wan_2_5 wan2.5-t2v", audio=Need.REQUIRED),
    _fusion("Seedance", "Smooth camera moves.",
            ("seedance-i2v", "seedance-t2v"), (5,), {"720p": 100_000, "480p": 60_000},
            "seedance seedance-t2v seedance-1.0-pro-i2v seedance-1-5-pro",
            text_shapes=(Shape.LANDSCAPE, Shape.SQUARE)),
    # Two models, for only the one that takes a picture is known to take a length.
    _fusion("Hailuo 2.3", "Expressive people, believable physics.",
            ("Hailuo-2.3-i2v", ""), (6, 10), {"": 100_000}, "hailuo hailuo-2.3 hailuo_2_3"),
    _fusion("Hailuo 2.3 from words", "Expressive people, believable physics.",
            ("", "Hailuo-2.3-t2v"), (6,), {"": 100_000}),
    _fusion("LTX 2.3 Pro", "Crisp detail, quickly.",
            ("ltx-2-3-pro-i2v", ""), (6,), {"": 100_000},
            "ltx-2.3-pro ltx_2_3_pro ltx-2-pro ltx-2-pro-i2v"),
    _ultra("Wan 2.2", "wan2.2", "720p", "wan-2.2 wan_2_2 wan2.1 wan-2.1 wanx svd"),
    _ultra("LTX 2.3", "ltx-2.3", "480p", "ltx ltx-2-3 ltx_2_3"),
)
# fmt: on


# What the owner sets

_ENTRY = re.compile(
    r"(?P<id>[A-Za-z0-9][A-Za-z0-9._-]{0,79})(:(?P<kind>i2v|i2v-list|t2v))?"
    r"\s*=\s*(?P<usd>\d{1,3}(\.\d{1,6})?)"
)


def _owned(text: str) -> tuple[_Offer, ...]:
    """The entries of MODELSLAB_MODELS. Raises ValueError with a sentence for the owner."""
    offers: dict[str, _Offer] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        match = _ENTRY.fullmatch(part)
        if match is None or not (price := round(float(match["usd"]) * 1_000_000)):
            raise ValueError(f"{part!r} is not an id and its USD a second, as in my-i2v=0.12")
        id = match["id"]
        if id.casefold() in offers:
            raise ValueError(f"{id!r} is given twice")
        kind = match["kind"] or ("t2v" if id.casefold().endswith("-t2v") else "i2v")
        ids = ("", id) if kind == "t2v" else (id, "")
        summary = "Added by the owner of this bot."
        offer = _fusion(id, summary, ids, (5, 10), {"": price}, text_shapes=_RATIOS, note=_OWNERS)
        offers[id.casefold()] = replace(offer, takes_list=kind == "i2v-list")
    return tuple(offers.values())


def _with(owned: tuple[_Offer, ...]) -> tuple[_Offer, ...]:
    """Our offers as the owner would have them, and the owner's own."""
    ours = tuple(_corrected(offer, owned) for offer in _OFFERS)
    known = set[str]().union(*(offer.ids for offer in ours))
    return ours + tuple(offer for offer in owned if not offer.ids & known)


def _corrected(offer: _Offer, owned: tuple[_Offer, ...]) -> _Offer:
    same = [one for one in owned if one.ids <= offer.ids]
    taken = {id for one in owned if one not in same for id in one.ids}
    aliases = tuple(alias for alias in offer.model.aliases if alias not in taken)
    model = replace(offer.model, aliases=aliases)
    if same:
        price = max(one.model.variants[0].microdollars for one in same)
        variants = (
            replace(variant, microdollars=price, is_per_clip=False) for variant in model.variants
        )
        model = replace(model, variants=tuple(variants), price_note=_OWNERS)
    return replace(offer, model=model, takes_list=any(one.takes_list for one in same))


class ModelsLabSettings(ProviderSettings):
    """What an owner says about an account at ModelsLab."""

    modelslab_api_key: SecretStr = SecretStr("")
    modelslab_base_url: BaseUrl = "https://modelslab.com/api"
    modelslab_max_running: int = Field(default=5, ge=1, le=1000)
    """The pay-as-you-go plan takes 5 at once, Standard 10, Premium 15."""
    modelslab_models: str = ""
    """More v7 models, and the owner's prices: `my-i2v=0.12, other-t2v=0.08, third:t2v=0.1`.

    An id as ModelsLab spells it, and USD a second. `:t2v`, or an id that ends so, makes clips from
    words alone; `:i2v-list` is for a model that wants its picture in a list. Such a model is
    ordered as Kling is (5 or 10 s). An id of ours given here has the owner's price from then on.
    """

    @field_validator("modelslab_models")
    @classmethod
    def _of_known_form(cls, text: str) -> str:
        _owned(text)
        return text

    @property
    def missing(self) -> str | None:
        """The key, where it is not set."""
        return None if self.modelslab_api_key.get_secret_value() else "MODELSLAB_API_KEY"


# What ModelsLab says


@dataclass(frozen=True)
class _Answer:
    """What a reply or a call says, however it is spelled."""

    status: str
    """`success`, `processing`, `error`, `failed`, a word we do not know, or nothing."""
    id: str | None
    links: tuple[str, ...]
    """The surest first. Those of an unfinished task lead nowhere yet."""
    words: str
    model_id: str


_LINK = re.compile(r"https?://[!-Z^-~]{1,4000}")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}")


def _read(data: object) -> _Answer:
    told = data if isinstance(data, dict) else {}
    status, meta = told.get("status"), told.get("meta")
    model_id = meta.get("model_id") if isinstance(meta, dict) else None
    words = (_words(told.get(name)) for name in ("message", "messege", "error"))
    lists = (told.get(name) for name in ("output", "proxy_links", "links", "future_links"))
    links = [link for one in lists if isinstance(one, list) for link in one]
    return _Answer(
        status=status.strip().lower() if isinstance(status, str) else "",
        id=_task_id(told.get("id")),
        links=tuple(link for link in links if isinstance(link, str) and _LINK.fullmatch(link)),
        words=next(filter(None, words), ""),
        model_id=model_id if isinstance(model_id, str) else "",
    )


def _task_id(value: object) -> str | None:
    """An id as a string; None for what must not become a part of a path."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if 0 < value < 10**30 else None
    if isinstance(value, str) and _ID.fullmatch(value):
        return value
    return None


def _words(value: object, depth: int = 4) -> str:
    """A message, which may be a string, a list, or an object with a list for each field."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and depth:
        return "; ".join(f"{name}: {_words(said, depth - 1)}" for name, said in value.items())
    if isinstance(value, list) and depth:
        return "; ".join(filter(None, (_words(said, depth - 1) for said in value)))
    return ""


class _Trouble(enum.Enum):
    """What an error is about. There are no codes: its words are matched softly, in this order.

    With each: what it is in answer to an order, and why a task failed (None: it is not about the
    task, but about the question).
    """

    # fmt: off
    LIMIT = (r"rate.?limit|queue limit|limit of \d+ reached|queued requests|too many requests",
             RateLimited, None)
    KEY = (r"(invalid|wrong|missing|expired).{0,20}\bkey\b|\bkey\b.{0,20}(invalid|required)",
           KeyRefused, None)
    MODERATION = (r"nsfw|policy|(?<!case.)sensitive|moderation|inappropriate|prohibited",
                  Refused, FailureReason.REFUSED)
    CREDIT = (r"^(?!.*refund).*(credit|balance|subscription)",
              OutOfCredit, FailureReason.OUT_OF_CREDIT)
    MODEL = (r"model.{0,80}not (found|available|supported)|invalid model",
             KeyRefused, FailureReason.MODEL_DOWN)
    MISSING = (r"not found|not exist|invalid (request )?id", RequestRejected, None)
    BROKEN = (r"server error|something went wrong", SubmitUncertain, None)
    BUSY = (r"maintenance|try again|server (is )?busy|unavailable|overloaded", NotSubmitted, None)
    OTHER = (r"", RequestRejected, FailureReason.PROVIDER_FAULT)
    # fmt: on

    def __init__(
        self, words: str, error: type[ProviderError], reason: FailureReason | None
    ) -> None:
        self.words = re.compile(words)
        self.error = error
        self.reason = reason


_OF_CODE = {
    401: _Trouble.KEY,
    402: _Trouble.CREDIT,
    403: _Trouble.KEY,
    404: _Trouble.MODEL,
    429: _Trouble.LIMIT,
}


def _trouble(words: str) -> _Trouble:
    text = words[:2000].lower().replace("\n", " ")
    return next(trouble for trouble in _Trouble if trouble.words.search(text))


def _pause_seconds(reply: Reply) -> float:
    """How long a full queue asks to wait: in the body, or in one of two headers."""
    reset = _number(reply.headers.get("x-ratelimit-reset"))
    if reset is not None and reset > 10**9:
        reset -= time.time()
    asked = (_number(reply.field("retry_after")), reply.retry_after_seconds, reset)
    pause = next((seconds for seconds in asked if seconds and seconds > 0), _DEFAULT_PAUSE_SECONDS)
    return min(pause, _LONGEST_PAUSE_SECONDS)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


# The client


class ModelsLabProvider(Provider):
    """ModelsLab's video models. A task once taken runs to its end, and cannot be looked up."""

    name = "modelslab"
    title = "ModelsLab"
    keys_from = "ModelsLab's dashboard (modelslab.com)"
    Settings = ModelsLabSettings
    poll_seconds = 5.0
    deadline_seconds = 1800.0
    grace_seconds = 120.0
    stopping = Stopping.NEVER

    def __init__(self, settings: ProviderSettings, folder: Path) -> None:
        assert isinstance(settings, ModelsLabSettings)
        self._key = settings.modelslab_api_key.get_secret_value()
        self._http = Http(settings.modelslab_base_url)
        offers = _with(_owned(settings.modelslab_models))
        self._offered = {offer.model.id: offer for offer in offers}
        self.models = tuple(offer.model for offer in offers)
        self.max_running = settings.modelslab_max_running
        self.clips_from_loopback = is_loopback(settings.modelslab_base_url)

    async def __aexit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the connections."""
        await self._http.__aexit__(error_type, error, traceback)

    async def submit(self, request: VideoRequest, reference: str) -> TaskRef:
        """Upload what goes along, then order the clip with one POST."""
        offer = self._offered.get(request.model.id)
        kind = "words" if request.picture is None else "picture"
        id = "" if offer is None else offer.words_id if kind == "words" else offer.picture_id
        if offer is None or not id:
            raise RequestRejected(f"{request.model.id} is not offered from {kind}")
        if (request.audio is None) is (offer.model.audio is Need.REQUIRED):
            raise RequestRejected(f"{id} {'needs' if request.audio is None else 'takes no'} audio")
        body: dict[str, Any] = {"model_id": id, "prompt": request.prompt, "track_id": reference}
        body |= _ultra_options(request) if offer.api == "v6" else _fusion_options(request)
        if request.callback_url:
            body["webhook"] = request.callback_url
        if request.picture is not None:
            picture = await self._uploaded(request.picture, "image/jpeg", request)
            body["init_image"] = [picture] if offer.takes_list else picture
        if request.audio is not None:
            # The documents name audio for this upload too; nobody has tried it with a real key.
            body["init_audio"] = await self._uploaded(request.audio, "audio/mpeg", request)
        reply = await self._http.send_once(_CREATE[offer.api, kind], {"key": self._key, **body})
        return self._taken(offer.api, id, reply, request)

    async def poll(self, task: TaskRef) -> Status:
        """Fetch the task; its address is built here, for `fetch_result` could lead anywhere."""
        if isinstance(link := task.get("link"), str):
            return Succeeded(Link(link))
        id = _task_id(task.get("id"))
        if id is None:
            raise TaskLost("no task of ModelsLab's has such an id")
        # A call may not tell which of the two it is about.
        for api in [task["api"]] if task.get("api") in _FETCH else _FETCH:
            reply = await self._ask(_FETCH[str(api)] + id)
            status = self._status(id, reply)
            if status is not None:
                return status
        if time.time() - (_number(task.get("submitted_at")) or 0) < _EARLY_SECONDS:
            raise Unreachable(f"task {id} is not known yet")
        raise TaskLost(id)

    def call(self, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Call:
        """Read an unsigned call. Of what it says, the id is taken, to be looked at with our key."""
        try:
            data = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise NotGenuine("no JSON") from error
        answer = _read(data)
        is_over = answer.status in ("success", "failed", "error")
        if answer.id is None and not answer.status:
            raise NotGenuine("neither id nor status")
        if answer.id is None:
            return Call(None, is_over)
        task: TaskRef = {"id": answer.id, "submitted_at": int(now.timestamp())}
        named = answer.model_id.casefold()
        for offer in self._offered.values():
            if named in offer.ids:
                task["api"] = offer.api
        return Call(task, is_over)

    async def account(self) -> Account:
        """The wallet, and how much of the queue is taken."""
        reply = await self._ask("/wallet_balance")
        told = reply.field("data", "balance")
        amount = _number(told if told is not None else reply.field("balance"))
        if amount is None or abs(amount) > 10**9:
            answer = _read(reply.data)
            trouble = _OF_CODE.get(reply.status) or _trouble(answer.words)
            if trouble is _Trouble.KEY:
                raise KeyRefused(_summary(reply, answer))
            raise Unreachable(_summary(reply, answer))
        return Account(f"${amount:,.2f}", round(amount * 1_000_000), await self._limits())

    async def _limits(self) -> tuple[str, ...]:
        try:
            reply = await self._ask("/v6/processing/request_count")
        except Unreachable:
            return ()
        count = _number(reply.field("processing_count"))
        if count is None or not 0 <= count < 10**6:
            return ()
        return (f"{count:.0f} in process; the plan takes 5, 10 or 15",)

    async def _ask(self, path: str, **fields: str) -> Reply:
        """Everything is a POST with the key in its body, reads as well."""
        return await self._http.send("POST", path, {"key": self._key, **fields})

    async def _uploaded(self, file: Path, kind: str, request: VideoRequest) -> str:
        """Where a file can be had for a day: v7 takes addresses only. Nothing is spent here."""
        try:
            content = await asyncio.to_thread(file.read_bytes)
        except OSError as error:
            raise NotSubmitted(f"upload: {type(error).__name__}") from error
        if len(content) > _MAX_UPLOAD_BYTES:
            raise RequestRejected(f"{len(content)} bytes; ModelsLab takes {_MAX_UPLOAD_BYTES}")
        encoded = await asyncio.to_thread(base64.b64encode, content)
        try:
            reply = await self._ask(
                _UPLOAD, base64_string=f"data:{kind};base64,{encoded.decode('ascii')}"
            )
        except Unreachable as error:
            raise NotSubmitted(f"upload: {error}") from error
        answer = _read(reply.data)
        if answer.status == "success" and (link := self._usable(answer)):
            return link
        refusal = self._refusal(reply, answer, request)
        if isinstance(refusal, SubmitUncertain):
            raise NotSubmitted(f"upload: {refusal}")
        raise refusal

    def _taken(self, api: str, id: str, reply: Reply, request: VideoRequest) -> TaskRef:
        """What a create reply proves: a task, a refusal, or nothing."""
        answer = _read(reply.data)
        is_good = answer.status in ("success", "processing")
        is_over = answer.status == "error" or (answer.status == "failed" and answer.id is None)
        if is_over or (reply.status >= 300 and not is_good):
            raise self._refusal(reply, answer, request)
        if answer.model_id and answer.model_id.casefold() != id.casefold():
            # It is taken and billed, so it goes on: a warning is all that is left to give.
            _log.warning("ModelsLab was asked for %s and runs %.80r", id, answer.model_id)
        if answer.id is not None:
            return {"api": api, "id": answer.id, "submitted_at": int(time.time())}
        link = self._usable(answer)
        if answer.status == "success" and link:
            # Made at once, and no id to ask by: the clip is paid, so its link is the task.
            return {"link": link}
        raise SubmitUncertain(f"status {reply.status}, and no id")

    def _refusal(self, reply: Reply, answer: _Answer, request: VideoRequest) -> ProviderError:
        """Why something was not taken. A code or status nobody documented proves nothing."""
        # A prompt may speak of credit or policy, and come back in the words of an error.
        words = answer.words.replace(self._key, "…").replace(request.prompt or "…", "…")
        trouble = _OF_CODE.get(reply.status) or _trouble(words)
        said = f"{_summary(reply, answer)}: {_without_words_of(request, words)}"[:200]
        if answer.status not in ("error", "failed") and reply.status not in (400, *_OF_CODE):
            return SubmitUncertain(said)
        if trouble is _Trouble.LIMIT:
            return RateLimited(_pause_seconds(reply))
        return trouble.error(said)

    def _status(self, id: str, reply: Reply) -> Status | None:
        """What a fetch says of the task; None where it does not know it. Raises Unreachable."""
        if reply.status == 404:
            return None
        answer = _read(reply.data)
        said = _summary(reply, answer)
        if reply.status in _OF_CODE or not answer.status or answer.id not in (None, id):
            raise Unreachable(said)
        trouble = _trouble(answer.words)
        if answer.status == "success":
            link = self._usable(answer)
            return Succeeded(Link(link)) if link else Pending()
        if answer.status == "failed":
            return Failed(trouble.reason or FailureReason.PROVIDER_FAULT, said)
        if answer.status != "error":
            return Pending()
        if trouble is _Trouble.MISSING:
            return None
        if trouble.reason is None or reply.status >= 300:
            raise Unreachable(said)
        return Failed(trouble.reason, said)

    def _usable(self, answer: _Answer) -> str | None:
        """The first link that may be given on: https, or this machine's where it is asked."""
        for link in answer.links:
            if link.startswith("https://") or (self.clips_from_loopback and is_loopback(link)):
                return link
        return None


def _summary(reply: Reply, answer: _Answer) -> str:
    """What a log may hold of a reply; its words may repeat a prompt that is not known here."""
    about = _trouble(answer.words).name.lower()
    return f"HTTP {reply.status}, {answer.status[:20] or 'no status'}, about {about}"


def _without_words_of(request: VideoRequest, words: str) -> str:
    """ModelsLab's own words for the log, without what they repeat, however it is cut or quoted."""
    sent = set(re.findall(r"\w+", f"{request.prompt} {request.negative_prompt}".casefold()))
    words = re.sub(r"(https?://|data:)\S+", "(link)", words[:2000])
    return re.sub(r"\w{4,}", lambda word: "…" if word[0].casefold() in sent else word[0], words)


def _fusion_options(request: VideoRequest) -> dict[str, Any]:
    """What v7 is told: only that in which the model leaves a choice."""
    options: dict[str, Any] = {}
    if len(request.model.seconds) > 1:
        options["duration"] = str(request.seconds)
    if request.picture is None and len(request.model.text_shapes) > 1:
        options["aspect_ratio"] = request.shape or request.model.text_shapes[0]
    if resolution := request.resolution or request.model.variants[0].resolution:
        options["resolution"] = resolution
    return options


def _ultra_options(request: VideoRequest) -> dict[str, Any]:
    resolution = request.resolution or request.model.variants[0].resolution
    options: dict[str, Any] = {
        "resolution": int(resolution.removesuffix("p")),
        "num_frames": 81,
        "fps": 16,
        "output_type": "mp4",
        "portrait": request.shape is Shape.PORTRAIT,
        "seed": request.seed,
    }
    if request.negative_prompt:
        options["negative_prompt"] = request.negative_prompt
    return options
