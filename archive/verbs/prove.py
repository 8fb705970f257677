"""Prove: an article file beside its record."""

import argparse
from dataclasses import asdict

from archive.language.moment import stamp
from archive.prove import Version, prove
from archive.terminal.telling import WELL, WRONG, show


def run(options: argparse.Namespace) -> int:
    """Tell where the file comes from, and whether it is what its record makes."""
    proof = prove(options.archive, options.file)
    versions = [{**asdict(one), "captured": stamp(one.captured)} for one in proof.versions]
    found = {**asdict(proof), "captured": stamp(proof.captured), "equal": not proof.problems, "versions": versions}
    lines = [
        f"{name:<9}{found[name]}"
        for name in ("path", "url", "captured", "warc", "offset", "record", "refers", "digest", "sha256")
        if found[name] is not None
    ]
    if len(proof.versions) > 1:
        lines += [f"version  {_line(one)}" for one in proof.versions]
    verdict = ["equal    the file made again from this record is the same, byte for byte"]
    lines += [f"WRONG    {problem}" for problem in proof.problems] or verdict
    show(found, lambda _: lines, as_json=options.json)
    return WRONG if proof.problems else WELL


def _line(one: Version) -> str:
    """Return a version for people."""
    return (
        f"{one.number}  {stamp(one.captured)}  {'WRONG' if one.problem else 'equal'}  {one.warc} at offset {one.offset}"
    )
