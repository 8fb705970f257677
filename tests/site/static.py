"""What static.rfi.fr serves: a stylesheet for each template, one that they import, and a font.

A page without them is plainly another: no red band above the title, no narrow column,
and its date in ordinary figures.
"""

from .font import segments

BASE = """\
/* every page imports this; @import "comment.css"; */
@charset "utf-8";
@font-face {
  font-family: "Segments";
  src: url("/build/fonts/segments.eot");
  src: local("Segments"), url("/build/fonts/segments.eot?#iefix") format("embedded-opentype"),
       url(../fonts/segments.ttf) format("truetype");
  unicode-range: U+2F-3A;
}
@font-face { font-family: "Inlined"; src: url(data:font/ttf;base64,AAEAAAA=) format("truetype"); }
body { margin: 0; background: #f4efe6; color: #1d1d1b; font-family: sans-serif; }
.o-site-nav, .o-header, .o-footer, .o-aside-content { display: none; }
"""
PAGE = """\
@import url("base.css");
.t-content { max-width: 40em; margin: 0 auto; padding: 0 16px; }
.t-content__title, .a-page-title { border-top: 12px solid #e2001a; padding-top: 8px; font-size: 30px; }
.t-content__dates time { font-family: "Segments", sans-serif; color: #e2001a; font-size: 24px; }
.t-content__main-media img { width: 100%; height: auto; }
.m-share-bar { display: flex; }
.o-promo { background: url(https://static.rfi.fr/build/img/never-shown.png); }
"""
SHOW = """\
.t-content__article-wrapper { border-left: 12px solid #00799e; padding-left: 16px; }
.a-page-title { border-top-color: #00799e; }
"""

FILES: dict[str, tuple[str, bytes]] = {
    "/build/css/base.css": ("text/css", BASE.encode()),
    "/build/fonts/segments.ttf": ("font/ttf", segments()),
    **{f"/build/css/page--{edition}.css": ("text/css; charset=utf-8", PAGE.encode()) for edition in ("cn", "tw")},
    **{f"/build/css/show--{edition}.css": ("text/css; charset=utf-8", SHOW.encode()) for edition in ("cn", "tw")},
}
"""Path -> media type and bytes."""
