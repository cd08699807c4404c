"""LocalImage and ImageSave: names, states, warnings, and files that other programs read back."""

from __future__ import annotations

import math
import os
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pytest
import SimpleITK as sitk

from nodeeditor import Image, NodeError
from nodeeditor.engine import Engine
from nodeeditor.engine.listening import Computed
from nodeeditor.network import Network, NodeSpec
from nodeeditor.paths import Paths

from .sources import LIBRARY, OBLIQUE, image_of, noise, wired


def local(name: str, **fields: Any) -> Network:
    return Network({"LocalImage": NodeSpec("LocalImage", {"name": name, **fields})})


def write(path: Path, voxels: Any) -> Path:
    sitk.WriteImage(sitk.GetImageFromArray(voxels), str(path))
    return path


def failure(network: Network, folder: Path) -> str:
    with pytest.raises(NodeError) as caught:
        Engine(LIBRARY, 0).image(network, "LocalImage.outImage", paths=Paths(folder))
    assert not caught.value.unexpected
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("name", ["a.nrrd", "$(NETWORK)/a.nrrd", "$(MINE)/a.nrrd", "./sub/../a.nrrd"])
def test_a_name_is_found_from_the_network_s_folder_and_through_variables(name: str, tmp_path: Path) -> None:
    voxels = noise("int16", (4, 5, 6))
    path = write(tmp_path / "a.nrrd", voxels)
    engine, paths = Engine(LIBRARY, 0), Paths(tmp_path, {"MINE": str(tmp_path)})
    assert np.array_equal(engine.image(local(name), "LocalImage.outImage", paths=paths).voxels[0, 0], voxels)
    told = engine.values(local(name), "LocalImage", paths)
    assert told["trueName"] == str(path)
    assert str(told["status"]).startswith("File open (")


HUGE = (16384, 2048, 2048)
"""Slices, rows, columns: 128 GiB of 16-bit integers, most of which are holes in the file."""


def plain_header(suffix: str) -> bytes:
    depth, rows, columns = HUGE
    if suffix == ".mha":
        text = f"NDims = 3\nDimSize = {columns} {rows} {depth}\nElementType = MET_SHORT\nElementDataFile = LOCAL\n"
        return f"ObjectType = Image\n{text}".encode()
    header = bytearray(352)
    struct.pack_into("<i", header, 0, 348)
    struct.pack_into("<8h", header, 40, 3, columns, rows, depth, 1, 1, 1, 1)
    struct.pack_into("<2h", header, 70, 4, 16)
    struct.pack_into("<8f", header, 76, *(1.0,) * 8)
    struct.pack_into("<f", header, 108, 352.0)
    header[344:348] = b"n+1\0"
    return bytes(header)


@pytest.mark.skipif(os.name != "posix", reason="elsewhere a file is given all its space at once")
@pytest.mark.parametrize("suffix", [".mha", ".nii"])
def test_slices_of_an_image_larger_than_any_memory_are_read(suffix: str, tmp_path: Path) -> None:
    path, header, values = tmp_path / f"huge{suffix}", plain_header(suffix), noise("int16", (1, *HUGE[1:]))[0]
    with path.open("wb") as file:
        file.write(header)
        file.truncate(len(header) + 2 * math.prod(HUGE))
        file.seek(len(header) + 9000 * values.nbytes)
        file.write(values.tobytes())
    engine, network = Engine(LIBRARY, 2**26), local(str(path))
    whole = engine.info(network, "LocalImage.outImage").whole
    assert whole.stop == (1, 1, *HUGE)
    for z, expected in ((9000, values), (8999, np.zeros_like(values))):
        read = engine.image(network, "LocalImage.outImage", whole.along("z", z)).voxels
        assert np.array_equal(read[0, 0, 0], expected)
    read = engine.image(network, "LocalImage.outImage", whole.along("y", 7).along("z", 8998, 9002)).voxels
    assert np.array_equal(read[0, 0, :, 0], np.where(np.arange(8998, 9002)[:, None] == 9000, values[7], 0))


def test_an_absolute_name_is_taken_as_it_is(tmp_path: Path) -> None:
    path = write(tmp_path / "ü ñ.mha", noise("uint8", (4, 5, 6)))
    engine = Engine(LIBRARY, 0)
    assert engine.info(local(str(path)), "LocalImage.outImage").extent == (1, 1, 4, 5, 6)
    assert engine.values(local(str(path)), "LocalImage")["trueName"] == str(path)


