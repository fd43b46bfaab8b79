"""How like its original a picture is, by the two usual measures, taken of the luminance."""

from __future__ import annotations

from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

Luminance: TypeAlias = npt.NDArray[np.float64]

# Of the paper that introduced the measure: the window's deviation, and what keeps it from dividing
# by nothing.
_SIGMA = 1.5
_OF_MEANS = (0.01 * 255) ** 2
_OF_DEVIATIONS = (0.03 * 255) ** 2


def psnr(picture: Image.Image, original: Image.Image) -> float:
    """Peak signal to noise, in decibels; more is better."""
    error = np.mean((_luminance(picture) - _luminance(original)) ** 2)
    return float(10 * np.log10(255**2 / error))


def ssim(picture: Image.Image, original: Image.Image) -> float:
    """Structural similarity, up to 1."""
    one, other = _luminance(picture), _luminance(original)
    mean_one, mean_other = _blurred(one), _blurred(other)
    spread_one = _blurred(one**2) - mean_one**2
    spread_other = _blurred(other**2) - mean_other**2
    shared = _blurred(one * other) - mean_one * mean_other
    means = (2 * mean_one * mean_other + _OF_MEANS) / (mean_one**2 + mean_other**2 + _OF_MEANS)
    structure = (2 * shared + _OF_DEVIATIONS) / (spread_one + spread_other + _OF_DEVIATIONS)
    return float(np.mean(means * structure))


def sharpness(picture: Image.Image) -> float:
    """How steep its edges are; a blurred copy has less."""
    return float(np.var(cv2.Laplacian(_luminance(picture), cv2.CV_64F)))


def _luminance(picture: Image.Image) -> Luminance:
    weighted: Luminance = np.asarray(picture, np.float64) @ np.array([0.299, 0.587, 0.114])
    return weighted


def _blurred(values: Luminance) -> Luminance:
    return np.asarray(cv2.GaussianBlur(values, (11, 11), _SIGMA), np.float64)
