"""The engine computes what is asked for, once, and says in words what it could not."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nodeeditor.engine import Engine
from nodeeditor.engine.cache import PageCache
from nodeeditor.engine.listening import Computed, Doing, Listener
from nodeeditor.engine.stream import SLAB
from nodeeditor.errors import (
    Cancelled,
    FieldError,
    NetworkError,
    NetworkErrors,
    NodeError,
    UnknownNodeType,
    WiringError,
)
from nodeeditor.image import Image, ImageInfo, Region
from nodeeditor.library import Library
from nodeeditor.memory import cache_limit, free_memory
from nodeeditor.network import Network, NodeSpec
from nodeeditor.paths import Paths

from ..samples import LIBRARY, Watched, chain, network, numbers


def one_slice(z: int) -> Region:
    return Region.whole((1, 1, 8, 6, 5)).along("z", z)


def test_the_whole_image_is_what_numpy_says() -> None:
    image = Watched().engine.image(chain(3), "N3.output0")
    assert np.array_equal(image.voxels, numbers() + 3.0)


def test_scrolling_by_one_slice_computes_one_page_a_node() -> None:
    watched = Watched()
    watched.engine.image(chain(3), "N3.output0", one_slice(4))
    watched.computed()
    watched.engine.image(chain(3), "N3.output0", one_slice(5))
    assert watched.computed() == {"N0": 1, "N1": 1, "N2": 1, "N3": 1}


def test_a_change_of_the_last_node_computes_one_page() -> None:
    watched = Watched()
    watched.engine.image(chain(3), "N3.output0", one_slice(4))
    watched.computed()
    watched.engine.image(chain(3).with_field("N3", "constant", 9.0), "N3.output0", one_slice(4))
    assert watched.computed() == {"N3": 1}


def test_undo_computes_nothing() -> None:
    watched = Watched()
    watched.engine.image(chain(3), "N3.output0", one_slice(4))
    watched.engine.image(chain(3).with_field("N1", "constant", 9.0), "N3.output0", one_slice(4))
    watched.computed()
    watched.engine.image(chain(3), "N3.output0", one_slice(4))
    assert watched.computed() == {}


def test_renaming_and_moving_nodes_computes_nothing() -> None:
    watched = Watched()
    watched.engine.image(chain(1), "N1.output0", one_slice(0))
    watched.computed()
    other = network("B.input0=A.output0", A=NodeSpec("Ramp", frame=(1, 2, 3, 4)), B="Add")
    watched.engine.image(other, "B.output0", one_slice(0))
    assert watched.computed() == {}


def test_a_cached_page_asks_for_nothing() -> None:
    watched = Watched()
    watched.engine.image(chain(2), "N2.output0", one_slice(1))
    kept = {key: page for key, (page, _) in watched.engine.pages._pages.items() if page.info.dtype == np.float64}
    watched.engine.pages = PageCache(2**20)
    for key, page in kept.items():
        watched.engine.pages.put(key, page)
    watched.computed()
    watched.engine.image(chain(2).with_field("N2", "constant", 5.0), "N2.output0", one_slice(1))
    assert watched.computed() == {"N2": 1}


def test_only_ancestors_of_the_demand_are_computed() -> None:
    watched = Watched()
    both = network("Left.input0=Ramp.output0", "Right.input0=Ramp.output0", Ramp="Ramp", Left="Add", Right="Add")
    watched.engine.image(both, "Left.output0")
    assert watched.computed() == {"Ramp": 1, "Left": 1}


def test_a_source_that_two_nodes_need_is_computed_once() -> None:
    watched = Watched()
    diamond = network(
        "A.input0=Ramp.output0",
        "B.input0=Ramp.output0",
        "Sum.input0=A.output0",
        "Sum.input1=B.output0",
        Ramp="Ramp",
        A="Add",
        B="Spread",
        Sum="Sum",
    )
    image = watched.engine.image(diamond, "Sum.output0", one_slice(3))
    assert watched.computed() == {"Ramp": 1, "A": 1, "B": 1, "Sum": 1}
    assert np.array_equal(image.voxels[0, 0, 0], numbers()[0, 0, 3] + 1 + numbers()[0, 0, 4])


def test_regions_far_apart_stay_two_pages() -> None:
    watched = Watched()
    halves = network(
        "Split.input0=Ramp.output0",
        "Sum.input0=Split.lower",
        "Sum.input1=Split.upper",
        Ramp=NodeSpec("Ramp", {"slices": 40}),
        Split="Split",
        Sum="Sum",
    )
    region = Region.whole((1, 1, 20, 6, 5)).along("z", 2)
    image = watched.engine.image(halves, "Sum.output0", region)
    assert watched.computed() == {"Ramp": 2, "Split": 2, "Sum": 1}
    assert np.array_equal(image.voxels[0, 0, 0], numbers(40)[0, 0, 2] + numbers(40)[0, 0, 22])


@pytest.mark.parametrize("limit", [0, 2**30])
def test_a_volume_in_slabs_equals_the_whole_at_once(limit: int) -> None:
    rows = SLAB // 40
    big = network("S.input0=R.output0", R=NodeSpec("Ramp", {"slices": 20, "rows": rows}), S="Spread")
    watched = Watched(limit)
    image = watched.engine.image(big, "S.output0")
    assert watched.computed()["S"] > 1
    expected = numbers(20, rows)
    expected[:, :, :-1] = expected[:, :, 1:]
    assert np.array_equal(image.voxels, expected)


def test_a_filter_that_needs_the_whole_volume_gets_it_once_even_without_a_cache() -> None:
    rows = SLAB // 40
    big = network(
        "Rank.input0=Add.output0", "Add.input0=R.output0",
        R=NodeSpec("Ramp", {"slices": 20, "rows": rows}), Add="Add", Rank="Rank",
    )  # fmt: skip
    watched = Watched(limit=0)
    image = watched.engine.image(big, "Rank.output0")
    counts = watched.computed()
    assert counts["Rank"] > 1
    assert counts["Add"] == counts["R"] == 1
    expected = numbers(20, rows) + 1.0
    assert np.array_equal(image.voxels, expected - expected.mean())


def test_pages_are_delivered_in_order_and_to_who_listens() -> None:
    rows = SLAB // 40
    big = network(R=NodeSpec("Ramp", {"slices": 20, "rows": rows}))
    heard: list[Region] = []
    stream = Watched().engine.stream(big, "R.output0", delivered=lambda page: heard.append(page.region))
    given = [page.region for page in stream]
    assert given == heard
    assert [region.start[2] for region in given] == sorted(region.start[2] for region in given)
    assert sum(region.size for region in given) == 20 * rows * 5


def test_a_region_outside_of_the_image_is_refused() -> None:
    with pytest.raises(NodeError, match=r"N1: .*outside of its extent"):
        Watched().engine.image(chain(1), "N1.output0", Region((0, 0, 0, 0, 0), (1, 1, 9, 6, 5)))


def test_the_cache_never_holds_more_than_its_limit() -> None:
    watched = Watched(limit=1000)
    for z in range(8):
        watched.engine.image(chain(2), "N2.output0", one_slice(z))
        cache = watched.engine.pages
        assert cache.nbytes == sum(page.voxels.nbytes for page, _ in cache._pages.values()) <= 1000
    assert len(watched.engine.pages) > 1


def test_the_cache_drops_what_was_not_used_for_longest() -> None:
    info = ImageInfo((1, 1, 1, 1, 10), np.dtype(np.uint8), (0, 0))
    page = Image.of(info, np.zeros(info.extent, np.uint8))
    cache = PageCache(25)
    for name in "ab":
        cache.put((name, "o", info.whole), page)
    cache.get(("a", "o", info.whole))
    cache.put(("c", "o", info.whole), page)
    assert [name for name in "abc" if (name, "o", info.whole) in cache] == ["a", "c"]
    cache.put(("d", "o", info.whole), Image.of(*_large()))
    assert len(cache) == 2


def _large() -> tuple[ImageInfo, np.ndarray[tuple[int, ...], np.dtype[np.uint8]]]:
    info = ImageInfo((1, 1, 1, 1, 100), np.dtype(np.uint8), (0, 0))
    return info, np.zeros(info.extent, np.uint8)


def test_a_chain_of_ten_thousand_nodes_needs_no_recursion() -> None:
    image = Watched().engine.image(chain(10_000), "N10000.output0", one_slice(0))
    assert image.voxels[0, 0, 0, 0, 0] == 10_000


def test_cancelling_is_heard_between_two_nodes() -> None:
    watched = Watched()
    stream = watched.engine.stream(chain(5), "N5.output0", cancelled=lambda: len(watched.pages) == 2)
    with pytest.raises(Cancelled):
        stream.read()
    assert watched.computed() == {"N0": 1, "N1": 1}


class Heard(Listener):
    """Writes down all that it hears."""

    def __init__(self) -> None:
        self.told: list[str] = []

    @contextmanager
    def during(self, node: str, key: str, doing: Doing) -> Iterator[None]:
        self.told.append(f"{node} {doing}")
        yield
        self.told.append(f"{node} {doing} ended")

    def computed(self, page: Computed) -> None:
        self.told.append(f"{page.node} {page.region.size}")

    def read(self, node: str, key: str, part: float) -> None:
        self.told.append(f"{node} {part}")


def test_who_listens_to_a_request_hears_of_it_alone() -> None:
    watched, first, second = Watched(), Heard(), Heard()
    watched.engine.heard(first).image(chain(1), "N1.output0", one_slice(0))
    watched.engine.heard(first).heard(second).image(chain(1), "N1.output0", one_slice(1))
    assert first.told[:4] == ["N0 describe", "N0 describe ended", "N1 describe", "N1 describe ended"]
    assert first.told[4:10] == ["N0 compute", "N0 compute ended", "N0 30", "N1 compute", "N1 compute ended", "N1 30"]
    assert first.told[10:] == second.told == first.told[4:10]
    watched.engine.image(chain(1), "N1.output0", one_slice(2))
    assert len(first.told) == 16
    assert watched.computed() == {"N0": 3, "N1": 3}


def test_who_listens_hears_how_much_of_a_large_image_was_read() -> None:
    heard = Heard()
    rows = SLAB // 40
    big = network(R=NodeSpec("Ramp", {"slices": 20, "rows": rows}))
    Watched().engine.heard(heard).image(big, "R.output0")
    parts = [float(one.split()[1]) for one in heard.told if one.startswith("R 0.") or one == "R 1.0"]
    assert parts == sorted(parts)
    assert parts[-1] == 1.0
    assert len(parts) == len(set(parts)) > 2


def test_many_threads_share_one_engine() -> None:
    watched = Watched(limit=4000)
    wrong: list[int] = []

    def scroll(start: int) -> None:
        for step in range(30):
            z = (start + step) % 8
            image = watched.engine.image(chain(4), "N4.output0", one_slice(z))
            if not np.array_equal(image.voxels[0, 0, 0], numbers()[0, 0, z] + 4.0):
                wrong.append(z)

    threads = [threading.Thread(target=scroll, args=(start,)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


@pytest.mark.parametrize(
    ("how", "words", "unexpected"),
    [
        ("words", "F: the moon is full; wait a day", False),
        ("describe", "F: cannot be described", False),
        ("bug", "F: failed unexpectedly (ZeroDivisionError: division by zero)", True),
        ("memory", "F: there is not enough memory for this", False),
        ("shape", "F: failed unexpectedly (ValueError: voxels of shape (1, 1, 8, 6, 1)", True),
        ("type", "F: failed unexpectedly (ValueError: voxels are float32, but int32 was declared)", True),
    ],
)
def test_a_failing_node_is_named_with_the_reason(how: str, words: str, unexpected: bool) -> None:
    failing = network("F.input0=R.output0", R="Ramp", F=NodeSpec("Failing", {"how": how}))
    with pytest.raises(NodeError) as caught:
        Watched().engine.image(failing, "F.output0")
    assert str(caught.value).startswith(words)
    assert caught.value.unexpected is unexpected
    assert caught.value.node == "F"
    assert (caught.value.region is None) == (how == "describe")


def test_what_a_failed_node_feeds_fails_with_its_name() -> None:
    failing = network("F.input0=R.output0", "A.input0=F.output0", R="Ramp", F="Failing", A="Add")
    with pytest.raises(NodeError, match=r"^F: the moon"):
        Watched().engine.image(failing, "A.output0")


def test_all_problems_of_the_ancestors_come_at_once_and_no_others() -> None:
    wrong = network(
        "B.input0=A.output0",
        A=NodeSpec("Add", {"constant": "much"}),
        B=NodeSpec("Add", {"constant": True}),
        Elsewhere="Nonsense",
    )
    with pytest.raises(NetworkErrors) as caught:
        Watched().engine.image(wrong, "B.output0")
    assert [problem.place for problem in caught.value.problems] == ["A.constant", "A.input0", "B.constant"]
    with pytest.raises(UnknownNodeType, match="Elsewhere: unknown node type"):
        Watched().engine.image(wrong, "Elsewhere.output0")


def test_a_field_that_follows_an_unknown_node_has_the_value_that_was_saved_with_it() -> None:
    saved = network(
        "A.input0=R.output0", "A.constant=U.value",
        R="Ramp", A=NodeSpec("Add", {"constant": 7}), U="Nonsense",
    )  # fmt: skip
    plain = network("A.input0=R.output0", R="Ramp", A=NodeSpec("Add", {"constant": 7}))
    made = Watched().engine.image(saved, "A.output0").voxels
    assert np.array_equal(made, Watched().engine.image(plain, "A.output0").voxels)
    former = NodeSpec("LocalImage", {"localname": str(Path(__file__).parent / "nowhere.nii")})
    renamed = Network({"L": former, "U": NodeSpec("Nonsense")}, {"L.name": "U.value"})
    with pytest.raises(NodeError, match=r"L: .*nowhere\.nii does not exist"):
        Engine(Library.installed()).image(renamed, "L.outImage")
    unsaved = network("A.input0=R.output0", "A.constant=U.value", R="Ramp", A="Add", U="Nonsense")
    with pytest.raises(UnknownNodeType, match="U: unknown node type"):
        Watched().engine.image(unsaved, "A.output0")


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("N1.output1", "N1.output1: there is no output of that name; did you mean 'output0'?"),
        ("N1.zzz", "N1.zzz: there is no output of that name; it has output0"),
        ("M1.output0", "M1: there is no node of that name; the network has N0, N1"),
        ("N1", "'N1' is not of the form Node.connector"),
    ],
)
def test_an_output_that_is_not_there_is_said_so(output: str, words: str) -> None:
    with pytest.raises(WiringError) as caught:
        Watched().engine.image(chain(1), output)
    assert str(caught.value) == words


def test_a_cycle_of_images_is_refused_by_name() -> None:
    ring = network("A.input0=B.output0", "B.input0=C.output0", "C.input0=A.output0", A="Add", B="Add", C="Add")
    with pytest.raises(WiringError, match=r"close a cycle: [ABC] -> [ABC] -> [ABC] -> [ABC]"):
        Watched().engine.image(ring, "A.output0")


def values(given: Network, node: str) -> dict[str, object]:
    bound = Watched().engine.bound(given, [node])[node].node
    return {name: getattr(bound, name) for name in ("whole", "real", "maybe", "flag", "text", "mood", "place")}


@pytest.mark.parametrize(
    ("link", "fields", "expected"),
    [
        ("K.whole=Src.real", {"real": 7.9}, ("whole", 7)),
        ("K.whole=Src.real", {"real": -7.9}, ("whole", -7)),
        ("K.real=Src.whole", {"whole": 3}, ("real", 3.0)),
        ("K.flag=Src.real", {"real": 0.5}, ("flag", True)),
        ("K.text=Src.real", {"real": 2.5}, ("text", "2.5")),
        ("K.real=Src.text", {"text": " 1e3 "}, ("real", 1000.0)),
        ("K.text=Src.place", {"place": [1, 2.5, -3]}, ("text", "1 2.5 -3")),
        ("K.place=Src.text", {"text": "4 5 6"}, ("place", (4.0, 5.0, 6.0))),
        ("K.maybe=Src.maybe", {}, ("maybe", None)),
        ("K.text=Src.mood", {"mood": "Wild"}, ("text", "Wild")),
        ("K.real=Src.doubled", {"real": 21}, ("real", 42.0)),
    ],
)
def test_a_connected_field_takes_the_converted_value(
    link: str, fields: dict[str, object], expected: tuple[str, object]
) -> None:
    joined = network(link, K="Knobs", Src=NodeSpec("Knobs", fields))
    assert values(joined, "K")[expected[0]] == expected[1]


@pytest.mark.parametrize(
    ("link", "fields", "words"),
    [
        ("K.real=Src.text", {"text": "many"}, "K.real: 'many' is not a number (it follows Src.text)"),
        ("K.real=Src.maybe", {}, "K.real: its source is automatic, no number (it follows Src.maybe)"),
        ("K.mood=Src.text", {"text": "Wilt"}, "K.mood: 'Wilt' is not one of Calm, Wild; did you mean 'Wild'?"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_both_ends(link: str, fields: dict[str, object], words: str) -> None:
    with pytest.raises(FieldError) as caught:
        values(network(link, K="Knobs", Src=NodeSpec("Knobs", fields)), "K")
    assert str(caught.value).startswith(words)


def test_a_row_of_fields_takes_the_value_of_its_first() -> None:
    row = network("C.real=B.whole", "B.whole=A.real", A=NodeSpec("Knobs", {"real": 5.7}), B="Knobs", C="Knobs")
    assert values(row, "C")["real"] == 5.0


@pytest.mark.parametrize("node", ["A", "B", "Tail"])
def test_a_ring_of_fields_shares_one_value(node: str) -> None:
    ring = network(
        "A.real=B.real", "B.real=A.real", "Tail.real=A.real",
        A=NodeSpec("Knobs", {"real": 3.0}), B=NodeSpec("Knobs", {"real": 8.0}), Tail="Knobs",
    )  # fmt: skip
    assert values(ring, node)["real"] == 3.0


def test_a_ring_takes_the_value_that_is_set_in_it() -> None:
    ring = network("A.real=B.real", "B.real=A.real", A="Knobs", B=NodeSpec("Knobs", {"real": 8.0}))
    assert values(ring, "A")["real"] == 8.0
    assert values(network("A.real=B.real", "B.real=A.real", A="Knobs", B="Knobs"), "A")["real"] == 0.0


def test_a_read_only_field_of_an_image_can_steer_another_node() -> None:
    steered = network("K.input0=R.output0", "A.input0=R.output0", "A.constant=K.depth", R="Ramp", K="Knobs", A="Add")
    assert np.array_equal(Watched().engine.image(steered, "A.output0").voxels, numbers() + 8.0)
    assert Watched().engine.values(steered, "K") == {"doubled": 0.0, "depth": 8}


def test_a_field_that_depends_on_its_own_image_is_a_cycle() -> None:
    loop = network("K.input0=A.output0", "A.input0=R.output0", "A.constant=K.depth", R="Ramp", K="Knobs", A="Add")
    with pytest.raises(WiringError, match="cycle"):
        Watched().engine.image(loop, "A.output0")


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    from nodeeditor.library import Library

    engine = Engine(Library.installed())
    file = tmp_path / "a.mha"
    saved = Network({"L": NodeSpec("LocalImage", {"name": "a.mha"})})
    _write_mha(file, 1)
    assert engine.image(saved, "L.outImage", paths=Paths(tmp_path)).voxels.max() == 1
    _write_mha(file, 23)
    assert engine.image(saved, "L.outImage", paths=Paths(tmp_path)).voxels.max() == 23


def _write_mha(file: Path, value: int) -> None:
    import SimpleITK as sitk

    sitk.WriteImage(sitk.GetImageFromArray(np.full((2, 3, 3 + value % 7), value, np.uint8)), str(file))


def test_opened_files_are_let_go_when_they_hold_too_much_memory(tmp_path: Path) -> None:
    import SimpleITK as sitk

    from nodeeditor.library import Library

    engine = Engine(Library.installed(), limit=20_000)
    for number in range(6):
        file = tmp_path / f"{number}.nii.gz"
        sitk.WriteImage(sitk.GetImageFromArray(np.full((10, 30, 30), number, np.uint8)), str(file))
        saved = Network({"L": NodeSpec("LocalImage", {"name": file.name})})
        assert engine.image(saved, "L.outImage", paths=Paths(tmp_path)).voxels.max() == number
        assert engine._descriptions.nbytes <= 20_000 + 9_000
    assert len(engine._descriptions) < 6


def test_the_cache_limit_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NODEEDITOR_CACHE", "12")
    assert cache_limit() == 12 * 2**20
    monkeypatch.setenv("NODEEDITOR_CACHE", "much")
    with pytest.raises(NetworkError, match="NODEEDITOR_CACHE is 'much', not a number of MiB"):
        Engine(LIBRARY)
    monkeypatch.delenv("NODEEDITOR_CACHE")
    assert 2**20 < cache_limit() < free_memory()


def bypassing(*names: str) -> Network:
    specs = {
        "R": NodeSpec("Ramp"),
        "A": NodeSpec("Add"),
        "B": NodeSpec("Add", {"constant": 10.0}),
        "S": NodeSpec("Sum"),
    }
    specs = {name: replace(spec, bypassed=name in names) for name, spec in specs.items()}
    links = {"A.input0": "R.output0", "B.input0": "A.output0", "S.input0": "B.output0", "S.input1": "A.output0"}
    return Network(specs, links)


@pytest.mark.parametrize(
    ("names", "first", "second"),
    [((), 11, 1), (("A",), 10, 0), (("B",), 1, 1), (("A", "B"), 0, 0)],
)
def test_a_bypassed_node_passes_on_what_flows_in(names: tuple[str, ...], first: float, second: float) -> None:
    watched = Watched()
    summed = watched.engine.image(bypassing(*names), "S.output0")
    assert np.array_equal(summed.voxels, 2.0 * numbers() + first + second)
    assert set(watched.computed()) == {"R", "A", "B", "S"} - set(names)


def test_a_bypassed_node_gives_its_first_input_when_asked() -> None:
    assert np.array_equal(Watched().engine.image(bypassing("S"), "S.output0").voxels, numbers() + 11.0)


def test_a_bypassed_node_without_an_input_passes_nothing_and_says_so() -> None:
    empty = network("B.input0=A.output0", A=NodeSpec("Add", bypassed=True), B="Add")
    with pytest.raises(WiringError, match=r"^B\.input0: nothing flows through the bypassed A$"):
        Watched().engine.image(empty, "B.output0")
    with pytest.raises(WiringError, match=r"^A\.output0: is bypassed, and nothing flows through it$"):
        Watched().engine.image(empty, "A.output0")
    ring = network(
        "A.input0=B.output0", "B.input0=A.output0", A=NodeSpec("Add", bypassed=True), B=NodeSpec("Add", bypassed=True)
    )
    with pytest.raises(WiringError):
        Watched().engine.image(ring, "A.output0")
