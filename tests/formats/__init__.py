"""Tests of the readers and writers of image files, and what several of them need."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from nodeeditor import Image, ImageInfo, NodeError, Region, Voxels, value_range
from nodes.formats import open_image
from nodes.formats.imagefile import ImageFile

DATA = Path(__file__).parents[2].parent / "shared" / "data"
"""Real images beside the repository; tests that need them are skipped without."""


def real(name: str) -> Path:
    """A real image, or a skip."""
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{path} is not there")
    return path


def whole(image: ImageFile) -> Voxels:
    """All voxels, which must be what the image's facts say."""
    voxels = image.read(image.info.whole)
    assert voxels.shape == image.info.extent
    assert voxels.dtype == image.info.dtype
    finite = voxels[np.isfinite(voxels)] if voxels.dtype.kind == "f" else voxels
    if finite.size:
        assert (finite.min(), finite.max()) == image.info.range
    return voxels


def regions(extent: tuple[int, ...], count: int, seed: int) -> Iterator[Region]:
    """Random boxes, with slices along each axis and single voxels among them."""
    dice = random.Random(seed)
    for number in range(count):
        start, stop = [], []
        for axis, size in enumerate(extent):
            a, b = sorted((dice.randrange(size), dice.randrange(size)))
            kind = number % 4
            if kind == 1 and axis != number // 4 % 5:
                a, b = 0, size - 1
            if kind == 2:
                b = a
            start.append(a)
            stop.append(b + 1)
        yield Region((*start,), (*stop,))  # type: ignore[arg-type]


def mutations(data: bytes, count: int, seed: int, head: int) -> Iterator[bytes]:
    """Damaged copies: changed bits, bytes, integers, and pieces cut out or doubled, mostly in the first bytes."""
    dice = random.Random(seed)
    for number in range(count):
        copy = bytearray(data)
        for _ in range(dice.choice((1, 1, 2, 5))):
            place = dice.randrange(len(copy) if number % 5 == 0 else min(head, len(copy)))
            kind = dice.randrange(6)
            if kind == 0:
                copy[place] ^= 1 << dice.randrange(8)
            elif kind == 1:
                copy[place] = dice.randrange(256)
            elif kind == 2:
                copy[place : place + 2] = dice.choice((b"\xff\xff", b"\xff\x7f", b"\0\0", b"\0\x80"))
            elif kind == 3:
                copy[place : place + 4] = dice.choice((b"\xff\xff\xff\x7f", b"\0\0\xc0\x7f", b"\0\0\x80\xff"))
            elif kind == 4:
                del copy[place : place + dice.randrange(1, 9)]
            else:
                copy[place:place] = copy[place : place + dice.randrange(1, 9)]
        yield bytes(copy)


def survives(path: Path) -> bool:
    """Whether a file that may be damaged opens; anything but success or one sentence fails the test."""
    try:
        whole(open_image(path))
    except NodeError as error:
        assert "\n" not in str(error)
        assert len(str(error)) < 300
        return False
    return True


def refusal(path: Path) -> str:
    """The sentence with which a file is refused when it is opened and read."""
    with pytest.raises(NodeError) as caught:
        whole(open_image(path))
    return str(caught.value)


@dataclass(frozen=True, eq=False)
class InHand:
    """A whole image as writers get it, in pages of two slices."""

    image: Image

    @property
    def info(self) -> ImageInfo:
        return self.image.info

    def read(self, region: Region | None = None) -> Image:
        return self.image.at(region or self.image.region)

    def __iter__(self) -> Iterator[Image]:
        _, c, _, y, x = self.info.extent
        return (self.image.at(part) for part in self.info.whole.pages(2 * c * y * x))


def sample(extent: tuple[int, int, int, int, int] = (1, 1, 4, 5, 6), dtype: str = "int16", seed: int = 0) -> Image:
    """A small image with an oblique grid and random voxels."""
    rng = np.random.default_rng(seed)
    low = 0 if dtype.startswith("u") else -100
    voxels = (low + rng.random(extent) * 200).astype(dtype)
    rotation, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    info = ImageInfo(
        extent,
        np.dtype(dtype),
        value_range(voxels),
        (1.1, 2.2, 3.3),
        (10.0, -20.0, 30.5),
        tuple(rotation.ravel().tolist()),
        time_step=2.5 if extent[0] > 1 else 1.0,
    )
    return Image.of(info, voxels)
