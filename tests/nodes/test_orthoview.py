"""OrthoView2D: three planes through a point, where they lie, what they ask for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from nodeeditor import Image, Region
from nodeeditor.engine import Engine
from nodeeditor.engine.listening import Computed
from nodeeditor.network import Network, NodeSpec
from nodeeditor.viewing.layout import Layout, cells, shown
from nodeeditor.viewing.planes import Anatomical
from nodes.orthoview2d import OrthoView2D

from .drawing import drawn
from .sources import LIBRARY, given, image_of, noise, result, wired

GAP = 2
PLAIN = {"filterMode": "FILTER_NEAREST", "showCurrentPos": False, "layout": "LAYOUT_CUBE_EQUAL"}


def volume() -> Image:
    """An image along the axes of the world, its whole range grey levels; the middle voxel is 3, 2, 4 (x y z)."""
    return image_of(noise("uint8", (1, 1, 8, 5, 7)), spacing=(1.0, 1.5, 2.0))


def picture(image: Image, width: int = 62, height: int = 42, **fields: Any) -> npt.NDArray[np.uint8]:
    """The pixels (height, width, 3)."""
    fields = {**PLAIN, "pictureWidth": width, "pictureHeight": height, **fields}
    return np.moveaxis(result("OrthoView2D", fields, image=image).voxels[0, :, 0], 0, -1)


def same(a: Any, b: Any) -> bool:
    return bool(a.shape == b.shape and np.abs(a.astype(int) - b).max() <= 1)


def test_the_cube_has_axial_top_right_sagittal_bottom_left_and_coronal_bottom_right() -> None:
    image = volume()
    made = picture(image, worldPosition=[1, 4.5, 12])  # voxel 1, 3, 6
    v = image.voxels[0, 0]
    how: Any = {"pane": (30, 20), "window": (127.5, 255)}
    assert same(made[:20, 32:], drawn(v[6], **how, voxel_size=(1, 1.5)))
    assert same(made[22:, :30], drawn(v[::-1, :, 1], **how, voxel_size=(1.5, 2)))
    assert same(made[22:, 32:], drawn(v[::-1, 3], **how, voxel_size=(1, 2)))
    assert not made[:20, :30].any(), "the top left is empty"
    assert (made[20:22, 32:] == 90).all(), "a line between two slices"
    assert (made[22:, 30:32] == 90).all()


def test_it_looks_the_same_however_the_image_was_acquired() -> None:
    """The same voxels at the same places of the world, stored in another order of the axes, some of them backwards."""
    image = volume()
    position: Any = {"worldPosition": [2, 3, 4]}
    upright = picture(image, **position)
    x, y, z = (size - 1 for size in image.info.extent[:1:-1])
    sagittal = np.ascontiguousarray(image.voxels[:, :, ::-1].transpose(0, 1, 4, 2, 3))  # x: y, y: -z, z: x
    info = replace(
        image.info,
        extent=(1, 1, x + 1, z + 1, y + 1),
        spacing=(1.5, 2.0, 1.0),
        origin=(0.0, 0.0, 2.0 * z),
        direction=(0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, -1.0, 0.0),
    )
    assert np.array_equal(picture(Image.of(info, sagittal), **position), upright)
    mirrored = replace(image.info, origin=(float(x), 0.0, 0.0), direction=(-1.0, 0, 0, 0, 1.0, 0, 0, 0, 1.0))
    assert np.array_equal(
        picture(Image.of(mirrored, np.ascontiguousarray(image.voxels[..., ::-1])), **position), upright
    )


def test_a_point_beside_the_image_gives_way_to_its_middle_voxel() -> None:
    image = volume()
    assert np.array_equal(picture(image, worldPosition=[-50, 0, 0]), picture(image, worldPosition=[3, 3, 8]))


def test_the_cross_hair_is_two_yellow_lines_with_a_free_square() -> None:
    image = image_of(np.zeros((30, 30, 30), np.uint8), range=(0, 255))
    how: Any = {"worldPosition": [10, 14, 20], "width": 30, "height": 30, "layout": "LAYOUT_AXIAL"}
    assert not picture(image, **how).any()
    made = picture(image, **how, showCurrentPos=True)
    yellow = (made == (255, 255, 0)).all(-1)
    wanted = np.zeros((30, 30), bool)
    wanted[14], wanted[:, 10] = True, True
    wanted[14 - 6 : 14 + 7, 10 - 6 : 10 + 7] = False
    assert np.array_equal(yellow, wanted)
    assert not made[~yellow].any()


@pytest.mark.parametrize("layout", list(Layout))
def test_cells_fill_the_picture_and_do_not_overlap(layout: Layout) -> None:
    sizes: dict[Anatomical, tuple[float, float]] = {
        "axial": (200.0, 240.0),
        "sagittal": (240.0, 160.0),
        "coronal": (200.0, 160.0),
    }
    for width, height in ((16, 16), (17, 300), (803, 401)):
        rects = cells(layout, width, height, sizes)
        assert tuple(rects) == shown(layout)
        covered = np.zeros((height, width), int)
        for left, top, across, down in rects.values():
            assert min(across, down) >= 1
            covered[top : top + down, left : left + across] += 1
        assert covered.max() == 1
        assert covered[-1, -1] == 1
        assert covered[-1, 0] == 1


def test_equal_layouts_have_equal_cells_and_the_others_slices_of_one_scale() -> None:
    image = image_of(noise("uint8", (10, 40, 20)), spacing=(2.0, 1.5, 3.0))  # 40 x 60 x 30 mm
    for layout in ("CUBE", "ROW", "COLUMN"):
        for name, equal in ((f"LAYOUT_{layout}", False), (f"LAYOUT_{layout}_EQUAL", True)):
            node = OrthoView2D(layout=Layout[name], picture_width=404, picture_height=404)
            panes = node.panes({"image": image.info})
            sizes = {pane.rect[2:] for pane in panes}
            assert (max(w for w, _ in sizes) - min(w for w, _ in sizes) <= 1) == (equal or layout == "COLUMN")
            if layout == "CUBE" and not equal:
                scales = [pane.placing.scale for pane in panes]
                assert max(scales) / min(scales) < 1.02


def pages_of(network: Network, limit: int = 2**24) -> Any:
    seen: list[Computed] = []
    engine = Engine(LIBRARY, limit, seen.append)

    def computed(network: Network) -> dict[str, list[Region]]:
        seen.clear()
        engine.image(network, "View.picture")
        pages: dict[str, list[Region]] = {}
        for page in seen:
            pages.setdefault(page.node, []).append(page.region)
        return pages

    return computed


def test_every_plane_asks_for_its_own_slice_and_scrolling_one_costs_one_page_a_node() -> None:
    image = volume()
    nodes = {"Image": given(image), "Threshold": NodeSpec("Threshold"), "View": NodeSpec("OrthoView2D", PLAIN)}
    network = Network(nodes, {"Threshold.input0": "Image.output0", "View.image": "Threshold.output0"})
    network = network.with_field("View", "worldPosition", [1.0, 3.0, 8.0])
    computed = pages_of(network)
    whole = image.info.whole
    first = computed(network)
    planes = {whole.along("z", 4), whole.along("y", 2), whole.along("x", 1)}
    assert set(first["Image"]) == set(first["Threshold"]) == planes
    assert len(first["Image"]) == len(first["Threshold"]) == 3
    scrolled = computed(network.with_field("View", "worldPosition", [1.0, 3.0, 10.0]))
    assert scrolled["Image"] == scrolled["Threshold"] == [whole.along("z", 5)]
    assert len(scrolled["View"]) == 1
    assert computed(network) == {}


def test_an_overlay_is_asked_for_plane_by_plane_as_well() -> None:
    image = volume()
    nodes = {
        "Image": given(image),
        "Overlay": NodeSpec("SoView2DOverlay"),
        "View": NodeSpec("OrthoView2D", {**PLAIN, "worldPosition": [1, 3, 8]}),
    }
    links = {"View.image": "Image.output0", "Overlay.image": "Image.output0", "View.inInvPreLUT": "Overlay.self"}
    network = Network(nodes, links)
    made = pages_of(network)(network)
    four = replace(image.info, extent=(1, 4, 8, 5, 7)).whole
    assert set(made["Overlay"]) == {four.along("z", 4), four.along("y", 2), four.along("x", 1)}


def test_without_an_image_the_picture_is_black() -> None:
    made = Engine(LIBRARY, 0).image(wired("OrthoView2D"), "Node.picture")
    assert made.voxels.shape == (1, 3, 1, 640, 640)
    assert not made.voxels.any()


def test_without_a_position_the_planes_go_through_the_middle_wherever_the_image_lies() -> None:
    for origin in ((0.0, 0.0, 0.0), (50.0, -60.0, 700.0)):
        image = image_of(volume().voxels[0, 0], origin=origin, spacing=(1.0, 1.5, 2.0))
        x, y, z = (count // 2 for count in image.info.extent[:1:-1])
        middle = image.info.index_to_world @ (x, y, z, 1)
        assert np.array_equal(picture(image), picture(image, worldPosition=middle[:3].tolist()))
