"""The kind of a page by its structure, its labels and its words, in the layouts of portals."""

from __future__ import annotations

import pytest
from lone_page import FOOT, NAV, PROSE, make_article, read_lone

CRUMB = "<div class='dqwz'>当前位置：<a href='/'>首页</a> &gt; <a href='/zwgk/'>政务公开</a> &gt; <a href='/zwgk/tzgg/'>通知公告</a></div>"
NAMES = [
    "青禾区召开安全生产工作会议",
    "青禾区开展春季义务植树活动",
    "关于开展2024年度考核工作的通知",
    "青禾区教育局举办教师培训班",
    "区领导调研重点项目建设情况",
    "青禾区部署防汛抗旱工作",
]


def make_page(inner, *, title="通知公告_青禾区人民政府", head="", crumb=CRUMB):
    return f"<html><head><title>{title}</title>{head}</head><body>{NAV}{crumb}<div class='main'>{inner}</div>{FOOT}</body></html>"


def make_rows(row, names=NAMES):
    return "".join(row.format(n=place, name=name, d=10 + place) for place, name in enumerate(names, 1))


COLUMNS = {
    "plain-list": f"<ul>{make_rows('<li><a href=/z/{n}.html>{name}</a><span>2024-04-{d}</span></li>')}</ul>",
    "date-first": f"<ul>{make_rows('<li><span>[2024-04-{d}]</span><a href=/z/{n}.html>{name}</a></li>')}</ul>",
    "month-day": f"<ul>{make_rows('<li><a href=/z/{n}.html>{name}</a><i>04-{d}</i></li>')}</ul>",
    "split-day": f"<div>{make_rows('<div class=item><div class=day><b>{d}</b><span>2024-04</span></div><a href=/z/{n}.html>{name}</a></div>')}</div>",
    "labelled-dates": f"<ul>{make_rows('<li><h3><a href=/z/{n}.html>{name}</a></h3><p>来源：区政府办 发布时间：2024-04-{d}</p></li>')}</ul>",
    "summaries": f"<ul>{make_rows('<li><h4><a href=/z/{n}.html>{name}</a></h4><p>' + PROSE + PROSE + '</p><span>2024-04-{d}</span></li>')}</ul>",
    "summaries-labelled": f"<ul>{make_rows('<li><a href=/z/{n}.html>{name}</a><p>' + PROSE + '</p><div>发布时间：2024-04-{d} 浏览：9次</div></li>')}</ul>",
    "table": f"<table><tr><th>序号</th><th>标题</th><th>发布日期</th></tr>{make_rows('<tr><td>{n}</td><td><a href=/z/{n}.html>{name}</a></td><td>2024-04-{d}</td></tr>')}</table>",
    "table-with-index": f"<table><tr><th>索引号</th><th>信息名称</th><th>发文字号</th><th>发布机构</th><th>发布日期</th></tr>{make_rows('<tr><td>QH00{n}</td><td><a href=/z/{n}.html>{name}</a></td><td>青府〔2024〕{n}号</td><td>区政府办</td><td>2024-04-{d}</td></tr>')}</table>",
    "two-rows": f"<ul>{make_rows('<li><a href=/z/{n}.html>{name}</a><span>2024-04-{d}</span></li>', NAMES[:2])}</ul>",
    "one-row": f"<ul>{make_rows('<li><a href=/z/{n}.html>{name}</a><span>2024-04-{d}</span></li>', NAMES[:1])}</ul><div class='page'>共1页 1条记录</div>",
    "empty-said": "<h2>通知公告</h2><p>暂无数据</p>",
    "empty-silent": "<h2>通知公告</h2><ul class='list'></ul>",
    "empty-count": "<h2>通知公告</h2><p>共 0 条</p>",
    "cards": "<ul><li><a href='/a/'><img src='a.png'><p>机构职能</p></a></li><li><a href='/b/'><img src='b.png'><p>政策文件</p></a></li><li><a href='/c/'><img src='c.png'><p>规划计划</p></a></li></ul>",
    "pictures": f"<ul>{make_rows('<li><a href=/z/{n}.html title={name}><img src=/i/{n}.jpg alt={name}></a></li>')}</ul>",
    "grouped": f"<h3>政策文件</h3><ul>{make_rows('<li><a href=/z/{n}.html>{name}</a><span>2024-04-{d}</span></li>', NAMES[:2])}</ul><h3>政策解读</h3><ul>{make_rows('<li><a href=/y/{n}.html>{name}</a><span>2024-04-{d}</span></li>', NAMES[2:])}</ul>",
    "pager": f"<ul>{make_rows('<li><a href=/z/{n}.html>{name}</a></li>')}</ul><div class='page'>首页 上一页 <a href='i_2.html'>下一页</a> <a href='i_9.html'>尾页</a> 共9页</div>",
    "mailbox": f"<table><tr><th>来信标题</th><th>来信日期</th><th>办理状态</th></tr>{make_rows('<tr><td><a href=/x/{n}.html>{name}</a></td><td>2024-04-{d}</td><td>已办结</td></tr>')}</table>",
    "widget-above": f"<div>今天是2024年6月30日 星期日</div><ul>{make_rows('<li><a href=/z/{n}.html>{name}</a><span>2024-04-{d}</span></li>')}</ul>",
    "intro-text": f"<p>{PROSE}</p><ul>{make_rows('<li><a href=/z/{n}.html>{name}</a><span>2024-04-{d}</span></li>')}</ul>",
}


