"""Laws of diff: the very words that changed, whatever the text, and nothing that is no word."""

import re
import time
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.language import words
from archive.versions import diff
from archive.versions.align import align
from archive.versions.diff import Mark, compare

SIGNS = [
    *"甲乙丙丁戊天地人。！？；…，、“”「」『』’.!?:,'\"-()abcXYZ019 éñ",
    *"\n\t \u3000\xa0\u200b\r",
    *("\u0301", "\ufe0f", "\U000e0101", "\u200d", "\u3099", "❤", "👩", "💻", "🏽", "\U0001f1eb", "\U0001f1f7"),
    *("\ud83d", "\ude00", "\u202e", "𠮷", "が", "한", "Ж", "ا", "\x1b", "<b>", "……"),
]
texts = st.lists(st.sampled_from(SIGNS), max_size=60).map("".join)
fields = st.sampled_from(diff.FIELDS)


@st.composite
def edited(draw):
    """A text, and what an editor made of it."""
    text = draw(texts)
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), min_size=2, max_size=6)))
    kept = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    return text, "".join(draw(st.one_of(st.just(part), texts)) for part in kept)


pairs = st.one_of(edited(), st.tuples(texts, texts))


def joined(hunks, *marks):
    return "".join(piece.text for hunk in hunks for piece in hunk.pieces if piece.mark in marks)


def marked(old, new, field="body"):
    """A change as people read it."""
    forms = {Mark.EQUAL: "{}", Mark.DELETED: "[-{}-]", Mark.INSERTED: "{{+{}+}}"}
    return "".join(forms[p.mark].format(p.text) for hunk in diff.hunks(field, old, new) for p in hunk.pieces)


@given(fields, pairs)
def test_nothing_is_lost(field, pair):
    """Law: what is equal or deleted is the old text, what is equal or inserted the new."""
    hunks = diff.hunks(field, *pair)

    assert joined(hunks, Mark.EQUAL, Mark.DELETED) == words.normal(pair[0])
    assert joined(hunks, Mark.EQUAL, Mark.INSERTED) == words.normal(pair[1])


@given(fields, pairs)
def test_no_sign_is_cut(field, pair):
    """Law: no piece begins with what belongs to the sign before it, unless its text does."""
    for hunk in diff.hunks(field, *pair):
        for piece in hunk.pieces:
            first, own = piece.text[0], {words.normal(text)[:1] for text in pair}
            assert not unicodedata.category(first).startswith("M") or first in own
            assert first not in "\u200d\U0001f3fd" or first in own


@given(fields, pairs)
def test_a_change_is_of_words(field, pair):
    """Law: a field is a change if and only if something but white space differs, and then a piece of it shows that."""
    changes = compare({field: pair[0]}, {field: pair[1]})

    lines = [[*filter(None, map(visible, words.normal(text).split("\n")))] for text in pair]
    differ = lines[0] != lines[1] if field in diff.WHOLE else "".join(lines[0]) != "".join(lines[1])
    assert [change.field for change in changes] == ([field] if differ else [])
    assert all(any(hunk.changed for hunk in change.hunks) for change in changes)


def visible(text):
    """A text without white space and signs that have no width."""
    return "".join(sign for sign in text if not sign.isspace() and sign not in "\u200b\u200c\u200d\u2060\ufeff\xad")


@given(texts)
def test_a_text_has_one_normal_form(text):
    """Law: `normal` is idempotent, and sentences and words joined are the text."""
    normal = words.normal(text)

    assert words.normal(normal) == normal
    assert "".join(words.sentences(normal)) == normal
    assert "".join(words.split(normal)) == normal
    assert [w for s in words.sentences(normal) for w in words.split(s)] == words.split(normal)


@given(st.lists(st.integers(0, 3), max_size=12), st.lists(st.integers(0, 3), max_size=12), st.integers(0, 60))
def test_align(a, b, steps):
    """Law: stretches are all of both in their order, and those that are the same are; fewest differences, if allowed."""
    runs = align(a, b, steps)

    assert [at for run in runs for at in run.a] == [*range(len(a))]
    assert [at for run in runs for at in run.b] == [*range(len(b))]
    assert all(a[run.a.start : run.a.stop] == b[run.b.start : run.b.stop] for run in runs if run.same)
    assert all(left.same != right.same for left, right in pairwise(runs) if not right.same)
    assert sum(len(run.a) for run in align(a, b) if run.same) == common(a, b)


def common(a, b):
    """Length of the longest common subsequence, by the book."""
    row = [0] * (len(b) + 1)
    for x in a:
        before, row = row, [0]
        for at, y in enumerate(b):
            row.append(before[at] + 1 if x == y else max(before[at + 1], row[-1]))
    return row[-1]


SENTENCES = {
    "他说：“好。”然后走了……「真的？」": ["他说：“好。”", "然后走了……", "「真的？」"],
    "一，二；三！四？！五": ["一，二；", "三！", "四？！", "五"],
    "Yes. It is 3.5 at rfi.fr. ok": ["Yes. ", "It is 3.5 at rfi.fr. ", "ok"],
    '"Stop!" he said. End': ['"Stop!" ', "he said. ", "End"],
    "没有句号的一段\n『好！』\n完": ["没有句号的一段\n", "『好！』\n", "完"],
    "好！\ufe0f”走": ["好！\ufe0f”", "走"],
}


@pytest.mark.parametrize(("text", "expected"), SENTENCES.items())
def test_sentences(text, expected):
    """Law: a sentence keeps its closing quotes; a number or a host name is not cut."""
    assert list(words.sentences(words.normal(text))) == expected


