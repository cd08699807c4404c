"""The canvas of the editor beside stock NodeGraphQt's, on the same graph."""

from __future__ import annotations

import gc
import random
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

from NodeGraphQt import BaseNode, NodeGraph

from nodeeditor.gui.document.graph import Graph
from nodeeditor.library import Library
from nodeeditor.network import Network, NodeSpec, endpoint
from tests.benchmarks.frame import Bench, Outcome, Row, spelled
from tests.benchmarks.screen import application

_GOALS = {"open": 0.5, "frame all": 0.05, "pan": 0.5}


def outcomes(bench: Bench) -> Iterator[Outcome]:
    """Opening, framing and panning, one side after the other."""
    application()
    wanted = network(bench.nodes)
    sides = {"ours": ours(wanted), "stock": stock(wanted)}
    for what, goal in _GOALS.items():
        row = Row(f"canvas of {len(wanted.nodes):,} nodes: {what}", goal, than="stock NodeGraphQt")
        mine, other = (sides[side][what] for side in ("ours", "stock"))
        yield Outcome(row, mine / other, spelled(mine), f"NodeGraphQt {spelled(other)}", "median")


class Stock(BaseNode):  # type: ignore[misc]
    """A node of stock NodeGraphQt with two inputs and one output."""

    __identifier__ = "bench"
    NODE_NAME = "Stock"

    def __init__(self) -> None:
        super().__init__()
        self.add_input("input0")
        self.add_input("input1")
        self.add_output("output0")


def network(nodes: int) -> Network:
    """A network of masks, each fed by one or two of the forty before it: three connections for two nodes."""
    generator = random.Random(1)
    specs = {f"N{i}": NodeSpec("Mask", frame=(130 * (i % 40), -110 * (i // 40), 120, 72)) for i in range(nodes)}
    connections = {}
    for i in range(1, nodes):
        for connector in ("input0", "input1")[: 1 + i % 2]:
            connections[f"N{i}.{connector}"] = f"N{max(0, i - generator.randint(1, 40))}.output0"
    return Network(specs, connections)


def seconds(work: Callable[[], object], times: int = 1) -> float:
    """The median time of some calls."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def ours(wanted: Network) -> dict[str, float]:
    """The times of the editor's canvas."""
    graph = Graph(Library.installed())
    view = graph.viewer()
    view.resize(1400, 900)
    view.show()

    def opened() -> None:
        graph.apply("open", wanted)
        application().processEvents()

    taken = {"open": seconds(opened), **_moving(view, view.frame_all)}
    view.hide()
    return taken


def stock(wanted: Network) -> dict[str, float]:
    """The times of NodeGraphQt as it comes, by its public methods, with Python's own garbage collection."""
    gc.enable()
    try:
        return _stock(wanted)
    finally:
        gc.disable()


def _stock(wanted: Network) -> dict[str, float]:
    graph = NodeGraph()
    graph.register_node(Stock)
    view = graph.viewer()
    view.resize(1400, 900)
    view.show()

    def opened() -> None:
        nodes: dict[str, Any] = {}
        for name, spec in wanted.nodes.items():
            nodes[name] = graph.create_node("bench.Stock", name=name, pos=(spec.frame or (0, 0))[:2])
        graph.set_acyclic(False)  # with it, NodeGraphQt 0.6.44 refuses what it should connect
        for destination, source in wanted.connections.items():
            (to, taking), (of, giving) = endpoint(destination), endpoint(source)
            nodes[of].outputs()[giving].connect_to(nodes[to].inputs()[taking])
        application().processEvents()

    def framed() -> None:
        graph.select_all()
        graph.fit_to_selection()

    taken = {"open": seconds(opened), **_moving(view, framed)}
    view.hide()
    return taken


def _moving(view: Any, framed: Callable[[], object]) -> dict[str, float]:
    frame = seconds(framed, times=3)
    application().processEvents()

    def panned() -> None:
        view._set_viewer_pan(15, 10)
        view.viewport().repaint()

    return {"frame all": frame, "pan": seconds(panned, times=15)}
