"""What the numbers of a clip's pixels stand for, as players take them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

_LEAST_HD_HEIGHT = 720
"""Browsers take a picture of fewer lines, of which nothing is said, for one of BT.601."""
_PQ, _HLG = "smpte2084", "arib-std-b67"
_WIDE = frozenset({"bt2020", "smpte431", "smpte432"})
_PLAIN_MATRICES = frozenset({"bt709", "smpte170m", "bt470bg"})
_NAMES_OF_ALL_THREE = frozenset({"bt709", "smpte170m", "bt470bg", "smpte240m"})
# RGB needs no matrix.
_NO_NAMES = frozenset({"unknown", "reserved", "gbr"})
# The converter has no way from these, and hardly a player heeds them.
_NO_USE = frozenset(
    {"bt2020c", "smpte2085", "ipt-c2", "ycgco-re", "ycgco-ro", "bt1361e", "smpte428", "vlog"}
)


@dataclass(frozen=True, kw_only=True)
class Colours:
    """As a clip names them, in ffmpeg's words; None for what it does not name."""

    matrix: str | None = None
    """How three numbers make a colour."""
    primaries: str | None = None
    """Which red, green and blue they mix."""
    transfer: str | None = None
    """How bright each number is."""
    is_full_range: bool = False
    """Black is 0 and white 255, where video has 16 and 235."""

    @classmethod
    def told_by(cls, words: str) -> Self:
        """Read what ffmpeg says in brackets, as "tv, bt2020nc/bt2020/smpte2084, top first"."""
        names: list[str | None] = [None, None, None]
        for word in words.split(", "):
            if word in _NAMES_OF_ALL_THREE:
                names = [word, word, word]
            elif word.count("/") == 2:
                names = [None if name in _NO_NAMES | _NO_USE else name for name in word.split("/")]
        matrix, primaries, transfer = names
        return cls(
            matrix=matrix,
            primaries=primaries,
            transfer=transfer,
            is_full_range="pc" in words.split(", "),
        )

    @property
    def is_hdr(self) -> bool:
        """It is brighter in places than most screens can show."""
        return self.transfer in {_PQ, _HLG}

    @property
    def is_hlg(self) -> bool:
        """It is HDR whose brightness depends on the screen's."""
        return self.transfer == _HLG

    @property
    def is_plain(self) -> bool:
        """Every player shows it rightly."""
        is_known_matrix = self.matrix is None or self.matrix in _PLAIN_MATRICES
        return is_known_matrix and not self.is_hdr and self.primaries not in _WIDE

    def labels(self, height: int, *, is_rgb: bool = False) -> str:
        """The filter that names them all, so that no filter after it has to guess.

        Of plain colours only the matrix is taken at its word: that is what players do.
        """
        if self.is_plain:
            primaries = transfer = "bt709"
        else:
            primaries = self.primaries or ("bt2020" if self.is_hdr else "bt709")
            transfer = self.transfer or "bt709"
        labels = f"setparams=color_primaries={primaries}:color_trc={transfer}"
        if is_rgb:
            return labels
        return f"{labels}:colorspace={self._matrix(height)}:range={self._range}"

    def _matrix(self, height: int) -> str:
        if self.matrix is None and not self.is_plain:
            return "bt2020nc"
        return self.matrix or ("bt709" if height >= _LEAST_HD_HEIGHT else "smpte170m")

    @property
    def _range(self) -> str:
        return "pc" if self.is_full_range else "tv"
