"""Benchmarks: ``python -m tests.benchmarks`` runs both sides of each comparison in one go and prints ratios."""
