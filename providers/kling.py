"""Kling's own API, in both its generations, behind one set of models.

An API key speaks the new one: the model in the path, tasks asked for by the list. An access key
with its secret key speaks the legacy one: `/v1/videos`, and a token signed for each request. Both
answer `{"code": 0, "message": …, "data": …}`, and the code decides, never the HTTP status.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import json
import re
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Self, TypeAlias

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

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

LIST_USD_PER_UNIT = Decimal("0.14")
MAX_PICTURE_BYTES = 7_500_000
"""Base64 then has 10 MB, all that the older API takes; the new one takes more."""
MAX_IDS_TOGETHER = 20
TOGETHER_SECONDS = 0.02
"""How long a poll waits for others to share its question with."""
CALL_SECONDS = 300
"""How far the time of a signed call may be off."""
PAUSE_SECONDS = {1302: 5.0, 1303: 15.0}
"""Asked too often; too many tasks at once, which lasts until one of them ends."""

_LIST = ("Kling's price list", date(2026, 10, 1))
_ID = re.compile(r"[\w.:-]{1,128}", re.ASCII)
_URL = re.compile(r"\w+://\S+")

_REFUSALS: dict[int, type[ProviderError]] = {
    **dict.fromkeys((1000, 1001, 1002, 1003, 1004), KeyRefused),  # 1003, 1004: or our clock is off.
    **dict.fromkeys((1100, 1101, 1102), OutOfCredit),
    **dict.fromkeys((1103, 1304), KeyRefused),  # No right to the model; not from this address.
    **dict.fromkeys((1200, 1201), RequestRejected),
    # A method, path or model this host does not have is for the owner to mend, like the key.
    **dict.fromkeys((1202, 1203), KeyRefused),
    **dict.fromkeys((1300, 1301), Refused),
}
"""What a code says of a submit: nothing was made. All others leave that open (5000 to 5002)."""

# The wording of neither is documented: a reference used before comes as a 1201, an unknown task
# of the legacy API as 1203 or as a 1201.
_DUPLICATE = re.compile(r"external|duplicat|repeat|unique|already", re.IGNORECASE)
_NOT_FOUND = re.compile(r"not (be )?found|not exist", re.IGNORECASE)

_FAILURES = (
    (r"risk control|polic|securit|sensitive|violat|moderat|prohibit|unsafe|风控", "REFUSED"),
    (r"balance|arrears|resource pack", "OUT_OF_CREDIT"),
    (
        r"(image|picture|frame|photo).*(invalid|format|size|small|large|ratio|decod|load)",
        "BAD_INPUT",
    ),
)
"""A failed task says why in words alone. Whatever else it says is the provider's fault."""


