"""Runway's developer API: its own models and those of others that it sells, behind one key.

It has no list of tasks, no id of ours and no webhook: the id it answers a submit with is the only
way back to a task, so an uncertain submit can never be looked up.
"""

from __future__ import annotations

import asyncio
import base64
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from types import TracebackType
from typing import Annotated, Any, Self, TypeVar, assert_never

from pydantic import (
    AliasPath,
    BaseModel,
    Field,
    HttpUrl,
    SecretStr,
    ValidationError,
    field_validator,
)

from providers.base import (
    Account,
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
    Usage,
    VideoRequest,
)
from providers.errors import (
    KeyRefused,
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

VERSION = "2024-11-06"
MICRODOLLARS_PER_CREDIT = 10_000
MOST_CREDITS = 10**9
"""No true number of credits is larger."""
MAX_DATA_URI_CHARS = 5_242_880
RATE_LIMIT_SECONDS = 900.0
"""How long a 429 holds where it does not say: most come from the cap on a rolling day."""
MOST_USAGE_DAYS = 90
MAX_LOGGED_CHARS = 200
MAX_READ_CHARS = 2000
"""Of what Runway says about a request."""

_TASK_ID = re.compile(r"[0-9A-Za-z-]{1,64}")
_ADDRESS = re.compile(r"\S+://\S+")
# Only words tell these two from any other 400: those about fields come with a list of `issues`.
_CREDIT = re.compile(r"\bcredits?\b", re.IGNORECASE)
_MODERATION = re.compile(r"moderat|safety|policy", re.IGNORECASE)


class RunwaySettings(ProviderSettings):
    """The owner's key, of a developer account: a subscription to Runway's own app has none."""

    runwayml_api_secret: SecretStr = SecretStr("")
    runwayml_base_url: BaseUrl = "https://api.dev.runwayml.com"
    runwayml_max_running: int = Field(default=5, ge=1, le=1000)
    """Beyond the account's own limits a task is taken all the same, and waits at Runway."""

    @field_validator("runwayml_api_secret")
    @classmethod
    def _one_word(cls, key: SecretStr) -> SecretStr:
        word = key.get_secret_value().strip()
        if not re.fullmatch(r"[!-~]*", word):
            raise ValueError("it must be the key alone, which is one word")
        return SecretStr(word)

    @property
    def missing(self) -> str | None:
        """The key, where there is none."""
        return None if self.runwayml_api_secret.get_secret_value() else "RUNWAYML_API_SECRET"


# Runway's words for what a clip looks like, by resolution and shape.
_Ratios = Mapping[tuple[str, Shape | None], str]


@dataclass(frozen=True)
class _Offer:
    """A model, and how it is asked for."""

    model: VideoModel
    fields: frozenset[str]
    """The optional fields it has; several models refuse a request for one field too many."""
    picture_fields: frozenset[str]
    """Those it has only beside a picture."""
    ratios: _Ratios
    """Of a clip from a picture; empty where the request has no `ratio`."""
    text_ratios: _Ratios


def _sizes(words: Mapping[str, str]) -> _Ratios:
    """Give each of Runway's ratios, listed by resolution, the shape nearest to it."""
    return {
        (resolution, _nearest(word)): word
        for resolution, listed in words.items()
        for word in listed.split()
    }


def _nearest(word: str) -> Shape | None:
    """None for a ratio that follows the picture."""
    width, colon, height = word.partition(":")
    if not colon:
        return None
    ratio = int(width) / int(height)
    return min(Shape, key=lambda shape: abs(math.log(shape.ratio / ratio)))


def _shapes(ratios: _Ratios) -> tuple[Shape, ...]:
    return tuple(dict.fromkeys(shape for _, shape in ratios if shape is not None))


def _offer(
    id: str,
    name: str,
    summary: str,
    *,
    seconds: range | tuple[int, ...],
    price: PriceNote,
    silent: Mapping[str, int] | None = None,
    sound: Mapping[str, int] | None = None,
    either: Mapping[str, int] | None = None,
    ratios: Mapping[str, str],
    text_ratios: Mapping[str, str] | None = None,
    fields: str = "",
    picture_fields: str = "",
    last_frame: bool = False,
    aliases: str = "",
    **limits: Any,
) -> _Offer:
    """Prices are credits a second by resolution: of silent clips, of those with sound, of both."""
    taken = frozenset(fields.split())
    picture_sizes = _sizes(ratios)
    text_sizes = picture_sizes if text_ratios is None else _sizes(text_ratios)
    variants = tuple(
        Variant(
            microdollars=credits * MICRODOLLARS_PER_CREDIT,
            resolution=resolution,
            sound=has_sound,
            last_frame=last_frame,
        )
        for has_sound, prices in ((False, silent or either), (True, sound or either))
        for resolution, credits in (prices or {}).items()
    )
    model = VideoModel(
        id=id,
        name=name,
        summary=summary,
        seconds=tuple(seconds),
        default_seconds=5 if 5 in seconds else seconds[0],
        variants=variants,
        price_note=price,
        shapes=_shapes(picture_sizes),
        text_shapes=_shapes(text_sizes),
        audio=Need.OPTIONAL if "referenceAudio" in taken else Need.NEVER,
        takes_seed="seed" in taken,
        aliases=tuple(aliases.split()),
        # A larger one would have to be uploaded first.
        max_picture_bytes=(MAX_DATA_URI_CHARS - len("data:image/jpeg;base64,")) // 4 * 3,
        **{"picture": Need.OPTIONAL, **limits},
    )
    return _Offer(model, taken, frozenset(picture_fields.split()), picture_sizes, text_sizes)


_LISTED = PriceNote("Runway's price list, as quoted", date(2026, 9, 1))
_BILLED = PriceNote("what others were billed", date(2026, 10, 1))
_PARTLY_BILLED = PriceNote("what others were billed, the rest assumed", date(2026, 10, 1), True)
_ASSUMED = PriceNote("its price elsewhere, in whole credits", date(2026, 10, 1), True)

# fmt: off
_720P = "1280:720 720:1280"
_1080P = "1920:1080 1080:1920"
_GEN_4 = "1280:720 720:1280 1104:832 832:1104 960:960 1584:672"
_VEO: dict[str, Any] = {
    "seconds": (4, 6, 8), "price": _LISTED, "ratios": {"720p": _720P, "1080p": _1080P},
    "fields": "audio seed negativePrompt", "last_frame": True,
    "max_prompt_chars": 1000, "max_negative_chars": 1000,
}
# The largest ratio is Kling's own: Runway names none, and may bill what Kling refuses.
_KLING: dict[str, Any] = {"last_frame": True, "largest_ratio": 2.5}
_KLING_3 = _KLING | {"seconds": range(3, 16), "fields": "audio", "max_prompt_chars": 2500}
_KLING_720P = {"720p": "1280:720 720:1280 960:960"}
_KLING_1080P = {"1080p": "1920:1080 1080:1920 1440:1440"}
_KLING_4K = {"4k": "3840:2160 2160:3840 2880:2880"}
_SEEDANCE: dict[str, Any] = {"fields": "audio seed referenceAudio", "last_frame": True}
_SEEDANCE_2 = _SEEDANCE | {
    "seconds": range(4, 16), "max_prompt_chars": 3500, "longest_audio_seconds": 15,
}
_SEEDANCE_480P = "864:496 496:864 640:640 752:560 560:752 992:432"
_SEEDANCE_720P = "1280:720 720:1280 960:960 1112:834 834:1112 1470:630"
_SEEDANCE_1080P = "1920:1080 1080:1920 1440:1440 1664:1248 1248:1664 2206:946"
_SEEDANCE_4K = "3840:2160 2160:3840 3840:3840 3840:2880 2880:3840 3840:1646"
_WAN_3: dict[str, Any] = {
    "seconds": range(2, 31), "price": _ASSUMED, "fields": "audio referenceAudio",
    "last_frame": True, "max_prompt_chars": 2000, "longest_audio_seconds": 15,
    # A clip that begins with a picture must take its ratio.
    "ratios": {"480p": "auto_480p", "720p": "auto_720p", "1080p": "auto_1080p"},
    "text_ratios": {
        "480p": "832:480 480:832 624:624 720:544 544:720",
        "720p": "1280:720 720:1280 960:960 1104:832 832:1104",
        "1080p": "1920:1080 1080:1920 1440:1440 1648:1248 1248:1648",
    },
}
_HAILUO_SHAPES = "16:9 9:16 1:1 4:3 3:4 21:9"
_GROK_SHAPES = "16:9 9:16 1:1 4:3 3:4 3:2 2:3"

# Left out, because nobody says how long their clips may be: h3_max, grok_imagine_1_5_lite.
_OFFERS = (
    _offer("gen4.5", "Runway Gen-4.5",
           "Lifelike motion that follows the prompt closely. 720p, silent.",
           seconds=range(2, 11), price=_LISTED, silent={"720p": 12}, fields="seed",
           ratios={"720p": _GEN_4}, text_ratios={"720p": _720P}, max_prompt_chars=1000,
           aliases="gen4_5 gen4_5_turbo gen-4.5 gen4.5_turbo"),
    _offer("gen4_turbo", "Runway Gen-4 Turbo",
           "Quick and cheap motion for a picture. 720p, silent.",
           seconds=range(2, 11), price=_LISTED, silent={"720p": 5}, fields="seed",
           ratios={"720p": _GEN_4}, text_ratios={}, max_prompt_chars=1000, picture=Need.REQUIRED,
           aliases="gen4 gen-4 gen-4-turbo gen3a_turbo"),
    _offer("veo3.1", "Google Veo 3.1 (Runway)",
           "Google's film-like model, with sound, a last frame and things to avoid.",
           silent={"720p": 20, "1080p": 20}, sound={"720p": 40, "1080p": 40}, **_VEO,
           aliases="veo3 veo3_1 veo-3.1"),
    _offer("veo3.1_fast", "Google Veo 3.1 Fast (Runway)",
           "Veo 3.1, quicker and cheaper.",
           silent={"720p": 10, "1080p": 10}, sound={"720p": 15, "1080p": 15}, **_VEO,
           aliases="veo3_fast veo3_1_fast veo-3.1-fast"),
    _offer("kling3.0_standard", "Kling 3.0 Standard (Runway)",
           "Kling 3.0 in 720p: long clips, sound, a last frame.",
           price=_BILLED, silent={"720p": 9}, sound={"720p": 13}, ratios=_KLING_720P, **_KLING_3,
           aliases="kling3 kling-3 kling-3.0 kling3.0 kling3_0 kling3_0_standard"),
    _offer("kling3.0_pro", "Kling 3.0 Pro (Runway)",
           "Kling 3.0 in 1080p: long clips, sound, a last frame.",
           price=_BILLED, silent={"1080p": 12}, sound={"1080p": 17},
           ratios=_KLING_1080P, **_KLING_3,
           aliases="kling3_0_pro"),
    _offer("kling3.0_4k", "Kling 3.0 4K (Runway)",
           "Kling 3.0 in 4K: long clips, sound, a last frame.",
           price=_ASSUMED, silent={"4k": 42}, sound={"4k": 42}, ratios=_KLING_4K, **_KLING_3,
           aliases="kling3_0_4k"),
    _offer("klingO3_standard", "Kling O3 Standard (Runway)",
           "Kling's all-round model in 720p, with sound and a last frame.",
           price=_ASSUMED, silent={"720p": 9}, sound={"720p": 12}, ratios=_KLING_720P, **_KLING_3,
           aliases="kling_o3 kling_o3_standard"),
    _offer("klingO3_pro", "Kling O3 Pro (Runway)",
           "Kling's all-round model in 1080p, with sound and a last frame.",
           price=_ASSUMED, silent={"1080p": 12}, sound={"1080p": 14},
           ratios=_KLING_1080P, **_KLING_3,
           aliases="kling_o3_pro"),
    _offer("klingO3_4k", "Kling O3 4K (Runway)",
           "Kling's all-round model in 4K, with sound and a last frame.",
           price=_ASSUMED, silent={"4k": 42}, sound={"4k": 42}, ratios=_KLING_4K, **_KLING_3,
           aliases="kling_o3_4k"),
    _offer("kling2.5_turbo_pro", "Kling 2.5 Turbo Pro (Runway)",
           "An older Kling: cheap, silent, with a last frame.",
           seconds=(5, 10), price=_ASSUMED, silent={"": 7}, ratios={},
           text_ratios={"": "1920:1080 1080:1920 1440:1440"}, max_prompt_chars=2500, **_KLING,
           aliases="kling2.5 kling2_5_turbo_pro"),
    _offer("kling_4", "Kling 4.0 (Runway)",
           "The newest Kling: clips of up to half a minute, always with sound.",
           seconds=range(3, 31), price=_ASSUMED, sound={"720p": 16, "1080p": 24},
           ratios={"720p": "auto_720p", "1080p": "auto_1080p"},
           text_ratios={"720p": "1280:720 720:1280 940:940 1460:624",
                        "1080p": "1920:1080 1080:1920 1440:1440 2200:940"},
           max_prompt_chars=2000, **_KLING,
           aliases="kling4 kling4.0 kling_4.0 kling_4_0"),
    _offer("seedance2", "Seedance 2 (Runway)",
           "ByteDance's model: sound, a last frame, and clips that go with an audio file.",
           price=_PARTLY_BILLED, either={"720p": 36, "480p": 36, "1080p": 40, "4k": 112},
           ratios={"480p": _SEEDANCE_480P, "720p": _SEEDANCE_720P, "1080p": _SEEDANCE_1080P,
                   "4k": _SEEDANCE_4K}, **_SEEDANCE_2,
           aliases="seedance seedance_2 seedance2.0 seedance2_0 seedance-2.0"),
    _offer("seedance2_fast", "Seedance 2 Fast (Runway)",
           "Seedance 2, quicker and cheaper.",
           price=_BILLED, either={"720p": 29, "480p": 29}, **_SEEDANCE_2,
           ratios={"480p": _SEEDANCE_480P, "720p": _SEEDANCE_720P},
           aliases="seedance2.0_fast seedance_2_fast"),
    _offer("seedance2_mini", "Seedance 2 Mini (Runway)",
           "The smallest and cheapest Seedance 2.",
           price=_BILLED, either={"720p": 16, "480p": 16}, **_SEEDANCE_2,
           ratios={"480p": _SEEDANCE_480P, "720p": _SEEDANCE_720P},
           aliases="seedance2.0_mini seedance_2_mini"),
    _offer("seedance2_5", "Seedance 2.5 (Runway)",
           "Clips of up to half a minute, with sound, from a prompt as long as a story.",
           seconds=range(4, 31), price=_PARTLY_BILLED,
           either={"720p": 30, "480p": 30, "1080p": 68}, **_SEEDANCE,
           ratios={"480p": "854:480 480:854 640:640 752:560 560:752 992:432",
                   "720p": _SEEDANCE_720P, "1080p": _SEEDANCE_1080P},
           max_prompt_chars=15_000, longest_audio_seconds=29,
           aliases="seedance2.5 seedance_2.5 seedance-2.5"),
    _offer("hailuo3", "MiniMax Hailuo 3 (Runway)",
           "Always with sound, up to 2K, and clips that go with an audio file.",
           seconds=range(5, 16), price=_ASSUMED, sound={"768p": 13, "2k": 19},
           fields="resolution referenceAudio", last_frame=True,
           ratios={"768p": "adaptive", "2k": "adaptive"},
           text_ratios={"768p": _HAILUO_SHAPES, "2k": _HAILUO_SHAPES},
           max_prompt_chars=6000, longest_audio_seconds=15,
           aliases="hailuo hailuo_3 hailuo-3 minimax-h3"),
    _offer("wan3", "Wan 3 (Runway)",
           "Alibaba's model: up to half a minute, sound, and clips that go with an audio file.",
           either={"720p": 15, "480p": 8, "1080p": 29}, **_WAN_3,
           aliases="wan_3 wan3.0 wan3_0 wan-3.0"),
    _offer("wan3_prime", "Wan 3 Prime (Runway)",
           "Wan 3 at its best.",
           either={"720p": 21, "480p": 10, "1080p": 41}, **_WAN_3,
           aliases="wan_3_prime wan3.0_prime"),
    _offer("gemini_omni_flash", "Gemini Omni Flash (Runway)",
           "Google's quick model. 720p.",
           seconds=range(3, 11), price=_ASSUMED, silent={"720p": 15}, ratios={"720p": _720P},
           max_prompt_chars=4000,
           aliases="gemini_omni gemini-omni-flash"),
    _offer("gemini_omni_flash_1.1", "Gemini Omni Flash 1.1 (Runway)",
           "Google's quick model, from a cheap 360p to 4K, with a last frame.",
           seconds=range(3, 11), price=_ASSUMED, last_frame=True,
           silent={"720p": 15, "360p": 5, "1080p": 22, "4k": 44},
           ratios={"360p": "640:360 360:640", "720p": _720P, "1080p": _1080P,
                   "4k": "3840:2160 2160:3840"},
           max_prompt_chars=2000,
           aliases="gemini_omni_flash_1_1 gemini-omni-flash-1.1"),
    _offer("grok_imagine_1_5", "Grok Imagine 1.5 (Runway)",
           "xAI's model, for clips as short as one second.",
           seconds=range(1, 16), price=_PARTLY_BILLED, fields="resolution",
           silent={"720p": 16, "480p": 11, "1080p": 36}, ratios={},
           text_ratios={"720p": _GROK_SHAPES, "480p": _GROK_SHAPES, "1080p": _GROK_SHAPES},
           max_prompt_chars=2000, largest_ratio=2.5,
           aliases="grok_imagine grok-imagine grok_imagine_1.5 grok-imagine-1.5"),
    _offer("happyhorse_1_0", "HappyHorse 1.0 (Runway)",
           "Long clips in 720p or 1080p.",
           seconds=range(3, 16), price=_BILLED, silent={"720p": 15, "1080p": 30},
           picture_fields="resolution", ratios={},
           text_ratios={"720p": "1280:720 720:1280 960:960 1108:832 832:1108",
                        "1080p": "1920:1080 1080:1920 1440:1440 1662:1248 1248:1662"},
           max_prompt_chars=2500,
           aliases="happyhorse happyhorse_1.0 happyhorse-1.0"),
)
# fmt: on

# Runway adds codes at any time, so the longest prefix of one decides.
_FAILURES = {
    "SAFETY": FailureReason.REFUSED,
    "SAFETY.INPUT": FailureReason.REFUSED,
    "SAFETY.OUTPUT": FailureReason.RESULT_REFUSED,
    "INPUT_PREPROCESSING.SAFETY": FailureReason.REFUSED,
    "INPUT_PREPROCESSING.INTERNAL": FailureReason.PROVIDER_FAULT,
    "THIRD_PARTY.INPUT_VALIDATION": FailureReason.BAD_INPUT,
    "THIRD_PARTY.UNAVAILABLE": FailureReason.MODEL_DOWN,
    "ASSET.INVALID": FailureReason.BAD_INPUT,
    "INTERNAL.BAD_OUTPUT": FailureReason.PROVIDER_FAULT,
    "INTERNAL": FailureReason.PROVIDER_FAULT,
}


class RunwayProvider(Provider):
    """Asks Runway. A finished task stays there, so that a later look gives a fresh link."""

    name = "runway"
    title = "Runway"
    keys_from = "Runway's developer portal (dev.runwayml.com)"
    Settings = RunwaySettings
    poll_seconds = 5.0
    deadline_seconds = 45 * 60.0
    grace_seconds = 120.0
    stopping = Stopping.BILLED
    models = tuple(offer.model for offer in _OFFERS)

    def __init__(self, settings: ProviderSettings, folder: Path) -> None:
        assert isinstance(settings, RunwaySettings)
        self.max_running = settings.runwayml_max_running
        self.clips_from_loopback = is_loopback(settings.runwayml_base_url)
        self._offers = {offer.model.id: offer for offer in _OFFERS}
        self._http = Http(settings.runwayml_base_url)
        self._key = settings.runwayml_api_secret.get_secret_value()
        self._headers = {"Authorization": f"Bearer {self._key}", "X-Runway-Version": VERSION}

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._http.__aexit__(error_type, error, traceback)

    async def submit(self, request: VideoRequest, reference: str) -> TaskRef:
        """Start a task. Runway has no field for our reference, and spends nothing on uploads."""
        path, body = await self._body(request)
        reply = await self._http.send_once(path, body, headers=self._headers)
        if reply.status != 200:
            hidden = (self._key, request.prompt, request.negative_prompt)
            raise _refusal(reply, unknown=SubmitUncertain, hidden=hidden)
        task_id = reply.field("id")
        if not isinstance(task_id, str) or not _TASK_ID.fullmatch(task_id):
            raise SubmitUncertain("status 200 without a task id")
        return {"id": task_id}

    async def _body(self, request: VideoRequest) -> tuple[str, dict[str, Any]]:
        offer = self._offers[request.model.id]
        frames = [
            {"uri": await self._asset(picture, "image/jpeg"), "position": position}
            for picture, position in ((request.picture, "first"), (request.last_frame, "last"))
            if picture is not None
        ]
        ratios = offer.ratios if frames else offer.text_ratios
        ratio = ratios.get((request.resolution, request.shape))
        if ratios and ratio is None:
            raise RequestRejected(f"no {request.shape} in {request.resolution or 'this model'}")
        fields: dict[str, Any] = {
            "resolution": request.resolution,
            "seed": request.seed,
            "audio": request.sound,
            "negativePrompt": request.negative_prompt or None,
        }
        if request.audio is not None:
            uri = await self._asset(request.audio, "audio/mp3")
            fields["referenceAudio"] = [{"type": "audio", "uri": uri}]
        taken = offer.fields | (offer.picture_fields if frames else frozenset())
        body = {
            "model": request.model.id,
            "promptText": request.prompt,
            "promptImage": frames or None,
            "ratio": ratio,
            "duration": request.seconds,
            **{name: value for name, value in fields.items() if name in taken},
        }
        path = "/v1/image_to_video" if frames else "/v1/text_to_video"
        return path, {name: value for name, value in body.items() if value is not None}

    async def _asset(self, file: Path, kind: str) -> str:
        """A file as a request takes it: inside of it where there is room, or else uploaded."""
        try:
            data = await asyncio.to_thread(file.read_bytes)
        except OSError as error:
            raise NotSubmitted(type(error).__name__) from error
        uri = f"data:{kind};base64,"
        if len(uri) + 4 * math.ceil(len(data) / 3) > MAX_DATA_URI_CHARS:
            return await self._upload(data, kind)
        return uri + (await asyncio.to_thread(base64.b64encode, data)).decode()

    async def _upload(self, data: bytes, kind: str) -> str:
        # The ending alone tells Runway what the file is.
        name = "picture.jpg" if kind == "image/jpeg" else "audio.mp3"
        try:
            reply = await self._http.send(
                "POST",
                "/v1/uploads",
                {"filename": name, "type": "ephemeral"},
                headers=self._headers,
            )
            if reply.status != 200:
                raise _refusal(reply, unknown=NotSubmitted, hidden=(self._key,))
            upload = _read(_Upload, reply)
        except Unreachable as error:
            raise NotSubmitted(f"upload: {error}") from error
        await self._http.upload(str(upload.url), upload.fields, name=name, data=data, kind=kind)
        return upload.uri

    async def poll(self, task: TaskRef) -> Status:
        """Look at a task. What it says it cost at its end is what was charged."""
        reply = await self._http.send("GET", f"/v1/tasks/{task['id']}", headers=self._headers)
        if reply.status == 404:
            raise TaskLost(str(task["id"]))
        status = reply.field("status")
        if reply.status != 200 or reply.field("id") != task["id"] or not isinstance(status, str):
            raise Unreachable(f"status {reply.status}, not this task")
        billed = _billed(reply)
        match status:
            case "PENDING" | "THROTTLED":
                return Pending(is_waiting=True)
            case "RUNNING":
                return Pending(progress=_number(reply.field("progress"), most=1))
            case "SUCCEEDED":
                return Succeeded(self._clip(reply.field("output")), billed)
            case "FAILED":
                return _failed(reply, billed)
            case "CANCELLED":
                return Failed(FailureReason.CANCELLED, status, billed)
            case _:
                return Pending()

    def _clip(self, output: object) -> Link:
        match output:
            case [str(url), *_] if url.startswith("https://"):
                return Link(url)
            case [str(url), *_] if self.clips_from_loopback and url.startswith("http://"):
                return Link(url)
            case _:
                raise Unreachable("SUCCEEDED without a link")

    def task_named(self, text: str) -> TaskRef | None:
        """The task of an id as Runway's own pages show it."""
        return {"id": text} if _TASK_ID.fullmatch(text) else None

    async def cancel(self, task: TaskRef) -> bool:
        """Stop a task. Runway bills what it finds running, and gives back what still waits.

        A task that begins between our look and our DELETE is billed after all: only Runway's
        usage shows that. One that is over is left alone, and its own cost is the answer. Of one
        that is gone nobody can tell any more, and a member pays for nothing that cannot be shown.
        """
        try:
            status = await self.poll(task)
        except TaskLost:
            return False
        match status:
            case Succeeded():
                return status.billed_microdollars != 0
            case Failed():
                return bool(status.billed_microdollars)
            case Pending():
                await self._delete(task)
                return not status.is_waiting
            case _:
                assert_never(status)

    async def _delete(self, task: TaskRef) -> None:
        reply = await self._http.send("DELETE", f"/v1/tasks/{task['id']}", headers=self._headers)
        if reply.status not in {204, 404}:
            raise Unreachable(f"status {reply.status}")

    async def account(self) -> Account:
        """Credits left, and what the account's tier allows of each model offered here."""
        reply = await self._http.send("GET", "/v1/organization", headers=self._headers)
        owner = _read(_Organization, reply)
        return Account(
            balance=f"{owner.credits} credits (${owner.credits / 100:.2f})",
            balance_microdollars=owner.credits * MICRODOLLARS_PER_CREDIT,
            limits=tuple(
                f"{model}: {limit}, {used.generations if used else 0} used today"
                for model, limit in owner.limits.items()
                if model in self._offers
                for used in [owner.used.get(model)]
            ),
        )

    async def usage(self, since: date, until: date) -> list[Usage]:
        """Net credits a day and model, of everything the key's organisation did there."""
        used: list[Usage] = []
        while since <= until:
            before = min(until + timedelta(days=1), since + timedelta(days=MOST_USAGE_DAYS))
            reply = await self._http.send(
                "POST",
                "/v1/organization/usage",
                {"startDate": since.isoformat(), "beforeDate": before.isoformat()},
                headers=self._headers,
            )
            used += [
                Usage(day.date, one.model, one.amount * MICRODOLLARS_PER_CREDIT)
                for day in _read(_UsageReply, reply).results
                for one in day.used
            ]
            since = before
        return used


def _refusal(
    reply: Reply, *, unknown: type[ProviderError], hidden: tuple[str | None, ...]
) -> ProviderError:
    """What any answer but 200 proves of a request that was to make something."""
    said = _said(reply, hidden)
    words = f"status {reply.status}: {_short(said)}"
    match reply.status:
        case 400 if not reply.field("issues") and _CREDIT.search(said):
            return OutOfCredit(words)
        case 400 if not reply.field("issues") and _MODERATION.search(said):
            return Refused(words)
        case 400:
            return RequestRejected(words)
        case 401 | 403:
            return KeyRefused(words)
        case 402:
            return OutOfCredit(words)
        case 404 | 405:
            # The address is wrong or Runway took it away. Nothing was made, and to tell the
            # member that the input was wrong, or the owner that the key was, would be a lie.
            return NotSubmitted(words)
        case 429:
            return RateLimited(reply.retry_after_seconds or RATE_LIMIT_SECONDS)
        case _:
            return unknown(words)


def _said(reply: Reply, hidden: tuple[str | None, ...]) -> str:
    """Runway's own words without what they may repeat: a key, a prompt, a link."""
    words, issues = [reply.field("error")], reply.field("issues")
    for issue in issues if isinstance(issues, list) else []:
        if isinstance(issue, dict):
            path = issue.get("path")
            words += [*(path if isinstance(path, list) else []), issue.get("code")]
    said = " ".join(word for word in words if isinstance(word, str))
    for secret in filter(None, hidden):
        said = said.replace(secret, "…")
    return _ADDRESS.sub("…", said[:MAX_READ_CHARS])


def _short(words: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in words[:MAX_LOGGED_CHARS])


def _failed(reply: Reply, billed: int | None) -> Failed:
    code = reply.field("failureCode")
    if not isinstance(code, str):
        return Failed(FailureReason.PROVIDER_FAULT, "no code", billed)
    prefix = max(filter(code.startswith, _FAILURES), key=len, default=None)
    reason = _FAILURES[prefix] if prefix else FailureReason.PROVIDER_FAULT
    return Failed(reason, _short(code), billed)


def _billed(reply: Reply) -> int | None:
    credits = _number(reply.field("cost", "credits"), most=MOST_CREDITS)
    return None if credits is None else round(credits * MICRODOLLARS_PER_CREDIT)


def _number(value: object, *, most: float) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if 0 <= value <= most else None


_Credits = Annotated[int, Field(ge=-MOST_CREDITS, le=MOST_CREDITS)]


class _Upload(BaseModel):
    url: HttpUrl = Field(alias="uploadUrl")
    fields: dict[str, str]
    uri: str = Field(alias="runwayUri", pattern="^runway://", max_length=5000)


class _Limit(BaseModel):
    at_once: int | None = Field(alias="maxConcurrentGenerations")
    a_day: int | None = Field(alias="maxDailyGenerations")

    def __str__(self) -> str:
        at_once = "any number" if self.at_once is None else self.at_once
        a_day = "any number" if self.a_day is None else self.a_day
        return f"{at_once} at once, {a_day} a day"


class _UsedToday(BaseModel):
    generations: int = Field(alias="dailyGenerations")


class _Organization(BaseModel):
    credits: _Credits = Field(alias="creditBalance")
    limits: dict[str, _Limit] = Field(validation_alias=AliasPath("tier", "models"))
    used: dict[str, _UsedToday] = Field(validation_alias=AliasPath("usage", "models"))


class _UsedCredits(BaseModel):
    model: str
    amount: _Credits


class _UsedOnDay(BaseModel):
    date: date
    used: list[_UsedCredits] = Field(alias="usedCredits")


class _UsageReply(BaseModel):
    results: list[_UsedOnDay]


_M = TypeVar("_M", bound=BaseModel)


def _read(kind: type[_M], reply: Reply) -> _M:
    """Raises KeyRefused or Unreachable."""
    if reply.status in {401, 403}:
        raise KeyRefused(f"status {reply.status}")
    try:
        return kind.model_validate(reply.data)
    except ValidationError:
        # Its text would show what was answered.
        raise Unreachable(f"status {reply.status}, an answer that cannot be read") from None
