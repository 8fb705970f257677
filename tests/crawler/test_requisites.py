"""Requisites: stylesheets and fonts of each template are fetched once a month, and harm nothing whatever they are."""

import re
from pathlib import Path

import pytest

from archive.pages.requisites import MOST
from tests.crawler import evidence, state, strange
from tests.crawler.crawling import verify
from tests.crawler.story import UNDER_WAY, Told, listed, told
from tests.site import Article, Entry, Request, Site, render, serve
from tests.site.answer import Answer, page, redirect, typed
from tests.site.frame import Plan

ALL = 200
"""More items than any feed here has."""
WAITING = 12
"""Articles that come out later, at once; shows are among them."""
A_MONTH = 32 * 24
"""Hours after which no fetch is of this month."""
STATIC = "https://static.rfi.fr"
PAGE, SHOW, BASE, FONT = (
    f"{STATIC}/build/{name}" for name in ("css/page--cn.css", "css/show--cn.css", "css/base.css", "fonts/segments.ttf")
)


def requisites(log: list[Entry]) -> list[str]:
    """What was asked for beside pages, listings and pictures."""
    return [e.url for e in log if e.url.startswith(STATIC) and not e.url.endswith("/robots.txt")]


def chinese(site: Site) -> Article:
    """The newest piece of news of the simplified edition that has a picture."""
    return next(a for a in site.live() if a.edition == "cn" and a.picture and not a.is_show)


def linking(article: Article, *names: str) -> Plan:
    """The page of a piece of news whose stylesheets are these."""
    links = "".join(f'<link rel="stylesheet" href="{name}">' for name in names)
    html = render(article)
    assert PAGE in html
    return strange.whole(page(re.sub(f'<link rel="stylesheet" href="{PAGE}">', links, html)))


def naming(*names: str) -> strange.Strange:
    """A site whose news all have these stylesheets: which of them a crawl reads first is not known."""
    site = strange.Strange(feed_items=ALL)
    news = (a for a in site.live() if a.edition == "cn" and not a.is_show)
    site.plans.update((a.url, linking(a, *names)) for a in news)
    return site


def css(text: str) -> Plan:
    return strange.whole(typed("text/css", text.encode()))


def one(archive: Path, site: Site, **more: object) -> Told:
    """Crawl the newest piece of news alone."""
    with serve(site) as running:
        run = told(archive, running, url=chinese(site).url, **more)  # type: ignore[arg-type]  # handed on as they came
    run.crawled.was_clean()
    verify(archive)
    return run


# --- once a month ---


@pytest.fixture(scope="module")
def months(tmp_path_factory) -> list[Told]:
    """A first run, another at once, one with new articles in the same month, one with newer ones in the next."""
    archive = tmp_path_factory.mktemp("months") / "a"
    site = Site(feed_items=ALL, unpublished=2 * WAITING)
    with serve(site) as running:
        runs = [told(archive, running), told(archive, running)]
        site.publish(WAITING)
        runs.append(told(archive, running))
        site.publish(WAITING)
        state.grow_older(archive, A_MONTH)
        runs.append(told(archive, running))
    for run in runs:
        run.crawled.was_clean()
    verify(archive)
    return runs


def test_the_first_run_fetches_those_of_each_template(months):
    """Law: the first news page and the first show page bring their stylesheets, what those import, and the fonts."""
    assert sorted(requisites(months[0].log)) == sorted([PAGE, SHOW, BASE, FONT])
    assert {
        url: known for url, (known, _) in state.of(months[0].archive).items() if url in (PAGE, SHOW, BASE, FONT)
    } == (dict.fromkeys((PAGE, SHOW, BASE, FONT), "archived"))


def test_articles_go_first(tmp_path):
    """Law: of one host no stylesheet is asked for while an article waits, but for what was under way together."""
    own = "https://www.rfi.fr/build/css/page--cn.css"
    with serve(naming(own)) as running:
        run = told(tmp_path / "a", running)
    run.crawled.was_clean()
    urls = [entry.url for entry in run.log]
    assert len([url for url in run.pages if urls.index(url) > urls.index(own)]) < UNDER_WAY < len(run.pages)


