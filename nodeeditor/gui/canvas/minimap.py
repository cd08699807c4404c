"""The whole network small, in a corner of the canvas: where one is in it, and a way to go elsewhere."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, QPointF, QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QTransform, QWheelEvent
from PySide6.QtWidgets import QWidget

from nodeeditor.gui.canvas.box import NodeBox
from nodeeditor.gui.canvas.frames import GroupFrame
from nodeeditor.gui.canvas.notes import NoteBox
from nodeeditor.gui.canvas.theme import Theme, color
from nodeeditor.gui.canvas.view import NetworkView

_SIZE = QSize(190, 130)
_FROM_CORNER = 12  # pixels
_BORDER = 8.0
_LEAST = 2.5  # pixels of a side of a box, however many there are
_PAUSE = 40  # ms between two drawings while boxes are being moved


class Minimap(QWidget):
    """Lies on a view, translucent. It is there only while it is wanted and part of the network is out of sight.

    The network is painted to a pixmap, which is made anew when a box has changed; moving the view paints one rectangle.
    It is a child of the viewport, which takes it along when it scrolls, and goes back when both ways are scrolled:
    beside the viewport, or at once, it would hinder the scrolling, and Qt would paint all that is seen for each step.
    """

    def __init__(self, view: NetworkView) -> None:
        super().__init__(view.viewport())
        self._view = view
        self._wanted = True
        self._boxes: set[NodeBox] = set()
        self._groups: list[GroupFrame] = []
        self._notes: list[NoteBox] = []
        self._area = QRectF()  # of the scene
        self._picture: QPixmap | None = None
        self._hold = QPointF()  # from the middle of what is seen to the mouse, in the scene
        self.setFixedSize(_SIZE)
        self.setToolTip("Drag to look elsewhere")
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._soon = QTimer(self, singleShot=True, interval=_PAUSE)
        self._soon.timeout.connect(self.redraw)
        view.viewport().installEventFilter(self)
        view.scene().selectionChanged.connect(self.follow)
        for bar in (view.horizontalScrollBar(), view.verticalScrollBar()):
            bar.valueChanged.connect(self._looked_elsewhere, Qt.ConnectionType.QueuedConnection)
        self.hide()

    def show_when_useful(self, wanted: bool) -> None:
        """Whether it may be there at all."""
        self._wanted = wanted
        self.redraw()

    def show_network(self, boxes: Iterable[NodeBox], groups: Iterable[GroupFrame], notes: Iterable[NoteBox]) -> None:
        """Show these boxes, groups and notes from now on; boxes also while they are moved."""
        now = set(boxes)
        for box in self._boxes - now:
            box.followers.remove(self)
        for box in now - self._boxes:
            box.followers.append(self)
        self._boxes, self._groups, self._notes = now, list(groups), list(notes)
        self.follow()

    def follow(self) -> None:
        """A box has moved or changed: draw it soon."""
        if not self._soon.isActive():
            self._soon.start()

    def redraw(self) -> None:
        """Draw the network as it is now."""
        self._picture = None
        self._area = QRectF()
        for box in self._boxes if self._wanted else ():
            self._area = self._area.united(_rect(box))
        for item in (*self._groups, *self._notes) if self._wanted else ():
            self._area = self._area.united(item.sceneBoundingRect())
        self._looked_elsewhere()

    def _looked_elsewhere(self) -> None:
        room = self._view.viewport().rect()
        self.move(room.right() - self.width() - _FROM_CORNER, room.bottom() - self.height() - _FROM_CORNER)
        useful = not self._area.isEmpty() and not self._view.visible_rect().contains(self._area)
        self.setVisible(self._wanted and useful)
        self.update()

    # --- painting

    @property
    def _to_map(self) -> QTransform:
        """From the scene to the map, the network in its middle."""
        room = QRectF(self.rect()).adjusted(_BORDER, _BORDER, -_BORDER, -_BORDER)
        scale = min(room.width() / self._area.width(), room.height() / self._area.height())
        middle, at = self._area.center(), room.center()
        return QTransform(scale, 0, 0, scale, at.x() - scale * middle.x(), at.y() - scale * middle.y())

    def _painted(self) -> QPixmap:
        picture = QPixmap(self.size() * self.devicePixelRatioF())
        picture.setDevicePixelRatio(self.devicePixelRatioF())
        picture.fill(Qt.GlobalColor.transparent)
        theme: Theme = self._view.scene().theme
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color(theme.field_arrow, 0.7), 1.0))
        painter.setBrush(color(theme.background, 0.92))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        place = self._to_map
        for group in self._groups:
            painter.fillRect(place.mapRect(group.sceneBoundingRect()), color(group.tint, 0.45))
        for note in self._notes:
            painter.fillRect(_grown(place.mapRect(note.sceneBoundingRect())), color(theme.note))
        for box in sorted(self._boxes, key=lambda one: (_fails(one), one.isSelected())):
            painter.fillRect(_grown(place.mapRect(_rect(box))), color(_ink(box, theme)))
        painter.end()
        return picture

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._area.isEmpty():
            return
        self._picture = self._picture or self._painted()
        theme: Theme = self._view.scene().theme
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        seen = self._to_map.mapRect(self._view.visible_rect()).intersected(QRectF(self.rect()).adjusted(2, 2, -2, -2))
        painter.setPen(QPen(color(theme.wire_lit), 1.5))
        painter.setBrush(color(theme.wire_lit, 0.12))
        painter.drawRect(seen)

    # --- what happens around it and on it

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._looked_elsewhere()
        return super().eventFilter(watched, event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.follow()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        here, seen = self._in_scene(event), self._view.visible_rect()
        self._hold = here - seen.center() if seen.contains(here) else QPointF()
        self.mouseMoveEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._view.centerOn(self._in_scene(event) - self._hold)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Nothing more: the press and the moves have done it, and the canvas below must not hear of it."""

    mouseDoubleClickEvent = mousePressEvent  # noqa: N815 - Qt's name

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._view.zoom_at(1.0012 ** event.angleDelta().y(), QRectF(self._view.viewport().rect()).center())
        event.accept()

    def _in_scene(self, event: QMouseEvent) -> QPointF:
        return QPointF(self._to_map.inverted()[0].map(event.position()))


def _rect(box: NodeBox) -> QRectF:
    return QRectF(box.body.translated(box.pos()))


def _grown(rect: QRectF) -> QRect:
    """Whole pixels, at least as many as can be seen."""
    across, down = max(0.0, _LEAST - rect.width()) / 2, max(0.0, _LEAST - rect.height()) / 2
    return rect.adjusted(-across, -down, across, down).toAlignedRect()


def _ink(box: NodeBox, theme: Theme) -> str:
    if _fails(box):
        return theme.error
    if box.isSelected():
        return theme.selection
    return str(getattr(theme, box.look.kind).middle)


def _fails(box: NodeBox) -> bool:
    return bool(box.look.error) or box.activity.state == "failed"
