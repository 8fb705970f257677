"""Hypothesis: no deadline, since machines stall; in CI the same draws in every run."""

import os
from pathlib import Path

from hypothesis import settings

settings.register_profile("ours", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "ours")

# Real articles and the stand-in of the live site lie beside the checkout, where there are any.
collect_ignore = (
    [] if (Path(__file__).parents[2] / "shared").is_dir() else ["archive/test_corpus.py", "crawler/test_replica.py"]
)
