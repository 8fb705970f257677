"""What was imported is not asked for again, unless somebody wants it: real crawls of the site."""

import subprocess
import sys
from pathlib import Path

import pytest

from archive import urls
from tests.archive.dialects import lay, old
from tests.crawler.crawling import ROOT, crawl, verify
from tests.site import Running, Site, serve

SETTINGS = {"IMAGES": "none", "REQUISITES": False}


def brought(folder: Path, site: Site, *words: str) -> Path:
    """An archive into which an older archiver's files of all the site's articles were imported, as a user does it."""
    stories = enumerate(site.articles)
    lay(folder / "old", [old(number, story.title, urls.canonical(story.url)) for number, story in stories])
    words = ("import", str(folder / "old"), *words, "--archive", str(folder / "a"))
    command = [sys.executable, "-m", "archive.cli", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"{len(site.articles)} imported, 0 known already, ")
    return folder / "a"


def asked(running: Running, archive: Path, **more: object) -> set[str]:
    """Crawl; return the articles that the site was asked for."""
    running.site.journal.clear()
    crawl(archive, running, settings=SETTINGS, **more).was_clean()  # type: ignore[arg-type]  # handed on
    known = {article.url for article in running.site.articles}
    return {entry.url for entry in running.log} & known


def test_what_is_imported_is_skipped(tmp_path):
    """Law: a crawl asks for no article that was imported; a file of URLs and `-a url=` do."""
    site = Site()
    archive = brought(tmp_path, site)
    first, second = (article.url for article in site.live()[:2])
    (tmp_path / "urls").write_text(first)
    with serve(site) as running:
        assert asked(running, archive) == set()
        verify(archive)
        assert asked(running, archive, urls=tmp_path / "urls") == {first}
        assert asked(running, archive, url=second) == {second}
        assert asked(running, archive, urls=tmp_path / "urls") == set()
    verify(archive)


@pytest.mark.slow
def test_refetch_asks_for_all(tmp_path):
    """Law: with --refetch a crawl asks for each of them, once; their old texts stay."""
    site = Site()
    archive = brought(tmp_path, site, "--refetch")
    with serve(site) as running:
        got = asked(running, archive)
        assert got >= {article.url for article in site.live() if article.edition == "cn"}
        assert asked(running, archive) == set()
    assert len(list((archive / "imported/wanted").rglob("*.md"))) == len(site.articles)
    verify(archive)
