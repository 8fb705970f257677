"""Mistakes, as we might make them: pipelines that fail for no reason a crawl could know."""

from typing import Never, Self

from scrapy.crawler import Crawler

from archive.runs.drift import Fill
from crawler.run import Run


class Broken:
    """Takes no item."""

    def process_item(self, item: object) -> Never:
        """Fail."""
        raise KeyError(f"a mistake of ours, at {type(item).__name__}")


class Nonsense:
    """Counts what nobody can reckon with."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Have more articles without a date than a float can hold."""
        Run.of(crawler).tally.fields["date"] = Fill(0, 10**400)
        return cls()

    def process_item(self, item: object) -> object:
        """Pass on."""
        return item