def test_within_a_month_nothing_is_fetched_again(months):
    """Law: later runs of the month ask for none, whether articles are new or not."""
    assert months[1].pages == []
    assert months[2].pages != []
    assert [requisites(run.log) for run in months[1:3]] == [[], []]


def test_the_next_month_fetches_all_again(months):
    """Law: the first run with new pages in a new month fetches what their templates need, each once."""
    new = [months[3].site.article(url) for url in months[3].pages]
    assert {a.is_show for a in new} == {True, False}
    assert sorted(requisites(months[3].log)) == sorted([PAGE, SHOW, BASE, FONT])


def test_a_redeployment_is_seen_at_once(tmp_path):
    """Law: a stylesheet of a new name is fetched by the next run that archives a page, what is not new is not."""
    archive, new = tmp_path / "a", f"{STATIC}/build/css/page--cn.2.css"
    first = one(archive, Site(feed_items=ALL))
    site = naming(new, BASE)
    site.plans[new] = css('@import "base.css";')
    second = one(archive, site)
    assert requisites(first.log) == [PAGE, BASE, FONT]
    assert requisites(second.log) == [new]


def test_requisites_may_be_left_out(tmp_path):
    """Law: with REQUISITES=False none is asked for, not even its robots.txt, and none is waited for."""
    run = one(tmp_path / "a", Site(), settings={"REQUISITES": False})
    assert not [entry for entry in run.log if entry.url.startswith(STATIC)]
    assert not [url for url in state.of(tmp_path / "a") if url.startswith(STATIC)]


# --- what goes wrong ---


@pytest.mark.parametrize("fault", ["404", "500", "reset", "cut-length"])
def test_a_stylesheet_that_fails_harms_nothing(tmp_path, fault):
    """Law: the article is archived; the stylesheet is tried again when its wait is over, without another article."""
    archive, site = tmp_path / "a", Site(feed_items=1)
    site.set_fault(re.escape("page--cn.css"), fault)
    with serve(site) as running:
        first = told(archive, running, discover="rss", settings={"RETRY_TIMES": 0})
        site.clear_faults()
        at_once = told(archive, running, discover="rss")
        state.grow_older(archive, hours=2)
        later = told(archive, running, discover="rss")
    for run in (first, at_once, later):
        run.crawled.was_clean()
    assert len(first.pages) == len(first.files) == 1
    assert set(requisites(first.log)) == {PAGE}
    assert requisites(at_once.log) == []
    assert (later.pages, requisites(later.log)) == ([], [PAGE, BASE, FONT])
    assert state.of(archive)[PAGE] == ("archived", 0)
    verify(archive)


def test_a_font_that_is_missing_is_fetched_by_a_later_run(tmp_path):
    """Law: what a recorded stylesheet names is not forgotten, though nothing names it again this month."""
    archive, site = tmp_path / "a", Site(feed_items=1)
    site.set_fault("segments", "500", 1)
    with serve(site) as running:
        first = told(archive, running, discover="rss", settings={"RETRY_TIMES": 0})
        state.grow_older(archive, hours=2)
        later = told(archive, running, discover="rss")
    first.crawled.was_clean()
    later.crawled.was_clean()
    assert (later.pages, requisites(later.log)) == ([], [FONT])
    assert state.of(archive)[FONT] == ("archived", 0)


ELSEWHERE = (
    "https://fonts.example.org/a.css",
    "http://127.0.0.1/a.css",
    "http://10.0.0.1/a.css",
    "http://[::1]/a.css",
    "https://static.rfi.fr:8443/a.css",
    "file:///etc/passwd.css",
    "https://[/a.css",
)


def test_nobody_else_is_asked(tmp_path):
    """Law: no stylesheet of a foreign host or a private address is asked for, whether page, stylesheet or redirect names it."""
    good, leads = f"{STATIC}/good.css", {f"{STATIC}/lead-{n}.css": url for n, url in enumerate(ELSEWHERE)}
    site = naming(*ELSEWHERE, good, *leads)
    site.plans[good] = css("".join(f'@import "{url}";@font-face{{src:url("{url}")}}' for url in ELSEWHERE))
    site.plans |= {lead: strange.moved(url) for lead, url in leads.items()}
    run = one(tmp_path / "a", site)
    assert {*requisites(run.log)} == {good, *leads}
    assert {re.sub(r"^\w+://([^/]*)/.*", r"\1", entry.url) for entry in run.log} <= {
        "www.rfi.fr",
        "s.rfi.fr",
        "static.rfi.fr",
    }


