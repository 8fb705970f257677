"""deploy/ as a test reads it: its units, its crontab, and a command that is run to its end."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
PROGRAM = "/srv/rfi-archive"
"""Where these files say that the checkout lies."""
SERVICES = ["rfi-archive@.service", "rfi-archive-keep@.service"]
TIMERS = {
    "rfi-archive@.timer": ["07:00", "37:00"],
    "rfi-archive-keep@rollup.timer": ["03:14:00"],
    "rfi-archive-keep@verify.timer": ["04:29:00"],
}
"""Every timer, and the ends of the times of day at which it may go off, before its random delay."""
PATIENCE = 100
"""Seconds for one command."""


def run(*words, **more):
    return subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE, check=False, **more)


def unit(name):
    """Give the lines of a unit file as (section, name, value)."""
    section, found = "", []
    for line in (DEPLOY / name).read_text("utf-8").splitlines():
        if header := re.fullmatch(r"\[(\w+)\]", line):
            section = header[1]
        elif line and not line.startswith("#"):
            key, equals, value = line.partition("=")
            assert section, line
            assert equals, line
            found.append((section, key, value))
    return found


def values(name, key):
    return [value for _, known, value in unit(name) if known == key]


@dataclass(frozen=True)
class Job:
    """A line of the crontab."""

    when: list[str]
    command: str


def crontab():
    """Give the settings and the jobs of the crontab, read as Debian's cron does: a user's, without a column for the user."""
    settings, jobs = {}, []
    for line in (DEPLOY / "crontab").read_text("utf-8").splitlines():
        if found := re.fullmatch(r"([A-Z_]+)=(\S+)", line):
            settings[found[1]] = found[2]
        elif line and not line.startswith("#"):
            *when, command = line.split(maxsplit=5)
            jobs.append(Job(when, command))
    return settings, jobs


SETTINGS, JOBS = crontab()
