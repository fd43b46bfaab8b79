"""Clips to make extras of, and what is in the result, read frame by frame."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 64, 36
_H264 = ("-pix_fmt", "yuv420p", "-preset", "ultrafast")


@dataclass(frozen=True)
class Studio:
    """Makes clips in a folder."""

    folder: Path

    def shoot(
        self,
        name: str,
        *,
        size: str = "192x108",
        rate: int = 24,
        seconds: float = 2,
        hertz: int | None = None,
        picture: str | None = None,
    ) -> Path:
        """A clip of moving bars, or of another picture, with a tone if one is wanted."""
        clip = self.folder / f"{name}.mp4"
        source = picture or f"testsrc2=s={size}:r={rate}"
        inputs = ["-f", "lavfi", "-t", str(seconds), "-i", source]
        if hertz is not None:
            tone = f"sine=f={hertz}:r=48000"
            inputs += ["-f", "lavfi", "-t", str(seconds), "-i", tone, "-c:a", "aac"]
        _ffmpeg(*inputs, *_H264, "-movflags", "+faststart", str(clip))
        return clip

    def convert(self, clip: Path, name: str, *options: str) -> Path:
        """The same clip, written otherwise."""
        other = self.folder / name
        _ffmpeg("-i", str(clip), *options, str(other))
        return other

    def record(self, name: str, *, seconds: float, hertz: int) -> bytes:
        """A member's WAV file."""
        wav = self.folder / f"{name}.wav"
        _ffmpeg("-f", "lavfi", "-t", str(seconds), "-i", f"sine=f={hertz}:r=44100", str(wav))
        return wav.read_bytes()


def frames_of(clip: Path) -> NDArray[np.int16]:
    """Every frame, grey, 64 × 36: an array of (frames, 36, 64)."""
    raw = _read("-i", str(clip), "-vf", f"scale={WIDTH}:{HEIGHT},format=gray", "-f", "rawvideo")
    return np.frombuffer(raw, np.uint8).reshape(-1, HEIGHT, WIDTH).astype(np.int16)


def apart(one: NDArray[np.int16], other: NDArray[np.int16]) -> float:
    """By how much two frames differ, from 0 to 255."""
    return float(np.abs(one - other).mean())


def heard(clip: Path) -> NDArray[np.float32]:
    """The sound as mono samples, 8000 a second."""
    raw = _read("-i", str(clip), "-ac", "1", "-ar", "8000", "-f", "f32le")
    return np.frombuffer(raw, np.float32)


def loudness_at(samples: NDArray[np.float32], hertz: int) -> float:
    """How much of a tone there is in the samples."""
    spectrum = np.abs(np.fft.rfft(samples)) / len(samples)
    at = round(hertz * len(samples) / 8000)
    return float(spectrum[max(0, at - 2) : at + 3].max())


def _read(*arguments: str) -> bytes:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", *arguments, "-"]
    return subprocess.run(command, check=True, timeout=60, capture_output=True).stdout


def _ffmpeg(*arguments: str) -> None:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", "-y", *arguments]
    subprocess.run(command, check=True, timeout=60)
