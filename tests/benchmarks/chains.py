"""Long chains of cheap nodes: what the engine takes where the nodes take next to nothing."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from nodeeditor.check import problems
from nodeeditor.engine import Engine
from nodeeditor.engine.listening import Computed
from nodeeditor.engine.plan import plan
from nodeeditor.file import load, save
from nodeeditor.network import Network
from tests.benchmarks import data
from tests.benchmarks.frame import Bench, Outcome, Row, Side, agree, measured, spelled
from tests.benchmarks.networks import CACHE, chain, library

POINTWISE = Row("200 pointwise nodes on a slice, all computed and kept", 1.3, than="numpy by hand, all kept")
EDITED = Row("the same edited at node 150: pages computed", 51, unit="pages")
EDITED_TIME = Row("the same edited at node 150: time", 1.3, than="numpy by hand from there on, all kept")
FIRST_PLAN = Row("500 nodes: one slice planned, first time", 30, unit="ms")
NEXT_PLAN = Row("500 nodes: one slice planned after an edit", 30, unit="ms")
LONG = Row("10,000 nodes: loaded, checked, planned", 3, unit="s")
_LENGTH, _EDITED = 200, 150
_SLICES = 16
_KEPT = 4  # slices, with all pages, on both sides


def outcomes(bench: Bench) -> Iterator[Outcome]:
    """Pages computed and plans made."""
    yield from _pointwise(bench)
    yield from _planned(bench)
    yield _long(bench)


def _pointwise(bench: Bench) -> Iterator[Outcome]:
    extent = (2 * _SLICES, *bench.middle[1:])  # so few that their lowest and highest value are looked for
    path, values = data.metaimage(bench.folder, extent), data.volume(extent)
    pages: list[Computed] = []
    kept: deque[list[npt.NDArray[np.int16]]] = deque(maxlen=_KEPT)
    engine = Engine(library(), _KEPT * _LENGTH * values[0].nbytes, pages.append)
    network, end = chain(path, _LENGTH), f"N{_LENGTH}.output0"
    whole = engine.info(network, end).whole
    seen = whole.along("z", len(values) // 2)

    def ours(number: int) -> Any:
        return engine.image(network, end, whole.along("z", number)).voxels

    def by_hand(number: int, steps: int = _LENGTH) -> Any:
        made = [values[number]]
        for _ in range(steps):
            made.append(made[-1] + np.int16(1))
        kept.append(made)
        return made[-1]

    def forgetful(number: int) -> Any:
        made = values[number]
        for _ in range(_LENGTH):
            made = made + np.int16(1)
        return made

    def edited(number: int) -> Any:
        return engine.image(network.with_field(f"N{_EDITED}", "step", number + 2), end, seen).voxels

    agree(POINTWISE.name, ours(0)[0, 0, 0], by_hand(0))
    engine.image(network, end, seen)
    pages.clear()
    agree(EDITED.name, edited(-1)[0, 0, 0], by_hand(len(values) // 2), edited(-1)[0, 0, 0])
    agree(EDITED.name, edited(97)[0, 0, 0], by_hand(len(values) // 2) + np.int16(98))
    yield Outcome(EDITED, len(pages), f"{_LENGTH - _EDITED + 1} nodes from there on")
    rest = _LENGTH - _EDITED + 1
    sides: dict[str, Side] = {
        "ours": ours,
        "by hand": by_hand,
        "edited": edited,
        "rest": lambda number: by_hand(number, rest),
        "forgetful": forgetful,
    }
    taken = measured(sides, bench.rounds, min)
    how = "best of the repetitions"
    best = f"numpy {spelled(taken['by hand'])}, {spelled(taken['forgetful'])} where nothing is kept"
    yield Outcome(POINTWISE, taken["ours"] / taken["by hand"], spelled(taken["ours"]), best, how)
    best = f"numpy {spelled(taken['rest'])}"
    yield Outcome(EDITED_TIME, taken["edited"] / taken["rest"], spelled(taken["edited"]), best, how)


def _planned(bench: Bench) -> Iterator[Outcome]:
    path = data.metaimage(bench.folder, bench.small)
    network, types = chain(path, 500), library()
    warm = Engine(types, CACHE)
    engines = [Engine(types, CACHE) for _ in range(bench.rounds + 1)]

    def first(number: int) -> None:
        _plan(engines[number], network)

    def after_an_edit(number: int) -> None:
        _plan(warm, network.with_field("N250", "step", number + 2))

    taken = measured({"first": first, "edited": after_an_edit}, bench.rounds)
    yield Outcome(FIRST_PLAN, 1000 * taken["first"], "", how="median, a new engine each time")
    yield Outcome(NEXT_PLAN, 1000 * taken["edited"], "node 250 of 500", how="median")


def _long(bench: Bench) -> Outcome:
    file = bench.folder / "chain.mlab.json"
    save(chain(data.metaimage(bench.folder, bench.small), 10_000), file)
    types = library()

    def ours(number: int) -> None:
        network = load(file)
        assert not problems(network, types)
        _plan(Engine(types, CACHE), network)

    taken = measured({"ours": ours}, 2, min)
    return Outcome(LONG, taken["ours"], "", how="best of the repetitions")


def _plan(engine: Engine, network: Network) -> None:
    last = f"N{len(network.nodes) - 1}"
    target = engine.bound(network, [last])[last]
    region = target.described.infos["output0"].whole.along("z", 1)
    tasks = plan((target, "output0", region), lambda key, extent: None).tasks
    assert len(tasks) == len(network.nodes)