def test_a_bomb_is_bounded(tmp_path):
    """Law: ten million bytes of fonts in a stylesheet cost as many requests as one run may make of them, and no more."""
    faces = "".join(f"@font-face{{src:url({n}.woff2)}}" for n in range(350_000))
    site = naming(f"{STATIC}/bomb.css")
    site.plans[f"{STATIC}/bomb.css"] = css(faces)
    assert len(faces) > 10_000_000
    run = one(tmp_path / "a", site)
    assert len(requisites(run.log)) == MOST


class Endless(strange.Strange):
    """Each stylesheet names another two."""

    def respond(self, request: Request) -> tuple[Plan, str]:
        if found := re.fullmatch(rf"{STATIC}/(\d+)\.css", request.url):
            number = 2 * int(found[1])
            return css(f'@import "{number}.css";@import "{number + 1}.css";@import "{found[1]}.css";'), "endless"
        return super().respond(request)


def test_stylesheets_without_end_are_bounded(tmp_path):
    """Law: where one names another without end, a run asks for so many."""
    site = Endless(feed_items=ALL)
    site.plans[chinese(site).url] = linking(chinese(site), f"{STATIC}/1.css")
    run = one(tmp_path / "a", site)
    assert len(requisites(run.log)) == len(set(requisites(run.log))) == MOST


MADE_UP: dict[str, Answer] = {
    "html": page("<html><head><style>@import 'no.css'</style></head></html>"),
    "bad-gzip": Answer(200, b"\x1f\x8b nothing", (("Content-Type", "text/css"), ("Content-Encoding", "gzip")), "done"),
    "noise": typed("text/css", bytes(range(256)) * 9),
    "empty": typed("text/css", b""),
    "latin": typed("text/css; charset=hex", '@import "é.css";'.encode("latin-1")),
}


def test_whatever_a_stylesheet_is_the_run_goes_on(tmp_path):
    """Law: an answer that is no stylesheet, or cannot be read, is recorded, and names nothing that hurts."""
    urls = {f"{STATIC}/{name}.css": answer for name, answer in MADE_UP.items()}
    site = naming(*urls)
    site.plans |= {url: strange.whole(answer) for url, answer in urls.items()}
    run = one(tmp_path / "a", site)
    assert {*urls} <= {*requisites(run.log)}
    assert f"{STATIC}/no.css" not in requisites(run.log)
    assert evidence.kept(run.archive) == evidence.sent(run.log)


# --- what leads to an article ---


@pytest.mark.parametrize("archived", [True, False])
@pytest.mark.parametrize("what", ["stylesheet", "picture", "feed", "robots"])
def test_what_leads_to_an_article_is_recorded(tmp_path, what, archived):
    """Law: an article behind a redirect of anything is recorded as it was sent; one that is archived stays as it is."""
    archive, site = tmp_path / "a", strange.Strange(feed_items=ALL)
    news, target = chinese(site), listed(site)[5]
    assert news.picture
    leads = {
        "stylesheet": PAGE,
        "picture": news.picture.url(1280),
        "feed": "https://www.rfi.fr/cn/rss",
        "robots": f"{STATIC}/robots.txt",
    }
    site.plans[leads[what]] = strange.whole(redirect(target, 302))
    with serve(site) as running:
        first = told(archive, running, url=target if archived else listed(site)[9])
        log = list(running.log)
        run = told(archive, running, limit=1) if what == "feed" else told(archive, running, url=news.url)
    run.crawled.was_clean()
    assert evidence.path_of(target) in run.files
    assert first.files.items() <= run.files.items()
    assert evidence.kept(archive) == evidence.sent([*log, *run.log])
    if archived and what in ("stylesheet", "picture"):
        assert target not in run.pages
    verify(archive)
