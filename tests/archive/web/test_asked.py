"""What anybody may ask a reader, and what it makes of it."""

import http.client
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import urls
from archive.web import headers, hosts, language
from archive.web.answer import Answer
from archive.web.links import image_name
from archive.web.picture import sniffed
from archive.web.speech import LANGUAGES
from archive.web.text import stepped
from tests.archive import lived

NAME = image_name(lived.FIRST.url)

ODD = {
    "/../../etc/passwd": 404,
    "/static/../app.py": 404,
    "/static/..%2fapp.py": 404,
    "/static/%2e%2e%2fapp.py": 404,
    "/static/%00": 404,
    "/static/": 404,
    "//static/style.css": 404,
    "/article/..%2f..%2findex.sqlite": 404,
    "/article/../../index.sqlite": 404,
    "/article/20231026-0123456789ab": 404,
    "/article/20231026-0123456789ab.md": 404,
    "/article/20231026-0123456789ab/proof": 404,
    "/article/x.md": 404,
    "/article/%E4%B8%AD/version/1": 404,
    "/image/" + "0" * 16: 404,
    f"/image/{NAME}": 404,  # an article's page, no picture
    "/image/" + "G" * 16: 404,
    "/image/" + "%D9%A0" * 16: 404,
    "/image/" + "0" * 5_000: 404,
    "/day/2026-13-01": 404,
    "/day/0001-01-01": 404,
    "/day/9999-12-31": 404,
    "/day/2026-10-31%0A": 404,
    "/day/20261031": 404,
    "/section/%00": 404,
    "/section/%FF%FE": 404,
    "/section/%ED%A0%80": 404,
    "/section/a%2Fb%2F..%2Fc": 404,
    "/section/" + "%E4%B8%AD" * 600: 404,
    "/section/" + "a" * 7_000: 414,
    "/tag/": 404,
    "/section/%E9%9D%9E%E6%B4%B2?before=x": 400,
    "/?before=-1": 400,
    "/?before=%D9%A1": 400,
    "/?before=" + "9" * 30: 400,
    "/?before=" + "9" * 300: 400,
    "/?before=999999999999999999": 200,
    "/?before=0": 200,
    "/?before=": 200,
    "/?%FF=%FF&&&=;": 200,
    "/?" + "a=b&" * 3_000: 414,
    "/language/fr": 404,
    "/language/zh": 303,
    "/Sections": 404,
    "/sections/": 404,
}


@pytest.mark.slow
@pytest.mark.parametrize(("path", "status"), ODD.items(), ids=[f"{path[:40]!a}" for path in ODD])
def test_odd_paths(reader, path, status):
    """Law: whatever path is asked for, the answer is a page that says what is wrong, and never of a fault of ours."""
    got = reader.ask(path)

    assert got.status == status
    assert got.headers["content-security-policy"] == headers.POLICY
    assert b"Traceback" not in got.body


@pytest.mark.slow
@pytest.mark.parametrize("number", ["0", "6", "-1", "1.0", "%D9%A1", "1" * 40, "x", "01"])
def test_odd_versions(reader, number):
    """Law: a version that is not there is not there."""
    stem = urls.article_path(lived.URL).rpartition("/")[2].removesuffix(".md")
    for path in (f"/article/{stem}/version/{number}", f"/article/{stem}/diff/1/{number}"):
        assert reader.ask(path).status == 404


