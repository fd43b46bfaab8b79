"""What is seen in the frames the animator makes."""

from __future__ import annotations

import functools
import itertools
import math

import cv2
import numpy as np
import pytest

from providers.local.camera import camera_path
from providers.local.depth import Floats, Picture, estimate_depth
from providers.local.faces import find_focus
from providers.local.film import Film, Scene, set_scene
from providers.local.framing import Box, frame_picture
from providers.local.lens import Lens
from providers.local.prompt import Ambience, Direction, Move
from providers.local.shot import FRAME_RATE, Shot
from tests.providers.local.pictures import noise, person, photo


def film(
    prompt: str,
    subject: Picture | Scene | None = None,
    *,
    size: tuple[int, int] = (320, 180),
    seed: int = 1,
    inset: Box | None = None,
) -> list[Picture]:
    shot = Shot(prompt=prompt, width=size[0], height=size[1], seconds=2, seed=seed, inset=inset)
    return list(Film(photo_scene(size) if subject is None else subject, shot).frames())


@functools.cache
def photo_scene(size: tuple[int, int]) -> Scene:
    shot = Shot(prompt="", width=size[0], height=size[1], seconds=2, seed=1)
    return set_scene(photo(), shot)


@functools.cache
def photo_with_depth() -> tuple[Picture, Floats]:
    picture = photo(390)
    return picture, estimate_depth(picture)


def tracked(frames: list[Picture]) -> tuple[Floats, Floats]:
    """Where some points of the picture are in frame 20, and where in frame 26."""
    first, last = (cv2.cvtColor(frames[number], cv2.COLOR_RGB2GRAY) for number in (20, 26))
    before = cv2.goodFeaturesToTrack(first, 200, 0.02, 8)
    after, found, _ = cv2.calcOpticalFlowPyrLK(first, last, before, np.zeros_like(before))
    kept = found[:, 0] == 1
    assert kept.sum() > 50
    return before[kept, 0].astype(np.float32), after[kept, 0].astype(np.float32)


def motion(frames: list[Picture]) -> tuple[float, float, float, float]:
    """How the picture moves in the frame: right, down, growth and clockwise turn in degrees."""
    before, after = tracked(frames)
    affine = cv2.estimateAffinePartial2D(before, after)[0]
    right, down = (after - before).mean(axis=0)
    growth = math.hypot(affine[0, 0], affine[1, 0])
    turn = math.degrees(math.atan2(affine[1, 0], affine[0, 0]))
    return float(right), float(down), growth, turn


def test_a_pan_to_the_left_moves_the_picture_to_the_right() -> None:
    assert motion(film("pan left"))[0] > 3


def test_a_pan_to_the_right_moves_the_picture_to_the_left() -> None:
    assert motion(film("pan right"))[0] < -3


def test_a_tilt_up_moves_the_picture_down() -> None:
    assert motion(film("tilt up"))[1] > 2


def test_a_tilt_down_moves_the_picture_up() -> None:
    assert motion(film("tilt down"))[1] < -2


@pytest.mark.parametrize("prompt", ["zoom in", "dolly in", "drift"])
def test_going_in_makes_the_picture_grow(prompt: str) -> None:
    assert motion(film(prompt))[2] > 1.005


@pytest.mark.parametrize("prompt", ["zoom out", "dolly out"])
def test_going_out_makes_the_picture_shrink(prompt: str) -> None:
    assert motion(film(prompt))[2] < 0.995


def test_a_camera_that_rolls_right_turns_the_picture_left() -> None:
    assert motion(film("roll right"))[3] < -0.5


def test_a_camera_that_rolls_left_turns_the_picture_right() -> None:
    assert motion(film("roll left"))[3] > 0.5


def test_an_orbit_to_the_right_moves_the_near_to_the_left_and_the_far_to_the_right() -> None:
    before, after = tracked(film("orbit right"))
    shift = (after - before)[:, 0]

    assert shift[before[:, 1] > 140].mean() < 0 < shift[before[:, 1] < 40].mean()


def test_a_slow_zoom_goes_less_far_than_a_fast_one() -> None:
    assert motion(film("slow zoom in"))[2] < motion(film("fast zoom in"))[2] - 0.005


def test_a_static_shot_stands_still() -> None:
    frames = film("static shot")

    assert np.array_equal(frames[0], frames[-1])


@pytest.mark.parametrize("ambience", list(Ambience))
def test_every_ambience_moves_in_a_static_shot(ambience: Ambience) -> None:
    word = {Ambience.WIND: "wind", Ambience.GRAIN: "film grain"}.get(ambience, ambience.value)
    frames = film(f"static shot, {word}")

    assert np.abs(frames[10].astype(int) - frames[30]).mean() > 0.1