def test_older_files_name_the_image_and_the_output_otherwise(tmp_path: Path) -> None:
    write(tmp_path / "a.nrrd", noise("uint8", (4, 5, 6)))
    network = Network({"LocalImage": NodeSpec("LocalImage", {"localname": "a.nrrd"})})
    image = Engine(LIBRARY, 0).image(network, "LocalImage.output", paths=Paths(tmp_path))
    assert image.info.extent == (1, 1, 4, 5, 6)


def test_without_a_name_the_user_is_told_which_field_to_set(tmp_path: Path) -> None:
    assert failure(local(""), tmp_path) == "LocalImage: no file is chosen; set its field 'name'"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert failure(local("gone.dcm"), tmp_path) == f"LocalImage: {tmp_path / 'gone.dcm'} does not exist"
    assert (
        failure(local("$(NETWORK)/no/gone.dcm"), tmp_path)
        == f"LocalImage: {tmp_path / 'no' / 'gone.dcm'} does not exist"
    )


def test_what_is_no_image_is_named(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear all", encoding="utf-8")
    (tmp_path / "empty.nii").touch()
    (tmp_path / "folder").mkdir()
    assert failure(local("letter.txt"), tmp_path).startswith("LocalImage: letter.txt is not an image I know")
    assert failure(local("empty.nii"), tmp_path) == "LocalImage: empty.nii is empty (0 bytes)"
    assert failure(local("folder"), tmp_path) == "LocalImage: folder is a folder without images"


def test_a_missing_file_that_appears_is_loaded_without_any_change_of_the_network(tmp_path: Path) -> None:
    engine, paths = Engine(LIBRARY, 2**20), Paths(tmp_path)
    with pytest.raises(NodeError):
        engine.image(local("a.nrrd"), "LocalImage.outImage", paths=paths)
    write(tmp_path / "a.nrrd", np.full((2, 3, 4), 7, np.uint8))
    assert engine.image(local("a.nrrd"), "LocalImage.outImage", paths=paths).voxels.max() == 7


def test_a_file_that_changes_is_read_again_and_one_that_stays_is_not(tmp_path: Path) -> None:
    seen: list[Computed] = []
    engine, paths = Engine(LIBRARY, 2**20, seen.append), Paths(tmp_path)
    path = write(tmp_path / "a.mha", np.full((2, 3, 4), 7, np.uint8))
    keys = set()
    for value, reads in ((7, 1), (7, 1), (9, 2)):
        if value == 9:
            write(path, np.full((2, 3, 4), 9, np.uint8))
            os.utime(path, ns=(0, path.stat().st_mtime_ns + 10**9))
        assert set(engine.image(local("a.mha"), "LocalImage.outImage", paths=paths).voxels.ravel()) == {value}
        assert len(seen) == reads
        keys.add(engine.bound(local("a.mha"), ["LocalImage"], paths)["LocalImage"].key)
    assert len(keys) == 2


def test_what_is_odd_about_a_file_is_a_warning(tmp_path: Path) -> None:
    write(tmp_path / "honest.mha", noise("uint8", (4, 5, 6)))
    (tmp_path / "honest.mha").rename(tmp_path / "dishonest.nrrd")
    write(tmp_path / "honest.mha", noise("uint8", (4, 5, 6)))
    engine, paths = Engine(LIBRARY, 0), Paths(tmp_path)
    warnings = {
        name: engine.bound(local(name), ["LocalImage"], paths)["LocalImage"].described.warnings
        for name in ("honest.mha", "dishonest.nrrd")
    }
    assert warnings["honest.mha"] == ()
    assert len(warnings["dishonest.nrrd"]) == 1
    assert "named .nrrd but holds MetaImage" in warnings["dishonest.nrrd"][0]


def test_one_of_several_series_in_a_folder_is_chosen_by_its_field(tmp_path: Path) -> None:
    folder = tmp_path / "study"
    folder.mkdir()
    for number, value in ((1, 10), (2, 20)):
        image = image_of(np.full((3, 4, 5), value, np.uint16), spacing=(1.0, 1.0, 2.0))
        single = tmp_path / f"series{number}"
        saved(image, single)
        for file in single.iterdir():
            file.rename(folder / f"{number}-{file.name}")
    import pydicom

    uids = {pydicom.dcmread(file).SeriesInstanceUID for file in folder.iterdir()}
    assert len(uids) == 2
    found = set()
    for uid in uids:
        network = local("study", series=str(uid))
        found.add(Engine(LIBRARY, 0).image(network, "LocalImage.outImage", paths=Paths(tmp_path)).voxels.max().item())
    assert found == {10, 20}


def saved(image: Image, path: Path | str, folder: Path | None = None, **fields: Any) -> None:
    network = wired("ImageSave", {"filename": str(path), **fields}, input0=image)
    Engine(LIBRARY, 2**24).perform(network, "Node", Paths(folder) if folder else None)


@pytest.mark.parametrize("suffix", [".nii.gz", ".nii", ".nrrd", ".mha", ".mhd"])
@pytest.mark.parametrize("dtype", ["uint8", "int16", "uint16", "float32", "float64"])
def test_voxels_and_geometry_are_kept_as_simpleitk_reads_them(dtype: str, suffix: str, tmp_path: Path) -> None:
    image = image_of(noise(dtype), **OBLIQUE)
    saved(image, tmp_path / f"a{suffix}")
    read = sitk.ReadImage(str(tmp_path / f"a{suffix}"))
    assert np.array_equal(sitk.GetArrayFromImage(read), image.voxels[0, 0])
    assert sitk.GetArrayFromImage(read).dtype == dtype
    assert read.GetSpacing() == pytest.approx(image.info.spacing, rel=1e-6)
    assert read.GetOrigin() == pytest.approx(image.info.origin, rel=1e-6)
    assert read.GetDirection() == pytest.approx(image.info.direction, abs=1e-6)


def test_a_nifti_file_lies_where_nibabel_says_in_its_own_axes(tmp_path: Path) -> None:
    image = image_of(noise("int16"), **OBLIQUE)
    saved(image, tmp_path / "a.nii.gz")
    read: Any = nibabel.load(tmp_path / "a.nii.gz")
    to_ras = np.diag([-1, -1, 1, 1])
    assert np.allclose(read.affine, to_ras @ image.info.index_to_world, atol=1e-5)
    assert np.array_equal(np.asarray(read.dataobj).T, image.voxels[0, 0])


def test_time_points_and_colour_are_kept(tmp_path: Path) -> None:
    series = image_of(noise("int16", (3, 1, 4, 5, 6)), time_step=2.5, **OBLIQUE)
    saved(series, tmp_path / "t.nii.gz")
    read = sitk.ReadImage(str(tmp_path / "t.nii.gz"))
    assert np.array_equal(sitk.GetArrayFromImage(read), series.voxels[:, 0])
    assert read.GetSpacing()[3] == 2.5
    colour = image_of(noise("uint8", (1, 3, 4, 5, 6)), channels=("Red", "Green", "Blue"), **OBLIQUE)
    saved(colour, tmp_path / "c.mha")
    picture = sitk.GetArrayFromImage(sitk.ReadImage(str(tmp_path / "c.mha")))
    assert np.array_equal(np.moveaxis(picture, -1, 0), colour.voxels[0])


@pytest.mark.parametrize("name", ["a.nii.gz", "a.nrrd", "a.mha"])
def test_what_was_saved_is_loaded_again_as_the_same_image(name: str, tmp_path: Path) -> None:
    image = image_of(noise("uint16"), **OBLIQUE)
    saved(image, name, tmp_path)
    again = Engine(LIBRARY, 0).image(local(name), "LocalImage.outImage", paths=Paths(tmp_path))
    assert np.array_equal(again.voxels, image.voxels)
    assert again.info.grid_difference(image.info) == ""
    assert (again.info.dtype, again.info.range) == (image.info.dtype, image.info.range)


def test_a_relative_name_and_a_variable_start_at_the_network_s_folder(tmp_path: Path) -> None:
    image = image_of(noise("uint8"))
    saved(image, "a.mha", tmp_path)
    saved(image, "$(NETWORK)/b.mha", tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.mha", "b.mha"]


def test_a_dicom_series_is_written_into_a_folder(tmp_path: Path) -> None:
    image = image_of(noise("uint16"), **OBLIQUE)
    saved(image, tmp_path / "series")
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(tmp_path / "series")))
    read = reader.Execute()
    assert np.array_equal(sitk.GetArrayFromImage(read), image.voxels[0, 0])
    assert read.GetSpacing() == pytest.approx(image.info.spacing, rel=1e-5)
    assert read.GetOrigin() == pytest.approx(image.info.origin, rel=1e-5)