@pytest.mark.slow
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "X"])
def test_nothing_can_be_done_but_read(reader, method):
    """Law: any other method than GET and HEAD is refused, at every address that there is."""
    for path in ("/", "/sections", "/static/style.css", "/language/en"):
        got = reader.ask(path, method)
        assert (got.status, got.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.slow
@pytest.mark.parametrize("host", ["example.org", "127.0.0.1.example.org", "rebind.me:80", "a@127.0.0.1", "x y", ""])
def test_a_strange_host_is_refused(reader, host):
    """Law: under a name that is not this machine's nothing is told, whatever is asked for."""
    for path in ("/", "/static/style.css", "/nope"):
        got = reader.ask(path, Host=host)
        assert got.status == 421
        assert lived.FIRST.title not in got.text


@pytest.mark.slow
@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:1", "localhost:8000", "LOCALHOST", "[::1]:80"])
def test_this_machine_has_several_names(reader, host):
    """Law: each name of loopback is answered, with any port."""
    assert reader.ask("/", Host=host).status == 200


@pytest.mark.slow
def test_bytes_that_are_no_request(reader):
    """Law: what is no HTTP, or has no end, is refused, and the next is answered."""
    for sent in (b"\x00\xff\r\n\r\n", b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 9_000 + b"\r\n", b"GET  /\r\n\r\n"):
        assert reader.raw(sent).startswith((b"HTTP/1.1 400", b"HTTP/1.1 431")), sent[:20]
    assert reader.ask("/").status == 200


@pytest.mark.slow
def test_a_body_is_not_read(reader):
    """Law: what is sent along changes nothing."""
    connection = http.client.HTTPConnection("127.0.0.1", reader.port, timeout=30)
    connection.request("GET", "/sections", body=b"x" * 100_000)
    assert connection.getresponse().status == 200
    connection.close()


# Languages


@pytest.mark.slow
def test_a_choice_is_kept(reader):
    """Law: a language that was chosen comes before the browser's, and one is led back to where one was."""
    got = reader.ask("/language/en?back=/tags%3Fa%3Db")

    assert (got.status, got.headers["location"]) == (303, "/tags?a=b")
    cookie = got.headers["set-cookie"].partition(";")[0]
    assert 'lang="en"' in reader.ask("/tags", Cookie=cookie, Accept_Language="zh").text
    assert 'lang="zh-Hans"' in reader.ask("/tags").text


@pytest.mark.slow
@pytest.mark.parametrize(
    "back", ["//evil.example", "/%5Cevil.example", "https://evil.example", "evil", "/%0d%0aX:1", "/%09/e", "", "/é"]
)
def test_no_way_out_by_a_switch(reader, back):
    """Law: the switch leads to a path of ours, wherever else somebody wants it to."""
    got = reader.ask(f"/language/en?back={quote(back, safe='/%:')}")

    assert (got.status, got.headers["location"]) == (303, "/")
    assert "x" not in got.headers


ACCEPTED = {
    None: "zh",
    "": "zh",
    "en": "en",
    "en-GB,en;q=0.9": "en",
    "fr,en;q=0.3,zh;q=0.7": "zh",
    "zh-TW": "zh",
    "en;q=0,zh;q=0.1": "zh",
    "fr": "zh",
    "*": "zh",
    "en;q=x": "zh",
    ",,;": "zh",
    "fr-FR, EN ; q=0.5": "en",
}


@pytest.mark.parametrize(("accepts", "code"), ACCEPTED.items())
def test_what_the_browser_prefers(accepts, code):
    """Law: the language that the browser wants most is taken, of those that there are; else the first."""
    assert language.chosen(None, accepts) == code
    assert language.chosen("fr", accepts) == code
    assert language.chosen("en", accepts) == "en"


@given(st.one_of(st.none(), st.text()), st.one_of(st.none(), st.text(alphabet="enzh-*;q=,. 0159", max_size=200)))
def test_any_preference_is_a_language(cookie, accepts):
    """Law: whatever a browser sends, there is a language."""
    assert language.chosen(cookie, accepts) in LANGUAGES


# Values


@given(st.binary(max_size=100), st.text(max_size=50))
def test_a_validator_is_of_the_bytes_alone(body, known):
    """Law: 304 is said of the same bytes only."""
    tag = headers.etag(body)
    answer = Answer(body, "text/plain")

    assert headers.dressed(answer, tag)[0] == 304
    assert headers.dressed(answer, "*")[0] == 304
    assert headers.dressed(answer, known)[0] == (304 if known.strip() == "*" or tag in known else 200)
    assert headers.dressed(Answer(body, "text/plain", 404), tag)[::2] == (404, body)


def test_loopback():
    """Law: beyond loopback any name is answered that is one, for nobody knows which there are."""
    assert all(map(hosts.is_loopback, ("127.0.0.1", "127.1.2.3", "localhost", "::1")))
    assert not any(map(hosts.is_loopback, ("0.0.0.0", "::", "192.168.1.2", "example.org", "")))
    assert hosts.accepted("news.example:8000", hosts.names("0.0.0.0"))
    assert not hosts.accepted("a b", hosts.names("0.0.0.0"))
    assert not hosts.accepted(None, hosts.names("0.0.0.0"))


BYTES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff\xe0": "image/jpeg",
    b"GIF89a": "image/gif",
    b"RIFF\n\n\x00\x00WEBPVP8 ": "image/webp",
    b"\x00\x00\x00\x1cftypavif": "image/avif",
    b"<svg xmlns='http://www.w3.org/2000/svg'>": None,
    b"<html>": None,
    b" \x89PNG\r\n\x1a\n": None,
    b"": None,
}


@pytest.mark.parametrize(("body", "kind"), BYTES.items())
def test_only_rasters_are_pictures(body, kind):
    """Law: the first bytes say what a picture is, and what can hold script is none."""
    assert sniffed(body) == kind


@pytest.mark.parametrize(
    ("given_", "made"),
    [
        ("<p>a</p>", "<p>a</p>"),
        ("<h3>a</h3><h3>b</h3>", "<h2>a</h2><h2>b</h2>"),
        ("<h2>a</h2><h4>b</h4>", "<h2>a</h2><h3>b</h3>"),
        ("<h4>a</h4><h2>b</h2>", "<h2>a</h2><h2>b</h2>"),
    ],
)
def test_headings_go_down_by_steps(given_, made):
    """Law: below the page's heading none is left out."""
    assert stepped(given_) == made
