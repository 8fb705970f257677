"""Laws of the units in deploy/: systemd understands them, and they say what is so.

Needs systemd-analyze, which `make test` installs.
"""

import os
import re
import sys

import pytest

from archive.errors import Locked
from archive.rfi.editions import BY_SPIDER
from archive.runs.ending import RULES
from tests.deploy.reading import DEPLOY, PROGRAM, SERVICES, TIMERS, run, unit, values

MOST_EXPOSED = {"rfi-archive@.service": 15, "rfi-archive-keep@.service": 7}
"""Ten times the exposure that `systemd-analyze security` may find, of 100; a service without walls has 96."""
ONLINE = {"MemoryDenyWriteExecute", "PrivateNetwork", "RestrictAddressFamilies"}
"""Walls that differ, because one of the two services goes out."""


def walls(name):
    """Give what a service may not do: all lines from User= on."""
    lines = [(key, value) for section, key, value in unit(name) if section == "Service"]
    return {line for line in lines[[key for key, _ in lines].index("User") :] if line[0] not in ONLINE}


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The units as systemd would find them, for a checkout that is here."""
    folder = tmp_path_factory.mktemp("system")
    for path in [*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")]:
        (folder / path.name).write_text(path.read_text("utf-8").replace(f"{PROGRAM}/.venv", sys.prefix))
    return folder


def test_every_unit_is_told_of_here():
    """Law: no unit file is left out of these laws."""
    assert {path.name for path in DEPLOY.glob("*@*")} == {*SERVICES, *TIMERS}


@pytest.mark.slow
def test_systemd_understands_each_unit(installed):
    """Law: `systemd-analyze verify` has nothing to say of any unit, be it about a word, a value, or a program that is not there."""
    verbs = [name for name in TIMERS if "@." not in name]
    units = [f"rfi-archive@{spider}.{kind}" for spider in BY_SPIDER for kind in ("service", "timer")]
    units += verbs + [name.replace(".timer", ".service") for name in verbs]

    done = run(
        "systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *units,
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{installed}:"},
    )  # fmt: skip

    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.slow
@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_walled_in(installed, name):
    """Law: systemd's own measure of what a service could do beyond its work stays low."""
    threshold = f"--threshold={MOST_EXPOSED[name]}"
    done = run("systemd-analyze", "security", "--no-pager", "--offline=true", threshold, str(installed / name))
    assert done.returncode == 0, done.stdout + done.stderr


def test_both_services_have_the_same_walls():
    """Law: what one service may not do, the other may not, but for what going out needs."""
    assert walls(SERVICES[0]) == walls(SERVICES[1])
    assert not values(SERVICES[0], "MemoryDenyWriteExecute")


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_writes_into_its_archive_only(name):
    """Law: all is read-only but the folder that ARCHIVE_DIR names."""
    (folder,) = values(name, "StateDirectory")
    assert values(name, "Environment") == [f"ARCHIVE_DIR=%S/{folder}"]
    assert values(name, "ProtectSystem") == ["strict"]
    assert not values(name, "ReadWritePaths")


def test_codes_that_are_no_failure():
    """Law: to systemd a run is well, too, if another holds the archive or its budget is used up."""
    (spent,) = {rule.code for rule in RULES if rule.word in {"spent", "stopped"}}
    assert values(SERVICES[0], "SuccessExitStatus") == [f"{Locked.exit_code} {spent}"]
    assert values(SERVICES[1], "SuccessExitStatus") == [f"{Locked.exit_code}"]


@pytest.mark.slow
@pytest.mark.parametrize("name", TIMERS)
def test_a_timer_goes_off_when_it_should(name):
    """Law: systemd reads each timer's expression as it is meant, and no other time of an hour or a day comes up."""
    (expression,) = values(name, "OnCalendar")

    done = run("systemd-analyze", "calendar", "--iterations=4", expression, env={**os.environ, "TZ": "UTC"})

    assert done.returncode == 0, done.stderr
    times = re.findall(r"(?:elapse|Iter\. #\d+|Iteration #\d+): \w+ \S+ (\S+) UTC", done.stdout)
    assert len(times) == 4, done.stdout
    assert all(any(time.endswith(end) for end in TIMERS[name]) for time in times)
    assert len({time[-5:] for time in times}) == len(TIMERS[name])
