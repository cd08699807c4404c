"""Bruker ParaVision folders, built here as text and bytes: values, order of frames, geometry, damage in words."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import SimpleITK

from nodes.formats import format_name, open_image, stamp
from tests.formats import mutations, refusal, survives, whole

Array = npt.NDArray[Any]
HEAD = """##TITLE=Parameter List, ParaVision 6.0.1
##JCAMPDX=4.24
##DATATYPE=Parameter Values
##ORIGIN=Bruker BioSpin MRI GmbH
##OWNER=nmr
$$ 2016-05-12 11:23:45.678 +0200  nmr@scanner
$$ /opt/PV6.0.1/data/nmr/study/1/pdata/1/visu_pars
$$ process /opt/PV6.0.1/prog/bin/parxserver
"""
WORDS = {"u1": "_8BIT_UNSGN_INT", "i2": "_16BIT_SGN_INT", "i4": "_32BIT_SGN_INT", "f4": "_32BIT_FLOAT"}
TURNED = np.array([[0.0, 0.6, 0.8], [0.0, -0.8, 0.6], [1.0, 0.0, 0.0]])
"""Rows: directions of x, y, z in patient coordinates."""


def listed(values: Any) -> str:
    """An array as ParaVision writes it: its sizes, then its numbers on a line of their own."""
    array = np.asarray(values)
    sizes = ", ".join(map(str, array.shape))
    return f"( {sizes} )\n" + " ".join(f"{value:.10g}" for value in array.ravel())


def volume(stored: Array, **changed: Any) -> dict[str, str]:
    """Parameters of 3D frames, stored as frame, z, y, x: voxels of 0.5 x 0.25 x 2 mm."""
    frames, z, y, x = stored.shape
    return {
        "VisuVersion": "3",
        "VisuCoreFrameCount": str(frames),
        "VisuCoreDim": "3",
        "VisuCoreSize": listed([x, y, z]),
        "VisuCoreDimDesc": "( 3 )\nspatial spatial spatial",
        "VisuCoreExtent": listed([x * 0.5, y * 0.25, z * 2.0]),
        "VisuCoreFrameThickness": listed([z * 2.0]),
        "VisuCoreUnits": "( 3, 65 )\n<mm> <mm> <mm>",
        "VisuCoreOrientation": listed(TURNED.reshape(1, 9)),
        "VisuCorePosition": listed([[1.5, -2.5, 30.0]]),
        "VisuCoreDataSlope": listed([1.0] * frames),
        "VisuCoreDataOffs": listed([0.0] * frames),
        "VisuCoreWordType": WORDS[stored.dtype.str[1:]],
        "VisuCoreByteOrder": "bigEndian" if stored.dtype.byteorder == ">" else "littleEndian",
        **changed,
    }


def slices(stored: Array, groups: str, positions: Array, **changed: Any) -> dict[str, str]:
    """Parameters of 2D frames, stored as frame, y, x."""
    _, y, x = stored.shape
    return {
        **volume(stored[:, None]),
        "VisuCoreDim": "2",
        "VisuCoreSize": listed([x, y]),
        "VisuCoreDimDesc": "( 2 )\nspatial spatial",
        "VisuCoreExtent": listed([x * 0.5, y * 0.25]),
        "VisuCoreFrameThickness": listed([1.0]),
        "VisuCoreOrientation": listed(np.tile(TURNED.ravel(), (len(positions), 1))),
        "VisuCorePosition": listed(positions),
        "VisuFGOrderDescDim": str(groups.count("(")),
        "VisuFGOrderDesc": f"( {groups.count('(')} )\n{groups}",
        "VisuAcqRepetitionTime": listed([2500.0]),
        **changed,
    }


def written(folder: Path, stored: Array, parameters: dict[str, str], head: str = HEAD) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    text = head + "".join(f"##${name}={value}\n" for name, value in parameters.items())
    (folder / "visu_pars").write_text(text + "$$ @vis= VisuVersion VisuCoreFrameCount\n##END=\n", "latin-1")
    (folder / "2dseq").write_bytes(stored.tobytes())
    return folder / "2dseq"


def random(shape: tuple[int, ...], dtype: str = "<i2") -> Array:
    return np.random.default_rng(0).integers(0, 200, shape).astype(dtype)


def row(count: int, step: float = 3.0) -> Array:
    """Positions along the normal of the slices."""
    positions: Array = np.array([1.5, -2.5, 30.0]) + step * np.arange(count)[:, None] * TURNED[2]
    return positions


@pytest.mark.parametrize("dtype", ["<i2", ">i2", "u1", "<i4", ">f4"])
def test_a_volume_has_its_voxels_and_its_place(tmp_path: Path, dtype: str) -> None:
    stored = random((1, 4, 5, 6), dtype)
    path = written(tmp_path, stored, volume(stored))
    for opened in (path, tmp_path):
        image = open_image(opened)
        assert np.array_equal(whole(image), stored[:, None])
        assert image.info.dtype == stored.dtype.newbyteorder("=")
        assert np.allclose(image.info.spacing, (0.5, 0.25, 2.0))
        assert np.allclose(image.info.origin, (1.5, -2.5, 30.0))
        assert np.allclose(np.reshape(image.info.direction, (3, 3)), TURNED.T)
        assert image.warnings == ()
        assert image.summary == "Bruker ParaVision"


def test_the_voxels_and_axes_are_those_of_simpleitk(tmp_path: Path) -> None:
    stored = random((3, 4, 5, 6))
    path = written(
        tmp_path,
        stored,
        volume(stored, VisuCoreDataSlope=listed([0.5, 2, 3]), VisuCoreDataOffs=listed([1, -7, 0.25])),
    )
    theirs = SimpleITK.ReadImage(str(path), imageIO="Bruker2dseqImageIO")
    ours = open_image(path)
    expected = stored * np.reshape([0.5, 2, 3], (3, 1, 1, 1)) + np.reshape([1, -7, 0.25], (3, 1, 1, 1))
    assert np.allclose(whole(ours)[:, 0], expected)
    assert np.array_equal(whole(ours)[:, 0], SimpleITK.GetArrayFromImage(theirs))
    assert np.allclose(ours.info.spacing, theirs.GetSpacing()[:3])
    assert np.allclose(np.reshape(ours.info.direction, (3, 3)), np.reshape(theirs.GetDirection(), (4, 4))[:3, :3])
    half = np.array(ours.info.spacing) / 2
    assert np.allclose(np.subtract(theirs.GetOrigin()[:3], ours.info.origin), TURNED @ half)


def test_slices_of_several_echoes_and_repetitions_become_time_points(tmp_path: Path) -> None:
    frames = random((2, 3, 4, 5, 6))  # cycle, slice, echo, y, x
    groups = "(4, <FG_ECHO>, <>, 0, 1) (3, <FG_SLICE>, <a (comment), b>, 1, 2) (2, <FG_CYCLE>, <>, 3, 0)"
    path = written(tmp_path, frames, slices(frames.reshape(24, 5, 6), groups, row(3)))
    image = open_image(path)
    expected = frames.transpose(0, 2, 1, 3, 4).reshape(8, 3, 5, 6)
    assert np.array_equal(whole(image)[:, 0], expected)
    assert np.allclose(image.info.spacing, (0.5, 0.25, 3.0))
    assert image.info.time_step == 2.5
    theirs = SimpleITK.ReadImage(str(path), imageIO="Bruker2dseqImageIO")
    assert np.array_equal(SimpleITK.GetArrayFromImage(theirs), expected)
    assert np.allclose(image.info.spacing, theirs.GetSpacing()[:3])


def test_slices_against_their_normal_turn_the_third_axis(tmp_path: Path) -> None:
    frames = random((3, 5, 6))
    path = written(tmp_path, frames, slices(frames, "(3, <FG_SLICE>, <>, 0, 2)", row(3, -2.0)))
    info = open_image(path).info
    assert np.allclose(np.reshape(info.direction, (3, 3))[:, 2], -TURNED[2])
    assert np.allclose(info.spacing, (0.5, 0.25, 2.0))
    assert np.allclose(info.origin, (1.5, -2.5, 30.0))


def test_one_slice_is_as_thick_as_its_frame(tmp_path: Path) -> None:
    frames = random((4, 5, 6))
    path = written(tmp_path, frames, slices(frames, "(4, <FG_ISA>, <y=A+C*exp(-t/T2)>, 0, 2)", row(1)))
    image = open_image(path)
    assert np.array_equal(whole(image)[:, 0, 0], frames)
    assert np.allclose(image.info.spacing, (0.5, 0.25, 1.0))


def test_frames_with_positions_of_their_own_are_slices_where_nothing_is_said(tmp_path: Path) -> None:
    frames = random((4, 5, 6))
    parameters = slices(frames, "", row(4))
    del parameters["VisuFGOrderDesc"]
    assert np.array_equal(whole(open_image(written(tmp_path, frames, parameters)))[0, 0], frames)


def test_slices_in_reverse_order_on_disk_are_turned_as_simpleitk_does(tmp_path: Path) -> None:
    stored = random((1, 4, 5, 6))
    path = written(tmp_path, stored, volume(stored, VisuCoreDiskSliceOrder="disk_reverse_slice_order"))
    found = whole(open_image(path))[0, 0]
    assert np.array_equal(found, stored[0, ::-1])
    theirs = SimpleITK.ReadImage(str(path), imageIO="Bruker2dseqImageIO")
    assert np.array_equal(found, SimpleITK.GetArrayFromImage(theirs))


def test_paravision_360_writes_repetitions_short(tmp_path: Path) -> None:
    stored = random((3, 4, 5, 6))
    parameters = volume(
        stored,
        VisuCoreDataSlope="( 3 )\n@3*(2)",
        VisuCoreDataOffs="( 3 )\n@2*(0) 1",
        VisuCoreDimDesc="( 3 )\n@3*(spatial)",
    )
    path = written(tmp_path, stored, parameters, head="##TITLE=Parameter List, ParaVision 360 V3.3\n##JCAMPDX=4.24\n")
    image = open_image(path)
    assert np.array_equal(whole(image)[:, 0], stored * 2 + np.reshape([0, 0, 1], (3, 1, 1, 1)))
    assert image.info.dtype == np.int16


def test_odd_slices_are_told(tmp_path: Path) -> None:
    frames = random((3, 5, 6))
    positions = row(3)
    positions[2] += TURNED[2]
    path = written(tmp_path, frames, slices(frames, "(3, <FG_SLICE>, <>, 0, 2)", positions))
    image = open_image(path)
    assert image.warnings == ("its slices lie at uneven distances; their mean is used",)
    assert np.isclose(image.info.spacing[2], 3.5)
    turned = np.stack([TURNED.ravel(), TURNED.ravel(), np.eye(3).ravel()])
    parameters = slices(frames, "(3, <FG_SLICE>, <>, 0, 2)", row(3), VisuCoreOrientation=listed(turned))
    image = open_image(written(tmp_path, frames, parameters))
    assert image.warnings == ("its slices have several orientations; that of the first one is used for all",)


def test_a_2dseq_without_its_header_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "2dseq").write_bytes(bytes(1000))
    assert refusal(tmp_path / "2dseq") == "2dseq is incomplete: visu_pars with its header does not exist"
    (tmp_path / "visu_pars").write_text("hello")
    assert refusal(tmp_path / "2dseq") == "visu_pars is damaged: it does not begin with ##TITLE"
    assert format_name(tmp_path / "2dseq") == "Bruker"


def test_files_that_were_cut_are_refused_in_words(tmp_path: Path) -> None:
    stored = random((2, 4, 5, 6))
    path = written(tmp_path, stored, volume(stored))
    header = (tmp_path / "visu_pars").read_bytes()
    path.write_bytes(stored.tobytes()[:-1])
    assert refusal(path) == "2dseq is damaged: 479 of 480 bytes of voxels are there"
    path.write_bytes(stored.tobytes())
    for length in range(0, len(header) - 8, 13):
        (tmp_path / "visu_pars").write_bytes(header[:length])
        assert refusal(path).startswith("visu_pars is damaged: ")


DAMAGED = "visu_pars is damaged: "
UNSUPPORTED = "; that is not supported"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("VisuCoreSize", None, DAMAGED + "VisuCoreSize is missing"),
        ("VisuCoreSize", "( 3 )\n6 5", DAMAGED + "VisuCoreSize holds 2 numbers, 3 or more are needed"),
        ("VisuCoreSize", "( 3 )\n6 -5 4", DAMAGED + "VisuCoreSize is 6 x -5 x 4"),
        ("VisuCoreSize", "( 3 )\n6 5 x", DAMAGED + "VisuCoreSize holds something that is no number"),
        ("VisuCoreFrameCount", "3", "2dseq is damaged: 480 of 720 bytes of voxels are there"),
        ("VisuCoreDimDesc", "spectroscopic", f"2dseq holds no image (3 dimensions, 'spectroscopic'){UNSUPPORTED}"),
        ("VisuCoreWordType", "_12BIT", f"2dseq holds voxels of type '_12BIT', 'littleEndian'{UNSUPPORTED}"),
        ("VisuCoreDataSlope", "( 3 )\n1 2 3", DAMAGED + "VisuCoreDataSlope holds 3 numbers for 2 frames"),
        ("VisuCoreDataSlope", "( 2 )\n@999999999*(1)", DAMAGED + "VisuCoreDataSlope repeats itself too often"),
        (
            "VisuFGOrderDesc",
            "( 1 )\n(3, <FG_CYCLE>, <>, 0, 0)",
            DAMAGED + "its groups have 3 frames, VisuCoreFrameCount is 2",
        ),
        (
            "VisuCorePosition",
            "( 3, 3 )\n1 2 3 4 5 6 7 8 9",
            DAMAGED + "VisuCorePosition has 3 positions for 1 slices",
        ),
    ],
)
def test_what_a_header_may_not_say(tmp_path: Path, name: str, value: str | None, sentence: str) -> None:
    stored = random((2, 4, 5, 6))
    parameters = volume(stored)
    if value is None:
        del parameters[name]
    else:
        parameters[name] = value
    assert refusal(written(tmp_path, stored, parameters)) == sentence


def test_a_size_that_no_memory_holds_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    stored = random((1, 4, 5, 6))
    path = written(tmp_path, stored, volume(stored, VisuCoreSize=listed([60_000, 60_000, 60_000])))
    assert "needs 1.7 PB (60000x60000x60000 float64); limit " in refusal(path)


def test_the_stamp_changes_with_voxels_and_header(tmp_path: Path) -> None:
    stored = random((1, 4, 5, 6))
    path = written(tmp_path, stored, volume(stored))
    stamps = {stamp(path), stamp(tmp_path)}
    for name in ("2dseq", "visu_pars"):
        os.utime(tmp_path / name, ns=(0, 10**18))
        stamps |= {stamp(path), stamp(tmp_path)}
    assert len(stamps) == 6


def test_damaged_headers_end_in_success_or_one_sentence(tmp_path: Path) -> None:
    frames = random((6, 5, 6))
    path = written(tmp_path, frames, slices(frames, "(2, <FG_ECHO>, <>, 0, 1) (3, <FG_SLICE>, <>, 1, 2)", row(3)))
    survived = 0
    for data in mutations((tmp_path / "visu_pars").read_bytes(), 300, seed=4, head=10_000):
        (tmp_path / "visu_pars").write_bytes(data)
        survived += survives(path)
    assert 0 < survived < 300
