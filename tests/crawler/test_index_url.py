"""Laws of INDEX_URL: a crawl writes the index that the setting names, and tells its password to nobody."""

from urllib.parse import urlsplit

import pytest

from archive.engines.opening import SETTING
from tests.archive import archives
from tests.archive.server import served
from tests.crawler.crawling import crawl
from tests.site import Site, serve


@pytest.mark.slow
def test_a_crawl_into_a_database(tmp_path, monkeypatch):
    """Law: what is crawled with an index elsewhere is archived as ever; no other index is made; a second run knows it."""
    with served() as database, serve(Site()) as running:
        settings = {SETTING: (url := database.database().replace("postgres@", "postgres:s3cret@"))}
        first = crawl(tmp_path / "a", running, settings=settings, words=["-L", "DEBUG"]).was_clean()
        second = crawl(tmp_path / "a", running, settings=settings, words=["-L", "DEBUG"]).was_clean()

        assert "30 archived" in first.last
        assert "2 not modified" in second.last
        assert not list((tmp_path / "a").glob("index*"))
        monkeypatch.setenv(SETTING, url)
        assert archives.findings(tmp_path / "a") == []
    kept = b"".join(path.read_bytes() for path in (tmp_path / "a").rglob("*") if path.is_file())
    assert "s3cret" not in f"{first.out}{first.err}{second.out}{second.err}"
    assert b"s3cret" not in kept


@pytest.mark.slow
@pytest.mark.parametrize(
    ("url", "code"), [("postgresql://me:s3cret@127.0.0.1:1/x", 13), ("postgresql://me:s3cret/x@y/z", 2)]
)
def test_a_database_that_is_not_there(tmp_path, url, code):
    """Law: a run whose index cannot be reached, or is none, asks the site for nothing and says so in one line."""
    with serve(Site()) as running:
        run = crawl(tmp_path / "a", running, settings={SETTING: url})

        assert run.code == code
        assert "Traceback" not in run.err
        assert "s3cret" not in run.out + run.err
        assert urlsplit(url).scheme in run.last or "INDEX_URL" in run.last
