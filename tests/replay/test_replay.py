"""A replay as HTTP sees it; tests/browser shows it to a browser."""

import gzip
import json
import os
import signal
import site
import socket
import subprocess
import sys
import time
from http import HTTPStatus
from pathlib import Path

import pytest

from archive import cli
from tests.archive import archives, outsiders
from tests.archive.archives import CN
from tests.crawler.crawling import ROOT
from tests.replay.replaying import Front, replayed

pytestmark = pytest.mark.slow

HOSTILE = "</a><script>alert(1)</script>{{ 7 * 7 }}{% raw %}{# \" ' & #}"
REPLAY = [sys.executable, "-m", "archive.cli", "replay"]


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A small archive of two runs, in a folder whose name means something to a template and to a shell."""
    root = tmp_path_factory.mktemp("replay") / "an [a]rchive {coll} *"
    first = [archives.page(article) for article in CN[:3]]
    archives.crawl(root, [*first, archives.short(1, HOSTILE.replace("<", "&lt;"))])
    archives.CLOCK.wait(hours=2)
    return archives.crawl(root, [archives.page(CN[0]), archives.page(CN[1].revised(2))])


@pytest.fixture(scope="module")
def replay(root):
    with replayed(root) as replay:
        yield replay


def stamp(link):
    return link.split("/")[2]


# The front page


def test_front_page_lists_the_articles(replay):
    """Law: the front page names every article, and each link shows it: its title and its text."""
    front = Front(replay.get().text)

    shown = dict(front.links)
    assert {article.title for article in CN[:1]} <= set(shown)
    assert len(front.links) == 4
    page = replay.get(shown[CN[2].title])
    assert page.status == 200
    assert f"{CN[2].title}</h1>" in page.text
    assert CN[2].lead
    assert CN[2].lead.page in page.text


def test_front_page_loads_nothing(replay):
    """Law: the front page has no script, no picture, no form, and forbids them."""
    front = replay.get()

    assert Front(front.text).tags == {*"html head meta title style body h1 ol li time a".split()}
    assert "default-src 'none'" in front.text


def test_hostile_title_is_text(replay):
    """Law: whatever a title says, it is neither markup nor a template's word."""
    titles = [title for title, _ in Front(replay.get().text).links]

    assert f"{HOSTILE} 1" in titles


# A page


def test_a_page_has_no_way_out(replay):
    """Law: a browser may load nothing for a page but from this machine."""
    page = replay.get(Front(replay.get().text).links[0][1])

    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:;" in policy
    assert "//" not in policy.replace("blob:", "")


def test_what_is_not_archived_is_not_there(replay):
    """Law: a page that is not archived is 404, of this site or another; there is no collection that would ask for it."""
    for link in ("rfi/2026/https://www.rfi.fr/cn/nothing", "rfi/https://example.org/", "live/https://example.org/"):
        assert replay.get(link).status == 404, link


def test_revisit_replays_its_payload(root, replay):
    """Law: a capture that is a revisit shows the page that the earlier record holds."""
    lines = [line for path in sorted(root.glob("cdxj/*")) for line in path.read_text().splitlines()]
    revisits = [line.split()[1] for line in lines if "warc/revisit" in line]

    assert len(revisits) == 1
    page = replay.page(CN[0].url, revisits[0])
    assert page.headers["Content-Location"].split("/rfi/")[1].startswith(revisits[0])
    assert f"{CN[0].title}</h1>" in page.text


def test_new_captures_show_without_a_restart(tmp_path):
    """Law: what a run archives while a replay is on can be replayed at once, and soon the front page lists it."""
    archives.crawl(tmp_path / "archive", [archives.page(CN[0])])
    with replayed(tmp_path / "archive") as replay:
        archives.crawl(tmp_path / "archive", [archives.page(CN[1])])

        assert f"{CN[1].title}</h1>" in replay.page(CN[1].url, "2026").text
        until(lambda: len(Front(replay.get().text).links) == 2)


def until(holds):
    """Return once it holds."""
    for _ in range(100):
        if holds():
            return
        time.sleep(0.1)
    pytest.fail("it does not hold after ten seconds")


# Beginning and end


def test_an_archive_of_nothing(tmp_path):
    """Law: an archive without a WARC file is replayed too: an empty front page."""
    archives.close(archives.open_archive(tmp_path / "archive"))

    with replayed(tmp_path / "archive") as replay:
        assert Front(replay.get().text).links == []