@pytest.mark.parametrize("name", COLUMNS)
def test_a_list_is_a_column_and_has_no_publication_date(name):
    record = read_lone(make_page(COLUMNS[name]))
    assert (record.kind, record.published) == ("column", None)
    assert record.listing is not None


@pytest.mark.parametrize("name", COLUMNS)
def test_a_list_is_a_column_by_its_label_too_and_without_a_way_home(name):
    head = '<meta name="ColumnName" content="通知公告"><meta name="ColumnType" content="通知公告">'
    record = read_lone(make_page(COLUMNS[name], title="青禾区人民政府", head=head, crumb=""))
    assert (record.kind, record.published) == ("column", None)


ARTICLES = {
    "dated": make_article("<p>发布时间：2024-04-28 来源：区政府办</p>"),
    "undated": make_article(""),
    "short-dated": make_article("<p>发布时间：2024-04-28 来源：区政府办</p>", body="详见附件。"),
    "picture": make_article("<p>发布时间：2024-04-28 来源：区政府办</p>", body="<img src='/a/1.jpg'>"),
    "video": make_article("<p>2024-04-28 来源：区政府办</p>", body="<video src='/a/1.mp4'></video>"),
    "attachment": make_article("<p>发布时间：2024-04-28</p>", body="<a href='/a/1.pdf'>青禾区2023年度部门决算.pdf</a>"),
    "related-list": make_article(
        "<p>发布时间：2024-04-28 来源：区政府办</p>",
        after=f"<h3>相关信息</h3><ul>{make_rows('<li><a href=/z/{n}.html>{name}</a><span>2024-04-{d}</span></li>')}</ul>",
    ),
    "side-list": make_article(
        "<p>发布时间：2024-04-28 来源：区政府办</p>",
        before=f"<div class='leftbox'><h3>最新信息</h3><ul>{make_rows('<li><a href=/z/{n}.html>{name}</a><span>2024-04-{d}</span></li>')}</ul></div>",
    ),
    "labelled": make_article(
        "",
        head='<meta name="ArticleTitle" content="青禾区举办社区读书节活动"><meta name="PubDate" content="2024-04-28">',
        body="见图。",
    ),
    "table-of-elements": make_article(
        "<table><tr><td>索引号</td><td>QH001</td><td>发文字号</td><td>青府〔2024〕3号</td></tr><tr><td>发布机构</td><td>青禾区人民政府</td><td>成文日期</td><td>2024-04-20</td></tr></table>",
        title="青禾区人民政府关于印发实施方案的通知",
    ),
    "title-is-site": make_article("<p>发布时间：2024-04-28 来源：区政府办</p>", window="青禾区人民政府"),
    "title-in-div": make_article("<p>2024-04-28 10:00 来源：区政府办</p>")
    .replace("<h1>", "<div class='bt'>")
    .replace("</h1>", "</div>"),
    "many-attachments": make_article(
        "<p>发布时间：2024-04-28 来源：区政府办</p>",
        after="".join(f"<p>附件{n}：<a href='/a/{n}.doc'>{name}申报表.doc</a></p>" for n, name in enumerate(NAMES)),
    ),
    "transcript": make_article(
        "<p>发布时间：2024-04-28 来源：区政府办</p>",
        body="".join(f"<p>[2024-04-28 10:{n:02}:00] 主持人：{PROSE}</p>" for n in range(10)),
    ),
    "table-text": make_article(
        "<p>发布时间：2024-04-28</p>",
        body="<table>"
        + "".join(f"<tr><td>{n}</td><td>{name}</td><td>2024-03-{10 + n}</td></tr>" for n, name in enumerate(NAMES))
        + "</table>",
    ),
    "paged-article": make_article(
        "<p>发布时间：2024-04-28 来源：区政府办</p>",
        after="<div class='page'><a href='a_2.html'>下一页</a> 共3页</div>",
    ),
}


