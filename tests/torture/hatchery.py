"""`python -m tests.torture.hatchery`: a process that has imported all that a run needs, and forks one for each order.

An order is a line of JSON on stdin: the words of a `python -m ...`, its environment, and files for what it says.
Two lines answer it: the process's id, then how it ended.  Nothing here has threads, a reactor or open sockets,
so what is forked is what a process of its own would be after its imports; it ends as such a process does.
"""

import atexit
import gc
import json
import os
import resource
import runpy
import sys
import time
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

from scrapy.settings import default_settings

import crawler

NEEDED = (
    "apprise prometheus_client scrapy.cmdline scrapy.commands.check scrapy.commands.crawl scrapy.commands.shell"
    " scrapy.core.engine scrapy.core.scraper scrapy.pqueues scrapy.squeues scrapy.statscollectors"
    " scrapy.utils.reactor twisted.internet.asyncioreactor twisted.internet.endpoints"
)
"""Modules that runs import beside the project's own and those that Scrapy's settings name; those that are there."""
FORBIDDEN = "twisted.internet.reactor", "crawler.settings"
"""Modules that a run must import itself: they look at the environment, or begin what no fork survives."""


def main() -> None:
    """Fork for each order until stdin ends; in the child, become what it names."""
    tables = (table for name, table in vars(default_settings).items() if name.endswith("_BASE"))
    theirs = (path.rpartition(".")[0] for table in tables for path in table if "." in path)
    ours = (found.name for found in walk_packages(crawler.__path__, "crawler."))
    for name in (*NEEDED.split(), *theirs, *ours):
        if name not in FORBIDDEN:
            _imported(name)
    assert not [name for name in FORBIDDEN if name in sys.modules]
    _keep(dict(sys.modules))
    gc.collect()
    gc.freeze()
    _say(os.getpid())
    for line in sys.stdin:
        order, begun = json.loads(line), time.monotonic()
        if (pid := os.fork()) == 0:
            break
        _say(pid)
        _, status, used = os.wait4(pid, 0)
        _say(
            [
                os.waitstatus_to_exitcode(status),
                time.monotonic() - begun,
                used.ru_utime + used.ru_stime,
                used.ru_maxrss * 1024,
            ]
        )
    else:
        return
    _become(order)


def _imported(name: str) -> None:
    try:
        import_module(name)
    except ModuleNotFoundError as missing:
        if not name.startswith(str(missing.name)):
            raise


def _keep(modules: dict[str, Any]) -> None:
    """Let these modules be when a run's interpreter ends: to take them apart would copy all that is shared, page by page.

    All else of that end is as ever.  A ring that is frozen is freed by nobody.
    """
    modules["itself"] = modules
    atexit.register(lambda: [sys.modules.pop(name, None) for name in modules if name not in sys.builtin_module_names])


def _say(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def _become(order: dict[str, Any]) -> None:
    """Run a module as `python -m` does; the interpreter's own end follows."""
    for number, path in ((0, os.devnull), (1, order["out"]), (2, order["err"])):
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o644)
        os.dup2(file, number)
        os.close(file)
    for name, size in order["limits"].items():
        limit = getattr(resource, f"RLIMIT_{name.upper()}")
        resource.setrlimit(limit, (size, size))
    os.environ.clear()
    os.environ.update(order["env"])
    sys.argv = list(order["words"])
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
