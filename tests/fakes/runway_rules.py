"""What Runway's API refuses in a request for a clip, model by model.

Written from the contract, and not from the provider's tables: it is there to catch them out. Fields
that the real API ignores on some models are refused on all of them here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from tests.fakes.runway_checks import (
    Check,
    images,
    one_of,
    ratio_of,
    share,
    sounds,
    thing,
    truth,
    whole,
    whole_or_auto,
    words,
)

Issue: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Rules:
    """The fields of one model on one endpoint; those in `required` must be there."""

    required: frozenset[str]
    checks: dict[str, Check]


def _rules(required: str, **checks: Check) -> Rules:
    return Rules(frozenset(required.split()), checks)


_FIRST, _BOTH = images("first"), images("first", "last")
_ANY = images("first", "last", None)
_SEED = whole(0, 4_294_967_295)
_GEN: dict[str, Check] = {
    "duration": whole(2, 10),
    "promptText": words(1000),
    "seed": _SEED,
    "contentModeration": thing,
}
_FORMAT: dict[str, Check] = {
    "outputFormat": one_of("mp4", "prores", "png_sequence", "hdr10", "hlg"),
    "proresProfile": one_of("422", "4444"),
}
_GEN_RATIO = ratio_of("1280:720 720:1280 1104:832 960:960 832:1104 1584:672")
_VEO: dict[str, Check] = {
    "ratio": ratio_of("1280:720 720:1280 1080:1920 1920:1080"),
    "audio": truth,
    "duration": one_of(4, 6, 8),
    "negativePrompt": words(1000),
    "promptText": words(1000),
    "seed": _SEED,
}
_O3: dict[str, Check] = {
    "audio": truth,
    "duration": whole(3, 15),
    "promptText": words(2500),
    "providerSettings": thing,
}
_K3: dict[str, Check] = {**_O3, "cfgScale": share}
_TIERS = {
    "standard": ratio_of("1280:720 720:1280 960:960"),
    "pro": ratio_of("1920:1080 1080:1920 1440:1440"),
    "4k": ratio_of("3840:2160 2160:3840 2880:2880"),
}
_S480 = "992:432 864:496 752:560 640:640 560:752 496:864 "
_S720 = "1470:630 1280:720 1112:834 960:960 834:1112 720:1280 "
_S1080 = "2206:946 1920:1080 1664:1248 1440:1440 1248:1664 1080:1920 "
_S4K = "3840:1646 3840:2160 3840:2880 3840:3840 2880:3840 2160:3840"
_SEEDANCE_RATIOS = {
    "seedance2": ratio_of(_S480 + _S720 + _S1080 + _S4K),
    "seedance2_fast": ratio_of(_S480 + _S720),
    "seedance2_mini": ratio_of(_S480 + _S720),
    "seedance2_5": ratio_of("992:432 854:480 752:560 640:640 560:752 480:854 " + _S720 + _S1080),
}
_WAN_PIXELS = (
    "832:480 720:544 624:624 544:720 480:832 1280:720 1104:832 960:960 832:1104 720:1280 "
    "1920:1080 1648:1248 1440:1440 1248:1648 1080:1920"
)
_AUTO = "auto_480p auto_720p auto_1080p"
_HAILUO: dict[str, Check] = {
    "promptText": words(6000),
    "duration": whole(5, 15),
    "referenceAudio": sounds(3),
    "resolution": one_of("768p", "2k", "768P", "2K"),
}
_WAN: dict[str, Check] = {
    "promptText": words(100_000),
    "audio": truth,
    "duration": whole(2, 30),
    "referenceAudio": sounds(5),
    "referenceVideos": thing,
}
_HAPPY: dict[str, Check] = {"promptText": words(2500, 2), "duration": whole(3, 15)}
_GEMINI: dict[str, Check] = {
    "promptText": words(4000),
    "duration": whole(3, 10),
    "ratio": ratio_of("1280:720 720:1280"),
}
_GEMINI_1_1: dict[str, Check] = {
    "promptText": words(100_000),
    "duration": whole_or_auto(3, 10),
    "ratio": ratio_of("640:360 360:640 1280:720 720:1280 1920:1080 1080:1920 3840:2160 2160:3840"),
}
_GROK: dict[str, Check] = {
    "promptText": words(100_000),
    "duration": whole(1, 15),
    "resolution": one_of("480p", "720p", "1080p"),
}
_K4: dict[str, Check] = {
    "promptText": words(100_000),
    "duration": whole(3, 30),
    "references": thing,
    "referenceVideos": thing,
}
_K25: dict[str, Check] = {
    "promptText": words(2500),
    "cfgScale": share,
    "duration": one_of(5, 10),
}
_H3: dict[str, Check] = {
    "promptText": words(100_000),
    "duration": whole(1, 60),
    "promptExpansionMode": one_of("disabled", "balanced", "quality"),
    "resolution": one_of("480p", "768p"),
    "seed": _SEED,
}


def _seedance(model: str) -> dict[str, Check]:
    is_newer = model == "seedance2_5"
    checks: dict[str, Check] = {
        "audio": truth,
        "duration": whole_or_auto(4, 30 if is_newer else 15),
        "promptText": words(15_000 if is_newer else 3500),
        "ratio": _SEEDANCE_RATIOS[model],
        "referenceAudio": sounds(10 if is_newer else 3),
        "seed": _SEED,
    }
    return {**checks, "draft": truth, "outputFormat": one_of("mp4", "mov")} if is_newer else checks


IMAGE_TO_VIDEO: dict[str, Rules] = {
    "gen4.5": _rules(
        "promptText promptImage ratio duration",
        promptImage=_FIRST,
        ratio=_GEN_RATIO,
        **_GEN,
        **_FORMAT,
    ),
    "gen4_turbo": _rules("promptImage ratio", promptImage=_FIRST, ratio=_GEN_RATIO, **_GEN),
    **{
        m: _rules("promptImage ratio", promptImage=_BOTH, **_VEO) for m in ("veo3.1", "veo3.1_fast")
    },
    **{
        f"kling3.0_{tier}": _rules("promptImage", promptImage=_BOTH, ratio=ratio, **_K3)
        for tier, ratio in _TIERS.items()
    },
    **{
        f"klingO3_{tier}": _rules(
            "promptImage", promptImage=_BOTH, ratio=ratio, references=thing, **_O3
        )
        for tier, ratio in _TIERS.items()
    },
    "kling2.5_turbo_pro": _rules("promptImage promptText", promptImage=_BOTH, **_K25),
    "kling_4": _rules(
        "promptImage", promptImage=_BOTH, ratio=ratio_of("auto_720p auto_1080p"), **_K4
    ),
    **{m: _rules("promptImage", promptImage=_ANY, **_seedance(m)) for m in _SEEDANCE_RATIOS},
    "hailuo3": _rules(
        "promptImage promptText",
        promptImage=_ANY,
        ratio=ratio_of("adaptive 21:9 16:9 4:3 1:1 3:4 9:16"),
        **_HAILUO,
    ),
    # Frames need an auto ratio; pictures that are mere references would not.
    **{
        m: _rules("promptImage promptText", promptImage=_BOTH, ratio=ratio_of(_AUTO), **_WAN)
        for m in ("wan3", "wan3_prime")
    },
    "gemini_omni_flash": _rules("promptImage", promptImage=_FIRST, **_GEMINI),
    "gemini_omni_flash_1.1": _rules("promptImage promptText", promptImage=_BOTH, **_GEMINI_1_1),
    "grok_imagine_1_5": _rules("promptImage", promptImage=_FIRST, **_GROK),
    "happyhorse_1_0": _rules(
        "promptImage",
        promptImage=_FIRST,
        resolution=one_of("720p", "1080p", "720P", "1080P"),
        **_HAPPY,
    ),
    "h3_max": _rules("promptImage promptText", promptImage=_BOTH, **_H3),
    "grok_imagine_1_5_lite": _rules(
        "promptImage",
        promptImage=_FIRST,
        promptText=words(100_000),
        duration=whole(1, 60),
        ratio=ratio_of(_AUTO),
    ),
}

TEXT_TO_VIDEO: dict[str, Rules] = {
    "gen4.5": _rules(
        "promptText ratio duration", ratio=ratio_of("1280:720 720:1280"), **_GEN, **_FORMAT
    ),
    **{m: _rules("promptText ratio", **_VEO) for m in ("veo3.1", "veo3.1_fast")},
    **{f"kling3.0_{tier}": _rules("ratio", ratio=ratio, **_K3) for tier, ratio in _TIERS.items()},
    **{f"klingO3_{tier}": _rules("ratio", ratio=ratio, **_O3) for tier, ratio in _TIERS.items()},
    "kling2.5_turbo_pro": _rules(
        "promptText",
        ratio=ratio_of("1920:1080 1440:1440 1080:1920 1280:720 720:720 720:1280"),
        **_K25,
    ),
    "kling_4": _rules(
        "promptText",
        ratio=ratio_of(
            "1280:720 720:1280 940:940 1460:624 1920:1080 1080:1920 1440:1440 2200:940 "
            "auto_720p auto_1080p"
        ),
        **_K4,
    ),
    **{
        m: _rules("" if m == "seedance2_5" else "promptText", **_seedance(m))
        for m in _SEEDANCE_RATIOS
    },
    # Words alone have no ratio to adapt to.
    "hailuo3": _rules("promptText", ratio=ratio_of("21:9 16:9 4:3 1:1 3:4 9:16"), **_HAILUO),
    **{
        m: _rules("promptText", ratio=ratio_of(f"{_WAN_PIXELS} {_AUTO}"), **_WAN)
        for m in ("wan3", "wan3_prime")
    },
    "gemini_omni_flash": _rules("promptText", **_GEMINI),
    "gemini_omni_flash_1.1": _rules("promptText", **_GEMINI_1_1),
    "grok_imagine_1_5": _rules(
        "promptText", ratio=ratio_of("1:1 16:9 9:16 4:3 3:4 3:2 2:3"), **_GROK
    ),
    "happyhorse_1_0": _rules(
        "promptText",
        ratio=ratio_of(
            "1280:720 720:1280 960:960 1108:832 832:1108 1920:1080 1080:1920 1440:1440 "
            "1662:1248 1248:1662"
        ),
        **_HAPPY,
    ),
    "h3_max": _rules("promptText", **_H3),
    "grok_imagine_1_5_lite": _rules(
        "promptText",
        promptText=words(100_000),
        duration=whole(1, 60),
        ratio=ratio_of("848:480 480:848 480:480 1280:720 720:1280 720:720 1904:1072 1072:1904"),
    ),
}


def problems(endpoint: dict[str, Rules], body: object) -> list[Issue]:
    """Everything that is wrong with a request, at once, as the API lists it."""
    if not isinstance(body, dict):
        return [{"code": "invalid_type", "path": [], "message": "Invalid input: expected object"}]
    rules = endpoint.get(str(body.get("model")))
    if rules is None:
        return [_issue("invalid_value", "model", values=sorted(endpoint))]
    given = {name: value for name, value in body.items() if name != "model"}
    issues = [_issue("invalid_type", name) for name in sorted(rules.required - given.keys())]
    if unknown := sorted(given.keys() - rules.checks.keys()):
        issues.append({"code": "unrecognized_keys", "path": [], "message": "", "keys": unknown})
    for name in given.keys() & rules.checks.keys():
        if code := rules.checks[name](given[name]):
            issues.append(_issue(code, name))
    return issues


def _issue(code: str, name: str, **more: Any) -> Issue:
    return {"code": code, "path": [name], "message": f"Invalid input: {code}", **more}