@pytest.mark.parametrize("name", ARTICLES)
def test_an_article_is_an_article(name):
    assert read_lone(ARTICLES[name]).kind == "article"


LINKS = "".join(f"<li><a href='/n/{n}.html'>{name}第{n}次</a></li>" for n in range(14) for name in NAMES)
BLOCKS = f"<div class='block'><h2>要闻动态</h2><ul>{LINKS}</ul></div><div class='block'><h2>通知公告</h2><ul>{LINKS}</ul></div>"
HOMES = {
    "site-name": "青禾区人民政府",
    "with-portal": "青禾区人民政府门户网站",
    "welcome": "欢迎访问青禾区人民政府网站",
    "home-word": "青禾区人民政府 首页",
    "home-first": "首页_青禾区人民政府",
    "home-last": "青禾区人民政府-首页",
    "bureau": "青禾区教育局",
    "dash-address": "青禾区人民政府 - www.qinghe.example",
    "words-to-find": "青禾区人民政府-青禾旅游,青禾招商-政务发布系统",
}


@pytest.mark.parametrize("name", HOMES)
def test_a_home_page_is_known_by_itself(name):
    html = f"<html><head><title>{HOMES[name]}</title><meta name='SiteName' content='青禾区人民政府'></head><body>{NAV}{BLOCKS}{FOOT}</body></html>"
    record = read_lone(html)
    assert (record.kind, record.published) == ("home", None)


MAP = "<div class='main'><dl><dt>走进青禾</dt><dd><a href='/a/'>区情概况</a><a href='/b/'>历史沿革</a></dd><dt>政务公开</dt><dd><a href='/c/'>政府信息公开指南</a><a href='/d/'>政府信息公开制度</a><a href='/e/'>通知公告</a></dd></dl></div>"


@pytest.mark.parametrize(
    "title", ["网站地图", "网站地图_青禾区人民政府", "青禾区人民政府-网站地图", "站点地图 - 青禾区人民政府"]
)
def test_a_site_map_is_known_by_its_title(title):
    assert read_lone(make_page(MAP, title=title, crumb="")).kind == "sitemap"


def test_a_site_map_is_known_by_its_heading_or_its_way():
    assert read_lone(make_page(f"<h2>网站地图</h2>{MAP}", title="青禾区人民政府", crumb="")).kind == "sitemap"
    crumb = "<div class='dqwz'>当前位置：<a href='/'>首页</a> &gt; 网站地图</div>"
    assert read_lone(make_page(MAP, title="青禾区人民政府", crumb=crumb)).kind == "sitemap"


FORMS = {
    "search": "<form action='/s'><p>索引号 <input type='text' name='a'></p><p>标题 <input type='text' name='b'></p><p>正文 <input type='text' name='c'></p><select name='d'><option>全部</option></select><input type='submit' value='检索'></form>",
    "letter": "<form method='post'><p>姓名<input name='n'></p><p>电话<input name='p'></p><p>主题<input name='t'></p><p>内容<textarea name='c'></textarea></p><p>验证码<input name='v'></p></form>",
    "application-table": "<form><table><tr><td>姓名</td><td><input type='text'></td><td>证件号码</td><td><input type='text'></td></tr><tr><td>所需信息</td><td colspan='3'><textarea></textarea></td></tr></table></form>",
    "no-form-element": "<div class='sqb'><p>姓名<input type='text' id='xm'></p><p>联系电话<input type='tel' id='dh'></p><p>电子邮箱<input type='email' id='yx'></p><p>内容<textarea id='nr'></textarea></p><button>提交</button></div>",
    "long-notice": f"<h2>我为青禾区规划提建议</h2><p>{PROSE * 6}</p><p>姓名<input name='n'></p><p>电话<input name='p'></p><p>住址<input name='a'></p><p>验证码<input name='v'></p><p>内容<textarea name='c'></textarea></p><button>提交</button>",
    "login": "<ul><li><a href='/s/1.doc'>企业标签采集系统使用说明</a></li><li><a href='/s/2.doc'>备案登记系统操作使用说明</a></li><li><a href='/s/3.doc'>行政审批系统操作使用说明</a></li></ul><form method='post'><p>登录名<input name='u'></p><p>密码<input type='password' name='p'></p><button>登录</button></form>",
    "with-notice": f"<p>{PROSE}</p><form><p>姓名<input name='n'></p><p>电话<input name='p'></p><p>内容<textarea name='c'></textarea></p><button>提交</button></form>",
}


