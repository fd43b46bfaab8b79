"""The filters that show a clip as it is meant: whole frames, opaque, in every screen's colours."""

from __future__ import annotations

from bot.media.clip_facts import MOST_FRAMES_A_SECOND, ClipFacts

BT709 = "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv"
# White of 203 nits is the white of every other clip, and colours below it stay as they are: only
# what is brighter is brought together.
_TONES = "zscale=p=bt709,tonemap=mobius:param=0.8:peak=5:desat=0"
# Each of the three is what it would be in front of white: turned over, that is black.
_ON_WHITE = ("format=gbrap", "negate", "premultiply=inplace=1", "negate")


def labelled(facts: ClipFacts) -> str:
    """The filter that says which colours its frames have, where the clip says nothing too."""
    return facts.colours.labels(facts.height, is_rgb=facts.is_rgb)


def whole(facts: ClipFacts, *, most_frames_a_second: float = MOST_FRAMES_A_SECOND) -> list[str]:
    """Every frame at once and not line by line, and no more of them than players keep up with."""
    steps = ["bwdif=mode=send_frame"] if facts.is_interlaced else []
    if facts.frames_a_second > most_frames_a_second:
        steps.append(f"fps={most_frames_a_second}")
    return steps


def sized(facts: ClipFacts, size: tuple[int, int]) -> list[str]:
    """Opaque frames of that width and height, square pixels, in BT.709 and 8 bits."""
    scale = f"zscale={size[0]}:{size[1]}:filter=bicubic"
    steps = [labelled(facts)]
    if facts.is_see_through:
        steps += _ON_WHITE
    if facts.colours.is_hdr:
        linear = f"{scale}:t=linear:npl=203"
        if facts.colours.is_hlg:
            # Approximately it is worked out for each colour by itself, and all grow gaudy. Done
            # well it takes twice as long.
            linear = f"{linear}:agamma=false"
        steps += [linear, "format=gbrpf32le", _TONES]
        scale = "zscale=t=bt709"
    steps.append(f"{scale}:p=bt709:m=bt709:r=tv")
    return [*steps, "format=yuv420p", BT709, "setsar=1"]
