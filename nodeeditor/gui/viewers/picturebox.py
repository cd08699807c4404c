"""A widget that paints a viewer's picture and lets it be made as large as the widget is."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, QSize, Qt, QTimer
from PySide6.QtGui import QHideEvent, QImage, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from nodeeditor.gui.panels.field import new_gesture, tip
from nodeeditor.gui.session.shown import Shown
from nodeeditor.gui.viewers import overpaint
from nodeeditor.gui.viewers.drags import Point
from nodeeditor.gui.viewers.model import ViewerModel
from nodeeditor.gui.viewers.steering import Steering
from nodeeditor.image import Image as VoxelImage
from nodeeditor.viewing.drawing import Pixels

_BUSY_AFTER = 150  # milliseconds
_BACKGROUND = Qt.GlobalColor.black


class PictureBox(QWidget):
    """The newest picture of a viewer; an older one is scaled until one of the right size is there."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.steering = Steering(self)
        self._image = QImage()
        self._painted: Shown | None = None
        self._late = QTimer(self, singleShot=True, interval=_BUSY_AFTER)
        self._late.timeout.connect(self.update)
        self._fit = QTimer(self, singleShot=True, interval=0)
        self._fit.timeout.connect(self._ask_for_size)
        self.steering.changed.connect(self._take)
        self.steering.busy_changed.connect(self._work)
        self.installEventFilter(self)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(64, 48)

    def show_viewer(self, model: ViewerModel | None) -> None:
        """Show another viewer, or none."""
        self.steering.follow(model)
        self.updateGeometry()
        self._fit.start()

    def picture(self) -> QImage:
        """A copy of the picture, as the viewer made it, in RGB; a null image without one."""
        return self._image.copy().convertToFormat(QImage.Format.Format_RGB888)

    def busy_is_shown(self) -> bool:
        """Whether the viewer has been at work for so long that the widget says so."""
        return self.steering.busy and not self._late.isActive()

    def hint(self) -> str:
        """What to do where there is nothing to see; empty where there is."""
        shown = self.steering.shown
        if shown is None or shown.panes:
            return ""
        if shown.lacking:
            return f"No image. {shown.lacking}"
        inputs = [one.file_name for one in shown.node.declaration.inputs.values() if one.kind is VoxelImage]
        return f"No image. Connect one to {' or '.join(inputs)}."

    def place(self, at: QPointF) -> Point:
        """The point of the picture at a point of the widget."""
        return at.x() * self._image.width() / self.width(), at.y() * self._image.height() / self.height()

    def point(self, place: Point) -> QPointF:
        """The point of the widget at a point of the picture."""
        width, height = max(1, self._image.width()), max(1, self._image.height())
        return QPointF(place[0] * self.width() / width, place[1] * self.height() / height)

    def paint_over(self, painter: QPainter, shown: Shown) -> None:
        """Paint what belongs over the picture."""

    def sizeHint(self) -> QSize:
        """The size of the viewer's picture."""
        model, wanted = self.steering.model, self.steering.wanted
        if model is None:
            return QSize(320, 240)
        if wanted is not None:
            size = QSize(wanted.viewer.picture_width, wanted.viewer.picture_height)
        else:
            declared, saved = model.node_type().declaration.fields, model.spec().fields
            size = QSize(*(int(saved.get(name, declared[name].default)) for name in ("pictureWidth", "pictureHeight")))
        ratio = self.devicePixelRatioF()
        return QSize(round(size.width() / ratio), round(size.height() / ratio))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture and what lies over it."""
        painter = QPainter(self)
        shown, room = self.steering.shown, self.rect()
        if self._image.isNull():
            painter.fillRect(room, _BACKGROUND)
        else:
            exact = self._image.size() == self._device_size()
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not exact)
            painter.drawImage(room, self._image)
        if shown is not None and not self.hint():
            self.paint_over(painter, shown)
        if self.steering.problem and self.steering.problem != self.steering.outdated:
            overpaint.paint_problem(painter, room, self.steering.problem)
        elif self.steering.outdated:
            overpaint.paint_outdated(painter, room, self.steering.outdated)
        elif self.hint():
            overpaint.paint_hint(painter, room, self.hint())
        if self.busy_is_shown():
            overpaint.paint_busy(painter, room)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for a picture of the new size, once for all the steps of this turn of the event loop."""
        self._fit.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for a picture of the right size."""
        self._fit.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Ask for nothing."""
        self._fit.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the widget to a screen of another resolution.

        The widget watches itself, since shiboken 6.11 ends the process where a Python override of `event` calls a
        handler in which a built-in function raises.
        """
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._fit.start()
        return False

    def _device_size(self) -> QSize:
        ratio = self.devicePixelRatioF()
        return QSize(round(self.width() * ratio), round(self.height() * ratio))

    def _ask_for_size(self) -> None:
        if self.isVisible():
            size = self._device_size()
            self.steering.edit({"pictureWidth": size.width(), "pictureHeight": size.height()}, new_gesture())

    def _take(self) -> None:
        shown = self.steering.shown
        if shown is not self._painted:
            self._painted = shown
            self._image = image_over(shown.picture) if shown is not None else QImage()
        told = tip(self.steering.problem or self.steering.outdated)
        if told != self.toolTip():
            self.setToolTip(told)
        self.update()

    def _work(self) -> None:
        if self.steering.busy:
            self._late.start()
        elif self._late.isActive():
            self._late.stop()
        else:
            self.update()  # the bar that says it is at work goes away


class _Picture(QImage):
    """A QImage that keeps the array (height, width, channels) alive whose memory it shows."""

    def __init__(self, pixels: Pixels, form: QImage.Format) -> None:
        height, width, channels = pixels.shape
        super().__init__(pixels.data, width, height, channels * width, form)
        self._pixels = pixels


def image_over(picture: Pixels) -> QImage:
    """An image that shows the memory of a picture (height, width, 3), without copying it; grey where all three are one.

    The channels of such a picture lie in the same place.
    """
    if picture.strides[2] == 0:
        return _Picture(np.ascontiguousarray(picture[:, :, :1]), QImage.Format.Format_Grayscale8)
    return _Picture(np.ascontiguousarray(picture), QImage.Format.Format_RGB888)
