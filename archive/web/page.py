"""Page: values -> one page of the reader as HTML.  Pure, but for the templates.

The export of the same pages as files uses it, too; what it knows of addresses it has from
the links that it is given.
"""

from functools import cache, partial
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined

from archive.web import shown, speech
from archive.web.links import COLOPHON, NAVIGATION, Links


def render(name: str, language: str, /, *, links: Links, here: str, **values: Any) -> str:
    """Return the page of a template, without ".html".

    language: one of speech.LANGUAGES.  here: path and query of the page.  A value that the
    template wants and nobody gave raises jinja2.UndefinedError; every text is escaped that
    is no markupsafe.Markup.
    """
    say = partial(speech.say, language)
    time = {how: partial(form, say) for how, form in shown.FORMS.items()}
    menu, foot = ([(say(word), link) for word, at in some if (link := at(links))] for some in (NAVIGATION, COLOPHON))
    template = _environment().get_template(f"{name}.html")
    known = {"language": language, "say": say, "time": time, "links": links, "here": here}
    return template.render(**known, menu=menu, foot=foot, **values)


@cache
def _environment() -> Environment:
    """Return the templates; each is read once."""
    folder = files("archive.web").joinpath("templates")
    loader = FunctionLoader(lambda name: folder.joinpath(name).read_text("utf-8"))
    made = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, cache_size=-1
    )
    tongues = [
        tuple(speech.say(code, f"language.{what}") for what in ("code", "tag", "own")) for code in speech.LANGUAGES
    ]
    made.globals.update(tongues=tongues, tongue=shown.tongue)
    made.filters.update(quiet=shown.quiet, piece=shown.piece)
    return made
