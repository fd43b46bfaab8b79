"""What the animator understands of a prompt."""

from __future__ import annotations

import pytest

from providers.local.prompt import Ambience, Move, read_prompt


@pytest.mark.parametrize(
    ("prompt", "moves"),
    [
        ("zoom in", (Move.ZOOM_IN,)),
        ("Zoom-in; close-up", (Move.ZOOM_IN,)),
        ("the camera slowly zooms out", (Move.ZOOM_OUT,)),
        ("zoom in and out", (Move.ZOOM_IN,)),
        ("pan left", (Move.PAN_LEFT,)),
        ("PAN RIGHT", (Move.PAN_RIGHT,)),
        ("slowly pan across the street to the left", (Move.PAN_LEFT,)),
        ("pan from left to right", (Move.PAN_RIGHT,)),
        ("pan from right to left", (Move.PAN_LEFT,)),
        ("a slow pan", (Move.PAN_RIGHT,)),
        ("the camera drifts to the left", (Move.PAN_LEFT,)),
        ("tilt up", (Move.TILT_UP,)),
        ("tilting slowly down", (Move.TILT_DOWN,)),
        ("crane up", (Move.TILT_UP,)),
        ("orbit around her", (Move.ORBIT_RIGHT,)),
        ("orbit to the left around her", (Move.ORBIT_LEFT,)),
        ("dolly in", (Move.DOLLY_IN,)),
        ("push in on the subject", (Move.DOLLY_IN,)),
        ("camera pulls back", (Move.DOLLY_OUT,)),
        ("dolly zoom", (Move.DOLLY_ZOOM,)),
        ("do a barrel roll", (Move.ROLL_RIGHT,)),
        ("roll left", (Move.ROLL_LEFT,)),
        ("handheld footage", (Move.HANDHELD,)),
        ("static shot", (Move.STILL,)),
        ("no camera movement", (Move.STILL,)),
    ],
)
def test_a_camera_move_is_understood(prompt: str, moves: tuple[Move, ...]) -> None:
    assert read_prompt(prompt).moves == moves


def test_moves_of_different_kinds_combine_in_the_order_of_the_prompt() -> None:
    direction = read_prompt("Camera slowly zooms out, then pans to the right with a tilt up")

    assert direction.moves == (Move.ZOOM_OUT, Move.PAN_RIGHT, Move.TILT_UP)


@pytest.mark.parametrize(
    "prompt",
    [
        "",
        "a portrait of a cat",
        "Japan",
        "a frying pan on the stove",
        "rolling hills under a blue sky",
        "rock and roll",
        "the Rolling Stones",
        "she tilts her head",
        "he pulls back the curtain",
        "a satellite in orbit",
        "a Zoom call",
        "a crane flying",
        "panda",
        "never zoom out",
        "lasse das Bild lebendig werden",
        "ズームイン",
        "приблизить",
    ],
)
def test_without_a_known_move_the_camera_drifts(prompt: str) -> None:
    assert read_prompt(prompt).moves == (Move.DRIFT,)


@pytest.mark.parametrize(
    ("prompt", "ambience"),
    [
        ("rain", {Ambience.RAIN}),
        ("a rainy, foggy evening", {Ambience.RAIN, Ambience.FOG}),
        ("snow falls softly", {Ambience.SNOW}),
        ("mist over the lake", {Ambience.FOG, Ambience.WATER}),
        ("drifting embers", {Ambience.EMBERS}),
        ("fireflies", {Ambience.EMBERS}),
        ("hair blowing gently", {Ambience.WIND}),
        ("grass waves in the wind", {Ambience.WIND}),
        ("ocean waves crash", {Ambience.WATER}),
        ("waves", {Ambience.WATER}),
        ("old film look", {Ambience.GRAIN}),
        ("no rain", set()),
        ("without any snow, but fog", {Ambience.FOG}),
        ("no rain or snow", set()),
        ("no rain but snow", {Ambience.SNOW}),
        ("rain, no wind", {Ambience.RAIN}),
        ("don\u2019t add rain", set()),
        ("a train in the terrain", set()),
        ("rainbow over a rain forest", set()),
        ("a raincoat", set()),
        ("window on a winding road", set()),
        ("she waves at the camera", set()),
        ("the woman slowly waves", set()),
        ("microwave", set()),
        ("snow-capped mountains", set()),
        ("a snow leopard", set()),
        ("a water bottle", set()),
        ("seagulls", set()),
        ("a field of grain", set()),
        ("a steam train", set()),
    ],
)
def test_an_ambience_is_understood(prompt: str, ambience: set[Ambience]) -> None:
    assert read_prompt(prompt).ambience == ambience


@pytest.mark.parametrize(
    ("prompt", "pace"),
    [
        ("zoom in", 1.0),
        ("slowly zoom in", 0.7),
        ("gentle drift", 0.7),
        ("fast pan", 1.5),
        ("not too fast, zoom in", 1.0),
        ("first fast, then slow", 1.0),
        ("breakfast", 1.0),
    ],
)
def test_the_pace_is_understood(prompt: str, pace: float) -> None:
    assert read_prompt(prompt).pace == pace


def test_a_prompt_of_two_thousand_hostile_characters_is_read_at_once() -> None:
    direction = read_prompt("pan " * 500)

    assert direction.moves == (Move.PAN_RIGHT,)