class KlingSettings(ProviderSettings):
    """An API key, or an access key with its secret key."""

    model_config = SettingsConfigDict(hide_input_in_errors=True, str_strip_whitespace=True)

    kling_api_key: SecretStr | None = None
    kling_access_key: SecretStr | None = None
    kling_secret_key: SecretStr | None = None
    kling_webhook_secret: SecretStr | None = None
    """With one, a call that is not signed with it is turned away."""
    kling_base_url: BaseUrl = "https://api-singapore.klingai.com"
    kling_max_running: int = Field(default=5, ge=1, le=1000)
    """A trial package allows 5 at once, a standard one 20."""
    kling_usd_per_unit: Decimal = Field(default=LIST_USD_PER_UNIT, gt=0, le=10)
    """What the owner paid for one unit: it prices the models and what was billed."""

    @field_validator("kling_webhook_secret")
    @classmethod
    def _is_webhook_secret(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None:
            _webhook_key(secret)
        return secret

    @model_validator(mode="after")
    def _is_whole_pair(self) -> Self:
        if (self.kling_access_key is None) != (self.kling_secret_key is None):
            raise ValueError("KLING_ACCESS_KEY and KLING_SECRET_KEY belong together: set both")
        return self

    @property
    def missing(self) -> str | None:
        """An API key, or the pair."""
        if self.kling_api_key or self.kling_access_key:
            return None
        return "KLING_API_KEY (or KLING_ACCESS_KEY and KLING_SECRET_KEY)"


@dataclass(frozen=True, kw_only=True)
class _Kling:
    """A model, and which fields its endpoints have."""

    id: str
    legacy_name: str | None
    name: str
    summary: str
    units: Mapping[str, tuple[str | None, str | None]]
    """The price list: units a second without and with sound; None where that cannot be had."""
    last_frame_at: tuple[str, ...]
    """The resolutions at which a silent clip takes a picture to end with."""
    last_frame_with_sound: bool = False
    seconds: tuple[int, ...] = (5, 10)
    max_prompt_chars: int = 2500
    is_omni: bool = False
    """Clips from pictures and from words have one endpoint."""
    has_audio: bool = False
    has_multi_shot: bool = False
    also: str = ""
    """Other names, of models that are gone or from articles."""

    def declared(self, *, is_legacy: bool, usd_per_unit: Decimal) -> VideoModel:
        """What one generation of the API offers of it."""
        is_listed = usd_per_unit == LIST_USD_PER_UNIT
        return VideoModel(
            id=self.id,
            name=self.name,
            summary=self.summary,
            seconds=self.seconds,
            default_seconds=5,
            variants=tuple(self._variants(usd_per_unit)),
            price_note=PriceNote(*(_LIST if is_listed else ("KLING_USD_PER_UNIT", None))),
            max_prompt_chars=2500 if is_legacy else self.max_prompt_chars,
            max_negative_chars=2500 if is_legacy and not self.is_omni else 0,
            picture=Need.OPTIONAL,
            text_shapes=(Shape.LANDSCAPE, Shape.PORTRAIT, Shape.SQUARE),
            largest_ratio=2.5,
            max_picture_bytes=MAX_PICTURE_BYTES,
            aliases=_spellings(self.id, *self.also.split(), but=self.name.casefold()),
        )

    def _variants(self, usd_per_unit: Decimal) -> Iterator[Variant]:
        for resolution, prices in self.units.items():
            for sound, units in zip((False, True), prices, strict=True):
                if units is not None:
                    yield Variant(
                        microdollars=_microdollars(Decimal(units) * usd_per_unit),
                        resolution=resolution,
                        sound=sound,
                        last_frame=resolution in self.last_frame_at
                        and (self.last_frame_with_sound or not sound),
                    )


_MODELS = (
    _Kling(
        id="kling-3.0",
        legacy_name="kling-v3",
        name="Kling 3.0",
        summary="Cinematic motion that keeps close to the picture, with its own sound, up to 4K.",
        units={"720p": ("0.6", "0.9"), "1080p": ("0.8", "1.2"), "4k": ("3.0", "3.0")},
        last_frame_at=("720p", "1080p", "4k"),
        last_frame_with_sound=True,
        seconds=tuple(range(3, 16)),
        max_prompt_chars=3072,
        has_audio=True,
        has_multi_shot=True,
        also="kling-v3 kling kling3 kling-3 kling3.0 kling-v3.0 kling-image2video",
    ),
    _Kling(
        id="kling-3.0-turbo",
        legacy_name=None,
        name="Kling 3.0 Turbo",
        summary="Kling 3.0 made faster; every clip has sound, and no last frame can be given.",
        units={"720p": (None, "0.8"), "1080p": (None, "1.0")},
        last_frame_at=(),
        seconds=tuple(range(3, 16)),
        also="kling-v3-turbo kling3-turbo kling-3-turbo",
    ),
    _Kling(
        id="kling-3.0-omni",
        legacy_name="kling-v3-omni",
        name="Kling 3.0 Omni",
        summary="Kling 3.0 that follows long and detailed instructions best, with its own sound.",
        units={"720p": ("0.6", "0.8"), "1080p": ("0.8", "1.0"), "4k": ("3.0", "3.0")},
        last_frame_at=("720p", "1080p", "4k"),
        last_frame_with_sound=True,
        seconds=tuple(range(3, 16)),
        max_prompt_chars=3072,
        is_omni=True,
        has_audio=True,
        has_multi_shot=True,
        also="kling-v3-omni kling3-omni kling-3-omni kling-o3",
    ),
    _Kling(
        id="kling-o1",
        legacy_name="kling-video-o1",
        name="Kling O1",
        summary="Follows instructions closely and moves well between two pictures; silent.",
        units={"720p": ("0.6", None), "1080p": ("0.8", None)},
        last_frame_at=("720p", "1080p"),
        seconds=tuple(range(3, 11)),
        is_omni=True,
        also="kling-video-o1",
    ),
    _Kling(
        id="kling-2.6",
        legacy_name="kling-v2-6",
        name="Kling 2.6",
        summary="An older, cheaper model; sound or a last frame at 1080p, never both.",
        units={"720p": ("0.3", None), "1080p": ("0.5", "1.0")},
        last_frame_at=("1080p",),
        has_audio=True,
        also="kling-v2.6 kling2.6",
    ),
    _Kling(
        id="kling-2.5-turbo",
        legacy_name="kling-v2-5-turbo",
        name="Kling 2.5 Turbo",
        summary="The quickest and cheapest Kling; silent, with a last frame at 1080p.",
        units={"720p": ("0.3", None), "1080p": ("0.5", None)},
        last_frame_at=("1080p",),
        also="kling-v2.5-turbo kling2.5-turbo kling-2.5 kling-v2.5 kling2.5"
        " kling-v1 kling-v1.5 kling-1.5 kling-v1.6 kling-1.6 kling-v2 kling-v2-master"
        " kling-v2.1 kling-2.1 kling-v2.1-master kling-2.1-master",
    ),
)


class KlingProvider(Provider):
    """Kling. A task, once taken, runs to its end: there is no way to cancel or remove one."""

    name = "kling"
    title = "Kling"
    keys_from = "Kling's developer console (kling.ai/dev)"
    Settings = KlingSettings
    poll_seconds = 5.0
    looks_together = MAX_IDS_TOGETHER
    deadline_seconds = 1800.0
    grace_seconds = 120.0
    stopping = Stopping.NEVER

    def __init__(self, settings: ProviderSettings, folder: Path) -> None:
        assert isinstance(settings, KlingSettings)
        self._settings = settings
        self._http = Http(settings.kling_base_url)
        self._api = _api(settings, self._http)
        is_legacy = isinstance(self._api, _LegacyApi)
        self._klings = {kling.id: kling for kling in _MODELS if kling.legacy_name or not is_legacy}
        self.models = tuple(
            kling.declared(is_legacy=is_legacy, usd_per_unit=settings.kling_usd_per_unit)
            for kling in self._klings.values()
        )
        self.max_running = settings.kling_max_running
        self.clips_from_loopback = is_loopback(settings.kling_base_url)
        self._schemes = ("https://", "http://")[: 1 + self.clips_from_loopback]

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(self, *error: Any) -> None:
        await self._http.__aexit__(*error)

    async def submit(self, request: VideoRequest, reference: str) -> TaskRef:
        """Start a task whose external id is our reference, which Kling takes only once."""
        kling = self._klings.get(request.model.id)
        if kling is None or (request.last_frame and not request.picture):
            raise RequestRejected("a model that is not offered, or a last frame without a first")
        order = _Order(
            kling=kling,
            request=request,
            reference=_external_id(reference),
            first_frame=await self._encoded(request.picture),
            last_frame=await self._encoded(request.last_frame),
        )
        path, body = self._api.order(order)
        reply = await self._http.send_once(path, body, headers=self._api.headers())
        if _code(reply.data) != 0:
            raise _refusal(reply, request)
        task = self._api.taken(path, reply.field("data"))
        if task is None:
            raise SubmitUncertain("taken, without a task id")
        return task

    async def poll(self, task: TaskRef) -> Status:
        """Look at a task, together with whoever looks at another one now."""
        found = await self._api.look(task)
        if found is None:
            raise TaskLost(str(task.get("id")))
        if found["id"] != task["id"]:
            raise Unreachable("another task than the one asked for")
        billed = _billed(found.get("billing"), self._settings.kling_usd_per_unit)
        match found.get("status"):
            case "succeeded" | "succeed":
                return Succeeded(self._clip(found.get("outputs")), billed)
            case "failed":
                words = _words(found.get("message"))
                return Failed(_reason(words), words, billed)
            case "submitted":
                return Pending(is_waiting=True)
            case str():
                return Pending()
        raise Unreachable("a task without a status")

    async def find(self, reference: str) -> TaskRef | None:
        """Look a task up by its external id."""
        return await self._api.find(_external_id(reference))

    def call(self, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Call:
        """Read a call: signed, where the owner made a secret for that; else a mere hint."""
        if self._settings.kling_webhook_secret is not None:
            _check_signature(self._settings.kling_webhook_secret, headers, body, now)
        try:
            data = json.loads(body)
        except (ValueError, RecursionError):
            data = None
        task = _in_new_words(data)
        if task is None or not _is_id(task.get("id")):
            raise NotGenuine("no task of Kling's")
        # A legacy call leaves out the path that its task is looked up by.
        ref: TaskRef | None = None if "task_id" in data else {"id": task["id"]}
        return Call(ref, is_over=task.get("status") in ("succeeded", "succeed", "failed"))

    async def account(self) -> Account:
        """The owner's packages of units; the figures lag behind."""
        now = int(time.time() * 1000)
        params = {"start_time": str(now - 365 * 86_400_000), "end_time": str(now)}
        reply = await self._http.send(
            "GET", "/account/costs", headers=self._api.headers(), params=params
        )
        if reply.status in {401, 403} or _REFUSALS.get(_code(reply.data) or 0) is KeyRefused:
            raise KeyRefused(_told(reply))
        data = _data(reply)
        packages = _at(data, "resource_pack_subscribe_infos")
        if _code(data) != 0 or not isinstance(packages, list):
            raise Unreachable("no list of packages")
        read = [_package(package) for package in packages]
        left = sum((left for _, left in read), Decimal(0))
        value = left * self._settings.kling_usd_per_unit
        lines = tuple(line for line, _ in read)
        return Account(f"{left:f} units (${value:.2f})", _microdollars(value), lines)

    async def _encoded(self, picture: Path | None) -> str | None:
        if picture is None:
            return None
        try:
            data = await asyncio.to_thread(picture.read_bytes)
        except OSError as error:
            raise NotSubmitted("a picture cannot be read") from error
        if len(data) > self._api.largest_picture_bytes:
            raise RequestRejected(f"a picture of {len(data)} bytes")
        return (await asyncio.to_thread(base64.b64encode, data)).decode()

    def _clip(self, outputs: object) -> Link:
        for output in outputs if isinstance(outputs, list) else []:
            url = str(_at(output, "url"))
            if _at(output, "type") == "video" and url.startswith(self._schemes):
                return Link(url)
        raise Unreachable("succeeded, without a link to a clip")


def _api(settings: KlingSettings, http: Http) -> _NewApi | _LegacyApi:
    """The legacy API only where nothing else is opened: new models come to the other one alone."""
    if not settings.kling_api_key and settings.kling_access_key and settings.kling_secret_key:
        return _LegacyApi(
            http,
            settings.kling_access_key.get_secret_value(),
            settings.kling_secret_key.get_secret_value(),
        )
    key = settings.kling_api_key
    return _NewApi(http, key.get_secret_value() if key else "")


@dataclass(frozen=True, kw_only=True)
class _Order:
    """What a submit sends: pictures as base64, which Kling takes without a `data:` prefix."""

    kling: _Kling
    request: VideoRequest
    reference: str
    first_frame: str | None
    last_frame: str | None

    @property
    def resolution(self) -> str:
        return self.request.resolution or next(iter(self.kling.units))

    @property
    def aspect_ratio(self) -> dict[str, str]:
        """Only of a clip from words alone: any other follows its picture."""
        shape = self.request.shape or Shape.LANDSCAPE
        return {} if self.first_frame else {"aspect_ratio": shape.value}

    @property
    def options(self) -> dict[str, Any]:
        """What both generations call the same."""
        callback = {"callback_url": self.request.callback_url} if self.request.callback_url else {}
        watermark = {"watermark_info": {"enabled": False}}
        return {"external_task_id": self.reference} | callback | watermark


_Task: TypeAlias = Mapping[str, Any]
"""A task in the words of the new API: id, external_id, status, message, outputs, billing."""


class _NewApi:
    """The generation of 2026. It has no negative prompts."""

    largest_picture_bytes = 50 * 1024**2

    def __init__(self, http: Http, key: str) -> None:
        self._http = http
        self._key = key
        self._looks = _SharedLooks(self._named)

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._key}"}

    def order(self, order: _Order) -> tuple[str, dict[str, Any]]:
        kling, request = order.kling, order.request
        settings = {"resolution": order.resolution, "duration": request.seconds}
        settings |= order.aspect_ratio
        if kling.has_audio:
            settings["audio"] = "native" if request.sound else "off"
        if kling.has_multi_shot:
            settings["multi_shot"] = False  # Left out, it is true.
        rest = {"settings": settings, "options": order.options}
        if not (order.first_frame or kling.is_omni):
            return f"/text-to-video/{kling.id}", {"prompt": request.prompt} | rest
        contents = [{"type": "prompt", "text": request.prompt}]
        if order.first_frame:
            contents.append({"type": "first_frame", "url": order.first_frame})
        if order.last_frame:
            contents.append({"type": "last_frame", "url": order.last_frame})
        kind = "omni-video" if kling.is_omni else "image-to-video"
        return f"/{kind}/{kling.id}", {"contents": contents} | rest

    def taken(self, path: str, data: object) -> TaskRef | None:
        return {"id": data["id"]} if isinstance(data, dict) and _is_id(data.get("id")) else None

    async def look(self, task: TaskRef) -> _Task | None:
        if "path" in task:  # Of the time before the owner had an API key, which opens both.
            return await _look_legacy(self._http, self.headers(), task)
        return await self._looks.task(str(task["id"]))

    async def find(self, reference: str) -> TaskRef | None:
        tasks = await self._listed(external_task_ids=reference)
        if not tasks:
            return None
        for task in tasks:
            if task.get("external_id") == reference:
                return {"id": task["id"]}
        raise Unreachable("other tasks than the one asked for")

    async def _named(self, ids: Sequence[str]) -> dict[str, _Task]:
        return {task["id"]: task for task in await self._listed(task_ids=",".join(ids))}

    async def _listed(self, **params: str) -> list[_Task]:
        tasks = _data(await self._http.send("GET", "/tasks", headers=self.headers(), params=params))
        if not isinstance(tasks, list):
            raise Unreachable("no list of tasks")
        if not all(isinstance(task, dict) and _is_id(task.get("id")) for task in tasks):
            raise Unreachable("a task without an id")
        return tasks


class _LegacyApi:
    """`/v1/videos`: all that an access key opens, and what still takes negative prompts."""

    largest_picture_bytes = 10 * 1024**2

    _KINDS = ("image2video", "text2video", "omni-video")
    _MODES: Mapping[str, str] = {"720p": "std", "1080p": "pro", "4k": "4k"}

    def __init__(self, http: Http, access_key: str, secret_key: str) -> None:
        self._http = http
        self._access_key = access_key
        self._secret_key = secret_key

    def headers(self) -> dict[str, str]:
        token = _token(self._access_key, self._secret_key, now=int(time.time()))
        return {"Authorization": f"Bearer {token}"}

    def order(self, order: _Order) -> tuple[str, dict[str, Any]]:
        kling, request = order.kling, order.request
        body: dict[str, Any] = {
            "model_name": kling.legacy_name,  # Left out, it is the ancient kling-v1.
            "prompt": request.prompt,
            "mode": self._MODES[order.resolution],
            "duration": str(request.seconds),
        }
        body |= order.aspect_ratio | order.options
        if request.negative_prompt and not kling.is_omni:
            body["negative_prompt"] = request.negative_prompt
        if kling.has_audio:
            body["sound"] = "on" if request.sound else "off"
        if kling.has_multi_shot:
            body["multi_shot"] = False
        frames = {"first_frame": order.first_frame, "end_frame": order.last_frame}
        if kling.is_omni:
            pictures = [{"image_url": url, "type": kind} for kind, url in frames.items() if url]
            return "/v1/videos/omni-video", body | ({"image_list": pictures} if pictures else {})
        if not order.first_frame:
            return "/v1/videos/text2video", body
        tail = {"image_tail": order.last_frame} if order.last_frame else {}
        return "/v1/videos/image2video", body | {"image": order.first_frame} | tail

    def taken(self, path: str, data: object) -> TaskRef | None:
        if isinstance(data, dict) and _is_id(data.get("task_id")):
            return {"path": path, "id": data["task_id"]}
        return None

    async def look(self, task: TaskRef) -> _Task | None:
        return await _look_legacy(self._http, self.headers(), task)

    async def find(self, reference: str) -> TaskRef | None:
        for kind in self._KINDS:
            path = f"/v1/videos/{kind}"
            task = await self.look({"path": path, "id": reference})
            if task is not None and task.get("external_id") != reference:
                raise Unreachable("another task than the one asked for")
            if task is not None:
                return {"path": path, "id": task["id"]}
        return None


async def _look_legacy(http: Http, headers: dict[str, str], task: TaskRef) -> _Task | None:
    reply = await http.send("GET", f"{task['path']}/{task['id']}", headers=headers)
    match reply.status, _code(reply.data):
        case 404, 1203:
            return None
        case 400, 1201 if _NOT_FOUND.search(_words(reply.field("message"))):
            return None
    found = _in_new_words(_data(reply))
    if found is None or not _is_id(found.get("id")):
        raise Unreachable("a task without an id")
    return found


def _in_new_words(data: object) -> _Task | None:
    """A task of either generation as the new one tells it; None of anything else."""
    if not isinstance(data, dict):
        return None
    if "task_id" not in data:
        return data
    videos = _at(data, "task_result", "videos")
    billing = [
        {"charge_type": "unit", "amount": data.get("final_unit_deduction")},
        {"charge_type": "cash", "amount": _at(data, "final_balance_deduction", "quota")},
    ]
    return {
        "id": data["task_id"],
        "external_id": _at(data, "task_info", "external_task_id"),
        "status": data.get("task_status"),
        "message": data.get("task_status_msg"),
        "outputs": [
            {"type": "video", "url": video.get("url")}
            for video in (videos if isinstance(videos, list) else [])
            if isinstance(video, dict)
        ],
        "billing": [entry for entry in billing if entry["amount"] not in (None, "")],
    }


@dataclass(eq=False)
class _Round:
    """Looks that share one question; whoever has the turn first asks for all of them."""

    ids: set[str] = field(default_factory=set)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    answer: Mapping[str, _Task] | Unreachable | None = None


class _SharedLooks:
    """Lets looks at single tasks that begin within a moment share one request.

    Nobody owns a round: where the one who asks is cancelled, the turn goes to the next, who asks.
    All waits end, because asking does.
    """

    def __init__(self, ask: Callable[[Sequence[str]], Awaitable[Mapping[str, _Task]]]) -> None:
        self._ask = ask
        self._open = _Round()

    async def task(self, id: str) -> _Task | None:
        """The task; None if the answer has none of that id. Raises Unreachable."""
        if len(self._open.ids) >= MAX_IDS_TOGETHER:
            self._open = _Round()
        mine = self._open
        mine.ids.add(id)
        await asyncio.sleep(TOGETHER_SECONDS)
        async with mine.turn:
            if mine.answer is None:
                if self._open is mine:
                    self._open = _Round()
                try:
                    mine.answer = await self._ask(sorted(mine.ids))
                except Unreachable as error:
                    mine.answer = error
        if isinstance(mine.answer, Unreachable):
            raise Unreachable(str(mine.answer))
        return mine.answer.get(id)


def _token(access_key: str, secret_key: str, *, now: int) -> str:
    """A JSON web token, as the legacy API wants it. It begins in the past, for clocks that lag."""
    parts = {"alg": "HS256", "typ": "JWT"}, {"iss": access_key, "exp": now + 1800, "nbf": now - 5}
    text = ".".join(_base64url(json.dumps(part).encode()) for part in parts)
    seal = hmac.digest(secret_key.encode(), text.encode(), hashlib.sha256)
    return f"{text}.{_base64url(seal)}"


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _webhook_key(secret: SecretStr) -> bytes:
    prefix, _, text = secret.get_secret_value().partition("_")
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        key = b""
    if prefix != "whsec" or not key:
        raise ValueError("KLING_WEBHOOK_SECRET is whsec_ and base64, as the console shows it")
    return key


def _check_signature(
    secret: SecretStr, headers: Mapping[str, str], body: bytes, now: datetime
) -> None:
    """Standard Webhooks. While a secret is being changed, there are two signatures."""
    id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not re.fullmatch(r"[0-9]{1,12}", timestamp):
        raise NotGenuine("not signed")
    if abs(now.timestamp() - int(timestamp)) > CALL_SECONDS:
        raise NotGenuine("signed at another time")
    text = f"{id}.{timestamp}.".encode() + body
    seal = base64.b64encode(hmac.digest(_webhook_key(secret), text, hashlib.sha256))
    given = headers.get("webhook-signature", "").encode(errors="replace").split()
    if not any(hmac.compare_digest(one, b"v1," + seal) for one in given):
        raise NotGenuine("signed by somebody else")


def _package(data: object) -> tuple[str, Decimal]:
    """Units the owner bought: a line about them, and how many can still be used."""
    left, total = _amount(_at(data, "remaining_quantity")), _amount(_at(data, "total_quantity"))
    until = _amount(_at(data, "invalid_time"), most=10**14)
    if left is None or total is None or until is None:
        raise Unreachable("a package without figures")
    name, status = _words(_at(data, "resource_pack_name")), _words(_at(data, "status"))
    day = datetime.fromtimestamp(int(until) // 1000, UTC).date()
    line = f"{name}: {left:f} of {total:f} units, until {day} ({status})"
    return line, left if status == "online" else Decimal(0)


def _external_id(reference: str) -> str:
    return f"zoetrope-{reference}"


def _is_id(value: object) -> bool:
    """An id goes into paths and lists, so it must not change them."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def _at(data: object, *path: str) -> object:
    """A value inside some JSON; None where the path leads nowhere."""
    return Reply(200, {}, data).field(*path)


def _code(data: object) -> int | None:
    code = _at(data, "code")
    return code if type(code) is int else None


def _data(reply: Reply) -> object:
    """What a read was answered. Raises Unreachable unless the code says all is well."""
    if _code(reply.data) != 0:
        raise Unreachable(_told(reply))
    return reply.field("data")


def _refusal(reply: Reply, request: VideoRequest) -> ProviderError:
    """What a submit's answer proves. Its words may repeat ours, which no log may have."""
    code, words = _code(reply.data), str(reply.field("message"))
    for secret in filter(None, (request.negative_prompt, request.prompt)):
        words = words.replace(secret, "…")
    told = f"{_told(reply)}: {_words(words)}"
    if code in PAUSE_SECONDS:
        return RateLimited(max(1.0, reply.retry_after_seconds or PAUSE_SECONDS[code]))
    kind = _REFUSALS.get(code or 0, SubmitUncertain)
    if kind is RequestRejected and _DUPLICATE.search(words):
        return SubmitUncertain(told)
    return kind(told)


def _told(reply: Reply) -> str:
    return f"status {reply.status}, code {_code(reply.data)}"


def _words(value: object) -> str:
    """The provider's own words, without links."""
    return _URL.sub("…", value)[:200] if isinstance(value, str) else ""


def _reason(words: str) -> FailureReason:
    for pattern, name in _FAILURES:
        if re.search(pattern, words, re.IGNORECASE):
            return FailureReason[name]
    return FailureReason.PROVIDER_FAULT


def _billed(entries: object, usd_per_unit: Decimal) -> int | None:
    """In micro-dollars; None where it is not said, or not in units or dollars."""
    if not isinstance(entries, list) or not entries:
        return None
    total = Decimal(0)
    for entry in entries:
        amount = _amount(_at(entry, "amount"))
        if amount is None:
            return None
        match _at(entry, "charge_type"), _at(entry, "currency"):
            case "unit", _:
                total += amount * usd_per_unit
            case "cash", "USD":
                total += amount
            case _ if amount:
                return None
    return _microdollars(total)


def _amount(value: object, *, most: int = 10**6) -> Decimal | None:
    """A number that may come as a text; None of anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        amount = Decimal(str(value))
    except (InvalidOperation, ValueError):
        return None
    return amount.normalize() if amount.is_finite() and 0 <= amount <= most else None


def _microdollars(dollars: Decimal) -> int:
    return round(dollars * 1_000_000)


def _spellings(id: str, *names: str, but: str) -> tuple[str, ...]:
    """These names, and other ways people write them and the id."""
    written: dict[str, None] = {}
    for name in (id, *names):
        dashed, spaced = name.replace(".", "-"), name.replace("-", " ")
        underscored = name.replace(".", "_"), dashed.replace("-", "_")
        written |= dict.fromkeys((name, dashed, spaced, *underscored))
    return tuple(name for name in written if name not in {id, but})