def problem(image: Image, path: Path | str, **fields: Any) -> str:
    with pytest.raises(NodeError) as caught:
        saved(image, path, **fields)
    assert not caught.value.unexpected
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_without_a_file_name_nothing_is_written() -> None:
    assert problem(image_of(noise("uint8")), "") == "Node: no file is chosen; set its field 'filename'"


def test_a_file_that_is_there_is_replaced_only_where_that_is_allowed(tmp_path: Path) -> None:
    path = tmp_path / "a.nrrd"
    first, second = image_of(np.full((2, 3, 4), 1, np.uint8)), image_of(np.full((2, 3, 4), 2, np.uint8))
    saved(first, path, allowOverwrite=False)
    before = path.read_bytes()
    text = problem(second, path, allowOverwrite=False)
    assert text == "Node: a.nrrd is there already, and allowOverwrite is off"
    assert path.read_bytes() == before
    saved(second, path)
    assert set(sitk.GetArrayFromImage(sitk.ReadImage(str(path))).ravel()) == {2}
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("dtype", "name"),
    [("float64", "a.png"), ("int16", "a.png"), ("uint8", "a.jpg"), ("int64", "a.tif"), ("uint8", "a.docx")],
)
def test_a_type_that_the_format_cannot_hold_is_refused_and_nothing_is_left(
    dtype: str, name: str, tmp_path: Path
) -> None:
    image = image_of(noise(dtype, (1, 1, 1, 5, 6)))
    assert problem(image, tmp_path / name).startswith(f"Node: {name}")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / name).write_bytes(b"old")
    problem(image, tmp_path / name)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {name: b"old"}


