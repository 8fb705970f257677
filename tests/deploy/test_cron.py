"""Laws of crontab, logrotate and the file of settings in deploy/: each line runs as it stands.

Needs logrotate, which `make test` installs.
"""

import re
import shutil
import sys

import pytest

import crawler.settings
from archive.rfi.editions import BY_SPIDER
from archive.terminal import usage
from tests.crawler.crawling import environment
from tests.deploy.reading import DEPLOY, JOBS, PROGRAM, ROOT, SERVICES, SETTINGS, TIMERS, run, values
from tests.site import serve

RANGES = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 7)]
"""Minute, hour, day, month, day of the week.  Source: crontab(5)."""


def work(command):
    """Give the words of scrapy or rfi-archive in a command: what it does."""
    found = re.search(r"bin/(scrapy|rfi-archive) (\w[\w ]*)", command)
    assert found, command
    return found[1], found[2].strip()


def test_crontab_is_one():
    """Law: each job has five fields within their ranges, a command that a shell can read, and no %, which cron takes for itself."""
    assert JOBS
    for job in JOBS:
        for field, (least, most) in zip(job.when, RANGES, strict=True):
            assert all(least <= int(number) <= most for number in field.split(",") if field != "*"), job
        assert "%" not in job.command
        assert run("sh", "-n", "-c", job.command).returncode == 0, job
    assert (DEPLOY / "crontab").read_bytes().endswith(b"\n")


def test_cron_and_systemd_do_the_same():
    """Law: every edition is archived and every verb run that keeps the archive in order, by either of the two."""
    verbs = [("rfi-archive", re.split("[@.]", name)[1]) for name in TIMERS if "@." not in name]
    there_are = {("scrapy", f"crawl {spider}") for spider in BY_SPIDER} | set(verbs)

    assert {work(job.command) for job in JOBS} == there_are
    assert {verb for _, verb in verbs} <= set(usage.VERBS)
    commands = [work(values(name, "ExecStart")[0].replace("%i", "x")) for name in SERVICES]
    assert commands == [("scrapy", "crawl x"), ("rfi-archive", "x")]


def test_one_place_for_each_thing():
    """Law: cron, systemd, the image and logrotate speak of the same folders and the same user."""
    assert SETTINGS["HERE"] == PROGRAM
    assert SETTINGS["ARCHIVE_DIR"] == f"/var/lib/{values(SERVICES[0], 'StateDirectory')[0]}"
    assert f"ARCHIVE_DIR={SETTINGS['ARCHIVE_DIR']}" in (DEPLOY / "Dockerfile").read_text("utf-8")
    assert f"{SETTINGS['LOGS']}/*.log {{" in (DEPLOY / "logrotate").read_text("utf-8")
    assert values(SERVICES[0], "EnvironmentFile") == [SETTINGS["CONFIG"]]
    assert {user for name in SERVICES for user in values(name, "User")} == {"rfi-archive"}


@pytest.fixture
def checkout(tmp_path):
    """A checkout for cron in which runs are quick: the settings of this one, but for politeness."""
    here = tmp_path / "here with blanks"
    here.mkdir()
    (here / ".venv").symlink_to(sys.prefix)
    (here / "scrapy.cfg").write_text("[settings]\ndefault = quick\n")
    (here / "quick.py").write_text(
        "from crawler.settings import *\nDOWNLOAD_DELAY = 0\nAUTOTHROTTLE_ENABLED = False\nMIN_FREE_BYTES = 0\n"
    )
    (tmp_path / "logs").mkdir()
    return here


def cron(job, checkout, site):
    """Run a job as cron does: by sh, at home, in an environment of its own."""
    folders = {"HERE": checkout, "ARCHIVE_DIR": checkout.parent / "a", "LOGS": checkout.parent / "logs"}
    own = {name: str(path) for name, path in folders.items()} | {"CONFIG": str(DEPLOY / "rfi-archive.env")}
    env = {name: environment(site)[name] for name in ("http_proxy", "https_proxy", "no_proxy")}
    env |= {"PATH": "/usr/bin:/bin", "HOME": "/", "SHELL": "/bin/sh", "PYTHONPATH": str(ROOT)} | SETTINGS | own
    return run("/bin/sh", "-c", job.command, env=env, cwd="/")


@pytest.mark.slow
def test_the_lines_run(checkout):
    """Law: each line of the crontab, as it stands, does its work and says nothing, so that cron has nothing to mail."""
    with serve() as site:
        for job in JOBS:
            done = cron(job, checkout, site)
            assert (done.returncode, done.stdout + done.stderr) == (0, ""), job

    logs = {
        path.stem: path.read_text().rpartition("\nrfi-archive: ")[2] for path in (checkout.parent / "logs").iterdir()
    }
    assert "30 archived" in logs["rfi_cn"]
    assert logs["verify"] == "nothing wrong\n"
    assert logs.keys() == {"rfi_cn", "rfi_tw", "rollup", "verify"}
    assert all(b"(+https://example.org/about-you)" in entry.request for entry in site.log)


@pytest.mark.slow
def test_what_verify_finds_is_mailed(checkout):
    """Law: the weekly line says what is wrong, if anything is; a folder that is gone is told, too."""
    jobs = {work(job.command)[1]: job for job in JOBS}
    with serve() as site:
        cron(jobs["crawl rfi_cn"], checkout, site)
        next((checkout.parent / "a").rglob("*.md")).write_text("spoilt")
        wrong = cron(jobs["verify"], checkout, site)
        shutil.rmtree(checkout)
        gone = cron(jobs["crawl rfi_cn"], checkout, site)

    assert wrong.stdout.endswith("wrong: 1\n")
    assert gone.stderr


def test_the_file_of_settings():
    """Law: it holds nothing but settings there are, in a form that a shell and systemd read alike; README says where it goes."""
    lines = [line for line in (DEPLOY / "rfi-archive.env").read_text("utf-8").splitlines() if line[:1] != "#"]
    assert all(re.fullmatch("[A-Z_]+='[^'$\\\\]*'", line) for line in lines)
    assert {line.split("=")[0] for line in lines} <= vars(crawler.settings).keys()


# --- logrotate ---


@pytest.mark.slow
def test_logs_are_rotated(tmp_path):
    """Law: logrotate takes its file without a word, keeps each log's bytes, packs the older ones, and drops the ninth."""
    log, path = tmp_path / "rfi_cn.log", tmp_path / "conf"
    text = (DEPLOY / "logrotate").read_text("utf-8").replace(SETTINGS["LOGS"], str(tmp_path))
    path.write_text(re.sub(r"su .*\n", "", text))
    path.chmod(0o644)

    for number in range(12):
        log.write_text(f"{number}\n")
        done = run("/usr/sbin/logrotate", "--force", "--state", str(tmp_path / "state"), str(path))
        assert (done.returncode, done.stdout + done.stderr) == (0, "")

    assert (tmp_path / "rfi_cn.log.1").read_text() == "11\n"
    kept = {p.name for p in tmp_path.glob("rfi_cn.log.*")}
    assert kept == {"rfi_cn.log.1"} | {f"rfi_cn.log.{n}.gz" for n in range(2, 9)}
