"""Wording: what the pictures say, in Chinese and English; numbers, sizes and spans of time in words.  Pure."""

from collections.abc import Iterator, Sequence

LANGUAGES = "zh", "en"
_WORDS = {
    "title": ("法广中文存档：图表", "RFI Chinese archive: pictures"),
    "days": ("每日文章", "Articles a day"),
    "sections": ("各栏目文章", "Articles by section"),
    "shows": ("各节目文章", "Articles by show"),
    "lags": ("收录时差", "Capture lag"),
    "ages": ("修改发现时间", "Edits over age"),
    "growth": ("WARC 增长", "WARC growth"),
    "days note": (
        "{first} 至 {last}，共 {days:,} 天：{gaps:,} 天没有文章，{thin:,} 天少于偶然所能解释",
        "{first} to {last}, {days:,} days: {gaps:,} without an article, {thin:,} with fewer than chance explains",
    ),
    "outside": ("；另有 {number:,} 篇日期不可信，未画出", "; {number:,} articles of unbelievable days are not drawn"),
    "shares note": ("按月计，{number:,} 篇", "By month, {number:,} articles"),
    "others note": ("；篇数最少的 {number:,} 个名称合为“其他”", '; the {number:,} names with the fewest are "others"'),
    "lags note": (
        "首次收录距发布多久；有发布时间的 {number:,} 篇",
        "From publication to first capture; {number:,} articles that tell when they were published",
    ),
    "untold": ("，另 {number:,} 篇没有", ", {number:,} do not"),
    "ages note": (
        "首次收录后多久发现文字有修改；{number:,} 次",
        "From first capture to a capture with other words; {number:,} edits",
    ),
    "half": ("；半数在 {span}以内", "; half of them within {span}"),
    "growth note": ("warc/ 中已封存文件共 {size}", "Sealed files in warc/: {size}"),
    "nothing": ("还没有可画的内容", "Nothing to draw yet"),
    "gap": ("没有文章", "no article"),
    "thin": ("偏少", "unusually few"),
    "others": ("其他", "others"),
    "before": ("早于发布", "before"),
    "data": ("数据表", "Data table"),
    "day": ("日期", "Day"),
    "month": ("月份", "Month"),
    "articles": ("文章", "Articles"),
    "edits": ("修改", "Edits"),
    "gaps": ("缺日", "Days without"),
    "thin days": ("偏少之日", "Days with few"),
    "span": ("时长", "Time"),
    "added": ("新增", "Added"),
    "total": ("合计", "Total"),
    "captures": ("记录", "Captures"),
    "size": ("WARC 大小", "WARC size"),
    "gone": ("已下架", "Gone"),
    "first": ("首日", "First day"),
    "last": ("末日", "Last day"),
    "minute": ("{number} 分钟", "{number} min"),
    "hour": ("{number} 小时", "{number} h"),
    "one day": ("{number} 天", "{number} d"),
    "one year": ("{number} 年", "{number} y"),
    "beyond": ("{span}以上", "over {span}"),
    "below": ("{span}以内", "within {span}"),
}
"""What is said, by name, in the order of LANGUAGES."""
WEEKDAYS = {"zh": tuple("一二三四五六日"), "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}
MONTHS = {
    "zh": tuple(f"{number}月" for number in range(1, 13)),
    "en": tuple("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()),
}
_SPANS = (365 * 86_400, "one year"), (86_400, "one day"), (3_600, "hour"), (60, "minute")
_SIZES = (10**12, "TB"), (10**9, "GB"), (10**6, "MB"), (10**3, "kB")


def say(language: str, name: str, **values: object) -> str:
    """Return what is said in a language.  Raises KeyError for a name that is not there, ValueError for a language."""
    return _WORDS[name][LANGUAGES.index(language)].format(**values)


def span(language: str, seconds: int) -> str:
    """Return a time of whole minutes, hours, days or years in words."""
    unit, name = next(row for row in _SPANS if seconds % row[0] == 0)
    return say(language, name, number=seconds // unit)


def spans(language: str, limits: Sequence[int]) -> Iterator[str]:
    """Yield in words what lies below the first limit, between each two, and beyond the last; 0: before it began."""
    for low, high in zip((None, *limits), (*limits, None), strict=True):
        if high == 0:
            yield say(language, "before")
        elif high is None:
            yield say(language, "beyond", span=span(language, low or 0))
        elif not low:
            yield say(language, "below", span=span(language, high))
        else:
            yield _between(span(language, low), span(language, high))


def _between(low: str, high: str) -> str:
    """Return a stretch of time, its unit once if both ends have the same."""
    number, _, unit = low.partition(" ")
    return f"{number}–{high}" if high.endswith(f" {unit}") else f"{low}–{high}"


def size(number: int, digits: int = 1) -> str:
    """Return a number of bytes in words, in units of a thousand."""
    for unit, name in _SIZES:
        if number >= unit:
            return f"{number / unit:,.{digits}f} {name}"
    return f"{number} B"
