"""Laws of the image: what goes into it, and what it does; and README tells of all of deploy/."""

import json
from fnmatch import fnmatch
from importlib import import_module

import crawler.settings
from tests.deploy.reading import DEPLOY, ROOT, run


def steps():
    """Give the instructions of the Dockerfile as (word, rest), folded lines made whole."""
    lines = (DEPLOY / "Dockerfile").read_text("utf-8").replace("\\\n", " ").splitlines()
    return [tuple(line.split(maxsplit=1)) for line in lines if line and not line.startswith("#")]


def is_let_through(path):
    """Whether .dockerignore lets a file of the checkout into the image: the last line that fits decides."""
    last = True
    for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines():
        pattern = line.removeprefix("!")
        if (
            fnmatch(path, pattern)
            or path.startswith(f"{pattern}/")
            or fnmatch(path, pattern.replace("**/", "*/") + "/*")
        ):
            last = line.startswith("!") if line and not line.startswith("#") else last
    return last


def test_what_the_image_is_made_of():
    """Law: all that the package is made of goes into the image, pinned by hash, and neither tests nor an archive nor what git does not know."""
    tracked = run("git", "ls-files", cwd=ROOT).stdout.splitlines()
    taken = {path for path in tracked if is_let_through(path)}
    pins = {f"requirements/{name}.txt" for name in ("run", "full", "build")}

    assert taken == {path for path in tracked if path.split("/")[0] in {"archive", "crawler"}} | pins | {
        "pyproject.toml",
        "README.md",
        "LICENSE",
    }
    assert not any(map(is_let_through, ["data/index.sqlite", ".git/config", "archive/__pycache__/cli.pyc", "x.env"]))
    assert {word for copied in steps() if copied[0] == "COPY" for word in copied[1].split() if "/run" in word} <= taken
    assert all("--require-hashes" in rest or "--no-index" in rest for _, rest in steps() if "pip install" in rest)


def test_what_the_image_does():
    """Law: it archives by default, not as root, into a volume, with settings that exist; SIGTERM ends it; it holds no secret."""
    words = dict(steps())  # of each word the last: the final image's
    env = dict(word.split("=", 1) for word in words["ENV"].split())
    order = [word for word, _ in steps()]

    assert json.loads(words["CMD"]) == ["scrapy", "crawl", "rfi_cn"]
    assert import_module(env.pop("SCRAPY_SETTINGS_MODULE")) is crawler.settings
    assert env.keys() == {"PATH", "ARCHIVE_DIR"}
    assert words["VOLUME"] == env["ARCHIVE_DIR"] == words["WORKDIR"]
    assert f"-o {words['USER']} -g {words['USER']} {words['VOLUME']}" in words["RUN"]
    assert words["STOPSIGNAL"] == "SIGTERM"
    assert order.index("USER") > max(at for at, word in enumerate(order) if word in {"RUN", "COPY"})


def test_readme_tells_of_each_file():
    """Law: README tells of each file of deploy/, of those that belong together by one of them."""
    told = (ROOT / "README.md").read_text("utf-8").split("## Run it for years\n")[1].split("\n## ")[0]
    for path in DEPLOY.iterdir():
        assert f"deploy/{path.name}" in told or path.name.startswith("rfi-archive-keep@"), path
