"""Versions: the article file that each version of an article made.  Reads only."""

from pathlib import Path

from archive import article
from archive.commit.ledger import page_at
from archive.errors import BadRecord
from archive.export.days import Step
from archive.export.text import Wrong, filed, sha256_of
from archive.index import Index
from archive.language import moment


class Versions:
    """Reads the versions of an archive."""

    def __init__(self, root: Path, index: Index, wrong: Wrong) -> None:
        """wrong: is told of what cannot be read."""
        self._root, self._index, self._wrong = root, index, wrong
        self._told = set[str]()

    def read(self, step: Step) -> bytes | None:
        """Return the file of a version: as it stands, else as its record makes it; None if neither can be read."""
        found, problem = filed(self._root, step.path, step.sha256)
        if found is not None:
            return found
        if step.is_filed:
            self._tell(problem)
        which = f"the version of {step.path} of {moment.stamp(step.captured)}"
        try:
            page = page_at(self._root / "warc", *self._index.place(step.number))
        except BadRecord as error:
            self._tell(f"{which} is left out: {error}")
            return None
        made = article.write(page.article).encode()
        if sha256_of(made) != step.sha256:
            self._tell(f"{which} is not what the index says: `rfi-archive rebuild --dry-run` tells more")
        return made

    def title(self, step: Step) -> str | None:
        """Return the title of a version; None if it cannot be read."""
        found = self.read(step)
        return None if found is None else article.read(found).title

    def _tell(self, line: str) -> None:
        """Tell once of what is wrong: a version is read for its commit, and again for a list."""
        if line not in self._told:
            self._told.add(line)
            self._wrong(line)
