"""How a network looks and feels under the mouse: boxes, connectors, wires, gestures."""
