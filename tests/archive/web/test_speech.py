"""The reader's words: all of them in one table, in every language."""

import re
from importlib.resources import files
from string import Formatter

import pytest

from archive import search
from archive.history import Event
from archive.language import query
from archive.rfi.editions import EDITIONS
from archive.runs import drift
from archive.versions import diff
from archive.web import sought, speech
from archive.web.failing import MORE, STATUS
from archive.web.links import COLOPHON, KINDS, NAVIGATION
from archive.web.operations import OPERATIONS

FOLDER = files("archive.web")
TEMPLATES = {file.name: file.read_text("utf-8") for file in FOLDER.joinpath("templates").iterdir()}
CODE = "\n".join(
    file.read_text("utf-8")
    for file in FOLDER.iterdir()
    if file.name.endswith(".py") and file.name not in ("speech.py", "sayings.py")
)
NAMED = set(re.findall(r"""say\(['"]([a-z0-9._]+)['"](?! ~)""", "\n".join([*TEMPLATES.values(), CODE])))
BUILT = (*re.findall(r"""['"]([a-z]+\.)['"] ~""", "\n".join(TEMPLATES.values())), "language.")
"""How names begin that are put together."""


def fields(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name} - {"s"}


@pytest.mark.parametrize("name", speech.WORDS)
def test_every_word_is_there_in_each_language(name):
    """Law: whatever is said is said in every language, of the same values, and somewhere."""
    words = speech.WORDS[name]

    assert len(words) == len(speech.LANGUAGES)
    assert all(word.strip() for word in words)
    assert len({frozenset(fields(word)) for word in words}) == 1 or name.startswith("form.")
    quoted = f'"{name}"' in CODE or f"'{name}'" in "".join(TEMPLATES.values())
    assert quoted or name.startswith(BUILT), f"nobody says {name}"


def test_every_word_that_is_asked_for_is_there():
    """Law: templates ask for words that there are, those that they put together included."""
    asked = NAMED | {word for word, _ in (*NAVIGATION, *COLOPHON)} | {f"field.{name}" for name in diff.FIELDS}
    asked |= {f"event.{event}" for event in Event if event} | {f"weekday.{at}" for at in range(7)}
    asked |= {f"{what}.{kind}" for what in ("kind", "names") for kind in KINDS}
    asked |= {f"facet.{kind}" for kind in search.FACETS} | {f"order.{order}" for order in query.ORDERS}
    asked |= {f"changed.{event}" for event in Event if event not in ("", "first")}
    asked |= {f"held.{edition.code}" for edition in EDITIONS} | {f"operation.{one.name}" for one in OPERATIONS}
    asked |= {*sought.WHY.values()} | {f"drift.{name}" for name in drift.SAYS}
    codes = {*map(int, STATUS.values()), *map(int, MORE), 414, 421, 500}
    asked |= {f"error.{code}{end}" for code in codes for end in ("", ".says")}

    assert asked <= speech.WORDS.keys()


@pytest.mark.parametrize("name", TEMPLATES)
def test_templates_have_no_words_of_their_own(name):
    """Law: beside what it asks for, a template says nothing that somebody would have to translate."""
    bare = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", TEMPLATES[name], flags=re.DOTALL)
    said = re.sub(r"<[^>]*>", "", bare)
    shown = re.findall(r'\b(?:alt|title|aria-label|placeholder|value)="([^"]+)"', bare)

    assert not re.search(r"\w", said), said
    assert not [text for text in shown if text.strip()]


def test_one_is_not_many():
    """Law: English knows one from many."""
    assert speech.say("en", "count.articles", count=1) == "1 article"
    assert speech.say("en", "count.articles", count=0) == "0 articles"
