"""What is known of the output of a configured node, which every page asks for, found once."""

from __future__ import annotations

from functools import lru_cache

from nodeeditor import ImageInfo, Node


@lru_cache(maxsize=256)
def described(node: Node, *infos: ImageInfo) -> ImageInfo:
    """What the node's `describe` says of its one output, given what is known of its inputs in their order."""
    made: ImageInfo = node.describe(*infos)
    return made
