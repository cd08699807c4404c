"""A panel's model over an immutable network, and node types with fields of every kind, for tests of panels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QObject, Signal

from nodeeditor import Choice, Color, FileName, Image, ImageInfo, Input, Matrix, Node, Output, Region, Trigger, field
from nodeeditor.edits import connection_problem, disconnected, with_field
from nodeeditor.fields import Json, Vector3
from nodeeditor.gui.panels.model import PanelModel
from nodeeditor.image import Voxels
from nodeeditor.library import Library
from nodeeditor.network import Network, NodeSpec, endpoint


class Fruit(Choice):
    """What can be chosen."""

    Apple = "An apple"
    RedPear = "A red pear"


class Everything(Node):
    """A field of every type."""

    input0 = Input(Image, "An image.", optional=True)
    output0 = Output(Image, "The same image.")

    truth: bool = field(default=False, help="True or <false>.")
    count: int = field(default=3, help="Any whole number.")
    few: int = field(default=1, minimum=0, maximum=10, help="A bounded whole number.", unit="pieces")
    maybe: int | None = field(default=None, minimum=0, help="A whole number or automatic.")
    level: float = field(default=60.0, help="Any number.")
    share: float = field(default=0.5, minimum=0, maximum=1, help="A bounded number.", unit="parts")
    zoom: float = field(default=1.0, minimum=0.01, maximum=1000, help="A widely bounded number.")
    window: float | None = field(default=None, help="A number or automatic.")
    text: str = field(default="", help="Any text.")
    file: FileName = field(default=FileName(""), help="A file.")
    fruit: Fruit = field(default=Fruit.Apple, help="A choice.")
    paint: Color = field(default=Color((0.0, 0.5, 1.0)), help="A colour.")
    place: Vector3 = field(default=(0.0, 0.0, 0.0), help="A vector.", unit="mm")
    verse: str = field(default="", lines=3, help="A text of some lines.")
    matrix: Matrix = field(default=Matrix((0.0,) * 16), help="A matrix.")
    go: Trigger = field(default=Trigger.idle, help="A button.")
    found: int = field(default=0, read_only=True, help="What was found.")

    def describe(self, input0: ImageInfo) -> ImageInfo:
        return input0

    def compute(self, region: Region, input0: Image) -> Voxels:
        return input0.voxels

    def values(self) -> dict[str, object]:
        return {"found": 42}


class Bare(Node):
    """No field at all."""

    input0 = Input(Image, "An image.")
    output0 = Output(Image, "The same image.")

    def describe(self, input0: ImageInfo) -> ImageInfo:
        return input0

    def compute(self, region: Region, input0: Image) -> Voxels:
        return input0.voxels


class Document(QObject):
    """A network that panels edit; every version is kept, one for each gesture."""

    changed = Signal()

    def __init__(self, library: Library, network: Network) -> None:
        super().__init__()
        self.library = library
        self.network = network
        self.filled: dict[str, dict[str, object]] = {}
        self.edits: list[tuple[str, str, Json, int]] = []
        self.triggered: list[str] = []

    def show(self, network: Network) -> None:
        self.network = network
        self.changed.emit()


class NetworkNode(PanelModel):
    """One node of a document."""

    def __init__(self, document: Document, name: str) -> None:
        super().__init__()
        self.document = document
        self._name = name
        document.changed.connect(self.changed)

    def name(self) -> str:
        return self._name

    def rename(self, name: str) -> None:
        self._name = name

    def node_type(self) -> type[Node] | None:
        return self.document.library.get(self.spec().type)

    def spec(self) -> NodeSpec:
        return self.document.network.nodes[self._name]

    def values(self) -> Mapping[str, object]:
        return self.document.filled.get(self._name, {})

    def sources(self) -> Mapping[str, str]:
        return {name: ".".join(source) for name, source in self.document.network.sources(self._name).items()}

    def consumers(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for destination, source in self.document.network.connections.items():
            node, connector = endpoint(source)
            if node == self._name:
                found[connector] = (*found.get(connector, ()), destination)
        return found

    def file_name(self, file: str) -> str:
        return file.replace("/data/", "$(DATA)/")

    def located(self, name: str) -> str:
        return name.replace("$(DATA)/", "/data/")

    def set_field(self, name: str, value: Json, gesture: int) -> None:
        document = self.document
        document.edits.append((self._name, name, value, gesture))
        document.show(with_field(document.network, document.library, self._name, name, value))

    def trigger(self, name: str) -> None:
        self.document.triggered.append(f"{self._name}.{name}")

    def connect_fields(self, destination: str, source: str) -> str:
        document = self.document
        problem = connection_problem(document.network, document.library, destination, source)
        if problem is not None:
            return str(problem)
        document.show(document.network.with_connection(destination, source))
        return ""

    def disconnect_field(self, destination: str) -> None:
        self.document.show(disconnected(self.document.network, [destination]))


def document(
    nodes: Mapping[str, NodeSpec], connections: Mapping[str, str] | None = None, types: Iterable[type[Node]] = ()
) -> Document:
    """A document over the installed node types, those of this module and some more."""
    installed = Library.installed()
    return Document(Library([*installed.values(), Everything, Bare, *types]), Network(nodes, connections or {}))
