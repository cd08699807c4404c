"""Nodes that join and part the values of fields."""

from __future__ import annotations

from nodeeditor import Node, Vector3, field


class DecomposeVector3(Node):
    """Part a vector into its three numbers, each of which can be connected.

    The vector follows what is connected to it, such as a position in the world that a viewer tells; its numbers are
    told at once.
    """

    keywords = ("split", "vector", "component", "position", "coordinate", "separate")

    v: Vector3 = field(default=(0.0, 0.0, 0.0), help="The vector.")
    x: float = field(default=0.0, read_only=True, help="The first number of the vector.")
    y: float = field(default=0.0, read_only=True, help="The second number of the vector.")
    z: float = field(default=0.0, read_only=True, help="The third number of the vector.")

    def values(self) -> dict[str, object]:
        return dict(zip("xyz", self.v, strict=True))


class ComposeVector3(Node):
    """Join three numbers to a vector, which can be connected.

    The numbers follow what is connected to them; the vector is told at once.
    """

    keywords = ("join", "vector", "component", "position", "coordinate", "combine")

    x: float = field(default=0.0, help="The first number of the vector.")
    y: float = field(default=0.0, help="The second number of the vector.")
    z: float = field(default=0.0, help="The third number of the vector.")
    v: Vector3 = field(default=(0.0, 0.0, 0.0), read_only=True, help="The vector.")

    def values(self) -> dict[str, object]:
        return {"v": (self.x, self.y, self.z)}
