"""Speech: every word that the reader itself says, in each of its languages.  Pure.

Templates hold no words of their own: they ask for one of these by its name.
"""

from archive.web import sayings

LANGUAGES = ("zh", "en")
"""Of the reader; the first is that of whoever wants none of them."""

WORDS: dict[str, tuple[str, str]] = {
    # The frame
    "language.code": ("zh", "en"),
    "language.tag": ("zh-Hans", "en"),
    "language.own": ("中文", "English"),
    "language.switch": ("界面语言", "Language"),
    "site.name": ("法广中文存档", "RFI Chinese Archive"),
    "site.motto": (
        "法国国际广播电台中文报道，原样保存，逐条可证",
        "The Chinese news of RFI, kept as published, provable to the byte",
    ),
    "site.rights": (
        "报道与图片版权归法国国际广播电台（RFI）所有。本存档独立运作，所有内容均取自存档记录，从不连接原网站。",
        (
            "Texts and pictures are RFI's. This archive is independent: "
            "all you see comes from its own records, nothing from the live site."
        ),
    ),
    "skip": ("跳到正文", "Skip to content"),
    "nav": ("栏目导航", "Main"),
    "nav.newest": ("最新", "Newest"),
    "nav.sections": ("栏目", "Sections"),
    "nav.shows": ("节目", "Shows"),
    "nav.authors": ("作者", "Authors"),
    "nav.tags": ("标签", "Tags"),
    "nav.pictures": ("图表", "Charts"),
    "charts": ("图表：存了什么，缺了什么", "Charts: what is archived, and what is missing"),
    "colon": ("：", ": "),
    "comma": ("、", ", "),
    # Times
    "form.day": ("{year}年{month}月{day}日 星期{weekday}", "{weekday}, {day} {name} {year}"),
    "form.short": ("{year}年{month}月{day}日", "{day} {name} {year}"),
    "form.month": ("{year}年{month}月", "{name} {year}"),
    "form.paris": ("{day} {clock}（巴黎时间）", "{day}, {clock} (Paris)"),
    # Lists
    "newest": ("最新报道", "Newest"),
    "newest.empty": ("存档中还没有文章。", "The archive holds no articles yet."),
    "newest.end": ("没有更早的文章。", "There are no older articles."),
    "older": ("更早的文章", "Older"),
    "to.newest": ("回到最新", "Back to the newest"),
    "pages": ("翻页", "Pages"),
    "page.older": ("{title}（续）", "{title}, continued"),
    "day.last": ("前一天", "Previous day"),
    "day.next": ("后一天", "Next day"),
    "day.other": ("前后日期", "Other days"),
    "weekday.0": ("一", "Mon"),
    "weekday.1": ("二", "Tue"),
    "weekday.2": ("三", "Wed"),
    "weekday.3": ("四", "Thu"),
    "weekday.4": ("五", "Fri"),
    "weekday.5": ("六", "Sat"),
    "weekday.6": ("日", "Sun"),
    "count.articles": ("{count} 篇", "{count} article{s}"),
    "names.section": ("栏目", "Sections"),
    "names.show": ("节目", "Shows"),
    "names.author": ("作者", "Authors"),
    "names.tag": ("标签", "Tags"),
    "names.none": ("还没有。", "None yet."),
    "names.more": ("只列出文章最多的 {count} 个。", "Only the {count} with the most articles are listed."),
    "kind.section": ("栏目", "Section"),
    "kind.show": ("节目", "Show"),
    "kind.author": ("作者", "Author"),
    "kind.tag": ("标签", "Tag"),
    "edition.tw": ("繁体", "Traditional"),
    "gone.short": ("原站已撤", "Taken down"),
    # An article
    "published": ("发表", "Published"),
    "modified": ("更新", "Updated"),
    "by": ("作者", "By"),
    "tags": ("标签", "Tags"),
    "gone.since": ("原网站已撤下此文，最晚于 {time} 发现。", "Taken down at the source: first seen missing on {time}."),
    "file.missing": ("此文的文件无法读取。", "The file of this article cannot be read."),
    "source": ("来源与证据", "Provenance"),
    "source.captured": ("采集时间", "Captured"),
    "source.first": ("首次采集", "First captured"),
    "source.url": ("原网址", "Original address"),
    "source.record": ("记录编号", "Record"),
    "source.place": ("记录所在", "WARC file"),
    "source.offset": ("{file}，第 {offset} 字节起", "{file}, from byte {offset}"),
    "source.refers": ("正文所在", "Payload in"),
    "source.digest": ("载荷摘要", "Payload digest"),
    "source.sha256": ("文章文件 SHA-256", "SHA-256 of the article file"),
    "source.unread": ("记录无法读取", "The record cannot be read"),
    "do.prove": ("核验此文", "Prove this article"),
    "do.replay": ("回放当时的网页", "Replay the page as captured"),
    "do.file": ("下载文章文件", "Download the article file"),
    "do.live": ("去原网站看现在的页面（离开本存档）", "Open the live page (leaves the archive)"),
    "back.article": ("回到文章", "Back to the article"),
    # Versions
    "versions": ("历次版本", "Versions"),
    "versions.one": ("采集以来，此文没有改动。", "Unchanged since it was first captured."),
    "versions.caption": ("此文每次变动，从早到晚", "Everything that became of this article, the oldest first"),
    "versions.when": ("采集时间", "Captured"),
    "versions.number": ("第 {number} 版", "Version {number}"),
    "versions.diff": ("与第 {number} 版对照", "Compare with version {number}"),
    "event.first": ("首次采集", "First captured"),
    "event.edited": ("有改动", "Edited"),
    "event.gone": ("被撤下（HTTP {status}）", "Taken down (HTTP {status})"),
    "event.returned": ("重新出现", "There again"),
    "version.title": ("第 {number} 版：{title}", "Version {number}: {title}"),
    "version.banner": (
        "这是此文 {count} 个版本中的第 {number} 版，采集于 {time}。",
        "This is version {number} of {count}, captured {time}.",
    ),
    "version.last": ("上一版", "Previous version"),
    "version.next": ("下一版", "Next version"),
    "version.other": ("其他版本", "Other versions"),
    "diff.title": ("第 {old} 版与第 {new} 版对照：{title}", "Versions {old} and {new} compared: {title}"),
    "diff.heading": ("第 {old} 版与第 {new} 版对照", "Versions {old} and {new} compared"),
    "diff.sample": ("文字", "words"),
    "diff.legend": ("只在第 {number} 版", "only in version {number}"),
    "diff.none": ("两个版本的文字没有差别。", "The two versions say the same."),
    "field.title": ("标题", "Title"),
    "field.date": ("日期", "Date"),
    "field.lead": ("导语", "Lead"),
    "field.body": ("正文", "Body"),
    "field.image": ("图片", "Pictures"),
    "field.authors": ("作者", "Authors"),
    "field.tags": ("标签", "Tags"),
    # Proof
    "proof.title": ("核验：{title}", "Proof: {title}"),
    "proof.heading": ("核验", "Proof"),
    "proof.how": (
        "刚才从 WARC 记录重新生成了文章文件，并逐字节与存档中的文件对照；每个摘要也重新计算过。",
        (
            "The article file was just made again from its WARC record and held against the archived file "
            "byte by byte; every digest was computed anew."
        ),
    ),
    "proof.good": ("完全一致。", "Everything agrees."),
    "proof.bad": ("有不符之处：", "Something disagrees:"),
    "proof.failed": ("无法核验：", "It cannot be proved:"),
    "proof.many": (
        "此文版本超过 {count} 个，请用命令行核验：rfi-archive prove {path}",
        "This article has more than {count} versions; prove it on the command line: rfi-archive prove {path}",
    ),
    "proof.versions": ("每个版本", "Every version"),
    "proof.number": ("版本", "Version"),
    "proof.file": ("文件 SHA-256", "SHA-256 of its file"),
    "proof.result": ("结果", "Result"),
    "proof.equal": ("一致", "Agrees"),
    # Errors
    "error.400": ("请求有误", "Bad request"),
    "error.400.says": ("地址中有一处不合规则。", "Something in the address makes no sense."),
    "error.404": ("没有这一页", "Not here"),
    "error.404.says": ("存档中没有您要找的内容。", "The archive does not hold what you asked for."),
    "error.405": ("只能查看", "Read only"),
    "error.405.says": ("本存档只供阅读，不接受其他请求。", "This archive can be read, and nothing else."),
    "error.414": ("地址过长", "Address too long"),
    "error.414.says": ("请缩短地址后再试。", "Shorten it and try again."),
    "error.421": ("不认识的主机名", "Unknown host"),
    "error.421.says": (
        "请用启动时显示的地址访问本存档。",
        "Open the archive at the address that it printed when it started.",
    ),
    "error.500": ("出错了", "Something went wrong"),
    "error.500.says": (
        "这是阅读器的过错，存档本身没有受损。",
        "The reader is at fault; the archive itself is unharmed.",
    ),
    "error.503": ("索引暂不可用", "No index at the moment"),
    "error.503.says": (
        "索引可能正在重建。请稍后再试；如果一直没有，请运行 rfi-archive rebuild。",
        "It may just be in the making. Try again in a moment; if it stays away, rfi-archive rebuild makes it.",
    ),
    "error.home": ("去首页", "To the front page"),
    **sayings.WORDS,
}
"""Name -> what is said in each of LANGUAGES."""


def say(language: str, name: str, /, **values: object) -> str:
    """Return what is said; `values` stand where the words have their names.  Raises KeyError.

    {s} is what English puts behind a noun unless `count` is one.
    """
    words = WORDS[name][LANGUAGES.index(language)]
    return words.format(s="" if values.get("count") == 1 else "s", **values) if values else words
