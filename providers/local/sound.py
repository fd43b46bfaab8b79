"""The soft noise under a clip whose prompt asks for rain, wind or water."""

from __future__ import annotations

from providers.local.prompt import Ambience

# ffmpeg's filters over noise: what to keep of it, and how it comes and goes.
_VOICES = {
    Ambience.RAIN: ("pink", "highpass=f=500,lowpass=f=9000,volume=1.5"),
    Ambience.WIND: ("brown", "bandpass=f=420:w=1.6:t=o,tremolo=f=0.23:d=0.7,volume=2"),
    Ambience.WATER: ("pink", "lowpass=f=1100,tremolo=f=0.19:d=0.75,volume=1.8"),
}


def noise_bed(ambience: frozenset[Ambience], seconds: int, seed: int) -> str | None:
    """Describe the noise as a source of ffmpeg; None where a clip stays silent."""
    voices = [_VOICES[kind] for kind in _VOICES if kind in ambience]
    if not voices:
        return None
    chains = []
    for number, (colour, filters) in enumerate(voices):
        noise = f"anoisesrc=c={colour}:a=0.3:r=48000:d={seconds}:s={(seed + number) % 2**32}"
        chains.append(f"{noise},{filters}[v{number}]")
    inputs = "".join(f"[v{number}]" for number in range(len(voices)))
    fades = f"afade=t=in:d=0.4,afade=t=out:st={seconds - 0.6}:d=0.6"
    return ";".join([*chains, f"{inputs}amix={len(voices)}:normalize=0,{fades}"])
