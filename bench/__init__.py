"""Benchmarks: what was tried, measured in one run. `make bench` runs them; docs/evaluation.md keeps the figures."""
