"""Lead image, video player and audio player, as each generation of the site writes them."""

import html
import json
from urllib.parse import quote

from .article import Article, Picture

PIXEL = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
WIDTHS = (246, 388, 720, 980)


def attribute(text: str) -> str:
    """Escape a text for a double-quoted attribute."""
    return html.escape(text, quote=True)


def dressing(article: Article) -> str:
    """The `m:{…}` segment some 2023 images carry: what is drawn over the picture."""
    if not article.has("dressed-image"):
        return ""
    label = {"brand": "RFI", "lang": "CN", "program": "", "title": quote(article.folder)}
    return "m:" + json.dumps(label, separators=(",", ":")) + "/"


def offered(article: Article, picture: Picture, width: int, twin: str = "") -> str:
    """One address of the image as the page offers it, escaped."""
    folder, _, name = picture.url(width, twin).rpartition("/")
    return attribute(f"{folder}/{dressing(article)}{name}")


def srcset(article: Article, picture: Picture, twin: str = "") -> str:
    """All widths the page offers."""
    return ",".join(f"{offered(article, picture, w, twin)} {w}w" for w in WIDTHS)


def figure_2020(article: Article, picture: Picture) -> str:
    """Placeholder in src; the real addresses stand in srcset only."""
    return (
        '<figure class="m-figure m-figure--16x9"><picture>'
        f'<img class="m-figure__img lazy" alt="{attribute(picture.caption)}" src="{PIXEL}"\n'
        f' srcset="{srcset(article, picture)}" sizes="(max-width: 639px) 100vw, 980px">'
        '</picture><figcaption><span class="a-media-legend">'
        f"{html.escape(picture.caption)}</span></figcaption></figure>"
    )


def figure_2023(article: Article, picture: Picture) -> str:
    """A webp source before a real src."""
    return (
        '<figure class="m-figure m-figure--16x9"><picture>\n'
        f'<source type="image/webp" srcset="{srcset(article, picture, ".webp")}" sizes="850px">\n'
        f'<img src="{offered(article, picture, 980)}" alt="{attribute(picture.caption)}"\n'
        f' srcset="{srcset(article, picture)}" sizes="850px" width="980" height="551"\n'
        ' fetchpriority="high" class="m-figure__img lazy"></picture>\n'
        f'<figcaption class="m-figure__caption"><span class="a-media-legend">'
        f"{html.escape(picture.caption)}</span></figcaption></figure>"
    )


def figure_2025(article: Article, picture: Picture) -> str:
    """One a-img of 1024 pixels, or the bare address."""
    width = 0 if article.has("bare-image") else 1024
    return (
        '<figure class="m-item-image m-item-image--16x9 m-item-image--has-caption">'
        f'<picture class="a-picture"><img alt="{attribute(picture.caption)}" class="a-img"'
        f' height="576" src="{offered(article, picture, width)}" width="1024"></picture>'
        f'<figcaption class="a-figcaption">{html.escape(picture.caption)}</figcaption></figure>'
    )


FIGURES = {"2020": figure_2020, "2023": figure_2023, "2025": figure_2025}


def video_player(article: Article) -> str:
    """The player before the poster: a Vue tag, its data in a script."""
    media = f"WB{article.short.upper()}-RFI-CN-{article.day:%Y%m%d}"
    data = json.dumps({"mediaId": media, "sources": [{"url": f"https://video.example/{media}.mp4"}]})
    return (
        f'<div class="m-em-video" data-wrapper-video-player><video-player media-id="{media}"\n'
        f' source="https://video.example/embed/{media}" video-type="videojs"'
        ' @ready="onPlayerReady"><div><div></div></div></video-player></div>'
        f'<script type="application/json" data-media-video-id="{media}">{data}</script>'
    )


def audio_player(article: Article) -> str:
    """The listen button of shows, with its JSON inside."""
    data = {"mediaId": article.short, "sources": [{"url": audio_url(article)}]}
    return (
        '<button class="m-feed-sub__audio" type="button"><script type="application/json">'
        f"{json.dumps(data)}</script>收听</button>"
    )


def audio_url(article: Article) -> str:
    """Where the show's sound would be."""
    return f"https://aod.example/cn/{article.day:%Y%m%d}-{article.short}.mp3"


def main_media(article: Article) -> str:
    """The whole `t-content__main-media`, or nothing."""
    player = video_player(article) if article.has("video") else ""
    figure = FIGURES[article.generation](article, article.picture) if article.picture else ""
    sound = audio_player(article) if article.has("audio") else ""
    if not player + figure + sound:
        return ""
    return f'<div class="t-content__main-media">{player}{figure}</div>{sound}\n'
