"""Tests of the items on the canvas: boxes, connectors, wires, arrows, groups, notes."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPalette, qGray
from PySide6.QtWidgets import QGraphicsScene

from nodeeditor.gui.canvas.box import NodeBox
from nodeeditor.gui.canvas.connectors import Connector
from nodeeditor.gui.canvas.frames import FieldArrow, GroupFrame
from nodeeditor.gui.canvas.look import Look, look_of
from nodeeditor.gui.canvas.theme import DARK, LIGHT, theme_for
from nodeeditor.gui.canvas.wires import Wire, curve
from nodeeditor.library import Library
from nodeeditor.network import NodeSpec

pytestmark = pytest.mark.usefixtures("qapp")


def a_box(inputs: int = 2, outputs: int = 1, **look: Any) -> NodeBox:
    box = NodeBox("Mask")
    for index in range(inputs):
        box.add_input(f"input{index}")
    for index in range(outputs):
        box.add_output(f"output{index}", multi_port=True)
    box.show_look(Look(**{"title": "Mask", "value_line": "Masked Original", **look}))
    return box


def picture(item: NodeBox, zoom: float = 1.0) -> QImage:
    scene = QGraphicsScene()
    scene.addItem(item)
    image = QImage(400, 200, QImage.Format.Format_RGB32)
    image.fill(QColor("gray"))
    painter = QPainter(image)
    painter.scale(zoom, zoom)
    item.paint(painter, None)
    painter.end()
    scene.removeItem(item)
    return image


def colors(image: QImage) -> int:
    return len({image.pixel(x, y) for x in range(0, image.width()) for y in range(image.height())})


def wired(first: Connector, second: Connector) -> Wire:
    wire = Wire()
    wire.set_connections(first, second)
    wire.draw_path(first, second)
    return wire


@pytest.mark.parametrize(
    ("look", "size"),
    [
        (Look("A"), (88, 56)),
        (Look("Threshold", "> 0"), (88, 72)),
        (Look("A", "> 0", reload=True), (88, 72)),
    ],
)
def test_a_box_has_the_sizes_of_the_files(look: Look, size: tuple[float, float]) -> None:
    box = NodeBox()
    box.show_look(look)
    assert (box.width, box.height) == size


def test_the_width_grows_with_the_text_in_steps_of_eight() -> None:
    widths = []
    for length in range(1, 60, 3):
        box = NodeBox()
        box.show_look(Look("m" * length))
        widths.append(box.width)
    assert widths == sorted(widths)
    assert widths[0] < widths[-1] < 320
    assert not any(width % 8 for width in widths)


def test_a_saved_size_wins_where_it_is_larger() -> None:
    box = a_box()
    needed = box.width, box.height
    box.width, box.height = 10.0, 10.0
    assert (box.width, box.height) == needed
    box.width, box.height = 400.0, 200.0
    assert (box.width, box.height) == (400.0, 200.0)
    box.show_look(Look("Mask"))
    assert (box.width, box.height) == (400.0, 200.0)


def test_the_size_in_nodegraphqts_model_is_no_wish() -> None:
    box = NodeBox()
    box.from_dict({"width": 500.0, "height": 300.0, "pos": [3.0, 4.0], "name": "Other"})
    assert (box.width, box.height) == (88, 56)
    assert box.pos() == QPointF(3.0, 4.0)
    assert box.name == box.look.title == "Other"


def test_a_long_text_is_elided_in_the_middle_and_whole_in_the_tooltip() -> None:
    box = a_box(value_line="/home/somebody/a/very/long/path/of/folders/and/so/on/ProbandT1.dcm")
    shown = box._layout.value
    assert "…" in shown
    assert shown.startswith("/home")
    assert shown.endswith("T1.dcm")
    assert "folders/and/so/on" in box.toolTip()


def test_errors_and_warnings_are_in_the_tooltip_as_plain_text() -> None:
    box = a_box(error="no <b> file\nno luck", warning="slow", tooltip="Masks an image.")
    for text in ("no &lt;b&gt; file", "no luck", "slow", "Masks an image."):
        assert text in box.toolTip()


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_outputs_sit_on_the_top_edge_and_inputs_on_the_bottom_edge(count: int) -> None:
    box = a_box(inputs=count, outputs=count)
    box.setPos(100, 50)
    body = box.mapRectToScene(box.body)
    for connectors, edge in ((box.outputs, body.top()), (box.inputs, body.bottom())):
        anchors = [connector.anchor for connector in connectors]
        assert {anchor.y() for anchor in anchors} == {edge}
        xs = [anchor.x() for anchor in anchors]
        assert all(body.left() < x < body.right() for x in xs)
        assert xs[0] - body.left() == pytest.approx(body.right() - xs[-1])
        assert len({round(b - a, 6) for a, b in pairwise(xs)}) <= 1


def test_hit_areas_are_comfortable_and_do_not_overlap() -> None:
    box = a_box(inputs=4)
    areas = [connector.mapRectToParent(connector.boundingRect()) for connector in box.inputs + box.outputs]
    assert all(min(area.width(), area.height()) >= 20 for area in areas)
    assert not any(a.adjusted(0.1, 0, -0.1, 0).intersects(b) for a, b in pairwise(areas[:4]))


def test_a_hidden_output_is_not_shown_and_leaves_no_gap() -> None:
    box = a_box(outputs=3)
    box.outputs[0].describe("Image", "What viewers follow.", hidden=True)
    xs = [connector.anchor.x() for connector in box.outputs[1:]]
    assert not box.outputs[0].isVisibleTo(box)
    assert sum(xs) / 2 == box.body.center().x()


def test_a_connectors_tooltip_tells_name_kind_and_purpose() -> None:
    box = a_box()
    connector = box.inputs[0]
    connector.describe("Overlay", "Drawn <over> the image.")
    for text in ("input0", "Overlay", "Drawn &lt;over&gt; the image."):
        assert text in connector.toolTip()


def test_connectors_can_be_deleted() -> None:
    box = a_box()
    scene = QGraphicsScene()
    scene.addItem(box)
    box.delete_input(box.inputs[0])
    box.delete_output(box.outputs[0])
    assert ([c.name for c in box.inputs], box.outputs) == (["input1"], [])
    assert len(scene.items()) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "composed"},
        {"kind": "unknown"},
        {"error": "no file"},
        {"error": "no file\nno luck"},
        {"warning": "slow"},
        {"bypassed": True},
        {"reload": True},
        {"value_line": "other"},
        {"title": "Mask1"},
    ],
)
def test_each_state_can_be_seen(change: dict[str, Any]) -> None:
    box = a_box()
    before = picture(box)
    box.show_look(replace(box.look, **change))
    assert picture(box) != before


def test_kinds_differ_in_lightness_too() -> None:
    for theme in (LIGHT, DARK):
        lights = sorted(qGray(QColor(kind.middle).rgb()) for kind in (theme.image, theme.composed, theme.unknown))
        assert all(lighter - darker >= 15 for darker, lighter in pairwise(lights))


def test_a_selected_box_has_a_bright_frame() -> None:
    box = a_box()
    plain = picture(box)
    box.setSelected(True)
    selected = picture(box)
    assert selected != plain
    assert selected.pixelColor(60, 1).lightness() > plain.pixelColor(60, 1).lightness() + 20


def test_connectors_light_up_and_dim() -> None:
    box = a_box()
    pictures = []
    for state in ("normal", "fits", "target", "dimmed"):
        box.inputs[0].state = state
        pictures.append(picture(box))
    assert not any(a == b for index, a in enumerate(pictures) for b in pictures[:index])


def test_connectors_have_their_shape_by_what_flows() -> None:
    box = a_box(inputs=1, outputs=0)
    pictures = []
    for kind in ("Image", "Overlay", "MarkerList"):
        box.inputs[0].describe(kind)
        pictures.append(picture(box))
    assert not any(a == b for index, a in enumerate(pictures) for b in pictures[:index])


def test_from_afar_a_box_is_one_plain_rectangle() -> None:
    assert colors(picture(a_box(), 1.0)) > 100
    assert colors(picture(a_box(), 0.25)) <= 4


def test_from_afar_an_error_is_still_seen() -> None:
    assert picture(a_box(error="no file"), 0.25) != picture(a_box(), 0.25)


@pytest.mark.parametrize("end", [QPointF(0, -300), QPointF(200, -100), QPointF(-150, 120), QPointF(80, -10)])
def test_a_wire_leaves_and_enters_vertically(end: QPointF) -> None:
    path = curve(QPointF(0, 0), end)
    length = path.length()
    for distance in (1.0, 7.0):
        near, far = (path.pointAtPercent(path.percentAtLength(at)) for at in (distance, length - distance))
        assert near.x() == pytest.approx(0, abs=0.01)
        assert near.y() == pytest.approx(-distance, abs=0.1)
        assert far.x() == pytest.approx(end.x(), abs=0.01)
        assert far.y() == pytest.approx(end.y() + distance, abs=0.1)


def test_a_wire_runs_from_anchor_to_anchor_and_follows() -> None:
    scene = QGraphicsScene()
    below, above = a_box(), a_box()
    below.setPos(0, 300)
    for box in (below, above):
        scene.addItem(box)
    wire = wired(below.outputs[0], above.inputs[1])
    above.setPos(200, 0)
    assert wire.path().pointAtPercent(0) == below.outputs[0].anchor
    assert wire.path().pointAtPercent(1) == above.inputs[1].anchor
    assert wire.childItems() == []


def test_a_wire_can_be_hit_five_pixels_off() -> None:
    below, above = a_box(), a_box()
    below.setPos(0, 300)
    wire = wired(below.outputs[0], above.inputs[1])
    middle = wire.path().pointAtPercent(0.02)
    assert wire.contains(middle + QPointF(4, 0))
    assert not wire.contains(middle + QPointF(9, 0))


def test_wires_of_a_selected_box_light_up_until_both_ends_are_deselected() -> None:
    below, above = a_box(), a_box()
    wire = wired(below.outputs[0], above.inputs[1])
    for box in (below, above):
        box.setSelected(True)
    below.setSelected(False)
    assert wire._lit
    above.setSelected(False)
    assert not wire._lit


def test_a_field_arrow_follows_its_boxes_and_lets_go() -> None:
    scene = QGraphicsScene()
    first, second = a_box(), a_box()
    second.setPos(300, 0)
    arrow = FieldArrow(first, second, "Info.sizeZ -> View2D.startSlice")
    for item in (first, second, arrow):
        scene.addItem(item)
    before = arrow.boundingRect()
    second.setPos(300, 400)
    assert arrow.boundingRect().bottom() > before.bottom() + 200
    assert "startSlice" in arrow.toolTip()
    arrow.detach()
    assert arrow.scene() is None
    assert first.followers == second.followers == []


def test_a_group_encloses_its_members_and_follows_them() -> None:
    first, second = a_box(), a_box()
    second.setPos(300, 200)
    group = GroupFrame("Segmentation", [first, second])

    def frames() -> QRectF:
        return QRectF(first.sceneBoundingRect().united(second.sceneBoundingRect()))

    assert group.sceneBoundingRect().contains(frames())
    second.setPos(600, 500)
    assert group.sceneBoundingRect().contains(frames())
    assert group.shape().boundingRect() == group.title_rect
    group.detach()
    assert first.followers == []


def test_the_theme_follows_the_window() -> None:
    assert theme_for(QPalette(QColor("#eeeeee"))) is LIGHT
    assert theme_for(QPalette(QColor("#202020"))) is DARK


def test_a_box_of_an_unknown_type_says_the_type_unless_its_name_does() -> None:
    names = ("View3D", "View3D12", "View3Dim", "Renderer", "7")
    lines = [look_of(name, NodeSpec("View3D"), Library([])).value_line for name in names]
    assert lines == ["", "", "View3D", "View3D", "View3D"]
