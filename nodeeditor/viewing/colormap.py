"""Colour maps: the colour of each of the 256 grey levels."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from nodeeditor.fields import Choice

Table = npt.NDArray[np.uint8]


class ColorMap(Choice):
    """How grey levels are coloured."""

    Grey = "Grey"
    HotIron = "Hot Iron"
    HotMetal = "Hot Metal"
    Cool = "Cool"
    Rainbow = "Rainbow"
    CoolWarm = "Cool to Warm"
    Labels = "Labels"


_STOPS: dict[ColorMap, tuple[tuple[float, tuple[int, int, int]], ...]] = {
    ColorMap.Grey: ((0, (0, 0, 0)), (1, (255, 255, 255))),
    ColorMap.HotIron: ((0, (0, 0, 0)), (0.5, (255, 0, 0)), (0.75, (255, 128, 0)), (1, (255, 255, 255))),
    ColorMap.HotMetal: ((0, (0, 0, 0)), (1 / 3, (255, 0, 0)), (2 / 3, (255, 255, 0)), (1, (255, 255, 255))),
    ColorMap.Cool: ((0, (0, 0, 0)), (0.4, (0, 60, 160)), (0.75, (60, 190, 220)), (1, (255, 255, 255))),
    ColorMap.Rainbow: (
        (0, (0, 0, 140)),
        (0.2, (0, 80, 255)),
        (0.4, (0, 220, 220)),
        (0.6, (90, 230, 60)),
        (0.8, (255, 210, 0)),
        (1, (220, 0, 0)),
    ),
    ColorMap.CoolWarm: ((0, (40, 70, 190)), (0.5, (230, 230, 230)), (1, (190, 20, 40))),
}


@cache
def table(colors: ColorMap) -> Table:
    """Red, green and blue of each grey level: (256, 3), read-only."""
    if colors is ColorMap.Labels:
        made = _labels()
    else:
        at, rgb = zip(*_STOPS[colors], strict=True)
        levels = np.linspace(0, 1, 256)
        made = np.stack([np.interp(levels, at, channel) for channel in np.transpose(rgb)], axis=-1)
    colored: Table = np.rint(made).astype(np.uint8)
    colored.flags.writeable = False
    return colored


def _labels() -> npt.NDArray[np.float64]:
    """Black for level 0, then hues a golden section apart, so that neighbouring labels differ most."""
    hue = np.arange(256) * 0.6180339887 % 1
    light = np.where(np.arange(256) % 2, 1.0, 0.78)
    parts = [np.abs((hue * 6 + shift) % 6 - 3) - 1 for shift in (0, 4, 2)]
    made = np.stack([np.clip(part, 0, 1) * 0.8 + 0.2 for part in parts], axis=-1) * light[:, None] * 255
    made[0] = 0
    return made
