"""`scrapy probe`: the doorstep of `rfi-archive probe`, which starts it and tells what came."""

import argparse

from crawler.outing import Outing
from crawler.probe import Probe


class Command(Outing):
    """Runs one spider that is no edition's."""

    requires_project = True

    def syntax(self) -> str:
        return "-s ARCHIVE_DIR=DIR [-a edition=cn|tw]"

    def short_desc(self) -> str:
        return "Ask each surface of the site once, into an archive of its own; see rfi-archive probe"

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Go out; set the exit code."""
        assert self.crawler_process
        line = self.go(self.crawler_process.create_crawler(Probe), opts.spargs)
        if self.exitcode:
            self.say(line)
