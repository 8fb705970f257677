"""Laws of real files, where they are at hand: beside the checkout, never inside it.

Without `../shared` there is nothing to collect here: the same laws are held against tests.site.
"""

import importlib
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive import article, page, urls
from archive.errors import BadArticle
from archive.strangers import imported

SHARED = Path(__file__).parents[3] / "shared"
FILES = sorted(path for path in SHARED.glob("corpus/*.md") if path.name != "README.md")
NOON = datetime(2026, 10, 30, 12, tzinfo=UTC)
EPOCH = int(NOON.timestamp()) * 1000


def replica():
    """Give the stand-in's articles that are whole, and its two modules; nothing where it is not."""
    if not (SHARED / "replica/page.py").exists():
        return [], None, None
    sys.path.insert(0, str(SHARED / "replica"))
    try:
        drawn, wanted = importlib.import_module("page"), importlib.import_module("expected")
    finally:
        sys.path.remove(str(SHARED / "replica"))
    real = [drawn.Archived.read(path) for path in FILES]
    stories = [*real, *(one.clone(n) for n, one in enumerate(real))]
    return [one for one in stories if one.whole], drawn, wanted


STORIES, DRAWN, WANTED = replica()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_real_file_is_read(path):
    """Law: every real file is read; what is ours is written again as it stood, of the rest notes say why not."""
    text = path.read_text(encoding="utf-8")
    found = article.read(path.read_bytes())
    assert urls.kind(urls.canonical(found.url)) is urls.Kind.ARTICLE
    assert article.read(article.write(found)) == found
    assert (article.write(found) == text) or found.notes
    assert ("feed footer" in found.notes) == ("feedx.net" in text)
    assert ("2020 dialect" in found.notes) == ("old URL" in found.notes) == path.name.startswith("dm2020")
    assert "damaged markup" not in found.notes
    assert "feedx" not in found.body + found.after


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_real_file_is_imported(path):
    """Law: every real file is whole, and none of its beginnings is."""
    content = path.read_bytes()
    found, read = imported.of(content), article.read(content)
    assert found is not None
    assert (found.url, found.title) == (urls.canonical(read.url), read.title)
    assert found.notes == ",".join(note for note in read.notes if note != "other spelling")
    for end in range(0, len(content), 7):
        with pytest.raises(BadArticle):
            imported.of(content[:end])


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.url[-24:])
def test_a_page_made_of_a_real_file_gives_it_back(story):
    """Law: around a real article's markup, the site's page gives the file that was archived."""
    url = urls.canonical(story.url)
    found = page.read(DRAWN.article(story), url, NOON, "text/html; charset=UTF-8")
    assert isinstance(found, page.Page)
    assert article.write(found.article) == WANTED.expected(story, EPOCH)
