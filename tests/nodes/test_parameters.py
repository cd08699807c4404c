"""Nodes that join and part the values of fields, alone and between others."""

from __future__ import annotations

from nodeeditor.engine import Engine
from nodeeditor.network import Network, NodeSpec

from .sources import LIBRARY, given, image_of, noise


def test_a_vector_is_parted_into_its_numbers() -> None:
    network = Network({"Part": NodeSpec("DecomposeVector3", {"v": [1.5, -2, 1e300]})}, {})
    assert Engine(LIBRARY, 0).values(network, "Part") == {"x": 1.5, "y": -2.0, "z": 1e300}


def test_numbers_are_joined_to_a_vector() -> None:
    network = Network({"Join": NodeSpec("ComposeVector3", {"x": 1.5, "z": -2})}, {})
    assert Engine(LIBRARY, 0).values(network, "Join") == {"v": (1.5, 0.0, -2.0)}


def test_a_vector_that_was_parted_and_joined_is_the_same_in_another_order() -> None:
    nodes = {"Part": NodeSpec("DecomposeVector3", {"v": [1, 2, 3]}), "Join": NodeSpec("ComposeVector3")}
    turned = {"Join.x": "Part.z", "Join.y": "Part.x", "Join.z": "Part.y"}
    assert Engine(LIBRARY, 0).values(Network(nodes, turned), "Join") == {"v": (3.0, 1.0, 2.0)}


def test_the_numbers_of_a_vector_steer_an_image() -> None:
    image = image_of(noise("int16"))
    nodes = {
        "Image": given(image),
        "Part": NodeSpec("DecomposeVector3", {"v": [3, 1, 2]}),
        "Box": NodeSpec("SubImage", {"sx": 2, "sy": 2, "sz": 2}),
    }
    steered = {"Box.input0": "Image.output0", "Box.x": "Part.x", "Box.y": "Part.y", "Box.z": "Part.z"}
    made = Engine(LIBRARY, 0).image(Network(nodes, steered), "Box.output0")
    assert made.voxels.tolist() == image.voxels[:, :, 2:4, 1:3, 3:5].tolist()
