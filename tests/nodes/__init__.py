"""Tests of the node types in nodes/."""
