"""Look: what one run finds when it asks for an article that is archived already: counted, and told in a line."""

import logging

from archive import decide, urls
from archive.decide import State
from archive.index import Index
from archive.runs import recheck
from archive.runs.tally import BACK, CHANGED, GONE, LOOKED, Tally
from archive.tables.stood import Stood
from archive.versions import content

logger = logging.getLogger(__name__)


class Look:
    """One answer to the URL of an article, from before it is taken until it is told."""

    def __init__(self, index: Index, tally: Tally, url: str) -> None:
        """See how the article stands before; where none is archived, there is nothing to tell."""
        self._index, self._tally, self._url = index, tally, urls.canonical(url)
        self._before = self._stood()

    def took(self, state: State, why: str = "") -> bool:
        """Count and tell what was taken of the answer, which makes this of the URL alone.

        Return False, having told nothing, where no article was archived before, or where the
        answer does not tell how it stands.
        """
        after = self._stood() if self._before else None
        if self._before is None or after is None or state not in decide.TOLD:
            return False
        found = tuple(recheck.news(self._before, after))
        self._tally.counts.update((LOOKED, *found))
        for news in found:
            _tell(news, after, why)
        if not found:
            logger.debug("unchanged %s %s", after.path, after.title)
        return True

    def _stood(self) -> Stood | None:
        return self._index.stood([self._url]).get(self._url)


def _tell(news: str, stood: Stood, why: str) -> None:
    if news == CHANGED:
        words = (name for name in stood.changed.split() if name != content.MARKUP)
        logger.info("changed %s %s: %s", stood.path, stood.title, ", ".join(words))
    elif news == GONE:
        logger.info("gone %s: %s", stood.url, why)
    elif news == BACK:
        logger.info("back %s", stood.url)
