"""The engine: it answers demands on networks page by page, and computes only what no earlier answer holds."""

from nodeeditor.engine.binding import Known
from nodeeditor.engine.boundnode import Bound
from nodeeditor.engine.engine import Engine
from nodeeditor.engine.listening import Computed, Doing
from nodeeditor.engine.stream import Stream

__all__ = ["Bound", "Computed", "Doing", "Engine", "Known", "Stream"]
