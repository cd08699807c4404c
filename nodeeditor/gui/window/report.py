"""A message with all that somebody else needs to understand it, as text."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version

from nodeeditor.check import current_name
from nodeeditor.gui.session.facts import Facts, line
from nodeeditor.gui.window.messages import Message
from nodeeditor.image import Image
from nodeeditor.library import Library
from nodeeditor.network import Network

_PACKAGES = ("nodeeditor", "numpy", "SimpleITK", "PySide6-Essentials")
_CALLED = {"PySide6-Essentials": "PySide6"}


def report(messages: Iterable[tuple[Message, Network]], library: Library, facts: Facts) -> str:
    """The messages, each with the network that its node is in, and the versions of what was at work."""
    texts = ["\n".join(_lines(message, network, library, facts)) for message, network in messages]
    return "\n\n".join([*texts, ", ".join(_versions())]) + "\n"


def _lines(message: Message, network: Network, library: Library, facts: Facts) -> Iterator[str]:
    yield f"{message.kind}: {': '.join(filter(None, (message.place, message.text)))}"
    yield from (f"  caused by {cause}" for cause in message.causes)
    spec = network.nodes.get(message.node)
    if spec is None:
        return
    node_type = library.get(spec.type)
    sources = network.sources(message.node)
    yield f"  node: {message.node}, of type {spec.type}{'' if node_type else ', which is not known'}"
    defaults: Mapping[str, object] = {}
    if node_type is not None:
        declared = node_type.declaration.fields
        defaults = {name: one.type.to_json(one.default) for name, one in declared.items()}
        sources = {current_name(node_type, name): source for name, source in sources.items()}
    for name, value in sorted(spec.fields.items()):
        called = current_name(node_type, name) if node_type else name
        if called not in sources and (called not in defaults or value != defaults[called]):
            yield f"  field {called} = {json.dumps(value, ensure_ascii=False)}"
    inputs = node_type.declaration.inputs if node_type else {}
    for name in (*inputs, *sorted(sources.keys() - inputs.keys())):
        source = sources.get(name)
        if source is None:
            yield f"  input {name}: not connected"
            continue
        known = facts.nodes.get(source[0])
        info = known.infos.get(source[1]) if known else None
        unknown = ", an image that is not known" if name in inputs and inputs[name].kind is Image else ""
        kind = "input" if name in inputs else "connected"
        yield f"  {kind} {name}: from {'.'.join(source)}{f', {line(info)}' if info else unknown}"


def _versions() -> Iterator[str]:
    for package in _PACKAGES:
        try:
            yield f"{_CALLED.get(package, package)} {version(package)}"
        except PackageNotFoundError:
            yield f"{_CALLED.get(package, package)} of an unknown version"
        if package == "nodeeditor":
            yield f"Python {platform.python_version()}"
