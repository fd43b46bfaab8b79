"""Runway's developer API on loopback: its checks, its states, its money, its exact replies."""

from __future__ import annotations

import functools
import re
import uuid
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeAlias

from aiohttp import BodyPartReader, web

from tests.fakes.fake_server import FakeServer, FakeTask
from tests.fakes.runway_rules import IMAGE_TO_VIDEO, TEXT_TO_VIDEO, problems
from tests.fakes.runway_scene import Upload, frames_of, scene_of, sounds_of
from tests.fakes.scene import FORBIDDEN, NO_CREDIT, Scene

KEY = "key_" + "5e" * 64
VERSION = "2024-11-06"
ENDPOINTS = {"/v1/image_to_video": IMAGE_TO_VIDEO, "/v1/text_to_video": TEXT_TO_VIDEO}
RUNNING_FROM = 0.25
"""Until this much of its pace is done, a task is PENDING."""
UPLOAD_NAME = re.compile(r".+\.(jpe?g|png|webp|mp3|wav|m4a|mp4|mov)", re.IGNORECASE)
CREDITS_PER_SECOND = {"gen4.5": 12, "gen4_turbo": 5, "kling3.0_standard": 13, "seedance2": 36}
LONGEST_SECONDS = 30
"""What "auto" is billed as, until the clip is there."""
REFUNDED = ("ASSET", "INTERNAL", "INPUT_PREPROCESSING.INTERNAL", "THIRD_PARTY.UNAVAILABLE")

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.Response]]


