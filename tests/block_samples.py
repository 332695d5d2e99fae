"""Pages of guards, gateways and logins in markup of our own, and pages that only look a little like them."""

from __future__ import annotations

JS = "<html><head><script>{}</script></head><body></body></html>"
SAY = "<html><head><title>{}</title></head><body><h2>{}</h2><p>{}</p></body></html>"

BLOCKED: dict[str, tuple[int, str]] = {
    "412 with script": (412, JS.format("var q='ab';")),
    "412 bare": (412, ""),
    "418": (418, "x"),
    "429": (429, SAY.format("429", "slow", "")),
    "403 of a cloud guard": (403, SAY.format("403 Forbidden", "访问被拒绝", "事件编号 8c1")),
    "401": (401, SAY.format("401", "需要身份认证", "")),
    "521 cookie script": (
        521,
        JS.format("document.cookie=('_')+('_jsl_clearance')+'=1';location.href=location.pathname"),
    ),
    "521 without words": (521, JS.format("eval(function(p,a){return p}('0',1))")),
    "523 origin unreachable": (523, SAY.format("Origin is unreachable", "Error 523", "")),
    "200 cookie and reload": (200, JS.format("document.cookie='__jsl_clearance_s=1|x';window.location.reload()")),
    "200 acw_sc__v2": (
        200,
        JS.format(
            "var arg1='0A1B';function setCookie(n,v){document.cookie=n+'='+v};setCookie('acw_sc__v2','x');document.location.reload()"
        ),
    ),
    "200 $_ts": (
        200,
        '<html><head><meta content="{}" id="9DhefwqGPrzGxEp9hPaoag"><script>$_ts=window[\'$_ts\'];if(!$_ts)$_ts={};$_ts.nsd=1</script></head><body></body></html>',
    ),
    "202 $_ts": (202, JS.format("$_ts.cd='q'")),
    "200 unnamed cookie and reload": (
        200,
        JS.format("var k=7*9;document.cookie='guard='+k+';path=/';location.reload(true);"),
    ),
    "200 unnamed cookie and own address": (
        200,
        JS.format("document.cookie='w_tsfp=1';window.location.href=window.location.href;"),
    ),
    "slider": (
        200,
        SAY.format("安全验证", "请完成安全验证", "拖动滑块完成拼图") + "<script src='/captcha/slide.js'></script>",
    ),
    "slider with long footer": (
        200,
        SAY.format("滑动验证页面", "请按住滑块，拖动到最右边", "") + "<div>如有疑问请与管理员联系。</div>",
    ),
    "letters to type": (
        200,
        SAY.format("验证码", "请输入验证码继续访问", "<form><input name=code><img src=/code></form>"),
    ),
    "too often": (200, SAY.format("提示", "访问过于频繁", "您的访问过于频繁，请稍后再试。")),
    "illegal parameters": (
        200,
        SAY.format(
            "网站防火墙", "您的请求带有不合法参数，已被网站管理员设置拦截！", "可能原因：您提交的内容包含危险的攻击请求"
        ),
    ),
    "guard by name": (200, SAY.format("拦截提示", "网站防火墙", "您的请求已被拦截，请检查提交内容。")),
    "system has found": (200, SAY.format("提示", "系统检测到您的访问存在异常", "请稍后再试或联系管理员。事件ID：77")),
    "system has found your network": (200, SAY.format("", "系统检测到您的网络环境存在风险", "请完成验证后继续")),
    "address banned": (200, SAY.format("禁止访问", "您的IP已被封禁", "如有疑问请联系网站管理员")),
    "checking the browser": (503, SAY.format("Just a moment...", "Checking your browser before accessing", "")),
    "checking in Chinese": (200, SAY.format("请稍候", "正在检查您的浏览器", "此过程是自动的")),
    "english rejection": (
        200,
        SAY.format(
            "Request Rejected",
            "The requested URL was rejected. Please consult with your administrator.",
            "Your support ID is: 1",
        ),
    ),
    "502": (502, SAY.format("502 Bad Gateway", "502 Bad Gateway", "<hr>nginx")),
    "502 with 200": (200, SAY.format("502 Bad Gateway", "502 Bad Gateway", "<hr>nginx")),
    "504": (504, SAY.format("504 Gateway Time-out", "504 Gateway Time-out", "")),
    "cdn cannot reach": (502, SAY.format("源站异常", "CDN节点请求源站服务器失败", "请联系网站管理员")),
    "cdn refuses": (200, SAY.format("ERROR: ACCESS DENIED", "Access Denied", "Reference #18.2f")),
    "maintenance": (503, SAY.format("系统维护", "系统维护中", "系统正在升级维护，请稍后访问。")),
    "maintenance with 200": (200, SAY.format("系统维护中", "网站正在维护中", "给您带来不便敬请谅解")),
    "captive portal": (
        200,
        SAY.format(
            "上网认证", "欢迎使用无线网络，请认证后上网", "<form action=/portal/login><input type=password></form>"
        ),
    ),
    "captive portal of a firewall": (
        200,
        SAY.format("Web认证", "用户认证", "<form action=/login><input name=user><input type=password></form>"),
    ),
    "login wall": (
        200,
        SAY.format("统一身份认证平台", "请登录后访问", "<form><input name=user><input type=password></form>"),
    ),
    "login wall with 401": (401, SAY.format("登录", "登录", "")),
    "foreign captcha script": (
        200,
        "<html><body><div id='c'></div><script src='https://static.example/geetest/gt.js'></script></body></html>",
    ),
    "please enable script": (200, SAY.format("", "Please enable JavaScript and cookies to continue", "")),
}

