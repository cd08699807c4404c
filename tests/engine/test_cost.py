"""What an answer cost, counted and in words."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from nodeeditor.engine.cost import Cost, Tally, Work, spelled_seconds
from nodeeditor.image import Region
from nodeeditor.network import NodeSpec

from ..samples import Watched, chain, network


def works(*slices: int) -> dict[str, Work]:
    return {f"N{number}": Work(0.001, 1, count) for number, count in enumerate(slices)}


@pytest.mark.parametrize(
    ("cost", "words"),
    [
        (Cost(0.0061, works(1, 1, 1)), "6 ms, 3 nodes, 1 slice each"),
        (Cost(0.002), "2 ms, nothing computed"),
        (Cost(0.002, {"N": Work(0.002)}), "2 ms, nothing computed"),
        (Cost(1.23, works(79, 1)), "1.2 s, 2 nodes, 80 slices"),
        (Cost(0.04, works(1)), "40 ms, 1 node, 1 slice"),
        (Cost(0.04, works(12, 12)), "40 ms, 2 nodes, 12 slices each"),
    ],
)
def test_a_cost_is_a_short_sentence(cost: Cost, words: str) -> None:
    assert str(cost) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0.1 ms"), (0.0004, "0.4 ms"), (0.006, "6 ms"), (0.0099, "10 ms"), (0.0123, "12 ms"), (0.9994, "999 ms"),
        (0.9996, "1.0 s"), (1.26, "1.3 s"), (99.9, "99.9 s"), (99.96, "100 s"), (1234, "1234 s"),
    ],
)  # fmt: skip
def test_a_duration_is_spelled_shortly(seconds: float, words: str) -> None:
    assert spelled_seconds(seconds) == words


def test_pages_and_slices_are_counted_by_node() -> None:
    engine, whole = Watched().engine, Region.whole((1, 1, 8, 6, 5))
    volume, along_z, along_x = Tally(), Tally(), Tally()
    engine.heard(along_z).image(chain(2), "N2.output0", whole.along("z", 3))
    engine.heard(along_x).image(chain(1), "N1.output0", whole.along("x", 3))
    engine.heard(volume).image(chain(1), "N1.output0")
    assert along_z.cost.pages == {"N0": 1, "N1": 1, "N2": 1}
    assert {name: work.slices for name, work in along_x.cost.work.items()} == {"N0": 1, "N1": 1}
    assert {name: work.slices for name, work in volume.cost.work.items()} == {"N0": 8, "N1": 8}


def test_an_answer_from_memory_costs_no_page() -> None:
    engine, tally = Watched().engine, Tally()
    engine.image(chain(2), "N2.output0")
    engine.heard(tally).image(chain(2), "N2.output0")
    assert tally.cost.pages == {}
    assert str(tally.cost).endswith("nothing computed")


def test_the_seconds_of_nodes_are_their_own_and_within_the_whole() -> None:
    tally = Tally()
    Watched().engine.heard(tally).image(network(R=NodeSpec("Ramp", {"rows": 20_000})), "R.output0")
    with tally.during("Outer", "key", "perform"), tally.during("Inner", "key", "compute"):
        sum(range(100_000))
    work = tally.cost.work
    assert work["Inner"].seconds > work["Outer"].seconds > 0
    assert sum(one.seconds for one in work.values()) <= tally.cost.seconds


def test_work_on_another_thread_is_not_done_on_behalf_of_a_node() -> None:
    tally = Tally()

    def work() -> None:
        with tally.during("Inner", "key", "compute"):
            sum(range(1_000_000))

    with tally.during("Outer", "key", "perform"), ThreadPoolExecutor(1) as threads:
        threads.submit(work).result()
    seconds = {name: work.seconds for name, work in tally.cost.work.items()}
    assert seconds["Outer"] > seconds["Inner"] > 0