@pytest.mark.parametrize("name", FORMS)
def test_a_page_of_fields_is_a_form(name):
    assert read_lone(make_page(FORMS[name], title="我要写信_青禾区人民政府", crumb="")).kind == "form"


def test_fields_of_search_boxes_make_no_form():
    boxes = "<div class='search'><form><input name='q'><input name='from'><input name='to'></form></div>"
    assert read_lone(make_page(boxes + COLUMNS["plain-list"])).kind == "column"
    assert read_lone(make_article("<p>发布时间：2024-04-28 来源：区政府办</p>", before=boxes)).kind == "article"


ERRORS = {
    "title": ("404 Not Found", "<center><h1>404 Not Found</h1></center><hr><center>nginx</center>"),
    "said": ("青禾区人民政府", "<p>抱歉，您访问的页面不存在或已被删除！</p><a href='/'>返回首页</a>"),
    "sorry": ("提示信息", "<p>对不起，您要查看的信息不存在或已删除。</p>"),
    "deleted": ("青禾区人民政府", "<div>该信息已被删除</div><a href='/'>返回首页</a>"),
    "tomcat": (
        "HTTP Status 404 – Not Found",
        "<h1>HTTP Status 404 – Not Found</h1><p><b>Type</b> Status Report</p><p>The origin server did not find a current representation for the target resource.</p><h3>Apache Tomcat/8.5.60</h3>",
    ),
    "asp": (
        "无法找到资源。",
        "<h1>“/”应用程序中的服务器错误。</h1><h2>无法找到资源。</h2><p>说明: HTTP 404。您正在查找的资源(或者它的一个依赖项)可能已被移除，或其名称已更改，或暂时不可用。</p>",
    ),
    "iis": (
        "404 - 找不到文件或目录。",
        "<h1>服务器错误</h1><h2>404 - 找不到文件或目录。</h2><h3>您要查找的资源可能已被删除，已更改名称或者暂时不可用。</h3>",
    ),
    "number": ("青禾区人民政府", "<div class='err'>404</div><div>页面找不到了</div><a href='/'>返回首页</a>"),
    "expired": ("系统提示", "<p>您访问的链接已失效。</p>"),
    "moved": ("网站迁移公告", "<p>本网站已迁移至新域名，请您更新收藏。</p>"),
    "closed": ("青禾区粮食局", "<p>因机构改革，本网站已停止更新。</p>"),
    "leaving": (
        "青禾区人民政府",
        "<p>您访问的链接即将离开“青禾区人民政府”门户网站，是否继续？</p><a href='http://other.example/'>继续访问</a>",
    ),
    "server-error": (
        "500 Internal Server Error",
        "<h1>Internal Server Error</h1><p>The server encountered an internal error.</p>",
    ),
    "whitelabel": (
        "",
        "<h1>Whitelabel Error Page</h1><p>This application has no explicit mapping for /error, so you are seeing this as a fallback.</p>",
    ),
    "database": ("", "<p>Warning: mysql_connect(): Access denied</p><p>数据库连接错误</p>"),
    "no-article": ("青禾区人民政府", "<p>文章不存在！</p>"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_a_page_that_says_that_nothing_is_there_is_an_error(name):
    title, inner = ERRORS[name]
    record = read_lone(f"<html><head><title>{title}</title></head><body>{inner}</body></html>")
    assert (record.kind, record.published) == ("error", None)


@pytest.mark.parametrize("name", ["said", "sorry", "deleted", "number", "no-article", "expired"])
def test_an_error_inside_the_frame_of_the_site_is_one_too(name):
    title, inner = ERRORS[name]
    assert read_lone(make_page(inner, title=title, crumb="")).kind == "error"


def test_an_article_about_errors_is_none():
    body = "打开网页时显示“您访问的页面不存在”，是因为该页面已被删除或者网站域名变更。" + PROSE * 4
    assert (
        read_lone(
            make_article("<p>发布时间：2024-04-28 来源：区政府办</p>", title="访问网站出错了怎么办", body=body)
        ).kind
        == "article"
    )
    assert (
        read_lone(
            make_article(
                "<p>发布时间：2024-04-28</p>",
                title="关于网站系统升级维护的公告",
                body=f"网站将于周末进行系统升级维护。{PROSE}",
            )
        ).kind
        == "article"
    )


REDIRECTS = {
    "refresh": "<html><head><meta http-equiv='refresh' content='0; url=/new/'></head><body></body></html>",
    "refresh-later": "<html><head><meta http-equiv=Refresh content=\"3;URL='/new/'\"></head><body>页面已迁移，3秒后自动跳转，<a href='/new/'>点击这里</a></body></html>",
    "location": "<html><body><script>window.location.href='/new/index.html';</script></body></html>",
    "replace": '<html><head><script>location.replace("/new/")</script></head><body></body></html>',
    "top": "<script type='text/javascript'>top.location='/new/'</script>",
    "self-open": "<html><head><title>政策文件</title></head><body><script>window.open('/new/','_self')</script></body></html>",
    "self": "<html><body><script language='javascript'>self.location='index.html';</script></body></html>",
    "onload": "<html><body onload=\"location.href='/new/'\"></body></html>",
    "written-refresh": '<html><head><script>document.write(\'<meta http-equiv="Refresh" content="0;URL=/new/" />\');</script></head></html>',
    "variable": "<html><body><script>var url='/new/index.html'; window.location.href = url;</script></body></html>",
}


@pytest.mark.parametrize("name", REDIRECTS)
def test_a_page_that_only_jumps_is_a_redirect(name):
    assert read_lone(REDIRECTS[name]).kind == "redirect"


SHELLS = {
    "vue": "<html><head><title>政务公开</title></head><body><div id='app'></div><script src='/js/app.js'></script></body></html>",
    "templates": "<html><head><title>政务公开</title></head><body><div><h1>{{ title }}</h1><p>{{ date }}</p><div>{{ content }}</div></div><script src='/js/vue.js'></script></body></html>",
    "loading": "<html><head><title>政务公开</title></head><body><div id='list'>正在加载中...</div><script>$.ajax({url:'/list'})</script></body></html>",
}


@pytest.mark.parametrize("name", SHELLS)
def test_a_page_that_script_draws_is_a_shell(name):
    assert read_lone(SHELLS[name]).kind == "shell"


def test_a_gateways_message_is_an_error_that_could_not_be_read():
    record = read_lone(
        "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1><hr>openresty</body></html>"
    )
    assert (record.kind, record.is_refused) == ("error", True)


def test_a_guards_page_is_blocked():
    record = read_lone(
        "<html><head><title>访问被拦截</title></head><body><p>您的请求可能存在威胁，已被网站防火墙拦截</p></body></html>"
    )
    assert (record.kind, record.is_refused) == ("blocked", True)


def test_a_column_of_a_name_like_a_bodys_is_no_home_page():
    html = f"<html><head><title>新闻中心</title></head><body>{NAV}{BLOCKS}{FOOT}</body></html>"
    assert read_lone(html).kind == "column"


def test_a_fragment_is_other():
    assert read_lone("<html><body><p>青禾</p></body></html>").kind == "other"


def make_channel(label, *, links=70, menu=("新闻中心", "走进青禾")):
    """Return a page whose window names the site only, with many links and no way back to the start page."""
    own = "".join(f"<li><a href='/n/{n}.html'>青禾区第{n}次项目现场推进会召开</a></li>" for n in range(links))
    offered = "".join(f"<a href='/m/{n}/'>{name}</a>" for n, name in enumerate(menu))
    head = f"<title>青禾区人民政府</title><meta name='SiteName' content='青禾区人民政府'><meta name='ColumnName' content='{label}'>"
    return f"<html><head>{head}</head><body><div class='nav'><a href='/'>首页</a>{offered}</div><div class='main'><a href='/more'>更多</a><ul>{own}</ul></div>{FOOT}</body></html>"


CHANNELS = {
    "known-name": (make_channel("政务公开"), "column", "政务公开"),
    "offered-name": (make_channel("走进青禾"), "column", "走进青禾"),
    "first-page": (make_channel("首页"), "home", "青禾区人民政府"),
    "first-page-of-few-links": (make_channel("首页", links=24), "home", "青禾区人民政府"),
    "name-of-a-template": (make_channel("公共头部"), "home", "青禾区人民政府"),
    "name-of-the-site": (make_channel("青禾区人民政府"), "home", "青禾区人民政府"),
}


@pytest.mark.parametrize("name", CHANNELS)
def test_the_label_of_the_column_tells_a_channel_from_the_start_page(name):
    html, kind, title = CHANNELS[name]
    record = read_lone(html)
    assert (record.kind, record.title) == (kind, title)


def test_a_letter_with_a_bare_reply_is_an_article():
    inner = f"<p>咨询标题：自动进口许可证办理</p><p>咨询内容：{PROSE}</p><p>咨询人：王某</p><p>回复：</p><p>{PROSE}</p>"
    record = read_lone(make_page(inner, title="青禾区商务局", crumb="<div>当前位置：首页 &gt; 厅长留言</div>"))
    assert (record.kind, record.topic, record.title) == ("article", "letter", "自动进口许可证办理")
