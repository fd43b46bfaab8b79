"""Reads a prompt: which camera moves it asks for, which ambience, and how briskly.

Two tables hold all the vocabulary. A row matches whole words of the prompt in lower case, with
hyphens read as spaces and every other mark as a comma.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar


class Move(enum.Enum):
    """One thing the camera does: its family and its way. A clip has one move of a family."""

    ZOOM_IN = ("zoom", "in")
    ZOOM_OUT = ("zoom", "out")
    PAN_LEFT = ("pan", "left")
    PAN_RIGHT = ("pan", "right")
    TILT_UP = ("tilt", "up")
    TILT_DOWN = ("tilt", "down")
    ORBIT_LEFT = ("orbit", "left")
    ORBIT_RIGHT = ("orbit", "right")
    DOLLY_IN = ("dolly", "in")
    DOLLY_OUT = ("dolly", "out")
    DOLLY_ZOOM = ("dolly", "zoom")
    ROLL_LEFT = ("roll", "left")
    ROLL_RIGHT = ("roll", "right")
    HANDHELD = ("handheld", "")
    STILL = ("still", "")
    DRIFT = ("drift", "")


class Ambience(enum.Enum):
    """Something that lives in the air, on the water or in the film of a clip."""

    RAIN = "rain"
    SNOW = "snow"
    FOG = "fog"
    EMBERS = "embers"
    WIND = "wind"
    WATER = "water"
    GRAIN = "grain"


@dataclass(frozen=True)
class Direction:
    """What the animator makes of a prompt."""

    moves: tuple[Move, ...]
    ambience: frozenset[Ambience]
    pace: float
    """How far the camera goes; 1 is usual."""


_WORDS = r"(?: (?!(?:in|and|then|but|while|with)\b)[\w']+){0,5}? "
_LEFT = r"(?:right to (?:the )?left|left(?:wards?)?(?! to (?:the )?right))"
_RIGHT = r"(?:left to (?:the )?right|right(?:wards?)?(?! to (?:the )?left))"
_PAN = r"(?:pan(?:s|ned|ning)?|(?:camera|view|slow) (?:mov|slid|glid|travel|drift|track|sweep)\w*)"
_SLIDE = r"(?:truck|track|slide)(?:s|ing)?(?: to the)? "
_TILT = r"(?:tilt(?:s|ed|ing)?|crane|pedestal|camera (?:mov|glid|drift|look)\w*)"
_ORBIT = (
    r"(?:orbit(?:s|ing)?|arc shot|arcs? around|arc(?:s|ing)?(?= left| right)|360(?: degrees?)?"
    r"|(?:rotat|circl|revolv|swing)(?:e|es|ing) around|camera circles)"
)
_ROLL = r"(?:roll|(?:camera|view|frame|shot) (?:is )?(?:roll|rotat|spin)\w*|rolling shot)"
_TURN_LEFT = r"(?:left|counter ?clockwise|anti ?clockwise)"

# Of rows that match at the same place, the first counts.
_MOVES: tuple[tuple[Move, str], ...] = (
    (Move.DOLLY_ZOOM, r"dolly zooms?|vertigo|zolly"),
    (
        Move.DOLLY_OUT,
        rf"dolly{_WORDS}(?:out|back|away)|pull(?:s|ing)?(?: slowly)? (?:back|out|away)",
    ),
    (Move.DOLLY_OUT, r"camera (?:is )?(?:mov|fly|back)\w*(?: slowly)? (?:backwards?|away)"),
    (
        Move.DOLLY_IN,
        r"dolly(?:ing)?|push(?:es|ing)?(?: slowly)? in|fl(?:y|ies|ying) (?:in|through)",
    ),
    (Move.DOLLY_IN, r"(?:mov|fly|track|glid)\w*(?: slowly)? (?:forwards?|closer)"),
    (Move.ZOOM_OUT, rf"(?<!dolly )zoom(?:s|ed|ing)?{_WORDS}out|widen(?:s|ing)?"),
    (Move.ZOOM_IN, r"(?<!dolly )zoom(?:s|ed|ing)?|close up"),
    (Move.PAN_LEFT, rf"{_PAN}{_WORDS}{_LEFT}|{_SLIDE}left|left(?:wards?)? (?:pan|track)"),
    (Move.PAN_RIGHT, rf"{_PAN}{_WORDS}{_RIGHT}|{_SLIDE}right|right(?:wards?)? (?:pan|track)"),
    (Move.TILT_DOWN, rf"{_TILT}{_WORDS}down(?:wards?)?|downwards? tilt|camera (?:descend|lower)s?"),
    (Move.TILT_UP, rf"{_TILT}{_WORDS}up(?:wards?)?|upwards? tilt|camera (?:rise|ascend)s?"),
    (Move.PAN_RIGHT, r"pan(?:s|ning)?"),
    (Move.TILT_UP, r"tilt(?:s|ing)?|crane shot"),
    (Move.ORBIT_LEFT, rf"{_ORBIT}{_WORDS}{_LEFT}|left(?:wards?)? orbit"),
    (Move.ORBIT_RIGHT, _ORBIT),
    (Move.ROLL_LEFT, rf"{_ROLL}{_WORDS}{_TURN_LEFT}|{_TURN_LEFT} roll"),
    (Move.ROLL_RIGHT, rf"{_ROLL}|rolls(?: to the)? right|dutch (?:angle|tilt)"),
    (Move.ROLL_LEFT, r"rolls(?: to the)? left"),
    (Move.HANDHELD, r"hand ?held|shaky|camera shak(?:e|es|ing)|documentary|found footage"),
    (Move.STILL, r"(?:static|locked|fixed|still|motionless) (?:off )?(?:camera|shot|frame)"),
    (
        Move.STILL,
        r"(?:camera (?:stays|is|remains|holds) (?:\w+ )?(?:still|static|fixed)|locked off)",
    ),
    (Move.STILL, r"(?:no|without)(?: any)? camera (?:movements?|motion|moves?)"),
)

_BLOWN = r"(?:leaves|grass|hair|branches|trees|curtains?|flags?|flowers|cloth|dress|fur|wheat)"
_AMBIENCE: tuple[tuple[Ambience, str], ...] = (
    (Ambience.RAIN, r"rain(?:s|y|ing|fall|drops?|storm)?|drizzl(?:e|es|ing)|downpour|thunderstorm"),
    (Ambience.SNOW, r"snow(?:s|ing|fall|flakes?|storm)?|blizzard|flurries"),
    (Ambience.FOG, r"fog(?:gy)?|mist(?:y|s)?|haz[ey]|smok[ey]|steam"),
    (Ambience.EMBERS, r"embers?|sparks?|sparkles|fireflies|(?:magic|fairy|pixie|glowing) dust"),
    (
        Ambience.EMBERS,
        r"dust (?:motes|particles)|(?:glowing|floating|magical) (?:particles|lights)",
    ),
    (Ambience.WIND, r"wind(?:s|y)?|breez[ey]|gusts?|sway(?:s|ing)?|flutter(?:s|ing)?|rustling"),
    (Ambience.WIND, rf"{_BLOWN}{_WORDS}(?:wav(?:e|es|ing)|blow(?:s|ing)?|mov(?:e|es|ing)|ripple)"),
    (Ambience.WATER, r"(?:under)?water|sea|ocean|rivers?|lake|pond|ripples?|surf|tide|waves"),
    (Ambience.GRAIN, r"grain|grainy|(?:old|vintage|retro|analog(?:ue)?) film|vintage|super 8"),
)

# Phrases whose words mean something else; they are taken out before the tables are read.
_ELSEWHERE: tuple[str, ...] = (
    r"rolling (?:hills?|stones?|waves?|thunder|meadows?|fields?|landscape|countryside|pins?|eyes)",
    r"rock (?:and|n|'n'|, n ,) roll|roll call|(?:bread|egg|spring|sushi|drum|cinnamon|film) rolls?",
    r"(?:roll (?:of|in|over|down|up)|rolls? (?:his|her|its|their))",
    r"(?:frying|sauce|cake|bread|baking|roasting|hot|iron|peter|the|your|my) pan",
    r"pan (?:flute|pipes)",
    r"tilt(?:s|ed|ing)?(?: slowly)? (?:his|her|its|their|the) \w+|head tilts?",
    r"pull(?:s|ing)? (?:back|out|away) (?:his|her|its|their|a|the) \w+",
    r"(?:in|into|from|earth|lunar) orbit|orbit(?:s|ing)? (?:the )?(?:earth|sun|moon|planet)",
    r"zoom (?:call|meeting|lens)|dolly parton",
    r"wav(?:e|es|ing) (?:at|to|goodbye|hello|back|hi|his|her|its|their)\b",
    r"(?:he|she|they|who|man|woman|boy|girl|child|kid|dog|cat|raccoon|astronaut|robot|hand|person|grass|wheat|hair|flag)"
    r"(?: \w+ly)? waves?",
    r"(?:heat|sound|light|radio|brain|shock) waves",
    r"rain (?:forests?|coats?|boots?|jackets?)|rain ?bows?",
    r"snow (?:white|leopards?|capped|covered|man|men|globe|owls?|boots?)",
    r"wind (?:turbines?|chimes?|mills?|farms?|shields?|up)|steam (?:train|engine|locomotive|punk)",
    r"(?:wood|whole|golden|cereal) grain|grains? (?:field|of|silo|elevator)|field of grain",
    r"water (?:bottle|color|colour|melon|mark|gun|tower)s?|sea (?:food|shell|gull|horse|lion)s?",
    r"fog (?:light|lamp|horn)s?|spark plugs?",
    r"(?:rain|snow|fog|wind|grain) free",
)

_SLOW = r"slow|slowly|slower|gentle|gently|subtle|subtly|softly|calm|calmly"
_FAST = r"fast|faster|quick|quickly|rapid|rapidly|swift|swiftly|dramatic|dramatically"
_NEGATED = re.compile(
    r"\b(?:no|not|without|never|avoid|don't|do not|doesn't|isn't|nor|except|instead of)"
    r"(?: (?!but\b|just\b|only\b|instead\b|and\b)[\w']+){0,2} $"
)

_Kind = TypeVar("_Kind", Move, Ambience)


def read_prompt(prompt: str) -> Direction:
    """Turn a prompt in any language into a direction; without a known word, the camera drifts."""
    text = _plain(prompt)
    first = _first_places(_MOVES, text)
    moves: dict[str, Move] = {}
    for move in sorted(first, key=lambda move: first[move]):
        moves.setdefault(move.value[0], move)
    ambience = frozenset(_first_places(_AMBIENCE, text))
    return Direction(tuple(moves.values()) or (Move.DRIFT,), ambience, _pace(text))


def _plain(prompt: str) -> str:
    text = re.sub(r"[-_\u2010-\u2015\s]+", " ", prompt.casefold().replace("\u2019", "'"))
    text = re.sub(r"[^\w' ]+", " , ", text)
    return re.sub(rf"\b(?:{'|'.join(_ELSEWHERE)})\b", ",", re.sub(r" +", " ", text))


def _first_places(rows: Iterable[tuple[_Kind, str]], text: str) -> dict[_Kind, tuple[int, int]]:
    """Where each kind is first asked for: its place in the text, then its row in the table."""
    places: dict[_Kind, tuple[int, int]] = {}
    for row, (kind, pattern) in enumerate(rows):
        start = _first_meant(pattern, text)
        if start is not None:
            places[kind] = min((start, row), places.get(kind, (start, row)))
    return places


def _first_meant(pattern: str, text: str) -> int | None:
    for match in re.finditer(rf"\b(?:{pattern})\b", text):
        if not _NEGATED.search(text, 0, match.start()):
            return match.start()
    return None


def _pace(text: str) -> float:
    slow = _first_meant(_SLOW, text) is not None
    fast = _first_meant(_FAST, text) is not None
    if slow == fast:
        return 1.0
    return 0.7 if slow else 1.5
