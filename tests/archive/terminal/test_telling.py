"""Laws of telling: whether anybody is there to hear it changes nothing of how a process ends."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CODE = 15
TOLD = f"""
import sys
from archive.terminal.telling import last
print("a result")
last("how it ended")
sys.exit({CODE})
"""


@pytest.mark.parametrize("gone", [(), (1,), (2,), (1, 2)], ids=str)
def test_nobody_hears_it(gone):
    """Law: the exit code is the process's own, whichever of its streams takes nothing more."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with Path("/dev/full").open("w") as full:
        out, err = (full if number in gone else subprocess.PIPE for number in (1, 2))
        done = subprocess.run([sys.executable, "-c", TOLD], stdout=out, stderr=err, env=env, text=True, check=False)

    assert done.returncode == CODE
    assert done.stdout == (None if 1 in gone else "a result\n")
    assert done.stderr == (None if 2 in gone else "how it ended\n")
