"""Digest: the labelled digests of WARC records, by which bytes are named and known again.  Pure.

The label is "sha1:" and the 20 bytes of a SHA-1 in base 32, 32 letters.  Source: WARC 1.1, 5.8 and 5.9; RFC 4648, 6.
"""

import hashlib

from archive.files.spool import Bytes

SIZE = 20
"""Bytes of a SHA-1."""
_LABEL = "sha1:"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_PAIRS = [first + second for first in _LETTERS for second in _LETTERS]
"""Each 10 bits as two letters: base64.b32encode takes twice as long, three times a capture."""
_SHIFTS = range(150, -1, -10)
_DIGITS = str.maketrans(_LETTERS, "0123456789abcdefghijklmnopqrstuv")
"""From these letters to the digits of Python's base 32, which reads a digest as a number in no time."""


def digest(*pieces: Bytes) -> str:
    """Return the labelled digest of the pieces in a row."""
    return label(_sha1(pieces))


def names(labelled: str, *pieces: Bytes) -> bool:
    """Tell whether a labelled digest of this form is that of the pieces."""
    try:
        return as_number(labelled) == _sha1(pieces)
    except ValueError:
        return False


def label(number: int) -> str:
    """Return the labelled digest of a SHA-1 as a number."""
    return _LABEL + "".join([_PAIRS[number >> shift & 1023] for shift in _SHIFTS])


def as_number(labelled: str) -> int:
    """Return the SHA-1 of a labelled digest of this form as a number.  Of other texts it may raise ValueError."""
    return int(labelled[len(_LABEL) :].translate(_DIGITS), 32)


def _sha1(pieces: tuple[Bytes, ...]) -> int:
    sha1 = hashlib.sha1(usedforsecurity=False)
    for piece in pieces:
        sha1.update(piece)
    return int.from_bytes(sha1.digest())
