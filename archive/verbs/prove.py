"""Prove: an article file beside its record."""

import argparse
from dataclasses import asdict

from archive.moment import stamp
from archive.prove import prove
from archive.telling import WELL, WRONG, show


def run(options: argparse.Namespace) -> int:
    """Tell where the file comes from, and whether it is what its record makes."""
    proof = prove(options.archive, options.file)
    found = {**asdict(proof), "captured": stamp(proof.captured), "equal": not proof.problems}
    lines = [
        f"{name:<9}{found[name]}"
        for name in ("path", "url", "captured", "warc", "offset", "record", "refers", "digest", "sha256")
        if found[name] is not None
    ]
    verdict = ["equal    the file made again from this record is the same, byte for byte"]
    lines += [f"WRONG    {problem}" for problem in proof.problems] or verdict
    show(found, lambda _: lines, as_json=options.json)
    return WRONG if proof.problems else WELL
