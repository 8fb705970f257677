"""Laws of marks: whatever two texts hold, what is shown of them gives neither terminal nor browser an order."""

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from archive.language import words
from archive.terminal.plain import plain
from archive.versions import diff, marked
from archive.versions.diff import Change, Mark
from archive.versions.marked import COLOURED, HTML, PLAIN

SIGNS = [
    *"甲乙丙。！“”ab1 <>&\"'/=;",
    "\n",
    "\x1b[2J",
    "\x00",
    "\x9b",
    "\u202e",
    "\u2028",
    "\ud800",
    "\u0301",
    "<script>",
    "</p>",
]
texts = st.lists(st.sampled_from(SIGNS), max_size=40).map("".join)
ORDER = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2028\u2029\ud800-\udfff]")
"""What a terminal, or a reader's eye, could be led astray by."""
TAG = re.compile("</?(?:p|del|ins)>")


def change(old, new, field="body"):
    return Change(field, diff.hunks(field, old, new))


@given(texts, texts, st.sampled_from(["body", "tags"]))
def test_a_terminal_gets_no_orders(old, new, field):
    """Law: lines hold no control character but the colours asked for, and each begins as it should."""
    for form, own in ((PLAIN, ""), (COLOURED, "\x1b\\[(?:31;9|32|0)m")):
        lines = list(marked.lines([change(old, new, field)], form))
        assert lines[0] == field
        assert all(line.startswith("    ") for line in lines[1:])
        assert not any(ORDER.search(re.sub(own, "", line) if own else line) or "\n" in line for line in lines)


@given(texts, texts, st.booleans())
def test_html_has_our_elements_only(old, new, shorten):
    """Law: HTML has paragraphs, `del` and `ins`, balanced, and nothing else that is no text."""
    html = marked.html(change(old, new), shorten=shorten)

    rest = TAG.sub("", html)
    assert not re.search("[<>\"']", rest)
    assert not re.search("&(?!amp;|lt;|gt;|quot;|#x27;)", rest)
    assert not ORDER.search(html)
    for element in ("p", *(opening.strip("<>") for opening, _ in HTML.values() if opening)):
        assert html.count(f"<{element}>") == html.count(f"</{element}>")
    for line in html.split("</p>"):
        assert re.fullmatch("(?:<p>)?(?:[^<]|<(del|ins)>[^<]*</\\1>)*", line)


@given(texts, texts)
def test_html_gives_back_both_texts(old, new):
    """Law: without what was inserted the page says the old text, without what was deleted the new."""
    html = marked.html(change(old, new), shorten=False)

    for text, other in ((old, Mark.INSERTED), (new, Mark.DELETED)):
        opening, closing = HTML[other]
        left = TAG.sub("", re.sub(f"{opening}.*?{closing}", "", html, flags=re.DOTALL))
        assert words.said(unescape(left)) == words.said("".join(map(plain, words.normal(text).split("\n"))))


def test_long_stretches_are_shortened():
    """Law: inside a changed sentence, what is the same for long is cut in its middle, on a terminal and in a feed."""
    old = "甲" * 300 + "一" + "乙" * 300 + "二。"

    lines = list(marked.lines([change(old, old.replace("一", "三").replace("二", "四"))], PLAIN))

    assert lines[1].strip() == f"{'甲' * 40} ⋯ {'甲' * 40}[-一-]{{+三+}}{'乙' * 40} ⋯ {'乙' * 40}[-二-]{{+四+}}。"


def test_names_one_a_line():
    """Law: of names, each stands on its own line, with what became of it."""
    assert list(marked.lines([change("法国\n非洲\n音乐", "非洲\n音乐\n人物", "tags")], PLAIN)) == [
        "tags",
        "    [-法国-]",
        "    非洲",
        "    音乐",
        "    {+人物+}",
    ]
