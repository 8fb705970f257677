"""Fonts: one that has Chinese signs, among those that are installed, for pictures of matplotlib."""

from collections.abc import Collection
from pathlib import Path

from matplotlib import font_manager

from archive.errors import Unsupported

FAMILIES = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "PingFang SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "SimHei",
    "Droid Sans Fallback",
    "Noto Sans CJK JP",  # the same signs, a few in Japanese form; all that older matplotlib sees of Noto's file
    "Noto Serif CJK SC",
    "AR PL UMing CN",
)
"""Families that have them, the best first, as the fonts of Linux, macOS and Windows call themselves."""


def family() -> str:
    """Return the family to write with.  Raises Unsupported if there is none."""
    if not (found := best(_names())):
        _look_again()
        found = best(_names())
    if not found:
        raise Unsupported(
            "the picture needs a font with Chinese signs: install Noto Sans CJK (apt install fonts-noto-cjk)"
        )
    return found


def best(installed: Collection[str]) -> str | None:
    """Return which of these families is the best; None if none has Chinese signs."""
    return next((name for name in FAMILIES if name in installed), None)


def signs(name: str) -> Collection[int]:
    """Return the numbers of all characters that a family has."""
    return font_manager.get_font(font_manager.findfont(name)).get_charmap().keys()


def _names() -> frozenset[str]:
    return frozenset(font.name for font in font_manager.fontManager.ttflist)


def _look_again() -> None:
    """Take in fonts that were installed after matplotlib wrote down what there is."""
    known = {font.fname for font in font_manager.fontManager.ttflist}
    for path in sorted(font_manager.findSystemFonts()):
        if path not in known and Path(path).exists():
            font_manager.fontManager.addfont(path)
