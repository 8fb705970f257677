"""`python -m tests.torture.grouped ARCHIVE N`: archive N articles as one group, and end the run in order."""

import sys
from pathlib import Path

from archive import draft
from tests.archive import archives
from tests.archive.archives import CN, page, page_of


def main(root: Path, number: int) -> None:
    """Do it.  Raises CannotWrite."""
    archive = archives.open_archive(root)
    for article in CN[:number]:
        exchange = page(article)
        capture, found = archive.record(exchange), page_of(exchange)
        archive.commit(capture, draft.make(found), lambda _: None)
    archive.flush()
    archives.close(archive)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
