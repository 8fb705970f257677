"""Mistakes, as we might make them: pipelines that fail for no reason a crawl could know."""

from typing import Never


class Broken:
    """Takes no item."""

    def process_item(self, item: object) -> Never:
        """Fail."""
        raise KeyError(f"a mistake of ours, at {type(item).__name__}")
