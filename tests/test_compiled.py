"""Loops as machine code: had where numba is, asked for without waiting, and missed by nobody."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nodeeditor import compiled as module
from nodeeditor.compiled import Loop, begun, compiled, installed, machine_code, types

needs_numba = pytest.mark.skipif(not installed(), reason="numba is not installed")
VALUES = np.arange(5, dtype=np.int16)
PATIENCE = 120.0


def double(values: Any, factor: Any, made: Any) -> None:
    for i in range(values.size):
        made[i] = values[i] * factor


def nonsense(values: Any, made: Any) -> None:
    made[:] = values.no_such_thing


def made(loop: Loop, *arguments: Any) -> Loop | None:
    """The machine code of a loop, waited for."""
    making = begun(loop, types(arguments))
    assert making.ended.wait(PATIENCE)
    return making.code


@pytest.fixture(autouse=True)
def afresh() -> Iterator[None]:
    begun.cache_clear()
    yield
    begun.cache_clear()


@needs_numba
def test_a_loop_is_compiled_while_its_caller_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LULL", 0.0)
    tripled = np.zeros(5, np.int32)
    arguments = VALUES, np.int32(3), tripled
    assert made(double, *arguments) is not None
    code = compiled(double, *arguments)
    assert code is not None
    code(*arguments)
    assert tripled.tolist() == [0, 3, 6, 9, 12]


@needs_numba
def test_what_is_read_may_be_read_only_and_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    values = VALUES[:0].copy()
    values.flags.writeable = False
    arguments = values, np.int32(3), np.zeros(0, np.int32)
    machine_code(double, types(arguments))(*arguments)


@needs_numba
def test_nothing_is_compiled_before_its_time_and_a_program_that_ends_does_not_wait_for_it() -> None:
    script = (
        "import sys, numpy as np\n"
        "from nodeeditor import compiled as module\n"
        "from nodes.shared.choice import chosen\n"
        "module._LULL = module._LONGEST = 3600.0\n"
        "values = np.zeros(module.WORTH, np.int16)\n"
        "chosen(np.less, values, np.int16(3), np.uint8(0), np.uint8(1))\n"
        "assert module.begun.cache_info().misses == 1\n"
        "assert 'numba' not in sys.modules\n"
    )
    command = [sys.executable, "-W", "error", "-c", script]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=PATIENCE, cwd=Path(__file__).parents[1]
    )
    assert (done.returncode, done.stderr) == (0, "")


@needs_numba
def test_what_numba_cannot_compile_is_left_to_numpy_and_told_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "_LULL", 0.0)
    arguments = VALUES, np.zeros(5, np.int32)
    with caplog.at_level(logging.WARNING):
        assert made(nonsense, *arguments) is None
        assert compiled(nonsense, *arguments) is None
    assert [record.message.partition(":")[0] for record in caplog.records] == [
        "numba cannot compile nonsense, numpy works instead"
    ]
    assert "\n" not in caplog.records[0].message


def test_without_numba_there_is_no_machine_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numba", None)
    arguments = VALUES, np.int32(3), np.zeros(5, np.int32)
    assert begun(double, types(arguments)).ended.is_set()
    assert compiled(double, *arguments) is None


def test_the_environment_can_forbid_machine_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NODEEDITOR_COMPILE", "no")
    assert compiled(double, VALUES, np.int32(3), np.zeros(5, np.int32)) is None
    assert begun.cache_info().misses == 0


@needs_numba
def test_a_loop_that_is_asked_for_again_and_again_is_compiled_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LULL", 3600.0)
    monkeypatch.setattr(module, "_LONGEST", 0.1)
    arguments = VALUES, np.int32(3), np.zeros(5, np.int32)
    assert made(double, *arguments) is not None
