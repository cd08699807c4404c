"""Tests of the speech labels beside the boxes."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtTest import QTest

from nodeeditor.gui.canvas.explanation import Explanation
from nodeeditor.gui.canvas.theme import DARK, LIGHT
from nodeeditor.gui.document.graph import Graph
from nodeeditor.network import Network, NodeSpec

from .seen import box, painted, pixels

WORDS = "43 → 0   43 <= 60"


def labels(graph: Graph) -> dict[str, Explanation]:
    """The labels that are seen, by node."""
    found = (item for item in graph.viewer().scene().items() if isinstance(item, Explanation) and item.isVisible())
    return {label.box.name: label for label in found}


def frame(graph: Graph, name: str) -> QRectF:
    found = box(graph, name)
    return QRectF(found.mapRectToScene(found.body))


def test_a_label_lies_right_of_its_box_and_says_its_text(graph: Graph) -> None:
    graph.viewer().show_explanations({"Threshold": WORDS})
    label = labels(graph)["Threshold"]
    assert label.shown == WORDS
    assert label.place.left() > frame(graph, "Threshold").right()
    assert label.place.center().y() == frame(graph, "Threshold").center().y()
    assert label.sceneBoundingRect().left() <= frame(graph, "Threshold").right()  # its tip touches the box


def test_labels_say_something_else_come_and_go(graph: Graph) -> None:
    canvas = graph.viewer()
    before = painted(graph, canvas.visible_rect())
    canvas.show_explanations({"Threshold": WORDS, "Mask": "1"})
    first = labels(graph)
    canvas.show_explanations({"Threshold": "44 → 0", "LocalImage": "44", "Nobody": "?"})
    assert {name: label.shown for name, label in labels(graph).items()} == {"Threshold": "44 → 0", "LocalImage": "44"}
    assert labels(graph)["Threshold"] is first["Threshold"]
    canvas.show_explanations({})
    assert labels(graph) == {}
    assert painted(graph, canvas.visible_rect()) == before
    assert box(graph, "Threshold").followers == []


def test_a_long_text_is_cut_at_forty_characters_and_whole_in_the_tooltip(graph: Graph) -> None:
    text = "0123456789" * 4
    graph.viewer().show_explanations({"Threshold": text, "Mask": f"{text} <b>"})
    assert labels(graph)["Threshold"].shown == text
    assert labels(graph)["Mask"].shown == f"{text[:39]}…"
    assert f"{text} &lt;b&gt;" in labels(graph)["Mask"].toolTip()


def test_a_label_follows_its_box(graph: Graph) -> None:
    graph.viewer().show_explanations({"Threshold": WORDS})
    label = labels(graph)["Threshold"]
    before = label.place
    box(graph, "Threshold").moveBy(300.0, 200.0)
    assert label.place == before.translated(300.0, 200.0)


def test_a_label_goes_with_its_box_and_comes_back_with_it(graph: Graph) -> None:
    graph.viewer().show_explanations({"Threshold": WORDS})
    nodes = dict(graph.network().nodes)
    del nodes["Threshold"]
    graph.apply("delete", Network(nodes))
    assert labels(graph) == {}
    graph.undo_stack().undo()
    assert set(labels(graph)) == {"Threshold"}
    graph.undo_stack().redo()
    graph.viewer().show_explanations({"Threshold": WORDS})
    assert labels(graph) == {}


def test_labels_cover_neither_boxes_nor_each_other_where_there_is_room(graph: Graph) -> None:
    places = {f"N{index}": (150 * (index % 3), 140 * (index // 3), 88, 72) for index in range(9)}
    graph.apply("other", Network({name: NodeSpec("Threshold", frame=place) for name, place in places.items()}))
    graph.viewer().show_explanations(dict.fromkeys(places, WORDS))
    shown = labels(graph)
    assert set(shown) == set(places)
    for name, label in shown.items():
        assert not any(label.place.intersects(frame(graph, other)) for other in places)
        assert not any(label.place.intersects(other.place) for key, other in shown.items() if key != name)


def test_labels_lie_above_everything(graph: Graph) -> None:
    graph.viewer().show_explanations({"Threshold": WORDS})
    label = labels(graph)["Threshold"]
    alone = painted(graph, label.place.adjusted(8, 8, -8, -8))
    mask = box(graph, "Mask")
    mask.setSelected(True)
    mask.setPos(label.place.center() - QPointF(mask.width / 2, mask.height / 2))
    assert painted(graph, label.place.adjusted(8, 8, -8, -8)) == alone


def test_text_on_a_label_is_dark_on_bright_in_both_themes(graph: Graph) -> None:
    graph.viewer().show_explanations({"Threshold": WORDS})
    for theme in (LIGHT, DARK):
        graph.viewer().show_theme(theme)
        grays = [value >> 8 & 0xFF for value in pixels(painted(graph, labels(graph)["Threshold"].place, 2.0))]
        assert min(grays) < 70
        assert sorted(grays)[len(grays) // 2] > 220


def test_labels_stay_readable_where_the_canvas_is_shown_small(graph: Graph) -> None:
    canvas = graph.viewer()
    sizes = {}
    for zoom in (0.1, 0.5, 1.0, 2.0):
        canvas.set_zoom(zoom - 1)
        canvas.show_explanations({"Threshold": WORDS})
        sizes[zoom] = labels(graph)["Threshold"].place.height() * zoom
    assert abs(sizes[0.5] - sizes[1.0]) < 0.01
    assert sizes[0.1] < sizes[0.5] < sizes[2.0]


def test_a_click_goes_through_a_label_to_the_box_below(graph: Graph) -> None:
    canvas = graph.viewer()
    canvas.show_explanations({"Threshold": WORDS})
    mask = box(graph, "Mask")
    mask.setPos(labels(graph)["Threshold"].place.center() - QPointF(mask.width / 2, mask.height / 2))
    QTest.mouseClick(
        canvas.viewport(),
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
        canvas.mapFromScene(mask.sceneBoundingRect().center()),
    )
    assert canvas.selected() == [mask]
