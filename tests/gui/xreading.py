"""Words found among the pixels of a screen, in the letters that its programs use."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QImage

Mask = npt.NDArray[np.bool_]
Pixels = npt.NDArray[np.uint32]

_BLURRED = 0.03  # of the dark pixels of a word, which stands between whole pixels; another letter is more
_WRITE = """
import sys
from PySide6.QtWidgets import QApplication, QLabel
application = QApplication([])
for number, word in enumerate(sys.argv[2:]):
    label = QLabel(word)
    label.setStyleSheet("background: white; color: black")
    label.adjustSize()
    label.grab().save(f"{sys.argv[1]}/{number}.png")
"""


def shapes(words: tuple[str, ...], environment: Mapping[str, str]) -> dict[str, Mask]:
    """Which pixels of words are dark, as a program on the desktop of an environment writes them."""
    with TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-c", _WRITE, folder, *words], env=dict(environment), check=True, timeout=60)
        return {word: _ink(dark(picture(Path(folder, f"{n}.png")))) for n, word in enumerate(words)}


def picture(path: Path) -> Pixels:
    """The pixels of a picture file, 0xRRGGBB."""
    image = QImage(str(path)).convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.bytesPerLine() // 4)
    return rows[:, : image.width()] & np.uint32(0xFFFFFF)


def dark(pixels: Pixels) -> Mask:
    """Which pixels are darker than middle grey."""
    return (pixels >> 8 & 0xFF) < 128


def found(shape: Mask, seen: Mask) -> list[tuple[int, int]]:
    """Column and row of the middle of each place where these pixels are dark, but for a few at the edges of letters."""
    height, width = (there - here + 1 for there, here in zip(seen.shape, shape.shape, strict=True))
    if height < 1 or width < 1:
        return []
    wrong = np.zeros((height, width), np.int16)
    for (y, x), ink in np.ndenumerate(shape):
        wrong += seen[y : y + height, x : x + width] != ink
    right = np.argwhere(wrong <= _BLURRED * shape.sum())
    return [(int(x) + shape.shape[1] // 2, int(y) + shape.shape[0] // 2) for y, x in right]


def _ink(mask: Mask) -> Mask:
    rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    return mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
