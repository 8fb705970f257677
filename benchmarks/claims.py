"""Claims: does what a crawler wrote hold what it claims?  Each check raises Wrong where it does not."""

import hashlib
import io
import zipfile
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import IO

from warcio.archiveiterator import ArchiveIterator

from archive import urls
from archive.index import NAME as INDEX
from archive.index import Index
from benchmarks.measure import OURS, Wrong, cost
from benchmarks.pages import Page
from benchmarks.web import Web
from tests.site import expected


def counted(web: Web, out: Path) -> None:
    """Check that a crawler counted as many pages as there are: it wrote nothing else."""
    same("pages", len(web.pages), int((out / "pages").read_text("ascii")))


def recorded(web: Web, files: Iterable[IO[bytes]], *, digests: bool = True) -> None:
    """Check WARC files by warcio: of every page a response and a request, its HTML byte for byte, digests that fit."""
    known = {page.url: page.sha1 for page in web.pages}
    seen: dict[str, list[str]] = {"response": [], "request": []}
    for file in files:
        for record in ArchiveIterator(file, check_digests=digests):
            kind, url = record.rec_type, (record.rec_headers.get_header("WARC-Target-URI") or "").strip("<>")
            if kind not in seen or url not in known:
                continue
            seen[kind].append(url)
            body = record.content_stream().read()
            if kind == "response" and hashlib.sha1(body).digest() != known[url]:
                raise Wrong(f"{url}: other bytes than the page has")
            if digests and not (record.digest_checker and record.digest_checker.passed):
                raise Wrong(f"{url}: the digest of its {kind} does not fit, or there is none")
    for kind, found in seen.items():
        same(f"records of {kind}s", len(known), len(found))
        same(f"pages with a {kind}", len(known), len(set(found)))


def gzipped(web: Web, out: Path) -> None:
    """Check all WARC files below a folder, with their digests."""
    recorded(web, _opened(out))


def undigested(web: Web, out: Path) -> None:
    """Check all WARC files below a folder, of whose records none has a digest."""
    recorded(web, _opened(out), digests=False)


def packed(web: Web, out: Path) -> None:
    """Check the WARC files in the one WACZ file below a folder."""
    (path,) = out.rglob("*.wacz")
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.startswith("archive/")]
        recorded(web, (io.BytesIO(archive.read(name)) for name in names))


def bare(web: Web, out: Path) -> None:
    """Check the WARC file, and that there is a file for each page, with its title and the words of its mark."""
    gzipped(web, out)
    for page in web.pages:
        text = (out / "articles" / f"{hashlib.sha1(page.url.encode()).hexdigest()}.md").read_text("utf-8")
        said(page, text, "its file")


def ours(web: Web, out: Path) -> None:
    """Check an archive of ours in every way: WARC files, article files, and all else by `verify`."""
    gzipped(web, out)
    articles(web.pages, out)
    cost([*OURS, "verify", "--archive", out])


def articles(pages: Sequence[Page], out: Path) -> None:
    """Check that an archive has the article file of each page, byte for byte but for the second of the capture."""
    for page in pages:
        text = (out / urls.article_path(page.url)).read_text("utf-8")
        if _without_time(text) != _without_time(_expected(page)):
            raise Wrong(f"{page.url}: its article file is not as it must be")
    with closing(Index(out / INDEX)) as index:
        same("articles in the index", len(pages), sum(1 for _ in index.articles()))


def said(page: Page, text: str, where: str) -> None:
    """Check that a text holds a page's title and mark."""
    for what, part in (("title", page.article.title), ("text", page.mark)):
        if part not in text:
            raise Wrong(f"{page.url}: {where} lacks its {what}, {part}")


def same(what: str, wanted: int, found: int) -> None:
    """Check a number."""
    if wanted != found:
        raise Wrong(f"{found:,} {what}, not {wanted:,}")


def _expected(page: Page) -> str:
    """Return the article file that must come of a page: links inside it lead to the page that has its words whole."""
    return expected(page.article).replace(f"]({page.article.url})", f"]({page.url})")


def _without_time(text: str) -> str:
    return text.partition("\n")[2]


def _opened(out: Path) -> Iterable[IO[bytes]]:
    found: Sequence[Path] = sorted(out.rglob("*.warc.gz"))
    for path in found:
        with path.open("rb") as file:
            yield file


def weighed(out: Path) -> int:
    """Return how many bytes there are in the files below a folder."""
    return sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
