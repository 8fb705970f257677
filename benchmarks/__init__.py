"""Benchmarks: ours beside its peers, in turn, in one run, as ratios.  Results: RESULTS.md.  `make bench` runs them."""
