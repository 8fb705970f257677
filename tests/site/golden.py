"""Write `articles/*.md`, the expected files, beside the data: `python -m tests.site.golden`."""

from .expected import expected
from .source import FOLDER, read


def main() -> None:
    """One expected file a source file, with the placeholder epoch."""
    for path in sorted(FOLDER.glob("*.txt")):
        path.with_suffix(".md").write_text(expected(read(path)), encoding="utf-8", newline="")


if __name__ == "__main__":
    main()
