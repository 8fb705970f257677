"""Rivals: the crawlers that are measured, as a table: how each is run, what it claims to write, who needs what."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import claims
from benchmarks.measure import ASIDE, ROOT
from benchmarks.web import Web

PEERS = Path(__file__).with_name("peers")
WARCPROX = ROOT / ".venv-peers" / "bin" / "warcprox"
AT_ONCE = 16
"""Requests under way, but for wget, which knows no more than one."""
SCRAPY = (
    "-s",
    f"CONCURRENT_REQUESTS={AT_ONCE}",
    "-s",
    f"CONCURRENT_REQUESTS_PER_DOMAIN={AT_ONCE}",
    "-s",
    "LOG_LEVEL=WARNING",
)
POLITE = (
    "DOWNLOAD_DELAY=0 AUTOTHROTTLE_ENABLED=0 ROBOTSTXT_OBEY=0 IMAGES=none REQUISITES=0 CONTACT=a@example.org".split()
)
"""What is switched off in ours, since no other does it."""
WARCIO = """
warc_spec: https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.0/
max_warc_size: 10000000000
collection: bench
description: bench
operator: bench
robots: ignore
user_agent: bench
warc_prefix: bench
warc_dest: .
"""
"""Settings of scrapy-warcio, which has no defaults."""


@dataclass(frozen=True, slots=True)
class Rival:
    """One way to fetch all pages."""

    writes: str
    """What it leaves behind, for people."""
    command: Callable[[Web, Path], list[object]]
    """Its command line, for a folder of its own in which it runs."""
    check: Callable[[Web, Path], None]
    """Whether it did what it claims."""
    needs: Path | None = None
    """What must be there, which not every clone has; None: what ours needs will do."""
    files: Mapping[str, str] = field(default_factory=dict)
    """What must lie in its folder."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """What it wants there besides."""
    here: bool = False
    """Whether it runs at the root of this tree."""


def _scrapy(python: Path | str, spider: str, *settings: str) -> Callable[[Web, Path], list[object]]:
    """Return how a spider of ours in `peers/` is run."""

    def command(web: Web, out: Path) -> list[object]:
        words = [
            python,
            "-m",
            "scrapy",
            "runspider",
            PEERS / spider,
            "-a",
            f"urls={web.urls}",
            "-a",
            f"pages={out / 'pages'}",
        ]
        return [*words, *SCRAPY, *settings]

    return command


def _ours(web: Web, out: Path) -> list[object]:
    settings = [word for setting in (*POLITE, f"ARCHIVE_DIR={out}") for word in ("-s", setting)]
    return [sys.executable, "-m", "scrapy", "crawl", "rfi_cn", "-a", f"urls={web.urls}", *SCRAPY, *settings]


def _wget(web: Web, _: Path) -> list[object]:
    words = [
        "wget",
        "-q",
        "-i",
        web.urls,
        "--no-check-certificate",
        "-O",
        "/dev/null",
        "--header=Accept-Encoding: gzip",
    ]
    return [*words, "--warc-file=pages"]


def _bare(web: Web, out: Path) -> list[object]:
    return [ASIDE, PEERS / "bare.py", web.urls, out, f"http://{web.relay}"]


def _warcprox(web: Web, out: Path) -> list[object]:
    return [sys.executable, PEERS / "recorded.py", WARCPROX, web.urls, out, web.relay]


REFERENCE, OWN = "plain Scrapy", "rfi-archive"
RIVALS = {
    REFERENCE: Rival("nothing", _scrapy(sys.executable, "plain.py"), claims.counted),
    OWN: Rival("WARC pairs, articles, index: all durable", _ours, claims.ours, here=True),
    "plain Scrapy, CONCURRENT_ITEMS=1": Rival(
        "nothing", _scrapy(sys.executable, "plain.py", "-s", "CONCURRENT_ITEMS=1"), claims.counted
    ),
    "aiohttp, lxml, fastwarc": Rival("WARC pairs, articles", _bare, claims.bare, needs=ASIDE),
    "scrapy-webarchive": Rival("WARC pairs in a WACZ", _scrapy(ASIDE, "webarchive.py"), claims.packed, needs=ASIDE),
    "scrapy-warcio": Rival(
        "WARC pairs without digests, bodies unpacked",
        _scrapy(ASIDE, "warcio_middleware.py"),
        claims.undigested,
        needs=ASIDE,
        files={"settings.yml": WARCIO},
        environment={"SCRAPY_WARCIO_SETTINGS": "settings.yml"},
    ),
    "wget --warc-file": Rival("WARC pairs", _wget, claims.gzipped),
    "curl through warcprox": Rival("WARC pairs, index", _warcprox, claims.gzipped, needs=WARCPROX),
}
