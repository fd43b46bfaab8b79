"""The files the fuzzer starts from, and the ways in it tries them at."""

from __future__ import annotations

import subprocess
from pathlib import Path

import imageio_ffmpeg

from bot.media.kinds import ACCEPTED, kind_of
from tests.fuzz.targets import ClipTarget, PictureTarget, SoundTarget, Target
from tests.media.hostile.clips import clip_cases, sound_clips
from tests.media.hostile.corpus import corpus, small_heic, sound_pictures

LARGEST_BYTES = 20_000
"""A change in a larger file hits nothing worth hitting."""
_SOUNDS = {
    "mp3": ("-b:a", "32k"),
    "wav": ("-ar", "8000"),
    "m4a": (),
    "aac": (),
    "ogg": ("-c:a", "libvorbis"),
    "opus": ("-c:a", "libopus", "-b:a", "16k"),
    "flac": ("-ar", "8000"),
}


def all_targets(folder: Path) -> list[Target]:
    """Every way in, with small files for each; they are made in the folder."""
    return [*picture_targets(), SoundTarget(_sounds(folder)), *_clip_targets(folder)]


def picture_targets() -> list[PictureTarget]:
    """A target for each kind of picture, from sound files and hostile ones."""
    heic = small_heic()
    # Half of what is changed begins sound, or hardly anything would come far.
    files = [case.data for case in corpus(heic) if len(case.data) <= LARGEST_BYTES]
    sound = list(sound_pictures(heic).values())
    targets = []
    for kind in sorted(ACCEPTED):
        hostile = [data for data in files if kind_of(data) is kind]
        mine = [data for data in sound if kind_of(data) is kind]
        targets.append(PictureTarget(kind, hostile + mine * (len(hostile) // len(mine))))
    return targets


def _sounds(folder: Path) -> list[bytes]:
    program = (imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", "-y")
    source = ("-f", "lavfi", "-i", "sine=d=1.2", "-ac", "1")
    made = []
    for ending, options in _SOUNDS.items():
        file = folder / f"sound.{ending}"
        subprocess.run([*program, *source, *options, str(file)], check=True, timeout=60)
        made.append(file.read_bytes())
    return made


def _clip_targets(folder: Path) -> list[ClipTarget]:
    sound = sound_clips(folder)
    cases = list(clip_cases(sound, folder / "local.mp4"))
    return [
        ClipTarget(
            ending,
            [data] * 20
            + [
                case.data
                for case in cases
                if case.ending == ending and len(case.data) <= LARGEST_BYTES
            ],
        )
        for ending, data in sound.items()
    ]