def test_slices_and_time_points_that_a_format_cannot_hold_are_refused(tmp_path: Path) -> None:
    assert "PNG cannot hold 4 slices" in problem(image_of(noise("uint8")), tmp_path / "a.png")
    series = image_of(noise("uint8", (3, 1, 4, 5, 6)))
    assert "TIFF cannot hold 3 time points" in problem(series, tmp_path / "a.tif")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_missing_is_made(tmp_path: Path) -> None:
    saved(image_of(noise("uint8")), "new/deep/a.mha", tmp_path)
    read = sitk.ReadImage(str(tmp_path / "new" / "deep" / "a.mha"))
    assert np.array_equal(sitk.GetArrayFromImage(read), noise("uint8")[0, 0])


def test_a_place_that_is_taken_is_refused_in_words(tmp_path: Path) -> None:
    image = image_of(noise("uint8"))
    (tmp_path / "file").write_bytes(b"old")
    text = problem(image, tmp_path / "file" / "a.mha")
    assert text.startswith(f"Node: the folder {tmp_path / 'file'} cannot be made: ")
    assert (tmp_path / "file").read_bytes() == b"old"
    (tmp_path / "a.mha").mkdir()
    (tmp_path / "a.mha" / "diary.txt").write_text("dear", encoding="utf-8")
    assert "a.mha" in problem(image, tmp_path / "a.mha")
    assert (tmp_path / "a.mha" / "diary.txt").read_text(encoding="utf-8") == "dear"


def test_a_failure_upstream_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "out.nrrd"
    saved(image_of(noise("uint8")), path)
    before = path.read_bytes()
    mask = replace(image_of(noise("uint8")).info, origin=(99.0, 0.0, 0.0))
    nodes = dict(
        wired("Mask", input0=image_of(noise("uint8")), input1=Image.of(mask, noise("uint8"))).nodes,
        Save=NodeSpec("ImageSave", {"filename": str(path)}),
    )
    links = {"Node.input0": "input0.output0", "Node.input1": "input1.output0", "Save.input0": "Node.output0"}
    with pytest.raises(NodeError, match="do not match"):
        Engine(LIBRARY, 0).perform(Network(nodes, links), "Save")
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