def test_the_same_picture_prompt_and_seed_make_the_same_frames() -> None:
    prompt = "orbit left, rain, snow, embers, fog, wind, water, film grain, handheld"

    assert np.array_equal(film(prompt, photo(240)), film(prompt, photo(240)))


def test_another_seed_makes_other_frames() -> None:
    first, second = film("zoom in, snow", seed=1), film("zoom in, snow", seed=2)

    assert not np.array_equal(first[10], second[10])


@pytest.mark.parametrize("size", [(8, 8), (1000, 100), (100, 1000), (1, 300)])
def test_pictures_of_any_size_and_ratio_can_be_filmed(size: tuple[int, int]) -> None:
    frames = film("dolly in, fog, rain", cv2.resize(photo(), size).astype(np.uint8))

    assert len(frames) == 2 * FRAME_RATE
    assert all(frame.shape == (180, 320, 3) for frame in frames)


@pytest.mark.parametrize("move", list(Move))
def test_no_move_looks_past_the_border_of_the_picture(move: Move) -> None:
    picture, depth = photo_with_depth()
    lens = Lens(picture, depth, (320, 240), (0.3, -0.3))
    direction = Direction((move, Move.HANDHELD), frozenset(), pace=1.5)
    planned = camera_path(direction, frames=48, rate=FRAME_RATE, seed=1, focus=(0.3, -0.3))
    path = lens.kept_inside(planned, margin=0)

    for pose in path:
        seen = lens.trace(pose)
        assert np.abs(seen.x).max() <= 160
        assert np.abs(seen.y).max() <= 120


def test_a_slow_zoom_is_smooth() -> None:
    shot = Shot(prompt="slow zoom in", width=640, height=360, seconds=5, seed=1)
    frames = itertools.islice(Film(photo(320), shot).frames(), 40, 64)
    grey = [cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in frames]
    places = [cv2.goodFeaturesToTrack(grey[0], 100, 0.02, 16)]
    for one, two in itertools.pairwise(grey):
        nothing = np.zeros_like(places[-1])
        places.append(cv2.calcOpticalFlowPyrLK(one, two, places[-1], nothing)[0])

    jolts = np.linalg.norm(np.diff(np.array(places)[:, :, 0], n=2, axis=0), axis=2)

    assert np.median(jolts) < 0.06


def test_a_face_stays_in_view_to_the_end_of_a_zoom() -> None:
    picture = person(800, 450, face_x=150, face_y=120, size=110)

    frames = film("zoom in", picture, size=(640, 360))

    assert find_focus(frames[0]) != (0, 0)
    assert find_focus(frames[-1]) != (0, 0)


def test_a_picture_that_was_not_made_for_the_frame_loses_both_ends() -> None:
    framing = frame_picture(photo(), 180, 320)

    assert framing.place == (0, 0, 180, 320)
    assert framing.backdrop is None
    assert framing.picture.shape[:2] == (390, 220)


def test_the_padding_is_still_while_the_picture_moves() -> None:
    padded = np.full((1280, 720, 3), 40, np.uint8)
    padded[371:911] = photo(720)
    inset = (0, 371, 720, 540)

    frames = film("zoom in", padded, size=(180, 320), inset=inset)
    change = np.abs(frames[0].astype(int) - frames[-1]).mean(axis=(1, 2))

    assert change[:92].max() == change[228:].max() == 0
    assert change[120:200].min() > 1


def test_nothing_of_the_still_picture_shows_beside_the_moving_one() -> None:
    inset = (303, 0, 1111, 901)

    place = frame_picture(photo(1800)[:901], 1280, 720, inset).place

    assert all(edge % 2 == 0 for edge in place)
    assert place[0] <= 303 * 1280 / 1800
    assert place[0] + place[2] >= (303 + 1111) * 1280 / 1800
    assert (place[1], place[3]) == (0, 720)


def test_a_picture_without_a_subject_has_the_bare_ramp() -> None:
    depth = estimate_depth(noise(320, 240))

    assert np.ptp(depth, axis=1).max() == 0


def test_depth_rises_from_top_to_bottom() -> None:
    depth = estimate_depth(np.full((300, 400, 3), 90, np.uint8))

    assert depth[0].max() == 0
    assert np.all(np.diff(depth[:, 10]) > 0)


def test_a_compact_subject_is_lifted_out_of_the_ramp() -> None:
    picture = noise(400, 300) // 8 + np.uint8(40)
    cv2.ellipse(picture, (200, 150), (110, 30), 60, 0, 360, (230, 60, 40), -1)

    depth = estimate_depth(picture)

    assert depth[120, 160] > depth[120, 20] + 0.1


def test_a_subject_that_fills_its_box_is_not_trusted() -> None:
    picture = noise(400, 300) // 8 + np.uint8(40)
    cv2.rectangle(picture, (150, 80), (250, 220), (230, 60, 40), -1)

    depth = estimate_depth(picture)

    assert np.ptp(depth, axis=1).max() == 0
