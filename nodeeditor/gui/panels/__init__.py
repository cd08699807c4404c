"""Panels of a node, made from the declarations of its fields; they know no canvas."""
