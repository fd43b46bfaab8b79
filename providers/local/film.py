"""Makes the frames of a clip from one picture, a prompt and a seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from providers.local.camera import Pose, camera_path
from providers.local.depth import Floats, Picture, estimate_depth
from providers.local.framing import Framing, frame_picture
from providers.local.lens import Lens
from providers.local.particles import Embers, Snow
from providers.local.prompt import Ambience, read_prompt
from providers.local.ripples import Ripples
from providers.local.shot import FRAME_RATE, Shot
from providers.local.weather import Fog, Grain, Layer, Rain


@dataclass(frozen=True)
class Scene:
    """A picture in a frame, with its depth: what every shot of it in that frame begins with."""

    framing: Framing
    depth: Floats


def set_scene(picture: Picture, shot: Shot) -> Scene:
    """Find faces and subject in the picture that moves, which takes half a second."""
    framing = frame_picture(picture, shot.width, shot.height, shot.inset)
    return Scene(framing, estimate_depth(framing.picture))


class Film:
    """One clip, worked out up to its first frame."""

    def __init__(self, subject: Picture | Scene, shot: Shot) -> None:
        """A scene must have been set for a shot of the same size and inset."""
        if not isinstance(subject, Scene):
            subject = set_scene(subject, shot)
        self.shot = shot
        direction = read_prompt(shot.prompt)
        self.ambience = direction.ambience
        framing, depth = subject.framing, subject.depth
        self._place, self._backdrop = framing.place, framing.backdrop
        self._lens = Lens(framing.picture, depth, self._place[2:], framing.focus)
        random = np.random.default_rng([shot.seed, 2])
        nearness = self._lens.depth_at(self._lens.grid)
        self._ripples = Ripples(self.ambience, self._lens.grid, nearness, random.uniform(0, 6.28))
        path = camera_path(
            direction,
            frames=shot.frames,
            rate=FRAME_RATE,
            seed=shot.seed,
            focus=framing.focus,
        )
        self._path = self._lens.kept_inside(path, self._ripples.margin)
        self._layers = self._weather(cv2.resize(depth, (320, 180)).astype(np.float32), random)
        self._vignette = _vignette(shot.width, shot.height)

    def frames(self) -> Iterator[Picture]:
        """Film it: height x width x 3, sRGB, one array a frame."""
        for number, pose in enumerate(self._path):
            yield self._frame(pose, number / FRAME_RATE)

    def _frame(self, pose: Pose, seconds: float) -> Picture:
        found = self._ripples.bend(self._lens.trace(pose), seconds)
        frame = self._in_place(self._lens.expose(found))
        for layer in self._layers:
            layer.paint(frame, seconds)
        cv2.multiply(frame, self._vignette, dst=frame, scale=1 / 255)
        return frame

    def _in_place(self, moving: Picture) -> Picture:
        if self._backdrop is None:
            return moving
        frame = self._backdrop.copy()
        left, top = self._place[:2]
        frame[top : top + moving.shape[0], left : left + moving.shape[1]] = moving
        return frame

    def _weather(self, nearness: Floats, random: np.random.Generator) -> list[Layer]:
        """The layers a prompt asks for, the farthest first."""
        size = self.shot.width, self.shot.height
        layers: list[Layer] = []
        if Ambience.FOG in self.ambience:
            layers.append(Fog(size, nearness, random))
        if Ambience.SNOW in self.ambience:
            layers.append(Snow(size, random))
        if Ambience.RAIN in self.ambience:
            layers.append(Rain(size, random))
        if Ambience.EMBERS in self.ambience:
            layers.append(Embers(size, random))
        if Ambience.GRAIN in self.ambience:
            layers.append(Grain(size, random))
        return layers


def _vignette(width: int, height: int) -> Picture:
    """The share of light that reaches each pixel, in 255ths."""
    y, x = np.mgrid[0:height, 0:width]
    outward = np.clip(2 * ((x / width - 0.5) ** 2 + (y / height - 0.5) ** 2), 0, 1)
    light = 255 * (1 - 0.22 * outward**1.4)
    return np.repeat(light.round().astype(np.uint8)[..., None], 3, axis=2)