def test_what_was_imported_replays(tmp_path):
    """Law: what other tools recorded replays, coded and chunked or as it is, revisits too; one without its payload is not there."""
    bodies = [b"<html><body>number %d</body></html>" % number for number in range(4)]
    urls = [f"https://www.rfi.fr/cn/{number}/" for number in range(5)]
    coded, sizes = gzip.compress(bodies[1]), ("Content-Encoding: gzip", "Transfer-Encoding: chunked")
    framed = b"%x\r\n%s\r\n0\r\n\r\n" % (len(coded), coded)
    same = ("WARC-Profile", "http://netpreserve.org/warc/1.0/revisit/identical-payload-digest")
    named = [("WARC-Payload-Digest", outsiders.sha1(body)) for body in bodies]
    # By digest alone pywb finds no payload of another URL.
    refers = ("WARC-Refers-To-Target-URI", urls[0]), ("WARC-Refers-To-Date", "2023-10-27T08:09:10Z")
    records = [
        outsiders.record("response", outsiders.http(bodies[0]), named[0], url=urls[0], end=b"\n"),
        outsiders.record("response", outsiders.http(framed, *sizes), url=urls[1]),
        outsiders.record("response", outsiders.http(bodies[2], *sizes), ("WARC-Target-URI", f"<{urls[2]}>")),
        outsiders.record("revisit", outsiders.http(b""), same, named[0], *refers, url=urls[3]),
        outsiders.record("revisit", outsiders.http(b""), same, named[3], url=urls[4]),
    ]
    (tmp_path / "theirs.warc").write_bytes(b"".join(records))
    assert cli.main(["import", "--archive", str(tmp_path / "a"), str(tmp_path / "theirs.warc")]) == 0

    with replayed(tmp_path / "a") as replay:
        found = [replay.page(url, "20231027080910") for url in urls]

    assert [one.status == HTTPStatus.OK for one in found] == [True, True, True, True, False]
    assert [f"number {number}" in one.text for one, number in zip(found, (0, 1, 2, 0), strict=False)] == [True] * 4


def test_replay_writes_only_cdxj(root, replay):
    """Law: a replay leaves nothing in the archive but `cdxj/`."""
    assert replay.get().status == 200
    assert {path.name for path in root.iterdir()} <= {*"articles cdxj lists warc index.sqlite .lock".split()}


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_end(root, told):
    """Law: told to end, a replay ends well and leaves no process and no folder behind."""
    with replayed(root) as replay:
        children = children_of(replay.process.pid)
        folder = Path(f"/proc/{children[0]}/cwd").resolve()
        assert folder.is_dir()

        replay.process.send_signal(told)

        assert replay.process.wait(60) == 0
        assert not [child for child in children if Path(f"/proc/{child}").exists()]
        assert not folder.exists()


def test_pywb_does_not_outlive_the_replay(root, tmp_path):
    """Law: where a replay is killed, pywb ends, too."""
    command = [*REPLAY, "--archive", root, "--port", "0"]
    env = {**os.environ, "TMPDIR": str(tmp_path)}  # its folder stays behind
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        (child,) = children_of(process.pid)

        process.kill()

    until(lambda: not Path(f"/proc/{child}").exists())


def children_of(process):
    return Path(f"/proc/{process}/task/{process}/children").read_text().split()


def test_address_as_json(root):
    """Law: with --json, stdout is JSON that says where the replay is."""
    command = [*REPLAY, "--archive", root, "--port", "0", "--json"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        told = "".join(iter(process.stdout.readline, "}\n")) + "}"
        process.terminate()

    assert json.loads(told)["url"].startswith("http://127.0.0.1:")
    assert process.returncode == 0


def test_pywb_that_dies_is_told(root):
    """Law: if pywb ends by itself, so does the replay, with one line and exit code 1."""
    process = subprocess.Popen(
        [*REPLAY, "--archive", root, "--port", "0"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout
        process.stdout.readline()
        os.kill(int(children_of(process.pid)[0]), signal.SIGKILL)
        said = process.communicate(timeout=60)[1]

    assert process.returncode == 1
    assert said.startswith("rfi-archive: pywb has ended by itself")
    assert said.count("\n") == 1


def test_replay_is_not_installed(root, tmp_path):
    """Law: where pywb is missing beside the environment that runs, one line says what to type."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / ".venv"], check=True)
    packages = os.pathsep.join([str(ROOT), *site.getsitepackages()])

    done = subprocess.run(
        [tmp_path / ".venv/bin/python", *REPLAY[1:], "--archive", root],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": packages},
        capture_output=True,
        text=True,
        check=False,
    )

    line = f"rfi-archive: replay needs pywb in {tmp_path / '.venv-replay'}: `make replay-env` installs it\n"
    assert (done.returncode, done.stderr) == (1, line)


def test_port_that_is_taken(root):
    """Law: a port that somebody else has is told in one line, exit code 2."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        done = subprocess.run(
            [*REPLAY, "--archive", root, "--port", port], cwd=ROOT, capture_output=True, text=True, check=False
        )

    assert done.returncode == 2
    assert done.stderr.startswith(f"rfi-archive: port {port} of 127.0.0.1 cannot be had")
    assert done.stderr.count("\n") == 1
