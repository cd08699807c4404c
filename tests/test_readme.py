"""What the README promises is so."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from nodeeditor import Node
from nodeeditor.cli import main
from nodeeditor.engine import Engine
from nodeeditor.library import Library

from .samples import Ramp, network, numbers

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_node_of_the_readme_works() -> None:
    code = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert code is not None
    scope: dict[str, object] = {"__name__": __name__}
    exec(
        compile(code[1].replace("from nodeeditor", "from nodeeditor", 1), "README.md", "exec", dont_inherit=True), scope
    )
    scale = scope["Scale"]
    assert isinstance(scale, type)
    assert issubclass(scale, Node)
    engine = Engine(Library([Ramp, scale]))
    scaled = engine.image(network("S.input0=R.output0", R="Ramp", S="Scale"), "S.output0")
    assert np.array_equal(scaled.voxels, numbers() * 2.0)


def test_every_file_that_the_readme_names_is_there() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target
    for name in re.findall(r"`(ImageMask[\w-]*)`", README):
        assert (ROOT / "networks" / f"{name}.mlab.json").is_file(), name


@pytest.mark.parametrize("line", re.findall(r"^    nodeeditor (\w+) ", README, re.MULTILINE))
def test_every_command_that_the_readme_names_is_there(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([line, "--help"])
    assert left.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: nodeeditor {line}")
