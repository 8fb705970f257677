"""README.md and CONTRIBUTING.md say what is so: names, commands and codes are held against the code."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from scrapy.settings import default_settings

import crawler.settings
from archive import cli, errors
from archive.rfi.editions import BY_SPIDER
from archive.runs import ending
from archive.terminal import telling, usage
from benchmarks import scale as scaling
from benchmarks.model import Assumed, Measured
from crawler import arguments

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
PAGES = [README, CONTRIBUTING, (ROOT / "CHANGELOG.md").read_text("utf-8")]
PACKAGES = ["archive", "crawler"]


def blocks(page):
    return re.findall(r"^```[a-z]*\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)


def spans(page):
    return re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```$", "", page, flags=re.DOTALL | re.MULTILINE))


def code(page):
    return "\n".join(blocks(page) + spans(page))


def files(package):
    """Give the files of a package, relative to it."""
    found = (path.relative_to(ROOT / package) for path in (ROOT / package).rglob("*") if path.is_file())
    return {path.as_posix() for path in found if "__pycache__" not in path.parts}


def tables(page):
    return re.findall(r"^\|.*\n(?:\|.*\n)+", page, re.MULTILINE)


def test_scale_shows_what_was_reckoned():
    """Law: the tables of docs/SCALE.md are those that the benchmarks made, of the constants that stand in the code."""
    results, scale = ((ROOT / name).read_text("utf-8") for name in ("benchmarks/RESULTS.md", "docs/SCALE.md"))

    reckoned = scaling.constants(Measured(), Assumed()), scaling.needs(Measured(), Assumed())

    assert len(tables(scale)) == 3
    assert set(tables(scale)) <= set(tables(results))
    assert [made.rstrip() for made in reckoned] == [table.rstrip() for table in tables(scale)[:2]]


# README


def test_verbs():
    """Law: README shows every verb there is, and no other."""
    shown = re.findall(r"\brfi-archive(?: -\S+)* ([a-z]+)", "\n".join(map(code, PAGES)))
    assert set(shown) == set(usage.VERBS)
    assert set(re.findall(r"^\$ rfi-archive ([a-z]+)", "\n".join(blocks(README)), re.MULTILINE)) == set(usage.VERBS)


@pytest.mark.parametrize("verb", usage.VERBS)
def test_help_has_an_example_that_parses(verb, capsys):
    """Law: each verb's help ends with an example of this verb, without a wrong word in it."""
    with pytest.raises(SystemExit, match=r"^0$"):
        cli.main([verb, "--help"])
    program, *words = shlex.split(" ".join(capsys.readouterr().out.split("example:")[1].split()))

    assert (program, words[0]) == ("rfi-archive", verb)
    assert cli._parser().parse_args(words).verb == verb


def test_settings():
    """Law: a setting that is named is one of ours or of Scrapy, with the default that is told."""
    named = {span.partition("=")[0] for span in spans(README) if re.fullmatch(r"[A-Z][A-Z_]+[A-Z](=.*)?", span)}
    named |= set(re.findall(r"-s ([A-Z_]+)=", code(README))) - {"NAME"}
    ours = vars(crawler.settings) | {name: getattr(default_settings, name) for name in vars(default_settings)}
    told = dict(re.findall(r"^\| `([A-Z_]+)` \| `([^`]+)` \|", README, re.MULTILINE))

    assert {"ARCHIVE_DIR", "CONTACT", "IMAGES"} <= named
    assert named <= ours.keys() | {"DEBUG", "INFO", "WARNING"}
    for name, default in told.items():
        assert str(vars(crawler.settings).get(name, vars(default_settings).get(name))) == default, name


GOOD = {"url": "https://www.rfi.fr/cn/", "limit": "1", "discover": "rss"}
GOOD |= {"since": "2023-10-01", "until": "2023-10-31", "order": "oldest"}


def test_arguments():
    """Law: README names every argument of the spiders, and no other."""
    named = set(re.findall(r"-a ([a-z]+)=", code(README)))
    assert named == set(arguments.NAMES)
    for value in arguments.SURFACES:
        assert f"`{value}`" in README
    for name in named - {"urls"}:
        others = {"since": "2023-10-01"} if name in arguments.WITH_SINCE else {}
        assert arguments.read(**others, **{name: GOOD[name]}) != arguments.read(**others)


def test_spiders():
    """Law: `scrapy crawl` is shown with spiders that exist."""
    assert set(re.findall(r"scrapy crawl ([a-z_]+)", "\n".join(map(code, PAGES)))) == set(BY_SPIDER)


def leaves(error):
    return {error.exit_code}.union(*map(leaves, error.__subclasses__()))


def test_exit_codes():
    """Law: the table has every exit code there is, and no other."""
    there_are = (
        {
            0,
            telling.WELL,
            telling.WRONG,
            telling.USAGE,
        }
        | {rule.code for rule in ending.RULES}
        | leaves(errors.ArchiveError)
    )
    assert {int(number) for number in re.findall(r"^\| (\d+) \|", README, re.MULTILINE)} == there_are


# CONTRIBUTING


def room(package):
    return CONTRIBUTING.split(f"### Rooms of `{package}/`\n")[1].split("\n#")[0]


@pytest.mark.parametrize("package", PACKAGES)
def test_rooms(package):
    """Law: every file has a row, and every row a file."""
    assert sorted(re.findall(r"^\| `([^`]+)` \|", room(package), re.MULTILINE)) == sorted(files(package))


def test_targets():
    """Law: each make target that is named exists."""
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = re.findall(r"(?:^|[^\w-])make ([a-z-]+)", "\n".join(map(code, PAGES)))
    assert {"setup", "demo", "check"} <= set(named) <= targets


# All pages


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links(page):
    """Law: a link to a file or a heading leads to one."""
    text = re.sub(r"^```.*?^```$", "", (ROOT / page).read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    headings = {f"#{heading.lower().replace(' ', '-')}" for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}
    for target in re.findall(r"\]\(([^)]+)\)", text):
        assert target.startswith("https://") or target in headings or (ROOT / target).exists(), target


def test_no_file_knows_where_it_was_made():
    """Law: no tracked file names a folder of one machine, a registry's host, or an index to take packages from."""
    cut = (
        "/~work/",
        "py~pi.org",
        "python~hosted",
        "npm~js.org",
        "static.crates~.io",
        "--index~-url",
    )  # so that this file passes
    words = [word.replace("~", "") for word in cut]
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        path = ROOT / name
        content = path.read_bytes() if path.is_file() else b""
        assert not [word for word in words if word.encode() in content], name
