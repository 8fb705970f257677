"""Fonts: one that has Chinese signs, among those that are installed, for pictures of matplotlib."""

from collections.abc import Collection
from contextlib import suppress

from matplotlib import font_manager
from matplotlib.font_manager import FontProperties

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
    names = _names()
    if names.isdisjoint(FAMILIES):
        _look_again()
        names = _names()
    return best(names)


def best(installed: Collection[str]) -> str:
    """Return the best of these families.  Raises Unsupported if none has Chinese signs."""
    if not (found := next((name for name in FAMILIES if name in installed), None)):
        raise Unsupported(
            "the picture needs a font with Chinese signs: install Noto Sans CJK (apt install fonts-noto-cjk)"
        )
    return found


def signs(name: str) -> Collection[int]:
    """Return the numbers of all characters that a family has."""
    return font_manager.get_font(font_manager.findfont(FontProperties(family=[name]))).get_charmap().keys()


def _names() -> frozenset[str]:
    return frozenset(font.name for font in font_manager.fontManager.ttflist)


def _look_again() -> None:
    """Take in fonts that were installed after matplotlib wrote down what there is."""
    known = {font.fname for font in font_manager.fontManager.ttflist}
    for path in sorted(font_manager.findSystemFonts()):
        if path not in known:
            with suppress(OSError, RuntimeError):  # a damaged file is no font
                font_manager.fontManager.addfont(path)