@dataclass
class FakeRunway(FakeServer):
    """An ending is a failure code, "" for a failure without one, "CANCELLED", or None: a clip."""

    name = "runway"
    breakdown = "INTERNAL.BAD_OUTPUT.CODE01"

    balance: int = 100_000
    """Credits."""
    concurrency: int | None = None
    """More tasks of one model than this are THROTTLED."""
    daily_limit: int | None = None
    """More tasks of one model than this are refused with a 429."""
    retry_after: str | None = None
    instead: deque[tuple[int, Any]] = field(default_factory=deque)
    """Status and JSON of the next replies; what was asked is then not carried out."""
    uploads: dict[str, Upload] = field(default_factory=dict)
    costs: dict[str, int] = field(default_factory=dict)
    """What each task was charged, in credits."""
    used: Counter[tuple[date, str]] = field(default_factory=Counter)
    """Net credits by day and model."""

    @property
    def environment(self) -> dict[str, str]:
        return {"RUNWAYML_API_SECRET": KEY, "RUNWAYML_BASE_URL": self.url}

    def add_routes(self, router: web.UrlDispatcher) -> None:
        for path in ENDPOINTS:
            router.add_post(path, self._api(self._create))
        router.add_get("/v1/tasks/{id}", self._api(self._show))
        router.add_delete("/v1/tasks/{id}", self._api(self._delete))
        router.add_post("/v1/uploads", self._api(self._announce))
        router.add_get("/v1/organization", self._api(self._organization))
        router.add_post("/v1/organization/usage", self._api(self._usage))
        router.add_post("/bucket/{token}", self._receive)

    def throttle(self) -> None:
        self.instead.append((429, {"error": "You have reached the daily limit of this model."}))

    def is_submit(self, request: web.Request) -> bool:
        return request.method == "POST" and request.path in ENDPOINTS

    def _api(self, handler: Handler) -> Handler:
        @functools.wraps(handler)
        async def checked(request: web.Request) -> web.Response:
            if request.headers.get("Authorization") != f"Bearer {KEY}":
                return _error(401, "You must provide a valid API key.")
            if request.headers.get("X-Runway-Version") != VERSION:
                return _error(400, "The X-Runway-Version header is missing or not a version.")
            if request.method == "POST" and request.content_type != "application/json":
                return _error(400, "The body must be JSON.")
            if self.instead:
                status, data = self.instead.popleft()
                return web.json_response(data, status=status)
            return await handler(request)

        return checked

    async def _create(self, request: web.Request) -> web.Response:
        body = await request.json()
        if issues := problems(ENDPOINTS[request.path], body):
            return _invalid(issues)
        if not all(self._has_arrived(uri) for uri in (*frames_of(body).values(), *sounds_of(body))):
            return _error(400, "An asset could not be fetched.")
        if FORBIDDEN in (prompt := body.get("promptText", "")):
            return _error(400, "The prompt did not pass moderation.")
        seconds = body.get("duration", 5)
        seconds = LONGEST_SECONDS if seconds == "auto" else seconds
        credits = CREDITS_PER_SECOND.get(body["model"], 10) * seconds
        if credits > self.balance or NO_CREDIT in prompt:
            return _error(400, "You do not have enough credits to run this task.")
        if self.daily_limit is not None and self._today(body["model"]) >= self.daily_limit:
            headers = {"Retry-After": self.retry_after} if self.retry_after else None
            return _error(429, "You have reached the daily limit of this model.", headers)
        task = self.new_task(str(uuid.uuid4()), body, None)
        self._charge(task, credits)
        return web.json_response({"id": task.id, "estimatedCost": {"credits": credits}})

    async def _show(self, request: web.Request) -> web.Response:
        task = self.task(request.match_info["id"])
        if task is None or task.is_cancelled:
            return _error(404, "Task not found.")
        status = self.status(task)
        described = self._described(task, status)
        if status == "THROTTLED":
            task.made_at = datetime.now(UTC).timestamp()
        else:
            task.looks += 1
        return web.json_response(described)

    async def _delete(self, request: web.Request) -> web.Response:
        task = self.task(request.match_info["id"])
        if task is None or task.is_cancelled:
            return _error(404, "Task not found.")
        if self.status(task) in {"PENDING", "THROTTLED"}:
            self._charge(task, -self.costs[task.id])
        task.is_cancelled = True
        return web.Response(status=204)

    def scene(self, task: FakeTask) -> Scene:
        return scene_of(task.request, self.uploads)

    def status(self, task: FakeTask) -> str:
        """The state the server would see now."""
        progress = self.pace.progress(task)
        if progress >= 1:
            return {None: "SUCCEEDED", "CANCELLED": "CANCELLED"}.get(task.ending, "FAILED")
        if self.concurrency is not None and self._before(task) >= self.concurrency:
            return "THROTTLED"
        return "PENDING" if progress < RUNNING_FROM else "RUNNING"

    def _before(self, task: FakeTask) -> int:
        """Tasks of its model that are older and not over."""
        older = self.tasks[: self.tasks.index(task)]
        return sum(
            not one.is_cancelled
            and one.request["model"] == task.request["model"]
            and self.pace.progress(one) < 1
            for one in older
        )

    def _described(self, task: FakeTask, status: str) -> dict[str, Any]:
        made_at = datetime.fromtimestamp(task.made_at, UTC).isoformat(timespec="milliseconds")
        about = {"id": task.id, "createdAt": made_at.replace("+00:00", "Z"), "status": status}
        estimate = {"estimatedCost": {"credits": self.costs[task.id]}}
        match status:
            case "PENDING" | "THROTTLED":
                return about | estimate
            case "RUNNING":
                return about | estimate | {"progress": round(self.pace.progress(task), 2)}
            case "SUCCEEDED":
                return about | self._cost(task) | {"output": [self.clip_url(task)]}
            case "FAILED":
                code = {"failureCode": task.ending} if task.ending else {}
                if not task.ending or task.ending.startswith(REFUNDED):
                    self._charge(task, -self.costs[task.id])
                return about | self._cost(task) | {"failure": "It did not work out."} | code
            case _:
                self._charge(task, -self.costs[task.id])
                return about | self._cost(task)

    def _cost(self, task: FakeTask) -> dict[str, Any]:
        return {"cost": {"credits": self.costs[task.id]}}

    def _charge(self, task: FakeTask, credits: int) -> None:
        self.costs[task.id] = self.costs.get(task.id, 0) + credits
        self.balance -= credits
        self.used[datetime.now(UTC).date(), task.request["model"]] += credits

    def _today(self, model: str) -> int:
        return sum(task.request["model"] == model for task in self.tasks)

    async def _announce(self, request: web.Request) -> web.Response:
        body = await request.json()
        name = body.get("filename") if isinstance(body, dict) else None
        if (
            not isinstance(name, str)
            or not 3 <= len(name) <= 255
            or not UPLOAD_NAME.fullmatch(name)
        ):
            return _invalid(
                [{"code": "invalid_format", "path": ["filename"], "message": "Invalid"}]
            )
        if body != {"filename": name, "type": "ephemeral"}:
            return _invalid([{"code": "invalid_value", "path": ["type"], "message": "Invalid"}])
        token = uuid.uuid4().hex
        fields = {"key": f"ephemeral/{token}-{name}", "policy": "eyJ", "x-amz-signature": "ab12"}
        self.uploads[token] = Upload(fields)
        return web.json_response(
            {
                "uploadUrl": f"{self.url}/bucket/{token}",
                "fields": fields,
                "runwayUri": f"runway://{token}",
            }
        )

    async def _receive(self, request: web.Request) -> web.Response:
        upload = self.uploads.get(request.match_info["token"])
        if upload is None or "Authorization" in request.headers:
            return web.Response(status=403, text="<Error>AccessDenied</Error>")
        parts: list[tuple[str | None, bytes]] = []
        async for part in await request.multipart():
            assert isinstance(part, BodyPartReader)
            parts.append((part.name, bytes(await part.read())))
        *fields, (last, data) = parts
        if dict(fields) != {name: value.encode() for name, value in upload.fields.items()}:
            return web.Response(status=403, text="<Error>SignatureDoesNotMatch</Error>")
        if last != "file" or len(data) < 512:
            return web.Response(status=400, text="<Error>EntityTooSmall</Error>")
        upload.data = data
        return web.Response(status=204)

    def _has_arrived(self, uri: str) -> bool:
        if not uri.startswith("runway://"):
            return True
        upload = self.uploads.get(uri.removeprefix("runway://"))
        return upload is not None and upload.data is not None

    async def _organization(self, request: web.Request) -> web.Response:
        limit = {
            "maxConcurrentGenerations": self.concurrency,
            "maxDailyGenerations": self.daily_limit,
        }
        models = sorted(IMAGE_TO_VIDEO)
        used = {model: {"dailyGenerations": self._today(model)} for model in models}
        return web.json_response(
            {
                "tier": {"maxMonthlyCreditSpend": 10_000, "models": dict.fromkeys(models, limit)},
                "creditBalance": self.balance,
                "usage": {
                    "models": {model: one for model, one in used.items() if any(one.values())}
                },
            }
        )

    async def _usage(self, request: web.Request) -> web.Response:
        body = await request.json()
        try:
            start = date.fromisoformat(body.pop("startDate"))
            before = date.fromisoformat(body.pop("beforeDate"))
        except (AttributeError, KeyError, TypeError, ValueError):
            return _invalid(
                [{"code": "invalid_format", "path": ["startDate"], "message": "Invalid"}]
            )
        if body or not start < before <= start + timedelta(days=90):
            return _invalid([{"code": "custom", "path": ["beforeDate"], "message": "Invalid"}])
        used = {key: amount for key, amount in self.used.items() if start <= key[0] < before}
        results = [
            {
                "date": day.isoformat(),
                "usedCredits": [
                    {"model": model, "amount": amount}
                    for (one, model), amount in used.items()
                    if one == day
                ],
            }
            for day in sorted({day for day, _ in used})
        ]
        models = sorted({model for _, model in used})
        return web.json_response({"models": models, "results": results})


def _error(status: int, words: str, headers: dict[str, str] | None = None) -> web.Response:
    return web.json_response({"error": words}, status=status, headers=headers)


def _invalid(issues: list[dict[str, Any]]) -> web.Response:
    return web.json_response(
        {
            "error": "Validation of body failed",
            "issues": issues,
            "docUrl": "https://docs.dev.runwayml.com/api",
        },
        status=400,
    )
