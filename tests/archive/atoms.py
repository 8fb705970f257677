"""Whether a text is an Atom feed: by the grammar of RFC 4287, and by what its prose asks beside that."""

import re

from lxml import etree

from tests.crawler.crawling import ROOT

NS = "{http://www.w3.org/2005/Atom}"
GRAMMAR = etree.RelaxNG(etree.parse(ROOT / "tests" / "archive" / "atom.rng"))
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


def parsed(text: str) -> etree._Element:
    """The feed, once it is found to be one."""
    root = etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
    assert GRAMMAR.validate(root), GRAMMAR.error_log
    for date in (*root.iter(f"{NS}updated"), *root.iter(f"{NS}published")):
        assert _DATE.fullmatch(date.text or ""), "3.3: RFC 3339, T and Z in capitals"
    ids = [element.text or "" for element in root.iter(f"{NS}id")]
    assert len(set(ids)) == len(ids), "4.1.2: no two entries with one id"
    assert all(re.fullmatch("urn:uuid:[0-9a-f-]{36}", one) for one in ids), "4.2.6: an IRI"
    for entry in root.iter(f"{NS}entry"):
        assert entry.find(f"{NS}author") is not None or root.find(f"{NS}author") is not None, "4.1.2: an author"
        links = [(link.get("type"), link.get("hreflang")) for link in entry.iter(f"{NS}link")]
        assert len(set(links)) == len(links), "4.1.2: one alternate of a kind"
        assert (entry.findtext(f"{NS}title") or "").strip(), "4.1.2: a title"
        for content in entry.iter(f"{NS}content"):
            assert (content.get("type"), len(content)) == ("html", 0), "4.1.3.3: markup is escaped"
    assert len({link.get("rel") for link in root.findall(f"{NS}link")}) == len(root.findall(f"{NS}link"))
    return root
