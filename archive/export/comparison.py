"""Comparison: two versions of an article as one HTML page that stands by itself.  Pure.

It works without script and loads nothing: its policy lets a browser use its one style sheet and no more.
"""

from base64 import b64encode
from hashlib import sha256
from html import escape

from archive.history import Comparison, Seen
from archive.language import moment
from archive.terminal.plain import plain
from archive.versions import marked
from archive.versions.diff import Change

NAMES = {
    "title": "标题",
    "date": "日期",
    "lead": "导语",
    "body": "正文",
    "image": "图片",
    "authors": "作者",
    "tags": "标签",
}
"""What the fields are called, by diff.FIELDS."""
_STYLE = """
:root { color-scheme: light dark; --gone: #ffd7d5; --new: #c7f0d2; --dim: #59636e }
@media (prefers-color-scheme: dark) { :root { --gone: #67262a; --new: #1c5433; --dim: #9198a1 } }
body { max-width: 45rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.8 serif; overflow-wrap: anywhere }
header p, h2 { color: var(--dim); font: 0.9rem sans-serif }
del { background: var(--gone) }
ins { background: var(--new); text-decoration: none }
"""
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}'; "
    "base-uri 'none'; form-action 'none'"
)


def text(found: Comparison) -> str:
    """Return the page."""
    title, url = _text(found.title), _text(found.url)
    said = "".join(map(_field, found.changes)) or "<p>没有差别</p>\n"
    return (
        f'<!DOCTYPE html>\n<html lang="zh">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="viewport" content="width=device-width">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>\n"
        f"<p>{url}</p>\n<p><del>{_of(found.old)}</del> → <ins>{_of(found.new)}</ins></p>\n</header>\n"
        f"{said}</body>\n</html>\n"
    )


def _of(seen: Seen) -> str:
    return f"{seen.version} · {moment.stamp(seen.captured)}"


def _field(change: Change) -> str:
    return f"<section>\n<h2>{NAMES[change.field]}</h2>\n{marked.html(change, shorten=False)}\n</section>\n"


def _text(text: str) -> str:
    return escape(plain(text))
