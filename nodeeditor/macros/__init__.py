"""Macros: networks beside a network that are node types in it; found, made types, put in their places to be run."""
