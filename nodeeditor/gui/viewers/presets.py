"""Windows that can be chosen by name: which values are black and white for what one wants to see."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nodeeditor.image import Image, ImageInfo

_AIR, _BONE = -500, 300  # values that an image in Hounsfield units reaches

CT = {
    "CT: Brain": (40.0, 80.0),
    "CT: Lung": (-600.0, 1500.0),
    "CT: Bone": (480.0, 2500.0),
    "CT: Abdomen": (60.0, 400.0),
    "CT: Mediastinum": (50.0, 350.0),
}
"""Centre and width in Hounsfield units."""


@dataclass(frozen=True)
class Preset:
    """A window with a name: centre and width, or None for the one that the file asks for."""

    name: str
    window: tuple[float, float] | None


def presets(info: ImageInfo, page: Image | None) -> list[Preset]:
    """The windows that make sense for an image, of which one slice is known."""
    low, high = (float(limit) for limit in info.range)
    made = [Preset("From File", None), Preset("Full Range", (low / 2 + high / 2, high - low))]
    if page is not None:
        dark, bright = percentiles(page)
        made.append(Preset("Auto", ((dark + bright) / 2, bright - dark)))
    if hounsfield(info):
        made += [Preset(name, window) for name, window in CT.items()]
    return made


def percentiles(page: Image) -> tuple[float, float]:
    """The values below which 2 % and 98 % of the voxels lie; both 0 where none is finite."""
    finite = page.voxels[np.isfinite(page.voxels)]
    if not finite.size:
        return 0.0, 0.0
    dark, bright = np.percentile(finite, (2, 98)).tolist()
    return dark, bright


def hounsfield(info: ImageInfo) -> bool:
    """Whether values are in Hounsfield units: CT by its modality, or by its range where that is not known."""
    if info.modality:
        return info.modality == "CT"
    low, high = info.range
    return info.scalar and -2048 <= low <= _AIR and _BONE <= high <= 2**15
