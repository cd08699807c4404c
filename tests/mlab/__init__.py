"""Tests of MeVisLab's own network files."""
