"""`python -m tests.torture.grouped ARCHIVE N [beside]`: archive N articles as one group, and end the run in order.

beside: a second process puts the files in their places.
"""

import sys
from contextlib import closing
from pathlib import Path

from archive.commit import draft
from archive.cores.beside import Beside
from archive.files import disk
from tests.archive import archives
from tests.archive.archives import CN, page, page_of


def main(root: Path, number: int, *, beside: bool) -> None:
    """Do it.  Raises CannotWrite."""
    archive = archives.open_archive(root)
    for article in CN[:number]:
        exchange = page(article)
        capture, found = archive.record(exchange), page_of(exchange)
        archive.commit(capture, draft.make(found), lambda _: None)
    if beside:
        with closing(Beside([disk.__name__], [archive.handle])) as second:
            archive.depart(lambda files: second.ask(disk.put_all, files, then=list).result)
            archive.land()
    archive.flush()
    archives.close(archive)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), beside="beside" in sys.argv)
