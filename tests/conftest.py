"""Hypothesis: no deadline, since machines stall; in CI the same draws in every run.  And Ctrl-C is heard."""

import os
import signal
from pathlib import Path

from hypothesis import settings

settings.register_profile("ours", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "ours")

# A shell ignores Ctrl-C for what it starts in the background, and so would all that tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Real articles and the stand-in of the live site lie beside the checkout, where there are any.
collect_ignore = (
    [] if (Path(__file__).parents[2] / "shared").is_dir() else ["archive/test_corpus.py", "crawler/test_replica.py"]
)
