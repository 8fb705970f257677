"""Links of the share bar, byte for byte as the site builds them from title, URL and short code.

Order and form: facebook, whatsapp, whatsapp on the web, then twitter (x.com since autumn 2023).
"""

from urllib.parse import quote

from .article import Article

HANDLES = {"cn": ("RFI_Cn", "zh-cn", "zh_CN"), "tw": ("RFI_TradCn", "zh-tw", "zh_TW")}


def whole(text: str) -> str:
    """Percent-encode everything, slashes too: the value goes into a query."""
    return quote(text, safe="")


def links(article: Article) -> tuple[str, str, str, str]:
    """The four hrefs, not yet escaped for HTML."""
    handle, language, locale = HANDLES[article.edition]
    short, title = f"https://rfi.my/{article.short}", whole(article.title)
    site, channel = ("twitter", "T") if article.generation == "2020" else ("x", "X")
    said = f"{title}{whole(f' - {short}.W')}"
    facebook = (
        "https://www.facebook.com/dialog/share?app_id=113191652055439"
        f"&href={whole(short + '.F')}&redirect_uri={whole(article.url)}&locale={locale}"
    )
    tweet = (
        f"https://{site}.com/intent/tweet?url={whole(f'{short}.{channel}')}"
        f"&via={handle}&related={handle}&text={title}&lang={language}"
    )
    return (
        facebook,
        f"whatsapp://send?text={said}",
        f"https://web.whatsapp.com/send?text={said}",
        tweet,
    )
