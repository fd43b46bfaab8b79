"""Models that can do different things, for a scripted provider to offer."""

from __future__ import annotations

import io
import wave
from datetime import date
from pathlib import Path

from bot.jobs.catalogue import Catalogue
from providers.base import ProviderSettings
from providers.model import Need, PriceNote, Shape, Variant, VideoModel
from tests.scripted import ScriptedProvider

FILM = VideoModel(
    id="film-2",
    name="Film 2",
    summary="Does almost everything.",
    seconds=tuple(range(2, 31)),
    default_seconds=5,
    picture=Need.OPTIONAL,
    text_shapes=(Shape.PORTRAIT, Shape.LANDSCAPE, Shape.CINEMA),
    variants=(
        Variant(microdollars=84_000, resolution="720p", last_frame=True),
        Variant(microdollars=126_000, resolution="720p", sound=True, last_frame=True),
        Variant(microdollars=170_000, resolution="1080p", sound=True),
    ),
    price_note=PriceNote("our guess", date(2026, 9, 1), is_assumed=True),
    max_prompt_chars=6_000,
    max_negative_chars=20,
    audio=Need.OPTIONAL,
    longest_audio_seconds=1,
    aliases=("film_2", "film-king"),
)
WORDS = VideoModel(
    id="words-1",
    name="Words",
    summary="Paints from words.",
    seconds=(4, 8),
    default_seconds=4,
    picture=Need.NEVER,
    text_shapes=(Shape.LANDSCAPE, Shape.SQUARE),
    variants=(Variant(microdollars=200_000, is_per_clip=True),),
    price_note=PriceNote("the price list", date(2026, 9, 1)),
    max_prompt_chars=500,
    takes_seed=True,
)
SINGER = VideoModel(
    id="singer-1",
    name="Singer",
    summary="Sings along.",
    seconds=(5,),
    default_seconds=5,
    picture=Need.OPTIONAL,
    shapes=(Shape.SQUARE,),
    text_shapes=(Shape.SQUARE,),
    variants=(Variant(microdollars=10_000, sound=True),),
    price_note=PriceNote("the price list", date(2026, 9, 1)),
    max_prompt_chars=500,
    audio=Need.REQUIRED,
    longest_audio_seconds=10,
)


def silence(seconds: float = 2) -> bytes:
    """A WAV file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8_000)
        sound.writeframes(bytes(round(16_000 * seconds)))
    return file.getvalue()


def extreme_model(number: int) -> VideoModel:
    """A model that says as much of itself as any could."""
    return VideoModel(
        id=f"model-{number:02}-" + "x" * 80,
        name=f"Model {number} " + "W" * 130,
        summary="It moves everything. " * 20,
        seconds=tuple(range(1, 90, 2)),
        default_seconds=5,
        picture=Need.OPTIONAL,
        shapes=tuple(Shape),
        text_shapes=tuple(reversed(Shape)),
        variants=tuple(
            Variant(
                microdollars=900_000_000 + 1_111 * lines,
                resolution=f"{lines:04}p" + "r" * 80,
                sound=has_sound,
                last_frame=has_sound,
            )
            for lines in range(number % 16 + 1)
            for has_sound in (False, True)
        ),
        price_note=PriceNote("a very long source " * 20, date(2026, 9, 1), is_assumed=True),
        max_prompt_chars=1_000_000,
        audio=Need.OPTIONAL,
        longest_audio_seconds=1_000,
        max_negative_chars=1_000_000,
        takes_seed=True,
        aliases=tuple(f"alias-{other}-" + "y" * 90 for other in range(40)),
    )


def offering(*models: VideoModel, provider: str = "scripted") -> ScriptedProvider:
    """A provider of these models."""
    kind = type(provider, (ScriptedProvider,), {"name": provider, "title": provider.capitalize()})
    made = kind(ProviderSettings(), Path())
    made.models = models
    assert isinstance(made, ScriptedProvider)
    return made


def catalogue(*providers: ScriptedProvider) -> Catalogue:
    """What these providers offer, at a US cent a credit."""
    return Catalogue(providers, credit_microdollars=10_000)