WORDS = {
    "法广RFI在2026年": ["法", "广", "RFI", "在", "2026", "年"],
    "cafe\u0301s 好": ["cafe\u0301s ", "好"],
    "葛\U000e0101城": ["葛\U000e0101", "城"],
    "👩\u200d💻❤\ufe0f🇫🇷🇹🇼👩🏽": ["👩\u200d💻", "❤\ufe0f", "🇫🇷", "🇹🇼", "👩🏽"],
    "か\u3099る": ["か\u3099", "る"],
}


@pytest.mark.parametrize(("text", "expected"), WORDS.items())
def test_words(text, expected):
    """Law: a Han character is a word, so is a run of letters or digits; a sign keeps its marks."""
    assert words.split(words.normal(text)) == expected


CHANGES = {
    "typo": ("听众没有鼓掌。他走了。", "听众没有欢呼。他走了。", "听众没有[-鼓掌-]{+欢呼+}。他走了。"),
    "a number": ("共有1200人。", "共有1350人。", "共有[-1200-]{+1350+}人。"),
    "a word": ("据 RFI 报道。", "据 AFP 报道。", "据 [-RFI-]{+AFP+} 报道。"),
    "a sentence more": ("甲。丙。", "甲。乙来了。丙。", "甲。{+乙来了。+}丙。"),
    "one less": ("甲。乙来了。丙。", "甲。丙。", "甲。[-乙来了。-]丙。"),
    "written anew": (
        "台湾总统今天会见美国议员团。完。",
        "国会代表团周二抵达台北。完。",
        "[-台湾总统今天会见美国议员团-]{+国会代表团周二抵达台北+}。完。",
    ),
    "a tone mark": ("cafe\u0301好", "cafe好", "[-cafe\u0301-]{+cafe+}好"),
    "traditional": ("两国会谈。", "兩国會谈。", "[-两-]{+兩+}国[-会-]{+會+}谈。"),
}


@pytest.mark.parametrize(("old", "new", "expected"), CHANGES.values(), ids=CHANGES)
def test_the_very_words(old, new, expected):
    """Law: what is marked is what an editor changed, and no more."""
    assert marked(old, new) == expected


SPACE = [
    ("甲 乙", "甲乙"),
    ("甲。\n乙。", "甲。乙。"),
    ("a  b", "a\nb"),
    ("甲\u200b乙", "甲\u3000乙"),
    ("a.\nb", "a.b"),
]


@pytest.mark.parametrize(("old", "new"), SPACE)
@pytest.mark.parametrize("field", ["title", "lead", "body"])
def test_white_space_never_counts(field, old, new):
    """Law: blanks, line ends and what no reader sees are no change, in either direction."""
    assert compare({field: old}, {field: new}) == compare({field: new}, {field: old}) == ()


def test_fields_in_order():
    """Law: each field that differs is told, in the order of FIELDS; a missing one is empty."""
    old = {"body": "甲", "tags": "法国\n非洲", "date": "31/10/2026 - 11:00", "image": "https://a/1.jpg"}
    new = {"body": "乙", "tags": "非洲\n音乐", "date": "31/10/2026 - 12:00", "title": "题"}

    changes = compare(old, new)

    assert [change.field for change in changes] == ["title", "date", "body", "image", "tags"]
    assert marked(old["date"], new["date"], "date") == "[-31/10/2026 - 11:00-]{+31/10/2026 - 12:00+}"
    assert [p.text.strip() for p in changes[-1].pieces() if p.counts] == ["法国", "音乐"]


HOSTILE = {
    "sentences": ("a。" * 1_400_000, "b。a。" * 900_000),
    "one sentence": ("字" * 2_700_000, "字" * 1_300_000 + "x" + "字" * 1_300_000),
    "words": ("a b " * 60_000, "b a " * 40_000),
    "marks": ("\u0301" * 4_000_000, "x\u0301" * 2_000_000),
    "one word": ("x" * 8_000_000, "x" * 7_999_999),
    "full stops": (". " * 90_000, ".\n" * 90_000),
    "short of the bound": ("甲乙" * 100_000, "乙甲甲" * 60_000),
    "sentences short of it": ("甲。乙。" * 50_000, "乙。甲。甲。" * 30_000),
    "paragraphs": ("a\n" * 2_000_000, "b\na\n" * 1_000_000),
    "joiners": ("\u200d" * 200_000, "甲\u200d" * 90_000),
}


@pytest.mark.slow
@pytest.mark.parametrize(("old", "new"), HOSTILE.values(), ids=HOSTILE)
def test_time_is_bounded(old, new):
    """Law: no text of 8 MB takes long, whatever it repeats, and nothing of it is lost."""
    began = time.process_time()

    hunks = diff.hunks("body", old, new)

    assert time.process_time() - began < 30
    assert joined(hunks, Mark.EQUAL, Mark.INSERTED) == words.normal(new)


def test_a_long_text_by_paragraphs():
    """Law: beyond the bound a paragraph that changed is shown as a whole, and the others are not."""
    same = "\n".join("段落" * 500 + str(number) for number in range(300))

    hunks = diff.hunks("body", f"{same}\n甲乙", f"{same}\n甲丙")

    assert [piece.text for hunk in hunks for piece in hunk.pieces if piece.counts] == ["甲乙", "甲丙"]
    assert re.fullmatch("(段落|[0-9]|\n)+", joined(hunks, Mark.EQUAL))
