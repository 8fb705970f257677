"""Laws of the heap: reading one page after the other asks the system for no more memory."""

import platform
import subprocess
import sys

import pytest

READING = """
import resource
from datetime import UTC, datetime
from archive import page
from tests.site import Site, render

story = Site().articles[0]
html, noon = render(story).encode(), datetime(2026, 10, 30, 12, tzinfo=UTC)
def read(times):
    for _ in range(times):
        assert isinstance(page.read(html, story.url, noon), page.Page)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
before = read(50)
print(read(100) - before)
"""
"""In a process of its own: what others did before would have grown the heap already."""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library keeps memory in its own way")
def test_memory_of_a_page_is_kept_for_the_next():
    """Law: once warm, a page costs next to no page faults: without `hold` each costs dozens."""
    done = subprocess.run([sys.executable, "-c", READING], capture_output=True, text=True, check=True)

    assert int(done.stdout) < 500
