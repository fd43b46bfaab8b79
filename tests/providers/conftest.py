"""Pictures are filmed in the tests' own processes here, several of which share the processors."""

from __future__ import annotations

import cv2

cv2.setNumThreads(1)
