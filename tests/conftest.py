"""Hypothesis for all tests: no limit of time, which would fail on a slow machine, and no files left behind."""

from hypothesis import settings

settings.register_profile("nodeeditor", deadline=None, database=None)
settings.load_profile("nodeeditor")
