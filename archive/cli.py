"""`rfi-archive VERB`: reads the command line, runs the verb, turns every error into one line and its exit code.

0 = well, 1 = something is wrong, 2 = wrong usage; 10 and 13 as in the table of DESIGN.md.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from archive import __version__
from archive.errors import ArchiveError
from archive.terminal.telling import WRONG, hang_up, last
from archive.terminal.usage import VERBS


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        room = VERBS[options.verb].room or options.verb
        code: int = import_module(f"archive.verbs.{room}").run(options)  # no verb waits for what another needs
        if sys.stdout:
            sys.stdout.flush()
        return code
    except ArchiveError as error:
        last(f"rfi-archive: {error}")
        return error.exit_code
    except BrokenPipeError:  # the reader of our output (head, less) has gone
        hang_up()
        return WRONG
    except OSError as error:
        last(f"rfi-archive: {error}")
        return WRONG
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="rfi-archive", description="An archive of RFI's Chinese service: look into it, check it, make it again."
    )
    parser.add_argument("--version", action="version", version=f"rfi-archive {__version__}")
    subparsers = parser.add_subparsers(metavar="VERB", required=True)
    for name, verb in VERBS.items():
        words = subparsers.add_parser(
            name,
            help=verb.says,
            description=verb.says[0].upper() + verb.says[1:] + ".",
            epilog=f"example: {verb.example}",
        )
        words.add_argument(
            "--archive",
            type=Path,
            default=os.environ.get("ARCHIVE_DIR") or "data",
            metavar="DIR",
            help="the archive (default: $ARCHIVE_DIR or data/)",
        )
        words.add_argument("--json", action="store_true", help="print JSON, for programs")
        for word, known in verb.takes:
            words.add_argument(word, **known)
        words.set_defaults(verb=name)
    return parser


if __name__ == "__main__":
    sys.exit(main())
