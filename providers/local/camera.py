"""The camera's path: what each move does over the length of a clip.

Lengths are fractions of the frame, so a path serves every size. A path begins and ends at rest.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from providers.local.prompt import Direction, Move


@dataclass(frozen=True)
class Pose:
    """Where the camera stands in one frame; poses add up to a combined move."""

    zoom: float = 1.0
    x: float = 0.0
    """To the right, as a fraction of the frame's width."""
    y: float = 0.0
    """Down, as a fraction of the frame's height."""
    roll: float = 0.0
    """Clockwise, in radians."""
    sideways: float = 0.0
    """A step to the right: what is near shifts by this fraction of the width."""
    upright: float = 0.0
    """The same downwards, as a fraction of the height."""
    approach: float = 0.0
    """A step forward: what is near grows by about this share."""

    def __add__(self, other: Pose) -> Pose:
        return Pose(
            self.zoom * other.zoom,
            self.x + other.x,
            self.y + other.y,
            self.roll + other.roll,
            self.sideways + other.sideways,
            self.upright + other.upright,
            self.approach + other.approach,
        )


@dataclass(frozen=True)
class _Moment:
    eased: float
    """From 0 at the first frame to 1 at the last, slow at both ends."""
    seconds: float
    reach: float
    """How far moves go; 1 is what looks good over five seconds."""
    phase: float
    """In radians: where a swaying move begins, so that two seeds differ."""

    @property
    def swing(self) -> float:
        """From -1 to 1, through 0 in the middle of the clip."""
        return 2 * self.eased - 1


def camera_path(
    direction: Direction,
    *,
    frames: int,
    rate: int,
    seed: int,
    focus: tuple[float, float] = (0.0, 0.0),
) -> list[Pose]:
    """Plan one pose a frame; zooming in aims at the focus, in fractions from the frame's middle.

    The seed makes the moves a little longer or shorter.
    """
    random = np.random.default_rng([seed, 1])
    # A clip twice as long reaches farther, yet still moves more slowly.
    lengthened = float(np.clip(math.sqrt(frames / rate / 5), 0.65, 1.3))
    reach = direction.pace * lengthened * random.uniform(0.92, 1.08)
    phase = random.uniform(0, 2 * math.pi)
    path = []
    for frame in range(frames):
        eased = 0.5 - 0.5 * math.cos(math.pi * frame / max(1, frames - 1))
        moment = _Moment(eased, frame / rate, reach, phase)
        pose = Pose(zoom=1.05)
        for move in direction.moves:
            pose += _MOVES[move](moment)
        path.append(pose)
    return _aimed(path, focus)


def widened(path: list[Pose], factor: float) -> list[Pose]:
    """Zoom a whole path in by one factor, which keeps it as smooth as it was."""
    return [
        replace(pose, zoom=pose.zoom * factor, x=pose.x / factor, y=pose.y / factor)
        for pose in path
    ]


def _aimed(path: list[Pose], focus: tuple[float, float]) -> list[Pose]:
    """Keep the frame in the middle where it is widest, and lean to the focus as it narrows."""
    widest = min(pose.zoom for pose in path)
    return [
        replace(
            pose,
            x=pose.x + focus[0] * (1 - widest / pose.zoom),
            y=pose.y + focus[1] * (1 - widest / pose.zoom),
        )
        for pose in path
    ]


def _zoom_in(now: _Moment) -> Pose:
    return Pose(zoom=1 + 0.24 * now.reach * now.eased, approach=0.03 * now.reach * now.eased)


def _zoom_out(now: _Moment) -> Pose:
    left = 1 - now.eased
    return Pose(zoom=1 + 0.24 * now.reach * left, approach=0.03 * now.reach * left)


def _dolly_in(now: _Moment) -> Pose:
    return Pose(zoom=1 + 0.14 * now.reach * now.eased, approach=0.13 * now.reach * now.eased)


def _dolly_out(now: _Moment) -> Pose:
    left = 1 - now.eased
    return Pose(zoom=1 + 0.14 * now.reach * left, approach=0.13 * now.reach * left)


def _dolly_zoom(now: _Moment) -> Pose:
    return Pose(zoom=1 + 0.15 * now.reach * (1 - now.eased), approach=0.18 * now.reach * now.eased)


def _pan(sign: int) -> Callable[[_Moment], Pose]:
    def pan(now: _Moment) -> Pose:
        swing = sign * now.reach * now.swing
        return Pose(zoom=1.10, x=0.085 * swing, sideways=0.015 * swing)

    return pan


def _tilt(sign: int) -> Callable[[_Moment], Pose]:
    def tilt(now: _Moment) -> Pose:
        swing = sign * now.reach * now.swing
        return Pose(zoom=1.10, y=0.085 * swing, upright=0.015 * swing)

    return tilt


def _orbit(sign: int) -> Callable[[_Moment], Pose]:
    def orbit(now: _Moment) -> Pose:
        swing, bow = now.swing, 1 - now.swing**2
        return Pose(
            zoom=1 + 0.03 * bow,
            roll=sign * 0.006 * now.reach * swing,
            sideways=sign * 0.038 * now.reach * swing,
            upright=0.006 * now.reach * bow,
        )

    return orbit


def _roll(sign: int) -> Callable[[_Moment], Pose]:
    def roll(now: _Moment) -> Pose:
        return Pose(roll=sign * math.radians(5) * now.reach * now.swing)

    return roll


def _handheld(now: _Moment) -> Pose:
    def sway(slow: float, quick: float, start: float) -> float:
        slow_part = 0.6 * math.sin(slow * now.seconds + start + now.phase)
        return now.reach * (slow_part + 0.4 * math.sin(quick * now.seconds + 1.7 * start))

    return Pose(
        zoom=1.03,
        x=0.006 * sway(1.9, 4.3, 0.3),
        y=0.006 * sway(2.3, 3.7, 1.1),
        roll=math.radians(0.45) * sway(1.3, 3.1, 2.0),
        sideways=0.006 * sway(1.1, 2.9, 0.8),
        upright=0.004 * sway(1.5, 2.2, 0.1),
    )


def _drift(now: _Moment) -> Pose:
    side = 1 if now.phase < math.pi else -1
    return Pose(
        zoom=1 + 0.10 * now.reach * now.eased,
        sideways=side * 0.022 * now.reach * now.swing,
        upright=0.003 * now.reach * now.swing,
    )


def _still(_now: _Moment) -> Pose:
    return Pose()


_MOVES: dict[Move, Callable[[_Moment], Pose]] = {
    Move.ZOOM_IN: _zoom_in,
    Move.ZOOM_OUT: _zoom_out,
    Move.PAN_LEFT: _pan(-1),
    Move.PAN_RIGHT: _pan(1),
    Move.TILT_UP: _tilt(-1),
    Move.TILT_DOWN: _tilt(1),
    Move.ORBIT_LEFT: _orbit(-1),
    Move.ORBIT_RIGHT: _orbit(1),
    Move.DOLLY_IN: _dolly_in,
    Move.DOLLY_OUT: _dolly_out,
    Move.DOLLY_ZOOM: _dolly_zoom,
    Move.ROLL_LEFT: _roll(-1),
    Move.ROLL_RIGHT: _roll(1),
    Move.HANDHELD: _handheld,
    Move.STILL: _still,
    Move.DRIFT: _drift,
}
