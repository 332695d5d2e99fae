"""A sample portal of any size on disk, the same for the same seed: menu, rows with dates, an article, a footer."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_COLUMNS = (
    ("政府信息公开", "zfxxgk"),
    ("政府信息公开指南", "zfxxgk/zn"),
    ("政府信息公开年报", "zfxxgk/nb"),
    ("法定主动公开内容", "zfxxgk/fd"),
    ("政策文件", "zwgk/zc"),
    ("政策解读", "zwgk/jd"),
    ("通知公告", "zwgk/tz"),
    ("人事信息", "zwgk/rs"),
    ("财政信息", "zwgk/cz"),
    ("重点领域", "zwgk/zd"),
    ("政务要闻", "xw/yw"),
    ("部门动态", "xw/bm"),
    ("基层动态", "xw/jc"),
    ("图片新闻", "xw/tp"),
    ("办事服务", "bsfw"),
    ("互动交流", "hdjl"),
    ("领导信箱", "hdjl/xx"),
    ("民意征集", "hdjl/zj"),
    ("走进本县", "zj"),
    ("营商环境", "ys"),
)
_WORDS = "关于 印发 某县 加强 推进 农村 教育 卫生 交通 环境 保护 工作 方案 通知 公告 意见 办法 管理 项目 资金 安排 年度 重点 任务 实施 服务 改革 企业 群众 检查 结果"
_CHILDREN = 6
_STYLE = "#main .row { padding: 4px 0; border-bottom: 1px dotted #ccc } .date { float: right; color: #999 }\n"


@dataclass(frozen=True)
class Shape:
    """How a sample portal is: its pages, links a page, paragraphs of an article, entries of the menu and so on."""

    pages: int
    links: int = 200
    paragraphs: int = 60
    seed: int = 3
    menu: int = len(_COLUMNS)
    partners: int = 12
    styles: int = 6


def name_page(number: int) -> str:
    """Return the path of a page; number 0 is the home page, the next ones are the columns."""
    if number == 0:
        return "/index.html"
    if number <= len(_COLUMNS):
        return f"/{_COLUMNS[number - 1][1]}/index.html"
    folder = _COLUMNS[number % len(_COLUMNS)][1]
    month = f"{2019 + number % 6}{number % 12 + 1:02}"
    return f"/{folder}/{month}/t{month}{number % 28 + 1:02}_{100_000 + number}.html"


def write_portal(folder: Path, shape: Shape) -> tuple[str, ...]:
    """Write the portal into a folder and return the paths of its pages."""
    dice = random.Random(shape.seed)
    titles = [_make_title(dice) for _ in range(997)]
    paragraphs = [_make_paragraph(dice) for _ in range(211)]
    menu = "\n".join(
        f'        <li class="nav-item"><a href="/{path}/index.html">{name}</a></li>'
        for name, path in _COLUMNS[: shape.menu]
    )
    paths = []
    for number in range(shape.pages):
        path = name_page(number)
        file = folder / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        rows = "\n".join(_list_rows(number, shape, titles, dice))
        length = dice.randint(shape.paragraphs // 10, shape.paragraphs)
        text = "\n".join(f"      <p>{dice.choice(paragraphs)}</p>" for _ in range(length))
        file.write_text(
            _fill_page(number, shape, titles[number % 997], menu=menu, text=text, rows=rows), encoding="utf-8"
        )
        paths.append(path)
    return tuple(paths)


def _make_title(dice: random.Random) -> str:
    return "".join(dice.choices(_WORDS.split(), k=dice.randint(4, 9)))


def _make_paragraph(dice: random.Random) -> str:
    return (
        "，".join("".join(dice.choices(_WORDS.split(), k=dice.randint(4, 9))) for _ in range(dice.randint(3, 9))) + "。"
    )


def _list_rows(number: int, shape: Shape, titles: list[str], dice: random.Random) -> Iterator[str]:
    """Rows to the pages below in a tree, so that all are found, then to others by chance."""
    below = range(number * _CHILDREN + 1, (number + 1) * _CHILDREN + 1)
    targets = [target for target in below if target < shape.pages]
    wanted = max(shape.links - shape.menu - shape.partners - 4 - len(targets), 0)
    targets += [dice.randrange(shape.pages) for _ in range(wanted)]
    for target in targets:
        title = titles[target % 997]
        day = f"{2019 + target % 6}-{target % 12 + 1:02}-{target % 28 + 1:02}"
        link = f'<a href="{name_page(target)}" target="_blank" title="{title}">{title}</a>'
        yield f'        <li class="row">{link}<span class="date">{day}</span></li>'


def _fill_page(number: int, shape: Shape, title: str, *, menu: str, text: str, rows: str) -> str:
    day = f"{2019 + number % 6}-{number % 12 + 1:02}-{number % 28 + 1:02}"
    column = _COLUMNS[number % len(_COLUMNS)]
    partners = "\n".join(
        f'      <a href="https://partner{index}.example.org/">友情链接{index}</a>' for index in range(shape.partners)
    )
    return f"""<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<title>{title}_某县人民政府</title>
<meta name="SiteName" content="某县人民政府">
<meta name="SiteDomain" content="www.example.gov.cn">
<meta name="ColumnName" content="{column[0]}">
<meta name="ArticleTitle" content="{title}">
<meta name="PubDate" content="{day} 09:30">
<meta name="ContentSource" content="某县人民政府办公室">
<style>{_STYLE * shape.styles}</style>
<script src="/js/common.js"></script>
</head>
<body>
  <div class="header" id="top"><div class="logo"><a href="/index.html"><img src="/images/logo.png" alt="某县人民政府"></a></div>
    <form action="/search" class="search"><input name="q"><button>搜索</button></form></div>
  <div class="nav" id="nav"><div class="wrap">
      <ul>
{menu}
      </ul>
  </div></div>
  <div class="main" id="main">
    <div class="crumbs">当前位置：<a href="/index.html">首页</a> &gt; <a href="/{column[1]}/index.html">{column[0]}</a></div>
    <div class="article">
      <h1>{title}</h1>
      <div class="info"><span>发布时间：{day} 09:30</span><span>来源：某县人民政府办公室</span><span>浏览次数：<i id="hits"></i></span></div>
      <div class="TRS_Editor">
{text}
      </div>
    </div>
    <div class="list">
      <h2>相关信息</h2>
      <ul class="news">
{rows}
      </ul>
    </div>
  </div>
  <div class="footer" id="footer">
    <div class="links">
{partners}
    </div>
    <p>主办：某县人民政府 承办：某县人民政府办公室 地址：某县某路1号</p>
    <p>政府网站标识码：5100000001 <a href="https://beian.example.org/">某ICP备00000001号</a> 联系电话：0800-1234567</p>
  </div>
</body>
</html>
"""
