"""Pages drawn by script behind every wall of a staging site: the browser has no way of its own, it goes ours."""

from __future__ import annotations

import base64
import json
from dataclasses import replace

import pytest
from loopback import Reply, make_page

from auditor.collect.access import Cookie, stand_in_for
from auditor.collect.chromium import find_browser
from auditor.model.attempts import AttemptStatus
from auditor.model.targets import Target

pytestmark = pytest.mark.skipif(find_browser(None) is None, reason="no Chromium on this machine")
REAL = "www.real.test"
ROWS = [{"t": f"关于印发第{number}号工作方案的通知", "u": f"/zc/{number}.html"} for number in range(1, 6)]
SHELL = (
    '<html><head><title>政策文件</title></head><body><div class="nav"><a href="/">首页</a></div><div id="app"></div>'
    "<script>fetch('/rows.json').then(r => r.json()).then(rows => app.innerHTML = '<ul>' + rows.map("
    "r => `<li><a href=${r.u}>${r.t}</a></li>`).join('') + '</ul>')</script></body></html>"
)


def guard(reply, wanted, asked):
    """Answer only those who bring every header that is wanted."""

    def serve(handler):
        asked.append((handler.path, handler.headers["Host"]))
        brought = all(value in (handler.headers.get(name) or "") for name, value in wanted.items())
        return reply if brought else Reply("no", 401, "text/plain")

    return serve


def test_drawn_page_of_a_copy_behind_credentials_headers_and_cookies(site, collect):
    wanted = {
        "Authorization": "Basic " + base64.b64encode(b"tester:pass-word").decode(),
        "X-Env": "staging",
        "Cookie": "given=yes",
    }
    asked = []
    menu = (("/zc/", "政策文件"), ("/xw/", "新闻动态"))
    replies = {
        "/": Reply(make_page("首页", nav=menu)),
        "/xw/": Reply(make_page("新闻动态", nav=menu)),
        "/zc/": Reply(SHELL),
        "/rows.json": Reply(json.dumps(ROWS), media="application/json"),
        **{row["u"]: Reply(make_page(row["t"])) for row in ROWS},
    }
    for path, reply in replies.items():
        site.replies[path] = guard(reply, wanted, asked)
    seed = f"http://127.0.0.1:{site.port}/"
    target, stand_in = stand_in_for(Target(id=REAL, name="样例", seeds=(seed,), hosts=(REAL,)), REAL)
    access = replace(
        site.access(browser="auto", nameserver="127.0.0.1:1"),
        overrides={},
        stand_in=stand_in,
        auth=("tester", "pass-word"),
        headers=(("X-Env", "staging"),),
        cookies=(Cookie("127.0.0.1", is_wide=False, path="/", is_secure=False, name="given", value="yes"),),
    )
    reader = collect(access=access, target=target, total_seconds=120)
    visits = {visit.url: visit for visit in reader.visits}
    assert visits[f"http://{REAL}/zc/"].rendered is not None
    assert all(visits[f"http://{REAL}{row['u']}"].attempt.status is AttemptStatus.DONE for row in ROWS)
    assert all(visits[f"http://{REAL}{row['u']}"].status == 200 for row in ROWS)
    assert ("/rows.json", f"127.0.0.1:{site.port}") in asked
    assert {host for _, host in asked} == {f"127.0.0.1:{site.port}"}
