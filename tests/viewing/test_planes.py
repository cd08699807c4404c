"""Planes and the letters of the patient's sides, as nibabel and pydicom see them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import nibabel
import numpy as np
import pydicom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nodeeditor.engine import Engine
from nodeeditor.image import ImageInfo
from nodeeditor.network import Network, NodeSpec
from nodeeditor.viewing.planes import ACQUIRED, Anatomical, Plane, anatomical, letters

from ..nodes.sources import LIBRARY, SHARED, image_of
from .scenes import PLANES, TO_RAS, infos, rotation

VIEWS: tuple[Anatomical, ...] = ("axial", "sagittal", "coronal")
BY_NIBABEL: Any = nibabel
OPPOSITE = dict(zip("RLAPHF", "LRPAFH", strict=True))


def edges(info: ImageInfo, plane: Plane) -> str:
    """The letters at the upper and at the left edge."""
    right, below = plane.directions(info)
    return "/".join(letters((-x, -y, -z)) for x, y, z in (below, right))


def nine(matrix: Any) -> Any:
    """A matrix as the direction of an image."""
    return tuple(np.ravel(matrix).tolist())


def nifti(info: ImageInfo, voxels: Any) -> Any:
    """The image as nibabel has it: axes x, y, z, world RAS."""
    return BY_NIBABEL.Nifti1Image(voxels[0, 0].T, TO_RAS @ info.index_to_world)


@settings(max_examples=150, deadline=None, database=None)
@given(info=infos(most=14))
def test_anatomical_planes_are_those_of_nibabel_s_canonical_image(info: ImageInfo) -> None:
    info = replace(info, extent=(1, *info.extent[1:]))
    voxels = np.arange(np.prod(info.extent), dtype=np.int16).reshape(info.extent)
    ras = BY_NIBABEL.as_closest_canonical(nifti(info, voxels)).get_fdata()
    wanted = {
        "axial": [ras[::-1, ::-1, k].T for k in range(ras.shape[2])],
        "sagittal": [ras[i, ::-1, ::-1].T for i in range(ras.shape[0])],
        "coronal": [ras[::-1, j, ::-1].T for j in range(ras.shape[1])],
    }
    for view in VIEWS:
        plane = anatomical(info, view)
        made = [plane.flat(voxels[plane.region(info, 0, z).slices])[0] for z in range(plane.slices(info))]
        forwards = all(np.array_equal(a, b) for a, b in zip(made, wanted[view], strict=True))
        backwards = all(np.array_equal(a, b) for a, b in zip(made, wanted[view][::-1], strict=True))
        assert forwards or backwards, view
        assert plane.shape(info) == made[0].shape[::-1]


@given(info=infos())
@settings(max_examples=150, deadline=None, database=None)
def test_the_three_views_have_three_normals_however_the_image_is_turned(info: ImageInfo) -> None:
    assert {anatomical(info, view).normal for view in VIEWS} == {0, 1, 2}


def test_radiologists_look_from_the_feet_and_from_the_front() -> None:
    for direction in (np.eye(3), rotation((90, 0, 0)), rotation((0, 90, 90)), rotation((3, -8, 180))):
        info = replace(image_of(np.zeros((3, 4, 5))).info, direction=nine(direction))
        shown = {view: edges(info, anatomical(info, view)) for view in VIEWS}
        assert shown == {"axial": "A/R", "sagittal": "H/A", "coronal": "H/R"}


REAL = ["ct/series", "ct/example_ct_sm.nii.gz", "mr_series", "t1_head/ch2.nii.gz", "t1_head/t1_proband_size.nii.gz"]


@pytest.mark.parametrize("name", REAL)
def test_letters_of_real_images_are_those_of_the_affine_matrix(name: str) -> None:
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"the real image {name} does not lie beside the repository")
    info = Engine(LIBRARY, 0).info(Network({"A": NodeSpec("LocalImage", {"name": str(path)})}), "A.outImage")
    if path.is_dir():
        header = pydicom.dcmread(next(file for file in sorted(path.iterdir()) if file.name != "LICENSE"))
        across, down = np.reshape([float(number) for number in header.ImageOrientationPatient], (2, 3))
        codes = BY_NIBABEL.aff2axcodes(TO_RAS @ affine(across, down))
    else:
        codes = BY_NIBABEL.aff2axcodes(BY_NIBABEL.load(path).affine)
    right, below = (code.replace("S", "H").replace("I", "F") for code in codes[:2])
    made = edges(info, ACQUIRED).split("/")
    assert [letter[0] for letter in made] == [OPPOSITE[below], OPPOSITE[right]]


def affine(across: Any, down: Any) -> Any:
    made = np.eye(4)
    made[:3, :3] = np.transpose([across, down, np.cross(across, down)])
    return made


@pytest.mark.parametrize(
    ("orientation", "wanted"),
    [
        ((1, 0, 0, 0, 1, 0), "A/R"),
        ((1, 0, 0, 0, 0, -1), "H/R"),
        ((0, 1, 0, 0, 0, -1), "H/A"),
        ((-1, 0, 0, 0, -1, 0), "P/L"),
        ((0, -1, 0, 0, 0, 1), "F/P"),
    ],
)
def test_letters_of_standard_acquisitions(orientation: tuple[float, ...], wanted: str) -> None:
    """From the sentence of PS3.3 C.7.6.2.1.1: x grows to the left hand side, y to the back, z to the head."""
    direction = affine(orientation[:3], orientation[3:])[:3, :3]
    info = replace(image_of(np.zeros((3, 4, 5))).info, direction=nine(direction))
    assert edges(info, ACQUIRED) == wanted


@pytest.mark.parametrize(
    ("angle", "wanted"), [(0, "A"), (10, "A"), (20, "AH"), (44, "AH"), (46, "HA"), (70, "HA"), (80, "H")]
)
def test_oblique_directions_have_two_letters_the_nearer_one_first(angle: float, wanted: str) -> None:
    part = np.radians(angle)
    assert letters((0.0, -3 * np.cos(part), 3 * np.sin(part))) == wanted


@given(info=infos(), plane=st.sampled_from(PLANES))
@settings(max_examples=60, deadline=None, database=None)
def test_opposite_directions_have_opposite_letters(info: ImageInfo, plane: Plane) -> None:
    for x, y, z in plane.directions(info):
        assert letters((-x, -y, -z)) == "".join(OPPOSITE[letter] for letter in letters((x, y, z)))
