"""Scripts: data as scripts, which a page may load from a disk, too, where it may ask for nothing else.  Pure."""

import json


def said(key: str, value: object) -> bytes:
    """Return the file that tells the search script a value."""
    return f"told({json.dumps(key)}, {json.dumps(value, ensure_ascii=False, separators=(',', ':'))});\n".encode(
        "utf-8", "replace"
    )


def lined(key: str, lines: str) -> bytes:
    """Return the file that tells it lines of letters, digits, tabs and blanks; they stand as they are."""
    return f"told({json.dumps(key)}, `\n{lines}`);\n".encode()


def words_of(number: int) -> str:
    """Return the key of a file of words."""
    return f"words/{number >> 8:02x}/{number:04x}"


def text_of(number: int) -> str:
    """Return the key of the file of one article."""
    return f"texts/{number // 1000}/{number}"
