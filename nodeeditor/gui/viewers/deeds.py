"""What can be done to a viewer by a key, the wheel or a menu."""

from __future__ import annotations

import math

from nodeeditor.fields import EnumType, Json
from nodeeditor.gui.panels.field import new_gesture
from nodeeditor.gui.viewers import drags
from nodeeditor.gui.viewers.drags import Point
from nodeeditor.gui.viewers.steering import Steering
from nodeeditor.gui.viewers.turning import Turns
from nodeeditor.node import FieldSpec
from nodeeditor.viewing.panes import Pane

ZOOM_STEP = 2**0.25
_PAN_STEP = 0.1  # of the pane
_END = 10**9


class Deeds:
    """Deeds upon one pane; those with a gesture number may be parts of one turn of the wheel or one held key."""

    def __init__(self, steering: Steering) -> None:
        self._steering = steering

    def pane(self, number: int) -> Pane | None:
        """A pane of the wanted picture."""
        wanted = self._steering.wanted
        return wanted.panes[number] if wanted is not None and number < len(wanted.panes) else None

    def field(self, name: str) -> FieldSpec | None:
        """A field of the viewer, by its name in files; None where it has none of that name."""
        model = self._steering.model
        return model.node_type().declaration.fields.get(name) if model is not None else None

    def value(self, name: str) -> Json:
        """The wanted value of a field in JSON; None where it is not known."""
        spec, wanted = self.field(name), self._steering.wanted
        return None if spec is None or wanted is None else spec.type.to_json(getattr(wanted.viewer, spec.name))

    def step(self, number: int, slices: int, gesture: int) -> None:
        """Go some slices further."""
        pane = self.pane(number)
        if pane is not None and slices:
            self.show_slice(number, pane.slice + slices, gesture)

    def show_slice(self, number: int, slice_number: int, gesture: int) -> None:
        """Go to a slice, or to the last one before or behind which none is."""
        pane = self.pane(number)
        if pane is not None:
            last = pane.plane.slices(pane.info) - 1
            self._steering.turn(number, (("slice", max(0, min(slice_number, last))),), gesture)

    def show_last(self, number: int, gesture: int) -> None:
        """Go to the last slice."""
        self.show_slice(number, _END, gesture)

    def step_time(self, number: int, points: int, gesture: int) -> None:
        """Go some time points further."""
        pane = self.pane(number)
        if pane is not None:
            last = pane.info.extent[0] - 1
            self._steering.turn(number, (("time", max(0, min(pane.time + points, last))),), gesture)

    def advance(self, number: int, gesture: int) -> None:
        """Go on by one picture of a film, from the last to the first: slices, or time points where there is one."""
        pane = self.pane(number)
        if pane is None:
            return
        slices, times = pane.plane.slices(pane.info), pane.info.extent[0]
        if slices > 1:
            self._steering.turn(number, (("slice", (pane.slice + 1) % slices),), gesture)
        elif times > 1:
            self._steering.turn(number, (("time", (pane.time + 1) % times),), gesture)

    def zoom(self, number: int, factor: float, gesture: int, about: Point | None = None) -> None:
        """Enlarge about a point of the picture, else about the middle of the pane."""
        wanted, pane = self._steering.wanted, self.pane(number)
        if wanted is None or pane is None:
            return
        enlarge: Turns = (("zoom", pane.zoom * factor),)
        if about is None:
            self._steering.turn(number, enlarge, gesture)
        else:
            after = wanted.with_edits(wanted.turned(number, enlarge)).panes[number]
            self._steering.turn(number, (*enlarge, *drags.held(pane, after, about)), gesture)

    def pan(self, number: int, across: int, down: int, gesture: int) -> None:
        """Look further right and down, in tenths of the pane."""
        pane = self.pane(number)
        if pane is not None:
            step = _PAN_STEP / pane.placing.scale
            x, y = pane.pan[0] + across * step * pane.rect[2], pane.pan[1] + down * step * pane.rect[3]
            self._steering.turn(number, (("pan", (x, y)),), gesture)

    def reset_zoom(self, number: int) -> None:
        """Fit the slice into the pane."""
        self._steering.turn(number, (("zoom", 1.0), ("pan", (0.0, 0.0))), new_gesture())

    def show_window(self, number: int, window: tuple[float, float] | None, gesture: int) -> None:
        """Set centre and width; None stands for the window that the file asks for."""
        if window is None or all(math.isfinite(part) for part in window):
            self._steering.turn(number, (("window", window),), gesture)

    def counts(self, number: int) -> bool:
        """Whether the viewer can show several slices at once."""
        wanted = self._steering.wanted
        if wanted is None or number >= len(wanted.panes):
            return False
        return bool(wanted.viewer.turned(wanted.infos, number, "count", 4))

    def show_count(self, number: int, slices: int) -> None:
        """Show some slices at once."""
        self._steering.turn(number, (("count", slices),), new_gesture())

    def choose(self, name: str, value: Json) -> None:
        """Set a field, where the viewer has it."""
        if self.field(name) is not None:
            self._steering.edit({name: value}, new_gesture())

    def next_choice(self, name: str) -> None:
        """Set an enumeration to what follows in its list."""
        spec, now = self.field(name), self.value(name)
        if spec is not None and now is not None and isinstance(spec.type, EnumType):
            names = [choice.name for choice in spec.type.choices]
            self.choose(name, names[(names.index(now) + 1) % len(names)])
