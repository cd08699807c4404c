"""The laws that every installed node type keeps, whoever wrote it.

A new node type is tested as soon as it is installed; `EXAMPLES` has to say how it may be set and fed.
"""

from __future__ import annotations

import hashlib
import json
import pickle
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st

from nodeeditor import Image, Node, Region, type_range
from nodeeditor.engine import Engine
from nodeeditor.engine.asking import needed, parts
from nodeeditor.errors import WiringError
from nodeeditor.fields import (
    BoolType,
    DoubleType,
    EnumType,
    FieldType,
    IntegerType,
    StringType,
    TriggerType,
    VectorType,
)
from nodeeditor.library import Library
from nodeeditor.network import Network
from nodeeditor.node import FieldSpec
from nodeeditor.paths import Paths
from nodeeditor.viewing.layout import Layout

from .sources import EXTENT, LIBRARY, OBLIQUE, TYPES, decoded, image_of, noise, wired

INSTALLED = Library.installed()
LARGE = 2**26


@dataclass(frozen=True)
class Example:
    """One way to use a node type: its fields, and by input the name of an image in `IMAGES`."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return " ".join([*map(str, self.fields.values()), *self.inputs.values()]) or "plain"


def images() -> Iterator[tuple[str, Image]]:
    for i, dtype in enumerate(TYPES):
        yield dtype, image_of(noise(dtype, seed=i), **OBLIQUE)
    for dtype in ("float32", "float64"):
        low, high = type_range(np.dtype(dtype))
        odd = noise(dtype, seed=20)
        odd.flat[:5] = (np.nan, np.inf, -np.inf, -0.0, np.finfo(dtype).smallest_subnormal)
        yield f"{dtype} NaN", image_of(odd, **OBLIQUE)
        extreme = noise(dtype, seed=21)
        extreme.flat[:4] = (low, high, high / 2, 0)
        yield f"{dtype} extreme", image_of(extreme, **OBLIQUE)
    tags = (("WindowCenter", "40\\400"), ("WindowWidth", "350"), ("PhotometricInterpretation", "MONOCHROME1"))
    yield "tagged", image_of(noise("int16", seed=22) // 64, tags=tags, modality="CT", **OBLIQUE)
    yield "loose", image_of(noise("uint16", seed=22) % 1283, range=(0, 20000), **OBLIQUE)
    yield "constant", image_of(np.full(EXTENT, 7, np.int32), **OBLIQUE)
    rgb = ("Red", "Green", "Blue")
    yield "colour", image_of(noise("uint8", (1, 3, 4, 5, 6), 23), channels=rgb, **OBLIQUE)
    yield "colour 4-D", image_of(noise("uint16", (3, 4, 4, 5, 6), 24), channels=(*rgb, "Alpha"), **OBLIQUE)
    yield "4-D", image_of(noise("int16", (3, 1, 4, 5, 6), 25), time_step=2.5, **OBLIQUE)
    yield "mask", image_of(noise("uint8", seed=26) % 2, **OBLIQUE)
    yield "mask 4-D", image_of(noise("uint8", (3, 1, 4, 5, 6), 27) % 2, **OBLIQUE)
    weird = np.where(noise("uint8", seed=28) < 128, 0, noise("float32", seed=29))
    weird.flat[:4] = (np.nan, np.inf, -np.inf, -0.5)
    yield "mask NaN", image_of(weird.astype(np.float32), **OBLIQUE)
    yield "small mask", image_of(noise("int8", (1, 1, 3, 4, 6), 30), **OBLIQUE)
    yield "one slice", image_of(noise("int16", (1, 1, 1, 5, 6), 34), **OBLIQUE)
    rgba = (*rgb, "Alpha")
    elsewhere = {"spacing": (0.7, 0.9, 1.1), "origin": (-10.5, 19.0, 8.0)}
    yield "overlay", image_of(noise("uint8", (1, 4, 4, 5, 6), 31), channels=rgba, **OBLIQUE)
    yield "overlay elsewhere", image_of(noise("uint8", (1, 4, 6, 5, 7), 32), channels=rgba, **elsewhere)
    yield "overlay far away", image_of(noise("uint8", (1, 4, 2, 2, 2), 33), channels=rgba, origin=(900.0, 0.0, 0.0))


IMAGES = dict(images())
SCALAR = [
    *TYPES,
    "float32 NaN",
    "float32 extreme",
    "float64 NaN",
    "float64 extreme",
    "tagged",
    "loose",
    "constant",
    "4-D",
]
ALL = [*SCALAR, "colour", "colour 4-D"]


def arithmetic1_examples() -> Iterator[Example]:
    functions = ("Absolute", "Invert", "Power", "Add", "Multiply", "Subtract", "Divide")
    constants = (0.5, -3, 2, 70000, -0.5, 1e300, 2.0**63)
    for i, image in enumerate(ALL):
        for j in range(i % 2, len(functions), 2):
            constant = constants[(i + j) % len(constants)]
            yield Example({"function": functions[j], "constant": constant}, {"input0": image})
        if "float" not in image:
            yield Example({"function": ("Or", "And", "Xor")[i % 3], "constant": i * 100 - 500}, {"input0": image})
    for image, constant in (("int64", 3), ("uint8", 64), ("float32", 0.3), ("float64 NaN", -2), ("constant", 65)):
        yield Example({"function": "Power", "constant": constant}, {"input0": image})


def arithmetic2_examples() -> Iterator[Example]:
    functions = ("Add", "Subtract", "AbsMax", "Max", "Multiply", "Divide", "AbsMin", "Min", "Equal", "NotEqual")
    for i, image in enumerate(ALL):
        for j in range(i % 2, len(functions), 2):
            other = ALL[(i + 3 * j) % len(SCALAR)]
            yield Example({"function": functions[j]}, {"input0": image, "input1": other})
        if "float" not in image:
            function = ("Or", "And", "Xor")[i % 3]
            yield Example({"function": function}, {"input0": image, "input1": "uint8"})
    for one, other in (("mask", "4-D"), ("4-D", "mask 4-D"), ("uint8", "colour"), ("colour 4-D", "mask 4-D")):
        yield Example({"function": "AbsMax"}, {"input0": one, "input1": other})
    adapt = {"outputImageSize": "AdaptOutputImageSize"}
    yield Example(adapt, {"input0": "small mask", "input1": "colour"})
    yield Example({"autoReplicate": True, "function": "Max"}, {"input0": "one slice", "input1": "4-D"})
    yield Example({**adapt, "autoReplicate": True}, {"input0": "small mask", "input1": "one slice"})


def convolution_examples() -> Iterator[Example]:
    in_space = "(0,0,0,0,0,0): 1\n(2,1,0,0,0,0): -0.5\n(0,0,1,0,0,0): 0.25"
    inner = {"predefKernel": "External Kernel", "externalKernel": in_space, "borderHandling": "NoPad"}
    external = {"predefKernel": "External Kernel", "externalKernel": f"{in_space}\n(0,0,0,0,1,0): 0.75"}
    between = {"useIntervalOfFilteredVoxels": True, "intervalMinOfFilteredVoxels": -50}
    settings: list[dict[str, Any]] = [
        {},
        {"predefKernel": "Sobel Y Kernel", **between},
        {"predefKernel": "Laplace Kernel", "borderHandling": "PadSrcFill", "fillValue": -1000},
        inner,
        external,
    ]
    for i, image in enumerate(ALL):
        for fields in (settings[i % 5], settings[(i + 2) % 5]):
            yield Example(fields, {"input0": image})
    for image in ("uint8", "int64", "float32 NaN", "colour 4-D"):
        for mode in ("PadDstFill", "PadDstFillWithOrig"):
            fields = {"predefKernel": "5x5 Gauss Kernel", "borderHandling": mode, "fillValue": 0.5}
            yield Example(fields, {"input0": image})
            yield Example({**fields, **external, **between}, {"input0": image})


def interval_threshold_examples() -> Iterator[Example]:
    settings: list[dict[str, Any]] = [
        {},
        {"threshMin": -500, "threshMax": 500.5, "innerType": "ImgOrig", "upperUserValue": -1},
        {"centerWidthSet": True, "lowerType": "ImgMaxMinusImgOrig", "innerType": "ImgMin", "upperType": "ImgOrig"},
        {"threshMin": 3, "innerType": "ImgMaxMinusImgOrig", "lowerUserValue": 0.5, "upperType": "ImgMax"},
    ]
    for i, image in enumerate(ALL):
        for fields in (settings[i % 4], settings[(i + 1) % 4]):
            yield Example(fields, {"input0": image})
    for image in ("uint8", "float32"):
        yield Example({**settings[3], "changeMinMax": True}, {"input0": image})


def morphology_examples() -> Iterator[Example]:
    counting = {"useIntervalOfVoxelsForFiltering": True, "intervalMinOfVoxelsForFiltering": -50.1}
    between = {"useIntervalOfFilteredVoxels": True, "intervalMaxOfFilteredVoxels": 50.3}
    external = {"useExternalKernel": True, "externalKernel": "(*,0,0,0,0,0): 1, 0, 1\n(1,2,0,0,1,0): 1"}
    settings: list[dict[str, Any]] = [
        {"kernelX": 5, "kernelY": 2},
        {"filterMode": "Erosion", "kernelZ": 3, "makeSpherical": True, **counting},
        {"borderHandling": "NoPad", "kernelX": 2, "kernelZ": 4, **counting, **between},
        {"borderHandling": "PadSrcFill", "fillValue": -1000.5, **external, **counting},
    ]
    for i, image in enumerate(ALL):
        yield Example(settings[i % 4], {"input0": image})
    for image in ("uint64", "float32 NaN", "colour 4-D"):
        for mode in ("PadDstFill", "PadDstFillWithOrig"):
            fields = {"filterMode": "Erosion", "kernelC": 2, "kernelT": 3, "borderHandling": mode, "fillValue": -7}
            yield Example({**fields, **between}, {"input0": image})


def projection_examples() -> Iterator[Example]:
    modes = ("max", "min", "add", "mean", "maxPos", "minPos", "stdDev", "var")
    for i, image in enumerate(ALL):
        for mode in modes[i % 2 :: 2]:
            yield Example({"mode": mode, "dimension": "zyx"[i % 3]}, {"input0": image})
    for mode in modes:
        yield Example({"mode": mode, "dimension": "c"}, {"input0": "colour 4-D"})
        yield Example({"mode": mode, "dimension": "t"}, {"input0": "4-D"})
    yield Example({"mode": "maxPos", "dimension": "u"}, {"input0": "tagged"})


def subimage_examples() -> Iterator[Example]:
    settings: list[dict[str, Any]] = [
        {"x": 1, "sx": 3, "y": 2, "sy": 2, "z": 1, "sz": 2},
        {"x": -1, "sx": 9, "z": 2, "sz": 4, "fillValue": -1000},
        {"mode": "VoxelCenterWidth", "sx": 3, "y": 0, "sy": 4, "fillValue": 0.5},
        {"mode": "VoxelStartEnd", "x": 4, "sx": 1, "t": 1, "st": 3, "correctForNegativeSubImageExtents": True},
    ]
    for i, image in enumerate(ALL):
        yield Example(settings[i % 4], {"input0": image})
    yield Example({}, {"input0": "colour 4-D"})
    yield Example({"c": -1, "sc": 3, "fillValue": 1e300}, {"input0": "colour"})
    yield Example({"y": 50, "sy": 2, "fillValue": 7}, {"input0": "float32 NaN"})
    corners = {"x": -9.5, "sx": -8.5, "y": 20, "sy": 23, "z": 6, "sz": 20, "correctForNegativeSubImageExtents": True}
    for mode in ("WorldStartEnd", "WorldStartEndImageAxisAligned"):
        yield Example({**corners, "mode": mode}, {"input0": "int16"})
        yield Example({**corners, "mode": mode, "enableBoxClamping": True}, {"input0": "4-D"})


def resample_examples() -> Iterator[Example]:
    settings: list[dict[str, Any]] = [
        {},
        {"keep": "Image size", "imageSize": [9, 5, 7.5], "filter": "Triangle/Linear"},
        {"keep": "Scale factor", "zoom": [0.6, 1, 2], "filter": "Cubic", "subVoxelShift": [0, 0, 0.25]},
        {"keep": "Image size", "imageSize": [3, 8, 2], "filter": "Nearest"},
    ]
    for i, image in enumerate(ALL):
        yield Example(settings[i % 4], {"input0": image})
    for image in ("float32 NaN", "float64 NaN", "float64 extreme", "int64"):
        yield Example({"keep": "Image size", "imageSize": [12, 10, 1]}, {"input0": image})
    yield Example({"keep": "Image size"}, {"input0": "uint64"})
    yield Example({"useReferenceImage": True}, {"input0": "colour 4-D", "input1": "small mask"})


def threshold_examples() -> Iterator[Example]:
    settings: list[dict[str, Any]] = [
        {},
        {
            "threshold": 0.3,
            "relativeThreshold": True,
            "conditionTrueWriteValue": "ImgOrig",
            "userConditionFalseValue": -1,
        },
        {"comparisonOperator": "NotEqual", "conditionTrueWriteValue": "ImgMax", "conditionFalseWriteValue": "ImgMin"},
        {"comparisonOperator": "Less", "conditionTrueWriteValue": "ImgOrig", "userConditionFalseValue": 0.5},
    ]
    for image in ALL:
        for fields in settings:
            yield Example(fields, {"input0": image})
    both = {"conditionTrueWriteValue": "ImgOrig", "conditionFalseWriteValue": "ImgOrig"}
    yield Example(both, {"input0": "loose"})


def mask_examples() -> Iterator[Example]:
    masks = {"4-D": "mask 4-D"}
    for i, image in enumerate(ALL):
        mask = masks.get(image, "mask NaN" if i % 2 else "mask")
        backgrounds: list[dict[str, Any]] = [
            {},
            {"background": -1000},
            {"background": 0.5, "mode": "MaskedOriginalInv"},
        ]
        modes = ["Original", "Mask", "InvMask", "MaskedOriginalOnWhite"]
        if IMAGES[image].info.scalar:
            modes += ["MaskOverOriginal", "MaskInOriginal", "InvMaskInOriginal"]
        for fields in [*backgrounds, *({"mode": mode, "blending": 0.3} for mode in modes)]:
            yield Example(fields, {"input0": image, "input1": mask})
    yield Example({"mode": "Mask"}, {"input0": "4-D", "input1": "mask"})
    for mode in ("MaskedOriginal", "MaskInOriginal"):
        small = {"outputImageSize": "AdaptOutputImageSize", "mode": mode}
        yield Example(small, {"input0": "uint64", "input1": "small mask"})
        yield Example({"mode": mode, "blending": 1}, {"input0": "int64", "input1": "float64 extreme"})


def view_examples() -> Iterator[Example]:
    size = {"pictureWidth": 17, "pictureHeight": 20}
    modes = ("FILTER_NEAREST", "FILTER_LINEAR", "FILTER_LINEAR_POSTCLASS", "FILTER_CUBIC_POSTCLASS")
    yield Example(size)
    for image in ALL:
        for mode in modes:
            yield Example({**size, "filterMode": mode}, {"inImage": image})
    yield Example({**size, "numSlices": 3, "numXSlices": 2, "startSlice": 1}, {"inImage": "uint8"})
    yield Example({**size, "timePoint": 2, "startSlice": 9, "sliceZoom": 2.5, "lutWidth": 0}, {"inImage": "4-D"})
    for blend in ("BLEND_REPLACE", "BLEND_MAXIMUM", "BLEND_MINIMUM", "BLEND_BLEND"):
        for image in ("int16", "float32 NaN", "float64 extreme", "colour"):
            yield Example({**size, "startSlice": 1, "slab": 2, "blendMode": blend}, {"inImage": image})
    overlays = {"inInvPreLUT": "overlay", "inInvPostLUT": "overlay elsewhere", "inInvPostViewer": "overlay far away"}
    yield Example({**size, "numSlices": 2, "startSlice": 0, "sliceStep": 3}, {"inImage": "int16", **overlays})
    yield Example({"pictureWidth": 230, "pictureHeight": 150}, {"inImage": "tagged", "inInvPostLUT": "overlay"})


def ortho_examples() -> Iterator[Example]:
    size = {"pictureWidth": 27, "pictureHeight": 30}
    yield Example(size)
    for image in ALL:
        yield Example(size, {"image": image})
    for layout in Layout:
        yield Example({**size, "layout": layout.name, "worldPosition": [-9, 21, 10]}, {"image": "uint16"})
    overlays = {"inInvPreLUT": "overlay", "inInvPostLUT": "overlay elsewhere", "inInvPostViewer": "overlay far away"}
    yield Example({**size, "zoomCoronal": 2, "originAxial": [1, 1]}, {"image": "int16", **overlays})
    yield Example({"pictureWidth": 230, "pictureHeight": 150, "timePoint": 1}, {"image": "4-D"})


def overlay_examples() -> Iterator[Example]:
    settings: list[dict[str, Any]] = [
        {},
        {"colorMode": "Labels", "alphaFactor": 1},
        {"outlineOnly": True, "baseColor": [0.2, 1, 0]},
        {"outlineOnly": True, "colorMode": "Labels"},
    ]
    for image in [*SCALAR, "mask", "mask 4-D", "mask NaN"]:
        for fields in settings:
            yield Example(fields, {"image": image})


def synchro_examples() -> Iterator[Example]:
    size = {"pictureWidth": 43, "pictureHeight": 20}
    yield Example(size)
    for image in ALL:
        yield Example(size, {"inImage1": image})
        yield Example({**size, "slice1": 0}, {"inImage1": image, "inImage2": "4-D"})
        yield Example({**size, "synchSlicing": False, "synchLUTs": True}, {"inImage1": "tagged", "inImage2": image})
    yield Example(
        {**size, "timepoint1": 1, "synchTiming": False, "timepoint2": 2}, {"inImage1": "4-D", "inImage2": "4-D"}
    )
    yield Example({**size, "filterMode": "FILTER_CUBIC_POSTCLASS", "background": [1, 0.5, 0]}, {"inImage2": "int32"})


EXAMPLES: dict[str, list[Example]] = {
    "Arithmetic1": list(arithmetic1_examples()),
    "Arithmetic2": list(arithmetic2_examples()),
    "ComposeVector3": [Example(), Example({"x": -0.5, "y": 1e300, "z": 3})],
    "Convolution": list(convolution_examples()),
    "DecomposeVector3": [Example(), Example({"v": [-0.5, 1e300, 3]})],
    "ImageSave": [
        *(Example({"filename": "$(OUT)/saved.nrrd"}, {"input0": image}) for image in ALL),
        Example({"filename": "$(OUT)/saved.nii.gz", "allowOverwrite": True}, {"input0": "tagged"}),
        Example({"filename": "$(OUT)/saved.mha"}, {"input0": "colour"}),
    ],
    "IntervalThreshold": list(interval_threshold_examples()),
    "Info": [Example(), *(Example({}, {"input0": image}) for image in ALL)],
    "LocalImage": [Example({"name": f"$(DATA)/{name}"}) for name in ("a.nii.gz", "b.nrrd", "c.mha", "d.mha", "e.png")],
    "Mask": list(mask_examples()),
    "Morphology": list(morphology_examples()),
    "OrthoProjection": list(projection_examples()),
    "OrthoView2D": list(ortho_examples()),
    "Resample3D": list(resample_examples()),
    "SoView2DOverlay": list(overlay_examples()),
    "SubImage": list(subimage_examples()),
    "SynchroView2D": list(synchro_examples()),
    "Threshold": list(threshold_examples()),
    "View2D": list(view_examples()),
}
CASES = [
    pytest.param(kind, example, id=f"{kind} {example.title}")
    for kind in INSTALLED
    for example in EXAMPLES.get(kind, ())
]
VISIBLE = [case for case in CASES if INSTALLED[str(case.values[0])].declaration.outputs]


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    """Small image files under $(DATA), an empty folder under $(OUT)."""
    data, out = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("out")
    four = sitk.JoinSeries([sitk.GetImageFromArray(noise("int16", (4, 5, 6), seed)) for seed in range(3)])
    sitk.WriteImage(four, str(data / "a.nii.gz"))
    sitk.WriteImage(sitk.GetImageFromArray(noise("float64", (4, 5, 6))), str(data / "b.nrrd"))
    sitk.WriteImage(sitk.GetImageFromArray(noise("uint8", (4, 5, 6, 3)), isVector=True), str(data / "c.mha"))
    sitk.WriteImage(sitk.GetImageFromArray(noise("uint32", (4, 5, 6))), str(data / "d.mha"), useCompression=True)
    sitk.WriteImage(sitk.GetImageFromArray(noise("uint16", (5, 6))), str(data / "e.png"))
    return Paths(data, {"DATA": str(data), "OUT": str(out)})


def network_of(kind: str, example: Example) -> Network:
    return wired(kind, example.fields, **{name: IMAGES[image] for name, image in example.inputs.items()})


def outputs(kind: str) -> list[str]:
    return [f"Node.{output}" for output in INSTALLED[kind].declaration.outputs]


def regions(whole: Region) -> st.SearchStrategy[Region]:
    """Any region that is not empty."""
    bounds = st.tuples(*(st.tuples(st.integers(0, stop - 1), st.integers(1, stop)) for stop in whole.stop))

    def box(pairs: tuple[tuple[int, int], ...]) -> Region:
        region = whole
        for axis, (a, b) in zip("tczyx", pairs, strict=True):
            region = region.along(axis, min(a, b - 1), max(a + 1, b))
        return region

    return bounds.map(box)


def same(a: Image, b: Image) -> bool:
    """Equal bit for bit, NaN and negative zero included."""
    return a.voxels.dtype == b.voxels.dtype and a.voxels.shape == b.voxels.shape and content(a) == content(b)


def content(image: Image) -> bytes:
    return image.voxels.tobytes()


def worked(engine: Engine, network: Network, kind: str, paths: Paths) -> list[Any]:
    """All that a node does, in comparable form: its pictures, its values, its warnings, the file it writes."""
    done: list[Any] = [content(engine.image(network, output, paths=paths)) for output in outputs(kind)]
    done.append(repr(engine.values(network, "Node", paths)))
    done.append(engine.bound(network, ["Node"], paths)["Node"].described.warnings)
    if INSTALLED[kind].effect:
        engine.perform(network, "Node", paths)
        folder = Path(paths.variables["OUT"])
        done += [(file.name, file.read_bytes()) for file in sorted(folder.iterdir())]
        for file in folder.iterdir():
            file.unlink()
    return done


@pytest.mark.parametrize("kind", INSTALLED)
def test_every_installed_type_has_an_example(kind: str) -> None:
    assert EXAMPLES.get(kind), f"{kind} is installed but has no example: add one to EXAMPLES in {__file__}"


@pytest.mark.parametrize("kind", INSTALLED)
def test_the_examples_feed_every_input(kind: str) -> None:
    fed = {name for example in EXAMPLES.get(kind, ()) for name in example.inputs}
    assert fed == set(INSTALLED[kind].declaration.inputs), f"an input of {kind} is in none of its examples"


def test_the_installed_packages_have_no_problem() -> None:
    assert INSTALLED.problems == ()
    assert set(EXAMPLES) <= set(INSTALLED), "EXAMPLES holds a type that is not installed any more"


@pytest.mark.parametrize(("kind", "example"), VISIBLE)
def test_pages_put_together_equal_the_whole(kind: str, example: Example, paths: Paths) -> None:
    network = network_of(kind, example)
    engines = [Engine(LIBRARY, 0), Engine(LIBRARY, LARGE)]
    wholes = {output: engines[0].image(network, output, paths=paths) for output in outputs(kind)}

    @settings(max_examples=8, deadline=None, database=None)
    @given(drawn=st.data(), voxels=st.integers(1, 400))
    def parts_agree(drawn: st.DataObject, voxels: int) -> None:
        for output, whole in wholes.items():
            region = drawn.draw(regions(whole.info.whole))
            for engine in engines:
                assert same(engine.image(network, output, region, paths), whole.at(region))
                together = np.empty_like(whole.voxels)
                for part in whole.info.whole.pages(voxels):
                    together[part.slices] = engine.image(network, output, part, paths).voxels
                assert together.tobytes() == whole.voxels.tobytes()

    parts_agree()


@pytest.mark.parametrize(("kind", "example"), CASES)
def test_twice_and_in_two_engines_the_result_is_the_same(kind: str, example: Example, paths: Paths) -> None:
    network = network_of(kind, example)
    engine = Engine(LIBRARY, LARGE)
    first = worked(engine, network, kind, paths)
    assert worked(engine, network, kind, paths) == first
    assert worked(Engine(LIBRARY, 0), network, kind, paths) == first


@pytest.mark.parametrize(("kind", "example"), CASES)
def test_inputs_are_never_written_to(kind: str, example: Example, paths: Paths) -> None:
    network = network_of(kind, example)
    sources = [decoded(str(network.nodes[name].fields["content"])) for name in example.inputs]
    before = [hashlib.sha256(content(image)).digest() for image in sources]
    worked(Engine(LIBRARY, LARGE), network, kind, paths)
    assert [hashlib.sha256(content(image)).digest() for image in sources] == before
    assert before == [hashlib.sha256(content(IMAGES[name])).digest() for name in example.inputs.values()]


@pytest.mark.parametrize(("kind", "example"), VISIBLE)
def test_describe_tells_the_truth_about_compute(kind: str, example: Example, paths: Paths) -> None:
    network = network_of(kind, example)
    for output in outputs(kind):
        engine = Engine(LIBRARY, 0)
        info = engine.info(network, output, paths)
        made = engine.image(network, output, paths=paths)
        assert (made.voxels.shape, made.voxels.dtype) == (info.extent, info.dtype)
        assert (type(info.range[0]), type(info.range[1])) == ((float,) * 2 if info.dtype.kind == "f" else (int,) * 2)
        finite = made.voxels[np.isfinite(made.voxels)].tolist()
        assert min(finite) >= info.range[0]
        assert max(finite) <= info.range[1]
        limits = type_range(info.dtype)
        assert limits[0] <= info.range[0] <= info.range[1] <= limits[1]


@pytest.mark.parametrize(("kind", "example"), [case for case in VISIBLE if case.values[1].inputs])  # type: ignore[union-attr]
def test_nothing_outside_needs_is_read(kind: str, example: Example, paths: Paths) -> None:
    network = network_of(kind, example)
    engine = Engine(LIBRARY, 0)
    node = engine.bound(network, ["Node"], paths)["Node"]
    for output, info in node.described.infos.items():
        *_, rows, columns = info.extent
        part = info.whole.along("x", columns // 4, (columns + 1) // 2).along("y", rows // 2)
        regions = [info.whole, *info.whole.pages(1), part]
        for region in regions:
            needs = needed(node.node, {**node.available, "region": region, "output": output}, node.infos)
            others = {}
            for connector, image in example.inputs.items():
                name = node.node.declaration.inputs[connector].name
                original = IMAGES[image]
                changed = original.voxels[::-1, ::-1, ::-1, ::-1, ::-1].copy()
                for part in parts(needs[name]) if name in needs else ():
                    assert part in original.info.whole
                    changed[part.slices] = original.voxels[part.slices]
                others[connector] = Image.of(original.info, changed)
            expected = engine.image(network, f"Node.{output}", region, paths)
            assert same(engine.image(wired(kind, example.fields, **others), f"Node.{output}", region, paths), expected)


@pytest.mark.parametrize(("kind", "example"), CASES)
def test_a_configured_node_survives_json(kind: str, example: Example, paths: Paths) -> None:
    node = Engine(LIBRARY, 0).bound(network_of(kind, example), ["Node"], paths)["Node"].node
    assert through_json(node) == node


@pytest.mark.parametrize("kind", INSTALLED)
def test_any_fields_survive_json_text_and_pickle(kind: str) -> None:
    node_type = INSTALLED[kind]
    fields = {spec.name: values(spec) for spec in node_type.declaration.fields.values() if spec.persistent}

    @settings(max_examples=60, deadline=None, database=None)
    @given(st.fixed_dictionaries(fields))
    def they_survive(chosen: dict[str, Any]) -> None:
        node = node_type(**chosen)
        assert {name: getattr(node, name) for name in chosen} == chosen
        assert through_json(node) == node
        assert pickle.loads(pickle.dumps(node)) == node
        assert hash(pickle.loads(pickle.dumps(node))) == hash(node)
        for spec in node.declaration.fields.values():
            if spec.persistent and not isinstance(spec.type, StringType):
                assert spec.from_text(spec.type.to_text(getattr(node, spec.name))) == getattr(node, spec.name)

    they_survive()


def through_json(node: Node) -> Node:
    """The node as a file keeps it, read again."""
    specs = node.declaration.fields
    saved = {name: spec.type.to_json(getattr(node, spec.name)) for name, spec in specs.items() if spec.persistent}
    read = json.loads(json.dumps(saved, allow_nan=False))
    return type(node)(**{specs[name].name: specs[name].value(value) for name, value in read.items()})


def values(spec: FieldSpec) -> st.SearchStrategy[Any]:
    """All that a field may hold."""
    return _values(spec.type)


def _values(kind: FieldType) -> st.SearchStrategy[Any]:
    if isinstance(kind, BoolType):
        return st.booleans()
    if isinstance(kind, (IntegerType, DoubleType)):
        low, high = kind.minimum, kind.maximum
        if isinstance(kind, IntegerType):
            numbers: st.SearchStrategy[Any] = st.integers(
                None if low is None else int(low), None if high is None else int(high)
            )
        else:
            numbers = st.floats(low, high, allow_nan=False, allow_infinity=False)
        return st.none() | numbers if kind.optional else numbers
    if isinstance(kind, EnumType):
        return st.sampled_from(list(kind.choices))
    if isinstance(kind, VectorType):
        entry = st.floats(0, 1) if kind.color else st.floats(allow_nan=False, allow_infinity=False)
        return st.tuples(*[entry] * kind.length)
    assert isinstance(kind, StringType), f"{kind.name}: add a strategy for fields of this type"
    return st.text()


@pytest.mark.parametrize(("kind", "example"), VISIBLE)
def test_node_and_image_pickle(kind: str, example: Example, paths: Paths) -> None:
    engine = Engine(LIBRARY, 0)
    network = network_of(kind, example)
    node = engine.bound(network, ["Node"], paths)["Node"].node
    assert pickle.loads(pickle.dumps(node)) == node
    for output in outputs(kind):
        image = engine.image(network, output, paths=paths)
        again = pickle.loads(pickle.dumps(image))
        assert (again.info, again.region) == (image.info, image.region)
        assert same(again, image)
        assert not again.voxels.flags.writeable


@pytest.mark.parametrize("kind", INSTALLED)
def test_the_type_and_each_of_its_members_have_a_help_text(kind: str) -> None:
    declared = INSTALLED[kind].declaration
    assert INSTALLED[kind].__doc__, "a docstring of its own, not one made by dataclass"
    assert not declared.help.startswith(f"{kind}(")
    texts = {kind: declared.summary}
    for members in (declared.inputs, declared.outputs, declared.fields):
        texts |= {name: str(vars(member)["help"]) for name, member in members.items()}
    for name, text in texts.items():
        assert text.strip().endswith("."), f"{kind}: the help of {name} is no sentence: {text!r}"
        assert text[0].isupper(), f"{kind}: the help of {name} begins small: {text!r}"


@pytest.mark.parametrize("kind", INSTALLED)
def test_the_keywords_and_former_names_are_words(kind: str) -> None:
    node_type = INSTALLED[kind]
    assert node_type.keywords
    assert all(isinstance(word, str) and word.strip() == word and word for word in node_type.keywords)
    members = {*node_type.declaration.inputs, *node_type.declaration.outputs, *node_type.declaration.fields}
    assert set(node_type.renamed.values()) <= members
    assert not members & set(node_type.renamed)


@pytest.mark.parametrize("kind", INSTALLED)
def test_triggers_are_never_saved(kind: str) -> None:
    triggers = [spec for spec in INSTALLED[kind].declaration.fields.values() if isinstance(spec.type, TriggerType)]
    assert not any(spec.persistent for spec in triggers)


def test_what_is_inside_needs_is_read() -> None:
    image = IMAGES["uint8"]
    other = Image.of(image.info, image.voxels[:, :, ::-1].copy())
    fields = {"pictureWidth": 17, "pictureHeight": 20, "startSlice": 1}
    engine = Engine(LIBRARY, 0)
    pictures = [engine.image(wired("View2D", fields, inImage=one), "Node.picture") for one in (image, other)]
    assert not same(*pictures)


@pytest.mark.parametrize("kind", INSTALLED)
def test_a_required_input_that_is_not_connected_is_named(kind: str) -> None:
    inputs = INSTALLED[kind].declaration.inputs
    for missing, declared in inputs.items():
        network = wired(kind, {}, **{name: IMAGES["mask"] for name in inputs if name != missing})
        if declared.optional:
            assert Engine(LIBRARY, 0).bound(network, ["Node"])["Node"].infos.keys() == {
                spec.name for spec in inputs.values() if spec is not declared
            }
        else:
            with pytest.raises(WiringError, match=rf"Node\.{missing}: nothing is connected to this input"):
                Engine(LIBRARY, 0).bound(network, ["Node"])
