"""What a viewer's window sees of its node: the seam between windows and the network they show."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal

from nodeeditor.fields import Json
from nodeeditor.network import NodeSpec
from nodeeditor.viewing.viewer import Viewer


class ViewerModel(QObject):
    """One viewer of the edited network; the window of the editor implements it over its document and session."""

    shown = Signal(object)
    """A `nodeeditor.gui.session.shown.Shown`: the newest picture."""
    failed = Signal(str)
    """Why there is no new picture, in words; the one shown last is out of date."""
    busy = Signal(bool)
    """Whether a picture is awaited; False comes after the last one was shown or failed."""
    renamed = Signal()
    """The node has another name."""
    outdated_changed = Signal()
    """Other words than before say whether what is shown is out of date."""

    def name(self) -> str:
        """The node's name."""
        raise NotImplementedError

    def node_type(self) -> type[Viewer]:
        """The node's type."""
        raise NotImplementedError

    def spec(self) -> NodeSpec:
        """The node as files say it: defaults are left out."""
        raise NotImplementedError

    def outdated(self) -> str:
        """What to do where edits of the network wait to be shown; empty where none do."""
        return ""

    def turn(self, edits: Mapping[str, Json], gesture: int) -> None:
        """Set fields by their names in files; all that one gesture sets is undone together."""
        raise NotImplementedError
