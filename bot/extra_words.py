"""What members read of extras; `bot.messages` has the sentences for errors."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.jobs.extra import (
    Beside,
    Extra,
    Join,
    Loop,
    Made,
    Moving,
    Mute,
    Poster,
    Soundtrack,
    Trim,
)
from bot.jobs.extra_errors import (
    AlreadySilent,
    BeingPosted,
    ClipGone,
    NoNumber,
    NoOtherClip,
    NotPosted,
    StillMaking,
    TooHard,
    TookTooLong,
    TooLarge,
)
from bot.media.extras.errors import MomentOutside, NothingLeft, TooLongTogether, TooShortToLoop
from bot.media.extras.stills import PREVIEW_SECONDS, Preview

_MADE_OF = re.compile(
    r"^-# jobs? ([0-9a-z]{1,13})(?: and ([0-9a-z]{1,13}))? · for <@\d+>", re.MULTILINE
)

FREE = "Free, and posted here beside the clip."
WAITING = "It takes some seconds, longer while others have theirs made."


def called(extra: Extra) -> str:
    """What an extra is called, as a heading."""
    match extra:
        case Poster():
            return "Poster"
        case Loop():
            return "Seamless loop"
        case Moving(kind=Preview.GIF):
            return "GIF"
        case Moving():
            return "WebP preview"
        case Trim():
            return "Trimmed clip"
        case Soundtrack(is_mixed=is_mixed):
            return "Clip with added sound" if is_mixed else "Clip with new sound"
        case Mute():
            return "Clip without sound"
        case Join():
            return "Two clips joined"
        case Beside():
            return "Two clips side by side"


def posted_words(made: Made, job_id: str, member_id: int) -> str:
    """The line that is posted with an extra."""
    match made.extra:
        case Join(other=other) | Beside(other=other):
            of = f"jobs {job_id} and {other}"
        case _:
            of = f"job {job_id}"
    length = "" if made.seconds is None else f" · {made.seconds:.1f} s"
    note = " · the sound was longer, and fades out" if made.was_cut else ""
    return f"**{called(made.extra)}**{length}\n-# {of} · for <@{member_id}>{note}"


def made_of(line: str) -> tuple[str, ...]:
    """The ids of the jobs of whose clips an extra was made, by what was posted with it."""
    found = _MADE_OF.search(line)
    return tuple(filter(None, found.groups())) if found else ()


def _loop_words(error: TooShortToLoop) -> str:
    if not error.longest_fade:
        return f"That clip is only {error.seconds:.1f} s long, too short to loop. Join it first."
    return (
        f"A clip of {error.seconds:.1f} s can fade for 0.2 to {error.longest_fade:.1f} s. "
        "Choose a length between."
    )


EXTRA_SENTENCES: Mapping[type[BaseException], str | Callable[[Any], str]] = {
    ClipGone: "That clip is no longer kept, so nothing can be made of it. Order a new one.",
    BeingPosted: "That clip is being posted this moment. Press again in a few seconds.",
    NoOtherClip: (
        "There is no second clip of yours here that is still kept. Order another one first."
    ),
    StillMaking: "I am still making something for you. Wait until that is posted, and try again.",
    TookTooLong: "That took too long, so I gave it up. Try again later, or with a shorter clip.",
    TooHard: "I could not make that of this clip. Try another extra, or a shorter clip.",
    TooLarge: "What I made is too large to post here. Trim the clip first, and try again.",
    NotPosted: (
        "I cannot post here now. Try again in a minute, or ask a moderator to let me send messages "
        "and attach files."
    ),
    AlreadySilent: "That clip has no sound. Choose something else, or add yours with “Sound …”.",
    NoNumber: lambda e: f"“{e.typed[:40]}” is no number of seconds. Write one like {e.example}.",
    MomentOutside: lambda e: (
        f"The clip has no second {e.asked:g}: it is {e.seconds:.1f} s long. Choose one in it."
    ),
    NothingLeft: lambda e: (
        f"That leaves less than {e.least_seconds:g} s. Let it end later, or begin earlier."
    ),
    TooShortToLoop: _loop_words,
    TooLongTogether: lambda e: (
        f"Together they are {e.seconds:.0f} s long, and a clip may be {e.longest_seconds:.0f} s. "
        "Trim one of them first."
    ),
}

MENU: tuple[tuple[str, str, str], ...] = (
    ("poster", "Poster …", "A still picture of the moment you choose"),
    ("loop", "Seamless loop …", "The end fades into the beginning"),
    ("trim", "Trim …", "Keep a part, exact to a tenth of a second"),
    ("sound", "Sound …", "Your audio file, alone or mixed with the clip's"),
    ("mute", "Without sound", "The clip as it is, but silent"),
    ("join", "Join with …", "Another of your clips after this one"),
    ("beside", "Side by side with …", "Another of your clips beside this one"),
    ("webp", "WebP preview", f"Up to {PREVIEW_SECONDS} s as a small moving picture"),
    ("gif", "GIF", "The same for places that know no WebP"),
)
"""What can be chosen: its key, its name, and what it is."""
