"""Random images, somewhere in the world and turned anyhow, and panes that show them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

from nodeeditor.image import ImageInfo
from nodeeditor.viewing.levels import Window
from nodeeditor.viewing.panes import Pane
from nodeeditor.viewing.planes import Plane

SIGNED = [
    np.eye(3)[list(order)] * np.array(signs)[:, None]
    for order in itertools.permutations(range(3))
    for signs in itertools.product((1, -1), repeat=3)
]
"""All ways to put three axes along those of the world."""
TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])


def rotation(angles: Sequence[float]) -> npt.NDArray[np.float64]:
    """A rotation by three angles in degrees about x, y and z."""
    turned = np.eye(3)
    for axis, angle in enumerate(angles):
        i, j = (axis + 1) % 3, (axis + 2) % 3
        step = np.eye(3)
        c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
        step[i, i], step[i, j], step[j, i], step[j, j] = c, -s, s, c
        turned = step @ turned
    return turned


def directions(most: float = 180) -> st.SearchStrategy[tuple[float, ...]]:
    """Directions of an image's axes, at most so many degrees about each axis away from the world's."""
    angles = st.tuples(*[st.just(0.0) | st.floats(-most, most)] * 3)

    def made(signed: Any, angles: tuple[float, ...]) -> tuple[float, ...]:
        return tuple((rotation(angles) @ signed).ravel().tolist())

    return st.builds(made, st.sampled_from(SIGNED), angles)


def infos(most: float = 180, times: int = 3) -> st.SearchStrategy[ImageInfo]:
    """Facts of small images."""
    size = st.sampled_from([0.5, 1.0, 1.3, 2.0, 4.0])
    return st.builds(
        lambda t, zyx, spacing, origin, direction: ImageInfo(
            (t, 1, *zyx), np.dtype(np.int16), (0, 1000), spacing, origin, direction
        ),
        st.integers(1, times),
        st.tuples(*[st.integers(1, 9)] * 3),
        st.tuples(size, size, size),
        st.tuples(*[st.floats(-30, 30)] * 3),
        directions(most),
    )


PLANES = [
    Plane(i, j, a, b) for i, j in itertools.permutations(range(3), 2) for a in (False, True) for b in (False, True)
]


@st.composite
def panes(draw: st.DrawFn, most: float = 180) -> Pane:
    """Panes somewhere in a picture."""
    info, plane = draw(infos(most)), draw(st.sampled_from(PLANES))
    rect = (*draw(st.tuples(*[st.integers(0, 40)] * 2)), *draw(st.tuples(*[st.integers(1, 40)] * 2)))
    return Pane(
        rect,
        "image",
        info,
        Window(500, 1000),
        draw(st.integers(0, plane.slices(info) - 1)),
        draw(st.integers(0, info.extent[0] - 1)),
        plane,
        draw(st.sampled_from([0.3, 1.0, 2.7, 15.0])),
        draw(st.tuples(*[st.floats(-9, 9)] * 2)),
    )
