"""A font of our own, drawn here, written without any font library: figures in seven segments, as on a clock.

Every glyph is a few rectangles, so the whole file has about 1 kB.  Source: OpenType
specification 1.9, the tables named below; browsers ask for all of them but `name`.
"""

import struct

EM, ADVANCE, ASCENT, DESCENT = 1000, 600, 900, -100
"""Font units; all glyphs are of one width."""
SEGMENTS = {
    "a": (120, 700, 480, 780),
    "b": (440, 400, 520, 740),
    "c": (440, 40, 520, 380),
    "d": (120, 0, 480, 80),
    "e": (80, 40, 160, 380),
    "f": (80, 400, 160, 740),
    "g": (120, 350, 480, 430),
    "<": (260, 150, 340, 230),
    ">": (260, 500, 340, 580),
    "/": (260, 0, 340, 780),
}
"""Rectangles: left, bottom, right, top."""
GLYPHS = "/ abcdef bc abged abgcd fgbc afgcd afgedc abc abcdefg abcdfg <>".split()
"""Segments of `/`, `0` to `9` and `:`, in the order of their code points."""
FIRST = ord("/")
Box = tuple[int, int, int, int]


def segments() -> bytes:
    """The font file; of each glyph the second word is its left edge, as `hmtx` wants it too."""
    glyphs = [b"", *(outline([SEGMENTS[name] for name in names]) for names in GLYPHS)]
    return whole(
        {
            "OS/2": os2(),
            "cmap": cmap(len(GLYPHS)),
            "glyf": b"".join(glyphs),
            "head": head(),
            "hhea": struct.pack(
                ">I4h3h3h4h2H", 0x10000, ASCENT, DESCENT, 0, ADVANCE, *[0] * 3, *[1, 0, 0], *[0] * 4, 0, len(glyphs)
            ),
            "hmtx": b"".join(struct.pack(">H2s", ADVANCE, glyph[2:4]) for glyph in glyphs),
            "loca": loca(glyphs),
            "maxp": struct.pack(">I14H", 0x10000, len(glyphs), 28, 7, 0, 0, 1, *[0] * 8),
            "name": names("Segments"),
            "post": struct.pack(">IIhhIIIII", 0x30000, 0, -100, 50, 1, 0, 0, 0, 0),
        }
    )


def outline(boxes: list[Box]) -> bytes:
    """A glyph of rectangles: each a contour of four points, clockwise."""
    points = [
        point for left, low, right, high in boxes for point in ((left, low), (left, high), (right, high), (right, low))
    ]
    steps = [(x - a, y - b) for (a, b), (x, y) in zip([(0, 0), *points], points, strict=False)]
    edges = min(x for x, _ in points), min(y for _, y in points), max(x for x, _ in points), max(y for _, y in points)
    ends = range(3, len(points), 4)
    data = struct.pack(">5h", len(boxes), *edges) + struct.pack(f">{len(boxes)}H", *ends) + struct.pack(">H", 0)
    data += b"\1" * len(points)  # on the curve, both coordinates in two bytes
    data += b"".join(struct.pack(">h", x) for x, _ in steps) + b"".join(struct.pack(">h", y) for _, y in steps)
    return padded(data)


def cmap(count: int) -> bytes:
    """Format 4: one run of code points from FIRST on, then the end mark."""
    last = FIRST + count - 1
    table = struct.pack(">7H", 4, 4, 1, 0, last, 0xFFFF, 0)
    table += struct.pack(">2H2h2H", FIRST, 0xFFFF, 1 - FIRST, 1, 0, 0)
    return struct.pack(">4HI", 0, 1, 3, 1, 12) + struct.pack(">3H", 4, 6 + len(table), 0) + table


def loca(glyphs: list[bytes]) -> bytes:
    """Where each glyph begins, in units of two bytes, and where the last one ends."""
    starts = [sum(map(len, glyphs[:n])) // 2 for n in range(len(glyphs) + 1)]
    return struct.pack(f">{len(starts)}H", *starts)


def head() -> bytes:
    """The file's head; its dates stand still, so that the bytes do."""
    edges = (80, 0, 520, 780)
    return struct.pack(">IIIIHHQQ4h2H3h", 0x10000, 0x10000, 0, 0x5F0F3CF5, 3, EM, 0, 0, *edges, 0, 8, 2, 0, 0)


def os2() -> bytes:
    """Version 4."""
    first = struct.pack(">HhHHH", 4, ADVANCE, 400, 5, 0) + struct.pack(">11h", *[100] * 10, 0) + bytes(10)
    ranges = struct.pack(">4I4sHHH", 1, 0, 0, 0, b"none", 0x40, FIRST, FIRST + len(GLYPHS) - 1)
    rest = struct.pack(">3h2H", ASCENT, DESCENT, 0, ASCENT, -DESCENT)
    return first + ranges + rest + struct.pack(">2I2h3H", 1, 0, 500, 780, 0, 32, 0)


def names(family: str) -> bytes:
    """Family, style, full name and PostScript name."""
    texts = {1: family, 2: "Regular", 4: family, 6: family}
    data, rows = b"", b""
    for number, text in texts.items():
        raw = text.encode("utf-16-be")
        rows += struct.pack(">6H", 3, 1, 0x409, number, len(raw), len(data))
        data += raw
    return struct.pack(">3H", 0, len(texts), 6 + len(rows)) + rows + data


def whole(tables: dict[str, bytes]) -> bytes:
    """All tables behind their directory; `head` says the sum of the file."""
    at, rows, data = 12 + 16 * len(tables), b"", b""
    for tag, table in sorted(tables.items()):
        rows += struct.pack(">4s3I", tag.encode(), total(table), at + len(data), len(table))
        data += padded(table)
    power = len(tables).bit_length() - 1
    top = struct.pack(">I4H", 0x10000, len(tables), 16 << power, power, 16 * (len(tables) - (1 << power)))
    file = top + rows + data
    where = file.index(struct.pack(">I", 0x5F0F3CF5)) - 4
    return file[:where] + struct.pack(">I", (0xB1B0AFBA - total(file)) & 0xFFFFFFFF) + file[where + 4 :]


def total(table: bytes) -> int:
    """The checksum of a table: its words added."""
    words: tuple[int, ...] = struct.unpack(f">{len(padded(table)) // 4}I", padded(table))
    return sum(words) & 0xFFFFFFFF


def padded(data: bytes) -> bytes:
    """To a whole number of words."""
    return data + bytes(-len(data) % 4)