MENU = (
    "<div class='nav'>"
    + "".join(f"<a href='/{n}/'>{n}</a>" for n in ("首页", "政务公开", "办事服务", "互动交流", "走进本县"))
    + "</div>"
)
FOOT = "<div class='footer'>主办：某县人民政府 网站标识码：3700000001 鲁ICP备05000001号</div>"
WAY = "<div class='position'>当前位置：<a href='/'>首页</a> &gt; <a href='/tz/'>通知公告</a></div>"


def _article(title: str, text: str, *, bare: bool = False) -> str:
    labels = (
        ""
        if bare
        else f"<meta name='SiteName' content='某县人民政府'><meta name='ArticleTitle' content='{title}'><meta name='PubDate' content='2024-03-01'>"
    )
    frame = ("", "") if bare else (MENU + WAY, FOOT)
    return (
        f"<html><head><title>{title}</title>{labels}</head><body>{frame[0]}<div class='content'><h1>{title}</h1>"
        f"<p>来源：某县大数据局 发布时间：2024-03-01</p><p>{text}</p></div>{frame[1]}</body></html>"
    )


def _shell(script: str) -> str:
    return f"<html><head><title>某县人民政府</title></head><body><div id='app'></div><script>{script}</script></body></html>"


_TALK = (
    ("关于网站防火墙升级的公告", "为加强安全防护，我局将于本周末升级网站防火墙，期间访问可能中断。"),
    ("门户网站安全防护系统采购公告", "采购内容：Web应用防火墙一台、云防护服务一年、网防G01授权。"),
    ("关于防范人机验证诈骗的提醒", "不法分子冒充安全验证页面，要求群众拖动滑块并输入密码，请勿轻信。"),
    ("关于网站暂停服务的公告", "因系统维护，本网站将于3月5日22时至24时暂停服务。"),
    ("某县网络安全应急预案", "监测到访问过于频繁的地址，由值班人员封禁，并记录事件编号。"),
    ("云盾服务采购结果公告", "成交供应商为某科技有限公司，服务内容为云盾与安全狗维护。"),
    ("对拒绝访问问题的答复", "网民反映访问被拒绝。经查，系您的IP地址触发了安全策略，现已解除封禁。"),
    ("政务网站安全检查通报", "对全县网站开展安全检查，发现部分网站存在拦截原因不清的问题。"),
    ("统一身份认证平台使用指南", "登录统一身份认证平台，输入用户名、密码和验证码后办理业务。"),
    ("关于启用滑动验证登录的通知", "自4月1日起，网上办事大厅启用滑动验证，请输入验证码继续办理。"),
    ("上网认证服务说明", "乘客连接车站无线网络后，按提示完成上网认证即可使用。"),
    ("系统检测到的常见问题解答", "办事系统检测到材料不全时，会提示补正。"),
)
_SHORT = (
    ("任前公示", "张三同志拟任某县水利局副局长。"),
    ("停水通知", "今日停水。"),
    ("机构职能", "负责全县水利工作。"),
    ("值班电话", "0530-1234567"),
    ("会议消息", "县政府召开常务会议。"),
)

FREE: dict[str, tuple[int, str]] = {
    **{f"article: {title}": (200, _article(title, text)) for title, text in _TALK},
    **{f"bare article: {title}": (200, _article(title, text, bare=True)) for title, text in _TALK},
    **{f"short: {title}": (200, _article(title, text)) for title, text in _SHORT},
    **{f"bare short: {title}": (200, _article(title, text, bare=True)) for title, text in _SHORT},
    "shell of an application": (200, _shell("window._CONFIG={SID:'1'}")),
    "shell that keeps a setting": (200, _shell("document.cookie='theme=a';")),
    "shell with a library of captchas in a search form": (
        200,
        _shell("load('/js/app.js')").replace("</body>", "<script src='/js/main.js'></script></body>"),
    ),
    "jump page": (200, JS.format("window.location.href='/index/index.html'")),
    "jump page by phone": (
        200,
        JS.format("if(/Android/.test(navigator.userAgent)){location.href='/m/'}else{location.href='/pc/'}"),
    ),
    "refresh": (200, "<html><head><meta http-equiv='refresh' content='0;url=/home.html'></head></html>"),
    "empty list": (
        200,
        f"<html><head><title>政策文件</title></head><body>{MENU}{WAY}<ul></ul><p>共0条</p>{FOOT}</body></html>",
    ),
    "not found": (404, SAY.format("404", "您访问的页面不存在", "")),
    "not found with menu": (404, f"<html><head><title>404</title></head><body>{MENU}页面不存在{FOOT}</body></html>"),
    "news that names a status": (200, _article("502路公交线路调整公告", "自3月1日起，502路公交线路调整。")),
    "home with a login form": (
        200,
        f"<html><head><title>某县人民政府</title></head><body>{MENU}<form><input name=u><input type=password>登录</form><p>要闻：县政府召开会议，部署春耕工作。</p>{FOOT}</body></html>",
    ),
    "form of a letter with letters to type": (
        200,
        f"<html><head><title>县长信箱</title></head><body>{MENU}{WAY}<form>姓名<input>标题<input>内容<textarea></textarea>验证码<input name=code></form>{FOOT}</body></html>",
    ),
    "guide that asks to log in": (200, _article("不动产登记办事指南", "请登录后访问在线办理入口。", bare=True)),
    "article with a captcha script": (
        200,
        _article("关于开展普查的通知", "普查工作全面展开。" * 30).replace(
            "</body>", "<script src='/js/geetest.js'></script></body>"
        ),
    ),
    "server error of the site": (500, SAY.format("500", "Internal Server Error", "")),
}
