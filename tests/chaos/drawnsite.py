"""A small portal whose lists scripts draw, with attachments and links to other hosts: what kills in a browser hit."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping

from tests.chaos.faultserver import HOST, make_page
from tests.chaos.peer import Handler, Peer, page

OTHERS = tuple(f"other{number}.test" for number in range(3))
COLUMNS = {"zwgk": "政府信息公开", "zcwj": "政策文件", "zcjd": "政策解读", "xwdt": "新闻动态", "bsfw": "办事服务"}
ROWS = 8
_MENU = [(f"/{name}/", title) for name, title in COLUMNS.items()]
_SCRIPT = (
    "fetch('/data/{0}.json').then(r => r.json()).then(d => rows.innerHTML = "
    "d.map(r => `<li><a href=${{r.u}}>${{r.t}}</a><span>${{r.d}}</span></li>`).join(''))"
)
_DELAY = 0.15


def make_drawn_site(port: int) -> Mapping[str, Handler]:
    """Return what is served by path, for all hosts alike; `port` stands in the links to the others."""
    menu = "".join(f'<li><a href="{url}">{title}</a></li>' for url, title in _MENU)
    served: dict[str, Handler] = {"/": page(make_page("首页", _MENU, [("/zcwj/0.html", "一号通知")]))}
    for name, title in COLUMNS.items():
        rows = [
            {"t": f"{title}第{number}号通知", "u": f"/{name}/{number}.html", "d": f"2026-04-{number + 1:02}"}
            for number in range(ROWS)
        ]
        script = _SCRIPT.format(name)
        served[f"/{name}/"] = page(
            f'<html><head><meta charset="utf-8"><title>{title}</title></head><body><div class="nav"><ul>{menu}</ul></div>'
            f'<h1>{title}</h1><ul id="rows">加载中</ul><script>{script}</script></body></html>'
        )
        served[f"/data/{name}.json"] = _answer_late(json.dumps(rows))
        for number, row in enumerate(rows):
            outside = (f"http://{OTHERS[number % len(OTHERS)]}:{port}/{name}{number}.html", "外站")
            links = [("/", "首页"), (f"/{name}/f{number}.pdf", "附件"), outside]
            served[row["u"]] = page(make_page(row["t"], _MENU, links))
            served[f"/{name}/f{number}.pdf"] = page(f"%PDF-1.4 {name} {number}", media="application/pdf")
            served[f"/{name}{number}.html"] = page(make_page("外站", [], []))
    return served


def list_overrides(port: int) -> list[str]:
    """Return the options that lead all hosts to this machine."""
    return [part for host in (HOST, *OTHERS) for part in ("--resolve", f"{host}:{port}:127.0.0.1")]


def _answer_late(body: str) -> Handler:
    """Answer after a moment, so that kills find pages waiting for their data."""

    async def handle(peer: Peer) -> None:
        await asyncio.sleep(_DELAY)
        await peer.respond(body, media="application/json")

    return handle
