"""Article files as older archivers wrote them, in every dialect that is known; the words are our own.

Source: FORMAT.md, and section 6 of the notes on the site: what each dialect keeps, drops and adds.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from archive import urls

FOOTER = (
    "<br><hr><div>获取更多RSS：<br>"
    '<a href="https://feedx.net" style="color:orange" target="_blank">https://feedx.net</a> <br>'
    '<a href="https://feedx.best" style="color:orange" target="_blank">https://feedx.best</a><br></div>'
)
PROMO = "<div data-selfpromo-newsletter></div><div data-selfpromo-app></div>"
WORDS = "雨下了一夜，灯还亮着。邮差沿着河走，把信一封一封放进门缝里；孩子们数着桥上的船，谁也没有说话。"
SECTIONS = ("国际", "中国", "亚洲", "政治", "社会")
SITE_NAME = " – 法国国际广播电台 - RFI"


@dataclass(frozen=True)
class Old:
    """One file of an older archiver."""

    name: str
    """Where it lies below that archive, slashes in it."""
    content: bytes
    url: str
    """Canonical."""
    notes: str
    """What must be told of it."""


def _text(number: int, paragraph: Callable[[str], str] = "<p>{}</p>".format) -> str:
    """Some paragraphs, of another length for each number."""
    return "".join(paragraph(f"{at}. {WORDS * (1 + (number + at) % 4)}") for at in range(3 + number % 9))


def _share(url: str, title: str) -> str:
    told = quote(title, safe="")
    links = "".join(
        f'<a href="{href}" target="_blank" rel="noopener nofollow"><span></span></a>'
        for href in (
            f"https://www.facebook.com/dialog/share?app_id=1&amp;href={quote(url, safe='')}",
            f"whatsapp://send?text={told}",
            f"https://twitter.com/intent/tweet?url={quote(url, safe='')}&amp;text={told}",
        )
    )
    return f"<div><div>分享 :</div><div>{links}</div></div>"


def _image(width: int, number: int) -> str:
    name = f"{number:08x}-0000-11ec-0000-005056bf87d6"
    return f'<img src="https://s.rfi.fr/media/display/{name}/w:{width}/p:16x9/a.jpg">'


def _framed(number: int, title: str, url: str, body: str) -> bytes:
    title = title.replace('"', "&quot;")
    shown = f"<div>{1 + number % 28:02d}/08/2023 - {number % 24:02d}:12</div>"
    return f"<!--{1_600_000_000_000 + number * 1000}-->\n[{title}]({url})\n------\n\n{shown}{body}\n".encode()


def _old_url(url: str) -> str:
    return url.replace("https://www.rfi.fr/", "http://www.rfi.fr//")


def wire(number: int, title: str, url: str) -> bytes:
    """2020, an agency's text: classes, no lead, four blanks before each paragraph, the site's name in the title."""
    body = _text(number, '<p class="wire">    {}</p>'.format) + '<p class="t-copyright">© 2020</p>        '
    body = f'{_image(310, number)}<div class="t-content__body u-clearfix">{body}</div>'
    return _framed(number, title + SITE_NAME, _old_url(url), body)


def early(number: int, title: str, url: str) -> bytes:
    """2020, their own: classes, a lead without blanks behind it."""
    promo = '<div class="o-self-promo" data-selfpromo-newsletter></div>'
    body = f"<p><strong>{WORDS}</strong></p>"
    body += f'<div class="t-content__body u-clearfix">{_text(number)}<p>\xa0</p>{promo}</div>'
    return _framed(number, title, _old_url(url), _image(310, number) + body)


def early_fed(number: int, title: str, url: str) -> bytes:
    """2020, through a feed reader."""
    return early(number, title, url).removesuffix(b"\n") + FOOTER.encode() + b"\n"


def news(number: int, title: str, url: str) -> bytes:
    """2023, news: no classes, eight blanks behind the lead, a bar of share links."""
    lead = f"<p><strong>{WORDS}        </strong></p>"
    body = f"{_image(1280, number)}{lead}<div>{_text(number)}{PROMO}</div>{_share(url, title)}"
    return _framed(number, title, url, body)


def fed(number: int, title: str, url: str) -> bytes:
    """2023, news through a feed reader."""
    return news(number, title, url).removesuffix(b"\n") + FOOTER.encode() + b"\n"


def show(number: int, title: str, url: str) -> bytes:
    """2023, a show: bare spans within spans, and its author behind the text."""
    body = _text(number, "<p><span><span><span>{}</span></span></span></p>".format)
    chain = '<span>作者：</span><a href="/cn/%E4%BD%9C%E8%80%85/a/" title="某某">某某</a>'
    author = f"<div><div><div><div>{chain}</div></div></div></div>"
    lead = f"<p><strong>{WORDS}{' ' * 20}</strong></p>"
    return _framed(number, title + " - 要闻解说", url, f"{_image(1280, number)}{lead}<div>{body}{PROMO}</div>{author}")


def video(number: int, title: str, url: str) -> bytes:
    """2023, a film: tags and their first attributes grown together, no lead."""
    player = '<divdata-org-type="video"><video-playermedia-id="x" source="y"></video-player></div>'
    figure = '<figure><picture><sourcetype="image/webp" srcset="a.webp 1x"><imgsrc="a.jpg" alt=""></picture></figure>'
    body = f"<p><strong></strong></p><div>{player}{figure}{_text(number)}{PROMO}</div>{_share(url, title)}"
    return _framed(number, f'【视频】"{title}"', url, body)


DIALECTS: dict[Callable[[int, str, str], bytes], tuple[str, str]] = {
    wire: ("法广", "old URL,site name in the title,2020 dialect"),
    early: ("法广", "old URL,2020 dialect"),
    early_fed: ("法广", "old URL,2020 dialect,feed footer"),
    news: ("rfi", ""),
    fed: ("rfi", "feed footer"),
    show: ("rfi", ""),
    video: ("rfi", "fused tags"),
}
"""How each writes a file, given number, title and canonical URL; the folder in which it lay, and what is told of it."""


def old(number: int, title: str = "", url: str = "") -> Old:
    """Make one file, in a dialect that hangs on the number; of an article of ours, or of one that is made up."""
    title = title or f"第{number}封信 [一]"
    day = f"{2020 + number % 4}{1 + number % 12:02d}{1 + number % 28:02d}"
    url = url or urls.canonical(f"https://www.rfi.fr/cn/{SECTIONS[number % 5]}/{day}-第{number}封信")
    write = [*DIALECTS][number % len(DIALECTS)]
    folder, notes = DIALECTS[write]
    named = f"{1_000_000 + number}" + (f"_{title.replace('/', ' ')}" if folder == "法广" and number % 2 else "")
    return Old(f"articles/{folder}/{named}.md", write(number, title, url), url, notes)


def olds(number: int) -> Iterator[Old]:
    """Make so many files, each of an article of its own."""
    return map(old, range(number))


def lay(folder: Path, files: Iterator[Old] | list[Old]) -> Path:
    """Write files as they lay in the archive that they come from; return the folder."""
    for one in files:
        path = folder / one.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(one.content)
    return folder
