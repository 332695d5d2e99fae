"""One page in, its record out: for tests of layouts that need no site around the page."""

from __future__ import annotations

from datetime import UTC, datetime

from auditor.extract.page_pass import read_capture
from auditor.extract.reading import read_page
from auditor.model.attempts import Attempt, AttemptStatus, Part, Visit
from auditor.words.vocabulary import load_vocabulary

AT = datetime(2024, 6, 30, 8, 0, tzinfo=UTC)
URL = "http://www.qinghe.example/zwgk/page.html"
PROSE = (
    "青禾区各有关单位要高度重视，加强组织领导，细化工作措施，确保各项任务落到实处、取得实效，让人民群众有更多获得感。"
)
FOOT = '<div class="footer"><p>主办单位：青禾区人民政府办公室 版权所有 2019-2024</p><p>网站标识码：3101990001 沪ICP备12345678号-1</p></div>'
NAV = '<div class="nav"><a href="/">首页</a><a href="/xw/">要闻动态</a><a href="/zwgk/">政务公开</a><a href="/hd/">政民互动</a></div>'


def make_visit(url=URL, at=AT):
    return Visit(url, Attempt(AttemptStatus.DONE), at, (Part.SITE,), status=200, record="<urn:uuid:1>")


def read_lone(html, url=URL, at=AT):
    """Return the record of a page that stands alone."""
    body = html if isinstance(html, bytes) else html.encode()
    headers = {"content-type": "text/html"}
    return read_capture(make_visit(url, at), headers, body, load_vocabulary(), frozenset(), takes_marks=True)


def read_reading(html, url=URL, at=AT):
    """Return the reading of a page that stands alone."""
    return read_page(make_visit(url, at), html, load_vocabulary())


def make_article(
    middle, *, title="青禾区举办社区读书节活动", window=None, head="", before="", after="", body=PROSE * 4
):
    """Return an article of a portal: `middle` stands between its title and its text."""
    return (
        f"<html><head><title>{title if window is None else window}</title>{head}</head><body>{NAV}{before}"
        f'<div class="main"><h1>{title}</h1>{middle}<div class="content"><p>{body}</p></div>{after}</div>{FOOT}</body></html>'
    )
