"""The form of an interpretation by what its content is, in layouts of portals."""

from __future__ import annotations

import pytest
from lone_page import PROSE, make_article, read_lone

LINE = "<p>发布时间：2024-04-28 来源：区政府办</p>"
TEXT = "".join(f"<p>{PROSE}{PROSE}</p>" for _ in range(12))
SPEECH = "".join(f"<p>记者：请介绍第{n}项的情况。</p><p>答：{PROSE}</p>" for n in range(8))
QUESTIONS = "".join(f"<p>问：第{n}条如何理解？</p><p>答：{PROSE}{PROSE}</p>" for n in range(8))

FORMS = {
    "text": ("《青禾区人才公寓办法》政策解读", TEXT, "text"),
    "text-with-one-picture": (
        "《青禾区人才公寓办法》政策解读",
        f"<p><img src='/i/head.jpg' width='600'></p>{TEXT}",
        "text",
    ),
    "text-with-icons": (
        "《青禾区人才公寓办法》政策解读",
        f"<img src='/i/icon.png' width='16'>{TEXT}<img src='/i/qrcode.png' width='90'>",
        "text",
    ),
    "title-says-chart-but-text": ("图解：青禾区人才公寓办法", TEXT, "text"),
    "title-says-video-but-text": ("视频解读：青禾区人才公寓办法", TEXT, "text"),
    "one-long-picture": ("一图读懂青禾区人才公寓办法", "<p><img src='/p/1.jpg'></p>", "chart"),
    "pictures-without-a-word": (
        "青禾区人才公寓办法怎么看",
        "".join(f"<p><img src='/p/{n}.png'></p>" for n in range(6)),
        "chart",
    ),
    "lazy-picture": ("一图读懂青禾区人才公寓办法", "<p><img data-src='/p/1.jpg' src='/i/loading.gif'></p>", "chart"),
    "pictures-with-captions": (
        "图解：青禾区人才公寓办法",
        "".join(f"<p><img src='/p/{n}.png'></p><p>第{n}图</p>" for n in range(4)),
        "chart",
    ),
    "video": ("青禾区人才公寓办法微视频", "<video src='/v/1.mp4' controls></video>", "video"),
    "video-source": ("青禾区人才公寓办法", "<video><source src='/v/1.mp4' type='video/mp4'></video>", "video"),
    "video-embed": ("青禾区人才公寓办法", "<embed src='/v/1.flv'>", "video"),
    "video-frame": (
        "青禾区人才公寓办法",
        "<iframe src='https://v.qq.com/txp/iframe/player.html?vid=1'></iframe>",
        "video",
    ),
    "video-by-script": (
        "青禾区人才公寓办法",
        "<div id='player'></div><script>var player = new ckplayer({container:'#player',video:'/v/1.mp4'});</script>",
        "video",
    ),
    "video-with-introduction": ("青禾区人才公寓办法视频解读", f"<video src='/v/1.mp4'></video><p>{PROSE}</p>", "video"),
    "animation": ("动漫解读：青禾区人才公寓办法", "<video src='/v/1.mp4'></video>", "animation"),
    "audio": ("听政策：青禾区人才公寓办法", "<audio src='/v/1.mp3' controls></audio>", "audio"),
    "process": ("青禾区人才公寓申请流程图", "<p><img src='/p/1.jpg'></p>", "process"),
    "press-conference": ("青禾区就人才公寓办法召开新闻发布会", SPEECH * 2, "press"),
    "questions-to-the-head": ("区房管局负责人就人才公寓办法答记者问", SPEECH * 2, "press"),
    "questions": ("青禾区人才公寓办法政策问答", QUESTIONS, "text"),
}


@pytest.mark.parametrize("name", FORMS)
def test_the_form_is_what_the_content_is(name):
    title, content, form = FORMS[name]
    page = make_article(LINE, title=title, body="").replace(
        '<div class="content"><p></p></div>', f"<div class='content'>{content}</div>"
    )
    record = read_lone(page)
    assert content in page
    assert record.interpretation.primary == form
    assert form in record.interpretation.forms


def test_content_that_cannot_be_seen_has_no_form():
    page = make_article(LINE, title="《青禾区人才公寓办法》政策解读", body="").replace(
        "<p></p>", "<iframe src='/inner/1.html'></iframe>"
    )
    record = read_lone(page)
    assert (record.interpretation.primary, record.interpretation.forms) == (None, ())
