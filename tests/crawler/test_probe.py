"""Laws of the probe that goes out: each surface asked once, whatever the last one said; an exit code that tells."""

import json
import re
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from archive import cli, heard
from archive.manners import robots
from archive.probing import advice, probe
from archive.rfi.editions import BY_CODE
from archive.verbs.probe import lines, told
from crawler import settings
from tests.crawler.crawling import AT_ONCE, CONTACT, PATIENCE, ROOT, environment, verify
from tests.crawler.strange import Strange, whole
from tests.site import Running, Site, render, serve
from tests.site.answer import page, typed
from tests.site.feeds import ROBOTS

NAMES = ["robots.txt", "feed", "news sitemap", "sitemap index", "month", "section", "article", "image", "calendar"]
SITE = "https://www.rfi.fr"
ALL_BUT_ROBOTS_AND_FEED = r"^https://www\.rfi\.fr/(?!robots\.txt|cn/rss)"


@dataclass(frozen=True)
class Probed:
    """How a probe ended."""

    code: int
    out: str
    err: str

    @property
    def states(self) -> dict[str, str]:
        return {row["surface"]: row["state"] for row in json.loads(self.out)["rows"]}

    @property
    def advice(self) -> str:
        return "\n".join(json.loads(self.out)["advice"])

    def row(self, surface: str) -> dict[str, object]:
        return next(row for row in json.loads(self.out)["rows"] if row["surface"] == surface)


