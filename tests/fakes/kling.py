"""A strict Kling: both generations of its API over one store of tasks, and its signed calls."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

import aiohttp
from aiohttp import web

from tests.fakes.fake_server import FakeServer, FakeTask
from tests.fakes.kling_bodies import read_legacy, read_new
from tests.fakes.kling_keys import ACCESS_KEY, API_KEY, POOR_API_KEY, SECRET_KEY, check_key, signed
from tests.fakes.kling_rules import Refusal, Wanted
from tests.fakes.scene import FORBIDDEN, NO_CREDIT, Scene, decoded, ratio_of, short_side_px

_STATUS = {
    **dict.fromkeys((1000, 1001, 1002, 1003, 1004), 401),
    **dict.fromkeys((1100, 1101, 1102, 1302, 1303, 1304), 429),
    **dict.fromkeys((1200, 1201, 1300, 1301), 400),
    **{1103: 403, 1202: 404, 1203: 404, 5000: 500, 5001: 503, 5002: 504},
}


@dataclass(frozen=True)
class Ending:
    """How a task ends, where it does not end with a clip."""

    status: str = "failed"
    message: str = ""
    billing: list[dict[str, Any]] | None = None
    url: str | None = None


RISK_CONTROL = Ending(message="Failure to pass the risk control system")


@dataclass
class FakeKling(FakeServer):
    """Kling on loopback. `endings` takes `Ending`s."""

    name: ClassVar[str] = "kling"
    breakdown: ClassVar[Ending] = Ending(message="The service has a fault, and made nothing")

    refusals: list[int] = field(default_factory=list)
    """Codes with which the next submits are refused, before a task is made."""
    most_running: int = 1000
    """Of one model. Kling itself allows 5 on trial, and 20."""
    clock: Callable[[], float] = time.time
    """What tokens and signatures are timed by."""
    webhook_secrets: tuple[str, ...] = ()
    """Two while the owner changes them."""
    packages: list[dict[str, Any]] = field(default_factory=list)
    costs_code: int = 0
    ignored: list[str] = field(default_factory=list)
    """Fields that were sent, and that no endpoint knows."""

    @property
    def environment(self) -> dict[str, str]:
        """With an API key, which opens both generations."""
        return {"KLING_API_KEY": API_KEY, "KLING_BASE_URL": self.url}

    @property
    def legacy_environment(self) -> dict[str, str]:
        """With the pair of keys, which opens the legacy API alone."""
        return {
            "KLING_ACCESS_KEY": ACCESS_KEY,
            "KLING_SECRET_KEY": SECRET_KEY,
            "KLING_BASE_URL": self.url,
        }

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_get("/tasks", self._guarded(self._list_tasks))
        router.add_get("/account/costs", self._guarded(self._costs))
        router.add_post("/v1/videos/{kind}", self._guarded(self._submit_legacy))
        router.add_get("/v1/videos/{kind}/{id}", self._guarded(self._show_legacy))
        router.add_post("/{product}/{model}", self._guarded(self._submit_new))

    def throttle(self) -> None:
        self.refusals.append(1303)

    def is_submit(self, request: web.Request) -> bool:
        return request.method == "POST"

    def plain_error(self, error: web.HTTPException) -> web.Response:
        code = 1202 if error.status == 405 else 1203
        return _refused(Refusal(code, error.reason))

    def scene(self, task: FakeTask) -> Scene:
        wanted: Wanted = task.request["wanted"]
        first, last = (wanted.frames.get(place) for place in ("first_frame", "last_frame"))
        return Scene(
            provider=self.name,
            model=wanted.model,
            prompt=wanted.prompt,
            seconds=wanted.seconds,
            short_side_px=short_side_px(wanted.resolution),
            ratio=ratio_of(wanted.shape or ""),
            first_frame=decoded(first) if first else None,
            last_frame=decoded(last) if last else None,
            has_sound=wanted.sound,
        )

    def callback_url(self, task: FakeTask) -> str | None:
        url: str | None = task.request["callback_url"]
        return url

    async def call_back(self, task: FakeTask, *, status: str = "", at: float | None = None) -> int:
        """Call the address a task was submitted with; a status of another time may be told."""
        show = self._as_legacy if task.request["kind"] else self._as_new
        told = show(task)
        if status:
            told["task_status" if task.request["kind"] else "status"] = status
        body = json.dumps(told).encode()
        headers = {"Content-Type": "application/json"}
        if self.webhook_secrets:
            headers |= signed(self.webhook_secrets, body, at=at or self.clock(), id="call-1")
        address = task.request["callback_url"]
        async with (
            aiohttp.ClientSession() as session,
            session.post(address, data=body, headers=headers) as response,
        ):
            return response.status

    def _guarded(self, answer: Callable[[web.Request], Any]) -> Callable[[web.Request], Any]:
        async def guarded(request: web.Request) -> web.Response:
            try:
                check_key(_authorization(request), request.path, now=self.clock())
                data = await answer(request)
            except Refusal as refusal:
                return _refused(refusal)
            return web.json_response(
                {"code": 0, "message": "SUCCEED", "request_id": "r-1", "data": data}
            )

        return guarded

    async def _submit_new(self, request: web.Request) -> dict[str, Any]:
        path = request.match_info
        wanted = read_new(path["product"], path["model"], await _json(request))
        task = self._take(request, wanted, kind="")
        return self._as_new(task, is_new=True)

    async def _submit_legacy(self, request: web.Request) -> dict[str, Any]:
        kind = request.match_info["kind"]
        if kind not in {"image2video", "text2video", "omni-video"}:
            raise Refusal(1203, "no such endpoint")
        task = self._take(request, read_legacy(kind, await _json(request)), kind=kind)
        return self._as_legacy(task, is_new=True)

    def _take(self, request: web.Request, wanted: Wanted, *, kind: str) -> FakeTask:
        self.ignored += wanted.ignored
        if self.refusals:
            raise Refusal(self.refusals.pop(0), f"not now: {wanted.prompt}")
        if FORBIDDEN in wanted.prompt:
            raise Refusal(1301, f"content security: '{wanted.prompt}'")
        if _authorization(request).endswith(POOR_API_KEY) or NO_CREDIT in wanted.prompt:
            raise Refusal(1102, "Account balance not enough")
        references = {task.reference for task in self.tasks}
        if wanted.reference is not None and wanted.reference in references:
            raise Refusal(1201, f"external_task_id '{wanted.reference}' already exists")
        running = [
            task
            for task in self.tasks
            if task.request["model"] == wanted.model and self.pace.progress(task) < 1
        ]
        if len(running) >= self.most_running:
            raise Refusal(1303, "parallel task over resource pack limit")
        about: dict[str, Any] = {"model": wanted.model, "units": f"{wanted.units:g}", "kind": kind}
        about |= {"seconds": wanted.seconds, "callback_url": wanted.callback_url}
        about |= {"wanted": wanted}
        return self.new_task(str(834512907713 + len(self.tasks)), about, wanted.reference)

    async def _list_tasks(self, request: web.Request) -> list[dict[str, Any]]:
        if set(request.query) not in ({"task_ids"}, {"external_task_ids"}):
            raise Refusal(1200, "exactly one of task_ids and external_task_ids")
        [(by, listed)] = request.query.items()
        ids = listed.split(",")
        if len(ids) > 20 or not all(ids):
            raise Refusal(1201, "at most 20 ids")
        found = [
            task
            for task in self.tasks
            if not task.request["kind"] and (task.id if by == "task_ids" else task.reference) in ids
        ]
        return [self._as_new(self._looked_at(task)) for task in found]

    async def _show_legacy(self, request: web.Request) -> dict[str, Any]:
        kind, id = request.match_info["kind"], request.match_info["id"]
        for task in self.tasks:
            if task.request["kind"] == kind and id in {task.id, task.reference}:
                return self._as_legacy(self._looked_at(task))
        raise Refusal(1203, "task not found")

    async def _costs(self, request: web.Request) -> dict[str, Any]:
        if not all(request.query.get(name, "").isdecimal() for name in ("start_time", "end_time")):
            raise Refusal(1201, "start_time and end_time are required")
        return {"code": self.costs_code, "msg": "", "resource_pack_subscribe_infos": self.packages}

    def _looked_at(self, task: FakeTask) -> FakeTask:
        task.looks += 1
        return task

    def _state(self, task: FakeTask) -> str:
        progress = self.pace.progress(task)
        if progress < 1:
            return "submitted" if progress < 0.3 else "processing"
        return "succeeded" if task.ending is None else str(task.ending.status)

    def _ending(self, task: FakeTask) -> Ending:
        """What there is to tell so far."""
        if self.pace.progress(task) < 1:
            return Ending(billing=[])
        if task.ending is None:
            bill = {"charge_type": "unit", "amount": task.request["units"], "package_type": "video"}
            return Ending("succeeded", url=self.clip_url(task), billing=[bill])
        return Ending(
            task.ending.status, task.ending.message, task.ending.billing or [], task.ending.url
        )

    def _as_new(self, task: FakeTask, *, is_new: bool = False) -> dict[str, Any]:
        made = int(task.made_at * 1000)
        head = {"id": task.id, "status": "submitted", "create_time": made, "update_time": made}
        head |= {} if task.reference is None else {"external_id": task.reference}
        if is_new:
            return head
        ending = self._ending(task)
        outputs = [_video(ending.url, task)] if ending.url else []
        return head | {
            "status": self._state(task),
            "message": ending.message,
            "outputs": [{"type": "video"} | output for output in outputs],
            "billing": ending.billing,
        }

    def _as_legacy(self, task: FakeTask, *, is_new: bool = False) -> dict[str, Any]:
        made = int(task.made_at * 1000)
        head = {
            "task_id": task.id,
            "task_status": "submitted",
            "task_info": {"external_task_id": task.reference},
            "created_at": made,
            "updated_at": made,
        }
        if is_new:
            return head
        ending = self._ending(task)
        state = {"succeeded": "succeed"}.get(self._state(task), self._state(task))
        head |= {"task_status": state, "task_status_msg": ending.message}
        if ending.url:
            head["task_result"] = {"videos": [_video(ending.url, task)]}
        for bill in ending.billing or []:
            if bill["charge_type"] == "unit":
                head["final_unit_deduction"] = bill["amount"]
            else:
                head["final_balance_deduction"] = {"quota": bill["amount"], "list_price": "9"}
        return head


def _authorization(request: web.Request) -> str:
    return request.headers.get("authorization", "")


def _video(url: str, task: FakeTask) -> dict[str, str]:
    duration = f"{task.request['seconds']}.04"
    return {"id": f"v-{task.id}", "url": url, "watermark_url": "", "duration": duration}


def _refused(refusal: Refusal) -> web.Response:
    return web.json_response(
        {"code": refusal.code, "message": refusal.message, "request_id": "r-1"},
        status=_STATUS[refusal.code],
    )


async def _json(request: web.Request) -> object:
    if request.content_type != "application/json":
        raise Refusal(1200, "Content-Type is not application/json")
    try:
        return json.loads(await request.read())
    except ValueError as error:
        raise Refusal(1200, "the body is not JSON") from error
