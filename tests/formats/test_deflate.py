"""Packing gives one gzip member that anybody unpacks, however the work is shared out."""

import gzip
import itertools
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pytest

from nodeeditor import NodeError
from nodes.formats.deflate import packed, unpacked

NOISE = np.random.default_rng(4).normal(0, 30, 3_000_001).astype(np.int16).tobytes()


@pytest.mark.parametrize("sizes", [(), (0,), (1,), (352, 2**20, 2**20 + 1, 0, 7), (6_000_002,)])
def test_blocks_of_any_size_come_back_from_one_member_with_its_check_sum(sizes: tuple[int, ...]) -> None:
    ends = [0, *itertools.accumulate(sizes)]
    blocks = [memoryview(NOISE)[a:b] for a, b in itertools.pairwise(ends)]
    data = b"".join(packed(blocks))
    reader = zlib.decompressobj(31)
    assert reader.decompress(data) == NOISE[: ends[-1]]
    assert reader.eof
    assert reader.unused_data == b""
    assert gzip.decompress(data) == NOISE[: ends[-1]]


def test_equal_blocks_give_equal_bytes() -> None:
    first, second = (b"".join(packed([NOISE])) for _ in range(2))
    assert first == second


def test_packed_noise_is_about_as_short_as_zlib_makes_it() -> None:
    assert sum(map(len, packed([NOISE]))) < 1.1 * len(zlib.compress(NOISE, 6))


def test_only_a_few_blocks_are_held_at_a_time() -> None:
    tracemalloc.start()
    try:
        total = sum(map(len, packed(bytes(4 << 20) for _ in range(64))))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert 0 < total < 2 << 20
    assert peak < 64 << 20


def test_a_failure_among_the_blocks_is_passed_on() -> None:
    def failing() -> itertools.chain[bytes]:
        return itertools.chain([NOISE], (bytes(1 // zero) for zero in (0,)))

    with pytest.raises(ZeroDivisionError):
        list(packed(failing()))


def test_what_was_packed_is_unpacked_from_any_place(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"head" + b"".join(packed([NOISE])) + b"tail")
    assert unpacked(path, 4, 100, 5_000_000).tobytes() == NOISE[100:5_000_100]
    data = bytearray(path.read_bytes())
    data[-8] ^= 1
    path.write_bytes(data)
    with pytest.raises(NodeError, match=r"^x is damaged: its check sum is wrong or missing$"):
        unpacked(path, 4, 100, 5_000_000)
    path.write_bytes(data[:-3_000_000])
    with pytest.raises(NodeError, match=r"^x is damaged: \d+ of 6000000 bytes of voxels are there$"):
        unpacked(path, 4, 2, 6_000_000)
