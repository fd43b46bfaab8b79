"""Takes Kling's two kinds of bodies apart, as strictly as the API does."""

from __future__ import annotations

from typing import Any

from tests.fakes.kling_rules import (
    LEGACY_NAMES,
    MODELS,
    MODES,
    RATIOS,
    Reader,
    Refusal,
    Rules,
    Wanted,
    check_picture,
    check_whole,
)

NEW_MOST_BYTES = 50 * 1024**2
LEGACY_MOST_BYTES = 10 * 1024**2


def read_new(product: str, model: str, data: object) -> Wanted:
    """A body of `POST /<product>/<model>`."""
    rules = MODELS.get(model)
    products = {"omni-video"} if rules and rules.omni else {"image-to-video", "text-to-video"}
    if rules is None or product not in products:
        raise Refusal(1203, f"the model '{model}' does not exist")
    ignored: list[str] = []
    body = Reader.of(data, "", ignored)
    if product == "text-to-video":
        frames: dict[str, str] = {"prompt": body.take("prompt", str, "")}
    else:
        frames = _contents(body.take("contents", list, []), rules, ignored)
    if product == "image-to-video" and "first_frame" not in frames:
        raise Refusal(1201, "contents lacks a first_frame")
    if "last_frame" in frames and "first_frame" not in frames:
        raise Refusal(1201, "last_frame needs a first_frame")
    settings = body.part("settings")
    if rules.multi_shot:
        settings.take("multi_shot", bool, True)
    audio = settings.take("audio", str, "off", rules.audio) if rules.audio else ""
    shape = None
    if "first_frame" not in frames:
        shape = settings.take_text("aspect_ratio", RATIOS)
        if shape is None and rules.omni:
            raise Refusal(1201, "settings.aspect_ratio is required")
    wanted = Wanted(
        model=model,
        prompt=frames.get("prompt", ""),
        seconds=settings.take("duration", int, 5),
        resolution=settings.take("resolution", str, "720p", {"720p", "1080p", "4k"}),
        sound=audio == "native" or not any(not sound for _, sound in rules.units),
        frames=frames,
        shape=shape,
        **_options(body.part("options")),
        ignored=ignored,
    )
    settings.close()
    body.close()
    return check_whole(wanted)


def _contents(contents: list[Any], rules: Rules, ignored: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for index, data in enumerate(contents):
        part = Reader.of(data, f"contents[{index}].", ignored)
        kind = part.take("type", str, "", {"prompt", "first_frame", "last_frame"})
        if kind in found:
            raise Refusal(1201, f"contents has two of {kind}")
        if kind == "last_frame" and not rules.last_frame:
            raise Refusal(1201, "contents type 'last_frame' is invalid")
        found[kind] = part.take("text" if kind == "prompt" else "url", str, "")
        if kind != "prompt":
            check_picture(found[kind], most_bytes=NEW_MOST_BYTES)
        part.close()
    return found


def _options(options: Reader) -> dict[str, str | None]:
    watermark = options.part("watermark_info")
    watermark.take("enabled", bool, False)
    watermark.close()
    callback_url = options.take_text("callback_url")
    if callback_url is not None and not callback_url.startswith(("https://", "http://127.0.0.1")):
        raise Refusal(1201, "callback_url is invalid")
    reference = options.take_text("external_task_id")
    options.close()
    return {"reference": reference, "callback_url": callback_url}


def read_legacy(kind: str, data: object) -> Wanted:
    """A body of `POST /v1/videos/<kind>`."""
    ignored: list[str] = []
    body = Reader.of(data, "", ignored)
    name = body.take("model_name", str, "kling-v1")
    model = LEGACY_NAMES.get(name)
    if model is None or MODELS[model].omni != (kind == "omni-video"):
        raise Refusal(1203, f"the model '{name}' does not exist")
    rules = MODELS[model]
    frames, shape = _pictures(kind, body), None
    if "first_frame" not in frames:
        shape = body.take_text("aspect_ratio", RATIOS)
        if shape is None and rules.omni:
            raise Refusal(1201, "aspect_ratio is required")
    negative = "" if rules.omni else body.take("negative_prompt", str, "")
    prompt = body.take("prompt", str, "")
    if max(len(prompt), len(negative)) > 2500:
        raise Refusal(1201, "prompt is too long")
    sound = body.take("sound", str, "off", {"on", "off"}) if "native" in rules.audio else "off"
    if rules.multi_shot and body.take("multi_shot", bool, False):
        raise Refusal(1201, "shot_type is required")
    seconds = body.take("duration", str, "5")
    reader = Reader({}, "", ignored)
    for option in ("external_task_id", "callback_url", "watermark_info"):
        if option in body.data:
            reader.data[option] = body.data.pop(option)
    wanted = Wanted(
        model=model,
        prompt=prompt,
        seconds=int(seconds) if seconds.isdecimal() else 0,
        resolution=MODES[body.take("mode", str, "std", MODES)],
        sound=sound == "on",
        frames=frames,
        shape=shape,
        **_options(reader),
        ignored=ignored,
    )
    body.close()
    return check_whole(wanted)


def _pictures(kind: str, body: Reader) -> dict[str, str]:
    """The first and the last frame, where there is one."""
    if kind == "text2video":
        return {}
    given: dict[str, str] = {}
    if kind == "omni-video":
        for index, data in enumerate(body.take("image_list", list, [])):
            part = Reader.of(data, f"image_list[{index}].", body.ignored)
            role = part.take("type", str, "", {"first_frame", "end_frame"})
            given[role] = part.take("image_url", str, "")
            part.close()
    else:
        given = {"first_frame": body.take("image", str, "")}
        if "image_tail" in body.data:
            given["end_frame"] = body.take("image_tail", str, "")
    for picture in given.values():
        check_picture(picture, most_bytes=LEGACY_MOST_BYTES)
    if "end_frame" in given and "first_frame" not in given:
        raise Refusal(1201, "end_frame needs a first_frame")
    return {name.replace("end_", "last_"): picture for name, picture in given.items()}
