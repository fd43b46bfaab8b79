"""Guesses how near each part of a picture is, without a trained network.

A linear ramp from top to bottom is a pure shear when the camera steps aside, so straight lines
stay straight; a blurred bump lifts the subject out of it. Depth that follows every edge was tried
and rejected: it makes fine structure wobble.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Picture = NDArray[np.uint8]
"""Height x width x 3, sRGB."""

_LONG_SIDE = 240
_RAMP, _BUMP = 0.62, 0.5


def estimate_depth(picture: Picture) -> Floats:
    """Map a picture to nearness, from 0 (far) to 1 (near), at most 240 pixels wide and high."""
    height, width = picture.shape[:2]
    scale = _LONG_SIDE / max(width, height)
    size = max(8, round(width * scale)), max(8, round(height * scale))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.uint8)
    ramp = np.linspace(0, 1, size[1], dtype=np.float32)[:, None]
    depth = np.repeat(_RAMP * ramp, size[0], axis=1)
    # Cutting something out of a single colour takes longest of all, and finds nothing.
    if min(size) >= 48 and np.any(small != small[0, 0]):
        subject = _largest_part(_subject_mask(small))
        trust = _confidence(small, subject)
        if trust > 0:
            wide = cv2.dilate(subject, np.ones((5, 5), np.uint8)).astype(np.float32)
            depth += _BUMP * trust * cv2.GaussianBlur(wide, (0, 0), 7)
    return np.asarray(np.clip(depth, 0, 1), np.float32)


def _subject_mask(small: Picture) -> NDArray[np.uint8]:
    """Cut out what stands apart from the borders, lies near the centre and catches the eye."""
    height, width = small.shape[:2]
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB).astype(np.float32)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    centred = np.exp(-(((x / width - 0.5) / 0.30) ** 2) - ((y / height - 0.55) / 0.36) ** 2)
    likely = centred * (0.35 + 0.45 * _unlike_borders(lab) + 0.4 * _salience(small))

    mask = np.full((height, width), cv2.GC_PR_BGD, np.uint8)
    mask[likely > np.percentile(likely, 72)] = cv2.GC_PR_FGD
    mask[likely > np.percentile(likely, 94)] = cv2.GC_FGD
    mask[likely < np.percentile(likely, 25)] = cv2.GC_BGD
    mask[:3] = mask[:, :3] = mask[:, -3:] = cv2.GC_BGD
    cv2.setRNGSeed(1)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(small, mask, (0, 0, 0, 0), *models, 2, cv2.GC_INIT_WITH_MASK)
    found = np.isin(mask, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    found = cv2.morphologyEx(found, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8)).astype(np.uint8)
    return cv2.morphologyEx(found, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8)).astype(np.uint8)


def _unlike_borders(lab: Floats) -> Floats:
    """How far each pixel's colour is from the five usual ones at the top and the sides."""
    borders = np.concatenate([part.reshape(-1, 3) for part in (lab[:6], lab[:, :6], lab[:, -6:])])
    cv2.setRNGSeed(1)
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 10, 1.0)
    labels = np.zeros((len(borders), 1), np.int32)
    centres = cv2.kmeans(borders, 5, labels, stop, 1, cv2.KMEANS_PP_CENTERS)[2]
    distance = np.min([np.linalg.norm(lab - centre, axis=2) for centre in centres], axis=0)
    share = distance / (np.percentile(distance, 98) + 1e-6)
    return np.asarray(np.clip(share, 0, 1), np.float32)


def _salience(small: Picture) -> Floats:
    """Spectral residual: what the picture's usual texture does not explain (Hou & Zhang, 2007)."""
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
    spectrum = np.fft.fft2(cv2.resize(grey, (64, 64)))
    loudness = np.log(np.abs(spectrum) + 1e-6)
    residual = loudness - cv2.blur(loudness, (3, 3))
    energy = np.abs(np.fft.ifft2(np.exp(residual + 1j * np.angle(spectrum)))) ** 2
    smooth = cv2.GaussianBlur(energy.astype(np.float32), (9, 9), 2.5)
    height, width = small.shape[:2]
    return np.asarray(cv2.resize(smooth / (smooth.max() + 1e-6), (width, height)), np.float32)


def _largest_part(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    if count < 2:
        return np.zeros_like(mask)
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    return np.asarray(labels == largest, np.uint8)


def _confidence(small: Picture, subject: NDArray[np.uint8]) -> float:
    """How far to trust a mask, from 0 to 1: compact, off the borders, cut along real edges."""
    height, width = subject.shape
    share = float(subject.mean())
    if not 0.03 < share < 0.5:
        return 0.0
    x, y, wide, high = cv2.boundingRect(subject)
    touched = (x <= 4) + (y <= 4) + (x + wide >= width - 4) + (y + high >= height - 4)
    if touched >= 2 or int(subject.sum()) / (wide * high) >= 0.78:
        return 0.0
    ring = cv2.dilate(subject, np.ones((15, 15), np.uint8)) - subject
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB).astype(np.float32)
    apart = float(np.linalg.norm(lab[subject > 0].mean(0) - lab[ring > 0].mean(0))) / 25
    return float(np.clip(apart, 0, 1) * np.clip((_edge_agreement(small, subject) - 1) / 1.5, 0, 1))


def _edge_agreement(small: Picture, subject: NDArray[np.uint8]) -> float:
    """How much steeper the picture is along the mask's outline than elsewhere."""
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
    grey = cv2.GaussianBlur(grey, (0, 0), 1).astype(np.float32)
    steep = cv2.magnitude(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1))
    outline = cv2.morphologyEx(subject, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0
    return float(steep[outline].mean() / (steep.mean() + 1e-6))
