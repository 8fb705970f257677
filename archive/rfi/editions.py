"""The Chinese editions of RFI as a table: what each is called and where it lists its articles.

Imports nothing of the house.  Routes and section names: the site's own menu, as public
crawls of 2020 to 2026 show it.  The names of /tw/ are the menu's in traditional
characters; the two editions share every route shape.
"""

from dataclasses import dataclass
from urllib.parse import quote

SITE = "https://www.rfi.fr"


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition: a language of the site with feeds and sections of its own."""

    code: str
    """First segment of every path of the edition: "cn"."""
    spider: str
    """Name of the spider that archives it; WARC and list files carry it: "rfi_cn"."""
    name: str
    """What its readers call it; first line of its list: "法广"."""
    shows: str
    """Path segment, decoded, under which shows have a segment of their own."""
    sections: tuple[str, ...]
    """Path segments, decoded, of the section pages, in the menu's order."""

    @property
    def feed(self) -> str:
        """URL of the RSS feed: the newest 30 articles or so."""
        return f"{SITE}/{self.code}/rss"

    @property
    def news_sitemap(self) -> str:
        """URL of the news sitemap: the articles of the last 48 hours or so."""
        return f"{SITE}/sitemaps/{self.code}/news.xml"

    @property
    def sitemap_index(self) -> str:
        """URL of the index that names the sitemap of each month."""
        return f"{SITE}/sitemaps/{self.code}/index.xml"

    @property
    def section_pages(self) -> tuple[str, ...]:
        """URLs of the front page and of each section, with the trailing slash they answer to."""
        return (f"{SITE}/{self.code}/", *(f"{SITE}/{self.code}/{quote(s)}/" for s in self.sections))


EDITIONS = (
    Edition(
        code="cn",
        spider="rfi_cn",
        name="法广",
        shows="专栏检索",
        sections=tuple("中国 法国 港澳台 亚洲 非洲 美洲 欧洲 中东 政治 国际 社会 体育 专栏检索 滚动新闻".split()),
    ),
    Edition(
        code="tw",
        spider="rfi_tw",
        name="法廣",
        shows="專欄檢索",
        sections=tuple("中國 法國 港澳台 亞洲 非洲 美洲 歐洲 中東 政治 國際 社會 體育 專欄檢索 滾動新聞".split()),
    ),
)
BY_CODE = {edition.code: edition for edition in EDITIONS}
BY_SPIDER = {edition.spider: edition for edition in EDITIONS}