def go(site: Running | None, *words: object, env: dict[str, str] | None = None) -> Probed:
    """Probe as a user does, but at once."""
    command = [sys.executable, "-m", "archive.cli", "probe", *map(str, words)]
    for name, value in AT_ONCE.items():
        command += ["-s", f"{name}={value}"]
    told = {"CONTACT": CONTACT} | (env or {})
    done = subprocess.run(
        command, cwd=ROOT, env=environment(site) | told, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Probed(done.returncode, done.stdout, done.stderr)


def again(root: Path, edition: str = "cn") -> advice.Probed:
    """Read a saved probe."""
    found = heard.read(root)
    return advice.of(found, BY_CODE[edition], probe.rows(found, BY_CODE[edition]))


@pytest.mark.slow
@pytest.mark.parametrize("edition", ["cn", "tw"])
def test_a_site_that_lets_us_in(tmp_path, edition):
    """Law: each surface is asked once, all is well; what was saved is an archive, and makes the same table again."""
    with serve(Site()) as running:
        went = go(running, "--edition", edition, "--save", tmp_path / "p")

    asked = [entry.url for entry in running.log]
    assert (went.code, went.err) == (0, "")
    assert [line.split("  ")[0] for line in went.out.splitlines()[1:10]] == NAMES
    assert f"scrapy crawl rfi_{edition} -a limit=3" in went.out
    assert len(asked) == len(set(asked)) == len(NAMES) + 1  # and robots.txt of the pictures' host
    assert {CONTACT in entry.request.decode("latin-1") for entry in running.log} == {True}
    assert list((tmp_path / "p/warc").glob("probe-*.warc.gz"))
    verify(tmp_path / "p")
    assert "\n".join(lines(again(tmp_path / "p", edition))) + "\n" == went.out


@pytest.mark.slow
def test_only_the_feed_is_let_in():
    """Law: a row of refusals does not stop a probe; it names them, says what that means, and ends with 11."""
    with serve(Site()) as running:
        running.site.set_fault(ALL_BUT_ROBOTS_AND_FEED, "403")
        went = go(running, "--json")

    refused = {name for name, state in went.states.items() if state == "refused"}
    assert went.code == 11
    assert refused == {"news sitemap", "sitemap index", "section", "article"}
    assert went.states["feed"] == went.states["robots.txt"] == "well"
    assert {went.states[name] for name in ("month", "image", "calendar")} == {"unasked"}
    assert "Only robots.txt and the feed let this network in" in went.advice
    assert len(running.log) == 6


@pytest.mark.slow
def test_nothing_at_all():
    """Law: with nothing behind the proxy a probe ends with 14 in a few seconds, and says where to look."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, and never listening
        proxy = f"http://127.0.0.1:{taken.getsockname()[1]}"
        began = time.monotonic()
        went = go(None, "--json", env={"http_proxy": proxy, "https_proxy": proxy})

    assert went.code == 14
    assert time.monotonic() - began < 10
    assert went.row("robots.txt")["status"] == "no connection"
    assert set(went.states.values()) == {"silent", "unasked"}
    assert "http_proxy" in went.advice


@pytest.mark.slow
@pytest.mark.parametrize(
    ("pattern", "fault", "code", "row", "says"),
    [
        ("/202610..-", "challenge", 11, ("article", "refused"), "refuses article"),
        ("/rss", "429", 11, ("feed", "refused"), "refuses feed"),
        ("news.xml", "challenge", 11, ("news sitemap", "refused"), "refuses news sitemap"),
        (r"s\.rfi\.fr/media", "403", 11, ("image", "refused"), "refuses image"),
        ("/202610..-", "empty", 12, ("article", "unread"), "Could not be read: article"),
        ("/rss", "consent", 12, ("feed", "unread"), "Could not be read: feed"),
        ("/rss", "503", 1, ("feed", "failed"), "No good answer from feed"),
        ("index.xml", "reset", 1, ("sitemap index", "silent"), "No good answer from sitemap index"),
        ("/202610..-", "cut-length", 1, ("article", "failed"), "No good answer from article"),
        ("往日新闻", "404", 0, ("calendar", "failed"), "let in"),
        ("contents_", "404", 0, ("month", "failed"), "let in"),
        ("robots", "404", 0, ("robots.txt", "failed"), "let in"),
        ("robots", "503", 14, ("feed", "unasked"), "robots.txt could not be had"),
        ("www.rfi.fr", "403", 11, ("robots.txt", "refused"), "refuses robots.txt, feed"),
    ],
)
def test_what_one_answer_amounts_to(pattern, fault, code, row, says):
    """Law: each kind of answer has its state, its exit code and its advice; nothing is asked for twice."""
    with serve(Site()) as running:
        running.site.set_fault(pattern, fault)
        went = go(running, "--json")

    asked = [entry.url for entry in running.log]
    assert went.code == code == json.loads(went.out)["exit_code"]
    assert went.states[row[0]] == row[1]
    assert says in went.advice
    assert len(asked) - len(set(asked)) == (fault == "reset")  # Twisted itself asks again where a kept connection died


@pytest.mark.slow
def test_robots_that_forbids_us():
    """Law: where robots.txt forbids us all, nothing else is asked for; the line that does so is told."""
    text = ROBOTS.replace("User-agent: NoisyBot", "User-agent: NoisyBot\nUser-agent: rfi-archive\nUser-agent: Scrapy")
    with serve(Site(robots=text)) as running:
        went = go(running, "--json")

    assert went.code == 11
    assert [entry.url for entry in running.log] == [f"{SITE}/robots.txt"]
    assert went.row("feed")["robots"] == "line 8: Disallow: /"
    assert "the rules for rfi-archive" in json.loads(went.out)["robots"][0]
    assert "scrapy" in json.loads(went.out)["robots"][1]
    assert "robots.txt forbids us feed" in went.advice


@pytest.mark.slow
def test_a_new_layout(tmp_path):
    """Law: an article of an unknown make is told from a good one: what is missing is named, exit code 12."""
    site = Strange()
    url = site.live()[0].url
    site.plans[url] = whole(page(re.sub("t-content__(body|chapo|dates)|m-pub-dates", "new", render(site.live()[0]))))
    with serve(site) as running:
        went = go(running, "--json", "--save", tmp_path)

    assert went.code == 12
    assert went.row("article")["missing"] == ["lead", "body", "share bar"]
    assert "the article's lead" in went.advice
    verify(tmp_path)


@pytest.mark.slow
def test_other_things_said():
    """Law: a Crawl-delay and a missing CONTACT are told; a picture elsewhere has a robots.txt of its own."""
    site = Strange(robots=ROBOTS.replace("Disallow:\n", "Disallow:\nCrawl-delay: 0.5\n", 1))
    site.plans["https://s.rfi.fr/robots.txt"] = whole(typed("text/plain", b"User-agent: *\nDisallow: /media"))
    with serve(site) as running:
        went = go(running, "--json", env={"CONTACT": ""})

    assert went.code == 0
    assert "Crawl-delay 0.5 s, which a crawl keeps" in " ".join(json.loads(went.out)["robots"])
    assert "export CONTACT=" in went.advice
    assert went.row("image")["robots"] == "line 2: Disallow: /media"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--save", "."), "there is something already"),
        (("-s", "MIN_FREE_BYTES"), "NAME=VALUE"),
        (("--edition", "fr"), "invalid choice"),
    ],
)
def test_wrong_usage(words, says):
    """Law: what makes no sense is told in one line, exit code 2, and nothing is asked."""
    went = go(None, *words)

    assert (went.code, went.out) == (2, "")
    assert says in went.err


@pytest.mark.slow
def test_told_to_stop(tmp_path):
    """Law: Ctrl-C ends a probe in order: nothing goes on behind it, and what was saved is an archive."""
    words = [sys.executable, "-m", "archive.cli", "probe", "--save", str(tmp_path), "-s", "DOWNLOAD_DELAY=3"]
    with serve(Site()) as running:
        child = subprocess.Popen(
            [*words, "-s", "MIN_FREE_BYTES=0"], cwd=ROOT, env=environment(running), stdout=subprocess.PIPE
        )
        until = time.monotonic() + 30
        while len(running.log) < 2:
            assert time.monotonic() < until
            time.sleep(0.1)
        child.send_signal(signal.SIGINT)
        out, _ = child.communicate(timeout=PATIENCE)
        asked = len(running.log)

    assert (child.returncode, out) == (130, b"")
    assert asked < len(NAMES)
    verify(tmp_path)


def test_no_folder_with_anything_in_it(tmp_path, capsys):
    """Law: a probe writes into no folder that holds anything, and over no file."""
    (tmp_path / "mine").write_text("mine")
    for save in (tmp_path, tmp_path / "mine"):
        assert cli.main(["probe", "--save", str(save)]) == 2
        assert capsys.readouterr().err.count("\n") == 1
    assert (tmp_path / "mine").read_text() == "mine"


def test_what_the_library_knows_of_the_crawl():
    """Law: what archive/ says of the crawl's settings, which it may not import, is what they are."""
    assert robots.NAME == settings.ROBOTSTXT_USER_AGENT


@pytest.mark.slow
def test_the_table_and_the_json_say_the_same(tmp_path):
    """Law: --json holds every cell of the table."""
    with serve(Site()) as running:
        went = go(running, "--json", "--save", tmp_path / "p")

    assert json.loads(went.out) == json.loads(json.dumps(told(again(tmp_path / "p"))))
