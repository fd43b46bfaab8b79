"""A loopback ModelsLab: two generations of one API, with the moods of the real one as switches."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import httpx
from aiohttp import web

from tests.fakes import modelslab_rules as rules
from tests.fakes.fake_server import FakeServer, FakeTask
from tests.fakes.scene import FORBIDDEN, NO_CREDIT, Scene, ratio_of, short_side_px

GOOD_KEY = "modelslab-key-of-the-owner"
EMPTY_KEY = "modelslab-key-of-the-poor"

_CREATE: dict[str, rules.Rules | dict[str, rules.Rules]] = {
    "/api/v7/video-fusion/image-to-video": rules.IMAGE_TO_VIDEO,
    "/api/v7/video-fusion/text-to-video": rules.TEXT_TO_VIDEO,
    "/api/v6/video/img2video_ultra": rules.ULTRA,
    "/api/v6/video/img2video": rules.IMG2VIDEO,
}


@dataclass(frozen=True)
class Canned:
    """An answer given as it stands, in place of the right one."""

    data: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class FakeModelsLab(FakeServer):
    """A task's `ending` is the message it fails with; None makes a clip."""

    name: ClassVar[str] = "modelslab"
    breakdown: ClassVar[str] = "Something went wrong while making the video"

    queue_limit: int = 1000
    """The real one lets 5, 10 or 15 run at once, by plan."""
    balance: float | str = 12.75
    uploads: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    """What was uploaded, by its address: its kind and content."""
    instead: dict[str, deque[Canned]] = field(default_factory=dict)
    """By the last word of the path, `fetch` for all fetches; one is taken for each request."""
    early_looks: int = 0
    """How many looks at a new task answer 404."""
    # The moods: each is something the real one has been seen to do.
    says_messege: bool = False
    has_string_ids: bool = False
    is_immediate: bool = False
    hides_ids: bool = False
    is_empty_at_first: bool = False
    errors_with_200: bool = False
    is_throttled: bool = False
    """The next order meets a full queue, whatever the queue."""
    deliveries: int = 1
    """How often one end is called back: 0 is lost, 2 is doubled."""

    @property
    def environment(self) -> dict[str, str]:
        return {"MODELSLAB_API_KEY": GOOD_KEY, "MODELSLAB_BASE_URL": f"{self.url}/api"}

    def is_submit(self, request: web.Request) -> bool:
        return request.path in _CREATE

    def add_routes(self, router: web.UrlDispatcher) -> None:
        for path in _CREATE:
            router.add_post(path, self._create)
        router.add_post("/api/v7/video-fusion/fetch/{id}", self._fetch)
        router.add_post("/api/v6/video/fetch/{id}", self._fetch)
        router.add_post("/api/v6/base64_to_url", self._upload)
        router.add_post("/api/wallet_balance", self._wallet)
        router.add_post("/api/v6/processing/request_count", self._count)
        router.add_post("/api/assets_generated", self._assets)

    def answer_instead(self, word: str, *canned: Canned) -> None:
        """Give these answers to the next requests whose path ends (or begins its end) so."""
        self.instead.setdefault(word, deque()).extend(canned)

    def throttle(self) -> None:
        self.is_throttled = True

    def callback_url(self, task: FakeTask) -> str | None:
        url: str | None = task.request.get("webhook")
        return url

    async def call_back(self, task: FakeTask) -> None:
        """Call the task's webhook as the real one does: unsigned, and perhaps not just once."""
        # A proxy of this machine does not lead back to it.
        async with httpx.AsyncClient(trust_env=False) as client:
            for _ in range(self.deliveries):
                data = self._ended(task) | {"track_id": task.reference}
                await client.post(task.request["webhook"], json=data)

    def scene(self, task: FakeTask) -> Scene:
        body = task.request
        picture = body.get("init_image")
        [picture] = picture if isinstance(picture, list) else [picture]
        has_sound = "init_audio" in body or body.get("generate_audio", False)
        return Scene(
            provider=self.name,
            model=body["runs"],
            prompt=body["prompt"],
            seconds=int(body.get("duration", rules.SECONDS.get(body["runs"], 5))),
            short_side_px=short_side_px(str(body.get("resolution", 720))),
            ratio=self._ratio(body),
            first_frame=self._uploaded(picture),
            has_sound=has_sound,
            sound=self._uploaded(body.get("init_audio")),
        )

    def _ratio(self, body: Mapping[str, Any]) -> float | None:
        if body["api"] == "v6":
            return ratio_of("9:16" if body.get("portrait") else "16:9")
        return ratio_of(body.get("aspect_ratio", ""))

    def _uploaded(self, address: str | None) -> bytes | None:
        _, content = self.uploads.get(address or "", ("", None))
        return content

    def plain_error(self, error: web.HTTPException) -> web.Response:
        return self._error(error.status, error.reason)

    async def _create(self, request: web.Request) -> web.Response:
        body, refused = await self._checked(request, request.path.rsplit("/", 1)[1])
        if refused is not None:
            return refused
        known = _CREATE[request.path]
        if isinstance(known, rules.Rules):
            # The trap: v6 runs wan2.2 for whatever it does not know, and bills it.
            runs, ruled = body.get("model_id"), known
            runs = runs if runs in rules.V6_MODELS else "wan2.2"
        elif isinstance(runs := body.get("model_id"), str) and runs in known:
            ruled = known[runs]
        else:
            return self._error(400, f"Model not found: {body.get('model_id')}")
        if complaint := ruled.complaint(body):
            return self._error(400, complaint)
        if FORBIDDEN in body["prompt"]:
            return self._error(400, "NSFW content detected in the prompt.")
        if body["key"] == EMPTY_KEY or NO_CREDIT in body["prompt"]:
            return self._error(402, "Insufficient credits. Please add more credits to continue.")
        if self._running() >= self.queue_limit or self.is_throttled:
            self.is_throttled = False
            return self._error(429, f"queue limit of {self.queue_limit} reached", retry_after=30)
        task = self.new_task(
            str(180264513 + len(self.tasks)),
            {**body, "runs": runs, "api": request.path.split("/")[2]},
            body.get("track_id"),
        )
        if self.is_immediate:
            task.looks = self.pace.looks
            return web.json_response(self._without_id(self._ended(task)))
        accepted = {
            "status": "processing",
            "tip": "Ask again later.",
            "eta": 60,
            self._message: "accepted, ask again later",
            "fetch_result": "https://elsewhere.example.invalid/fetch/1",
            "id": self._id(task),
            "output": [],
            "future_links": [self.clip_url(task)],
            "meta": {"model_id": runs},
        }
        return web.json_response(self._without_id(accepted))

    async def _fetch(self, request: web.Request) -> web.Response:
        body, refused = await self._checked(request, "fetch")
        if refused is not None:
            return refused
        if set(body) != {"key"}:
            return self._error(400, "Only the key is taken.")
        task = self.task(request.match_info["id"])
        if task is None or task.request["api"] != request.path.split("/")[2]:
            return self._error(404, "Request not found")
        task.looks += 1
        if task.looks <= self.early_looks:
            return self._error(404, "Request not found")
        if self.pace.progress(task) < 1:
            return web.json_response(
                {
                    "status": "processing",
                    "id": self._id(task),
                    self._message: "Request processing",
                    "output": [],
                    "eta": 30,
                }
            )
        return web.json_response(self._ended(task))

    async def _upload(self, request: web.Request) -> web.Response:
        body, refused = await self._checked(request, "base64_to_url")
        if refused is not None:
            return refused
        file = rules.uploaded(body)
        if file is None:
            return self._error(400, {"base64_string": ["The base64 string field is invalid."]})
        address = f"{self.url}/uploads/{len(self.uploads) + 1}"
        self.uploads[address] = file
        return web.json_response(
            {"status": "success", "id": 7000 + len(self.uploads), "output": [address]}
        )

    async def _wallet(self, request: web.Request) -> web.Response:
        body, refused = await self._checked(request, "wallet_balance")
        if refused is not None:
            return refused
        balance = 0 if body["key"] == EMPTY_KEY else self.balance
        return web.json_response(
            {"status": "success", "data": {"balance": balance, "currency": "USD"}}
        )

    async def _count(self, request: web.Request) -> web.Response:
        _, refused = await self._checked(request, "request_count")
        if refused is not None:
            return refused
        return web.json_response(
            {"status": "success", "processing_count": self._running(), "message": "retrieved"}
        )

    async def _assets(self, request: web.Request) -> web.Response:
        _, refused = await self._checked(request, "assets_generated")
        if refused is not None:
            return refused
        done = [task for task in self.tasks if self.pace.progress(task) == 1]
        data = [{"id": self._id(task), "output": [self.clip_url(task)]} for task in done]
        return web.json_response({"status": "success", "type": "video", "data": data})

    async def _checked(
        self, request: web.Request, word: str
    ) -> tuple[dict[str, Any], web.Response | None]:
        """The body, and the refusal of a request that is not JSON with a key in it."""
        if waiting := self.instead.get(word):
            canned = waiting.popleft()
            return {}, web.json_response(
                canned.data, status=canned.status, headers=dict(canned.headers)
            )
        try:
            body = await request.json() if request.content_type == "application/json" else None
        except ValueError:
            body = None
        if not isinstance(body, dict) or request.query:
            return {}, self._error(400, "A JSON object, and nothing in the address.")
        if body.get("key") not in (GOOD_KEY, EMPTY_KEY):
            return {}, self._error(401, "Invalid API key")
        return body, None

    @property
    def _message(self) -> str:
        return "messege" if self.says_messege else "message"

    def _error(self, status: int, message: object, **more: object) -> web.Response:
        return web.json_response(
            {"status": "error", self._message: message, **more},
            status=200 if self.errors_with_200 else status,
        )

    def _ended(self, task: FakeTask) -> dict[str, Any]:
        if task.ending is not None:
            return {"status": "failed", "id": self._id(task), self._message: task.ending}
        is_first = task.looks <= self.pace.looks
        links = [] if self.is_empty_at_first and is_first else [self.clip_url(task)]
        return {
            "status": "success",
            "generationTime": 74.2,
            "id": self._id(task),
            "output": links,
            "proxy_links": links,
            "meta": {"model_id": task.request["runs"]},
        }

    def _id(self, task: FakeTask) -> int | str:
        return task.id if self.has_string_ids else int(task.id)

    def _without_id(self, data: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in data.items() if name != "id" or not self.hides_ids}

    def _running(self) -> int:
        return sum(self.pace.progress(task) < 1 for task in self.tasks)
