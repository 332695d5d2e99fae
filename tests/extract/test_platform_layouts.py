"""Pages in the manners of widespread systems: tables for layout, records in scripts, cards, words of old pages."""

from __future__ import annotations

import pytest
from lone_page import read_lone, read_reading

from auditor.extract.menus import read_menu
from auditor.page.scan import scan_page

HOST = "http://www.qinghe.example"
TEXT = "为进一步规范停车秩序，方便群众出行，根据有关法律法规，结合本区实际，现将有关事项公布如下，请认真遵照执行。各有关单位要密切配合，做好宣传引导工作。"
FEET = '<div class="footer_box"><p>主办单位：青禾区人民政府办公室　承办单位：青禾区数据局</p><p>网站标识码：3101990001　<a href="https://beian.miit.gov.cn/">沪ICP备12345678号-1</a>　<a href="#">沪公网安备 31019902000123号</a></p></div>'
PAGES: dict[str, tuple[str | bytes, dict[str, object]]] = {}
PAGES["jcms-article"] = (
    """<html><head><title>青禾区人民政府 通知公告 青禾区关于调整停车收费标准的通告</title>
<meta name="SiteName" content="青禾区人民政府"><meta name="ColumnName" content="通知公告"><meta name="ArticleTitle" content="青禾区关于调整停车收费标准的通告"><meta name="PubDate" content="2023-05-18 17:02:11"></head><body>
<table width="1000" align="center"><tr><td><!--<$[信息内容]>begin--><table id="article" width="900" border="0" align="center"><tr><td height="30" style="font-size:12px">当前位置：<a href="/index.html" class="bt_link">首页</a> &gt; <a href="/col/col1021/index.html" class="bt_link">通知公告</a></td></tr>
<tr><td class="title" align="center"><!--<$[标题名称(html)]>begin-->青禾区关于调整停车收费标准的通告<!--<$[标题名称(html)]>end--></td></tr>
<tr><td align="center"><table width="80%"><tr><td align="center">发布日期：2023-05-18</td><td align="center">浏览次数：<script language="javascript" src="/module/visitcount/articlehits.jsp?colid=1021&artid=8812"></script></td><td>字号：[ <a href="javascript:doZoom(18)">大</a> <a href="javascript:doZoom(16)">中</a> <a href="javascript:doZoom(14)">小</a> ]</td></tr></table></td></tr>
<tr><td class="bt_content"><div id="zoom"><!--ZJEG_RSS.content.begin--><p>"""
    + TEXT
    + """</p><p>"""
    + TEXT
    + """</p><p style="text-align:right">青禾区发展和改革委员会</p><p style="text-align:right">2023年5月16日</p><!--ZJEG_RSS.content.end--></div></td></tr></table></td></tr></table>"""
    + FEET
    + "</body></html>",
    {
        "kind": "article",
        "title": "青禾区关于调整停车收费标准的通告",
        "pub": "2023-05-18",
        "url": "/art/2023/5/18/art_1021_8812.html",
    },
)
RECORDS = "".join(
    f"""<record><![CDATA[<li><a href="/art/2023/6/{d}/art_1021_{8800 + d}.html" target="_blank" title="青禾区第{d}批公共停车场名单公布">青禾区第{d}批公共停车场名单公布</a><span>2023-06-{d}</span></li>]]></record>\n"""
    for d in range(28, 13, -1)
)
PAGES["jcms-list"] = (
    """<html><head><title>青禾区人民政府 通知公告</title><meta name="SiteName" content="青禾区人民政府"><meta name="ColumnName" content="通知公告"></head><body><div class="nav"><a href="/">首页</a><a href="/col/col1/">要闻</a><a href="/col/col2/">政务公开</a><a href="/col/col3/">政务服务</a></div>
<div class="position">当前位置：<a href="/">首页</a>&gt;<a href="/col/col1021/index.html">通知公告</a></div><ul id="div12345"></ul><div id="1412345" class="lb"><script type="text/xml"><datastore>
<nextgroup><![CDATA[<a href="/module/web/jpage/dataproxy.jsp?page=1&webid=1&columnid=1021"></a>]]></nextgroup>
<recordset>"""
    + RECORDS
    + """</recordset></datastore></script></div><script>jpage({totalRecord:15,perPage:15})</script>"""
    + FEET
    + "</body></html>",
    {"kind": "column", "title": "通知公告", "n": 15, "newest": "2023-06-28", "url": "/col/col1021/index.html"},
)
PAGES["trs-xxgk"] = (
    """<html><head><title>青禾区人民政府办公室关于印发《青禾区公共停车场管理办法》的通知_政策文件_青禾区人民政府</title><meta name="ArticleTitle" content="青禾区人民政府办公室关于印发《青禾区公共停车场管理办法》的通知"/><meta name="PubDate" content="2022-03-09 09:30"/><meta name="ColumnName" content="政策文件"/></head><body><div class="crumb"><span>您现在的位置：</span><a href="../../../../">首页</a> &gt; <a href="../../../">政务公开</a> &gt; <a href="../">政策文件</a></div>
<div class="xxgk_xl_table"><table cellspacing="0"><tbody><tr><th>索 引 号</th><td>QH000-0102-2022-00017</td><th>主题分类</th><td>城乡建设、环境保护/城市管理</td></tr><tr><th>发文机关</th><td>青禾区人民政府办公室</td><th>成文日期</th><td>2022-03-04</td></tr><tr><th>标　　题</th><td colspan="3">青禾区人民政府办公室关于印发《青禾区公共停车场管理办法》的通知</td></tr><tr><th>发文字号</th><td>青府办规〔2022〕3号</td><th>发布日期</th><td>2022-03-09</td></tr><tr><th>有 效 性</th><td colspan="3">有效</td></tr></tbody></table></div>
<div class="view TRS_UEDITOR trs_paper_default trs_web"><p style="text-align:center"><strong>青禾区人民政府办公室关于印发《青禾区公共停车场管理办法》的通知</strong></p><p style="text-align:center">青府办规〔2022〕3号</p><p>各街道办事处、镇人民政府，区政府各委、办、局：</p><p>《青禾区公共停车场管理办法》已经区政府第12次常务会议审议通过，现印发给你们，请认真贯彻执行。</p><p style="text-align:right">青禾区人民政府办公室</p><p style="text-align:right">2022年3月4日</p><p>（此件公开发布）</p><p>第一条　"""
    + TEXT
    + """</p></div><div class="fj"><p>附件：<a href="./W020220309345678901234.docx" oldsrc="W02.docx">青禾区公共停车场管理办法.docx</a></p></div>"""
    + FEET
    + "</body></html>",
    {
        "kind": "article",
        "title": "青禾区人民政府办公室关于印发《青禾区公共停车场管理办法》的通知",
        "pub": "2022-03-09",
        "doc": "青府办规〔2022〕3号",
        "index": "QH000-0102-2022-00017",
        "made": "2022-03-04",
        "url": "/zwgk/zcwj/202203/t20220309_1234.html",
    },
)
PAGES["trs-list"] = (
    """<html><head><title>青禾区人民政府 - 政策解读</title><meta name="SiteName" content="青禾区人民政府"><meta name="ColumnName" content="政策解读"></head><body><div class="top_nav"><a href="/">首页</a><a href="/xw">新闻</a><a href="/zwgk">公开</a><a href="/fw">服务</a></div><div class="weizhi">当前位置：<a href="../../" title="首页" class="CurrChnlCls">首页</a>&nbsp;>&nbsp;<a href="../" class="CurrChnlCls">政务公开</a>&nbsp;>&nbsp;<a href="./" class="CurrChnlCls">政策解读</a></div>
<div class="gl_list"><ul>"""
    + "".join(
        f'<li><i class="dot"></i><a href="./202404/t202404{d}_55{d}.html" target="_blank">《青禾区第{d}号停车办法》政策解读</a><b>2024/04/{d}</b></li>'
        for d in range(25, 10, -1)
    )
    + """</ul><div class="fenye"><script>createPageHTML(12, 0, "index", "html");</script></div></div>"""
    + FEET
    + "</body></html>",
    {
        "kind": "column",
        "title": "政策解读",
        "n": 15,
        "newest": "2024-04-25",
        "topic": "interpretation",
        "url": "/zwgk/zcjd/",
    },
)
PAGES["gkmlpt-content"] = (
    """<html><head><title>青禾区2023年财政预算执行情况_青禾区财政局</title><meta name="ArticleTitle" content="青禾区2023年财政预算执行情况"><meta name="PubDate" content="2024-02-01 10:20:30"><meta name="SiteName" content="青禾区财政局"><meta name="ColumnName" content="预算执行"></head><body><div class="content"><div class="breadcrumbs"><a href="/gkmlpt/index">青禾区财政局政府信息公开</a></div>
<div class="classify"><table><tbody><tr><td class="first">索引号：</td><td class="second"><span>007123456/2024-00012</span></td><td class="third">分类：</td><td class="fourth"><span>预算、决算</span></td></tr><tr><td class="first">发布机构：</td><td class="second"><span>青禾区财政局</span></td><td class="third">成文日期：</td><td class="fourth"><span>2024-01-30</span></td></tr><tr><td class="first">名称：</td><td colspan="3"><span>青禾区2023年财政预算执行情况</span></td></tr><tr><td class="first">文号：</td><td class="second"><span></span></td><td class="third">发布日期：</td><td class="fourth"><span>2024-02-01</span></td></tr></tbody></table></div>
<h1 class="title document-number">青禾区2023年财政预算执行情况</h1><div class="date-row">发布日期：2024-02-01&nbsp;&nbsp;浏览次数：<span id="js-visits">-</span></div><div class="article-content"><p>"""
    + TEXT * 2
    + """</p></div></div><script>window._CONFIG = {"SID":"755012","MODULE":"content","POST":{"title":"x","date":1706755230}};</script>"""
    + FEET
    + "</body></html>",
    {
        "kind": "article",
        "title": "青禾区2023年财政预算执行情况",
        "pub": "2024-02-01",
        "index": "007123456/2024-00012",
        "made": "2024-01-30",
        "topic": "budget",
        "url": "/gkmlpt/content/1/123/post_123456.html",
    },
)
PAGES["vue-list"] = (
    """<html><head><title>通知公告-青禾区人民政府</title></head><body><div class="header-nav"><a href="/">首页</a><a href="/xw">要闻动态</a><a href="/zwgk">政务公开</a><a href="/hd">互动交流</a></div><div class="crumbs">当前位置：<a href="/">首页</a> / <a href="/zwgk">政务公开</a> / 通知公告</div><div id="app"><ul><li v-for="it in list"><a :href="it.url">{{it.title}}</a><span>{{it.publishTime}}</span></li></ul></div><script>new Vue({el:'#app',data:{list:["""
    + ",".join(
        f'{{"title":"青禾区第{d}次停车工作会议通知","url":"/zwgk/tzgg/{d}.html","publishTime":"2024-05-{d}"}}'
        for d in range(20, 10, -1)
    )
    + """]}})</script>"""
    + FEET
    + "</body></html>",
    {"kind": "shell", "url": "/zwgk/tzgg/"},
)
OLD_ROWS = "".join(
    f'<tr><td width="20"><img src="images/dot.gif"></td><td><a href="shownews.asp?id={100 + d}" target="_blank"><font color="#333333">青禾区第{d}届春节团拜会举行</font></a></td><td width="80" align="right"><font color="#999999">[2008-1-{d}]</font></td></tr>'
    for d in range(28, 8, -1)
)
PAGES["gb2312-list"] = (
    (
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"><title>青禾区政府信息网--今日要闻</title></head><body><table width="778" align="center"><tr><td><a href="index.asp">首页</a> | <a href="news.asp">今日要闻</a> | <a href="zwgk.asp">政务公开</a> | <a href="ly.asp">留言板</a></td></tr></table><table width="778" align="center"><tr><td>您现在的位置：<a href="index.asp">首页</a> >> 今日要闻</td></tr><tr><td><table width="100%">'
        + OLD_ROWS
        + '</table></td></tr><tr><td align="center">共 356 条　第 1/18 页　<a href="?page=2">下一页</a> <a href="?page=18">尾页</a></td></tr></table><center>版权所有：青禾区人民政府　沪ICP备05012345号</center></body></html>'
    ).encode("gb18030"),
    {
        "kind": "column",
        "title": "今日要闻",
        "n": 20,
        "newest": "2008-01-28",
        "topic": "news",
        "icp": "沪ICP备05012345号",
        "url": "/news.asp",
    },
)
PAGES["gb2312-article"] = (
    (
        '<html><head><meta http-equiv=content-type content="text/html; charset=gb2312"><title>青禾区政府信息网</title></head><body><table width="778" align="center"><tr><td height="40" align="center"><font size="4" color="#CC0000"><b>区长陈某到社区走访慰问困难家庭</b></font></td></tr><tr><td align="center"><font color="#666666">作者：办公室 来源：本站原创 点击：312 更新：2008-1-28 录入：admin</font></td></tr><tr><td>　　'
        + TEXT
        + "<br>　　"
        + TEXT
        + '<br><br></td></tr><tr><td align="right">【<a href="#">收藏此页</a>】【<a href="javascript:window.print()">打印</a>】【<a href="javascript:window.close()">关闭</a>】</td></tr></table><center>沪ICP备05012345号</center></body></html>'
    ).encode("gb18030"),
    {
        "kind": "article",
        "title": "区长陈某到社区走访慰问困难家庭",
        "pub": "2008-01-28",
        "upd": "2008-01-28",
        "url": "/shownews.asp?id=5",
    },
)
PAGES["ucap-article"] = (
    """<html><head><title>青禾区开展停车秩序专项整治 - 青禾区人民政府</title><meta name="ArticleTitle" content="青禾区开展停车秩序专项整治"></head><body><div class="g-header"><ul class="m-nav"><li><a href="/">首页</a></li><li><a href="/xw/">要闻</a></li><li><a href="/zwgk/">公开</a></li></ul></div><div class="g-crumb"><label>当前位置：</label><a href="/">首页</a><i>&gt;</i><a href="/xw/">要闻</a><i>&gt;</i><em>正文</em></div>
<div class="article"><h2 class="arti_title">青禾区开展停车秩序专项整治</h2><div class="pages-date"><span class="pages_source">来源：<span id="source">区城管局</span></span><span>时间：<ucaptime>2024-06-03 16:20:05</ucaptime></span><span class="share">分享到：<a class="wx"></a></span></div><ucapcontent><p>"""
    + TEXT * 2
    + """</p></ucapcontent></div><div class="about"><h3>相关链接</h3><ul><li><a href="/xw/1.html">关于停车的提示</a><span>2024-05-01</span></li></ul></div>"""
    + FEET
    + "</body></html>",
    {
        "kind": "article",
        "title": "青禾区开展停车秩序专项整治",
        "pub": "2024-06-03",
        "topic": "news",
        "url": "/xw/202406/1234.html",
    },
)
PAGES["jyh-xxgk"] = (
    """<html><head><title>政府信息公开_青禾区人民政府</title><meta name="ColumnName" content="政府信息公开"></head><body><div class="hd"><a href="/">首页</a></div><div class="xxgk-side"><dl><dt><a href="/xxgk/zn/">政府信息<br/>公开指南</a></dt><dt><a href="/xxgk/zd/">政府信息<br/>公开制度</a></dt><dt><a href="javascript:;">法定主动<br/>公开内容</a></dt><dd><a href="/xxgk/jg/">机构职能</a></dd><dd><a href="/xxgk/wj/">政策文件</a></dd><dt><a href="/xxgk/nb/">政府信息<br/>公开年报</a></dt><dt onclick="window.open('/xxgk/ysq/')">依申请公开</dt></dl></div><div class="xxgk-main"><h3>最新公开信息</h3><ul>"""
    + "".join(
        f'<li><a href="/xxgk/{d}.html">青禾区第{d}项重点工程进展情况</a><span>2024-03-{d}</span></li>'
        for d in range(19, 12, -1)
    )
    + """</ul></div>"""
    + FEET
    + "</body></html>",
    {"kind": "column", "topic": "disclosure_platform", "n": 7, "newest": "2024-03-19", "url": "/xxgk/"},
)
PAGES["letter-dl"] = (
    """<html><head><title>区长信箱_青禾区人民政府</title></head><body><div class="loc">您的位置：<a href="/">首页</a> &gt; <a href="/hd/">政民互动</a> &gt; 区长信箱</div><div class="xj"><dl><dt>信件标题</dt><dd>关于小区门口停车难的问题</dd><dt>写信时间</dt><dd>2024-04-01 09:10</dd><dt>信件内容</dt><dd>小区门口道路两侧长期停满车辆，消防车无法进出，希望有关部门尽快处理。</dd><dt>答复单位</dt><dd>青禾区公安分局</dd><dt>答复时间</dt><dd>2024-04-08</dd><dt>答复内容</dt><dd>您好，您反映的问题已派民警到现场核实，已增设禁停标线，感谢您的关注。</dd></dl></div>"""
    + FEET
    + "</body></html>",
    {
        "kind": "article",
        "title": "关于小区门口停车难的问题",
        "topic": "letter",
        "letter": [("2024-04-01", "2024-04-08")],
        "url": "/hd/qzxx/1.html",
    },
)
PAGES["consult-table"] = (
    """<html><head><title>青禾区停车条例（草案）公开征求意见-意见征集-青禾区人民政府</title></head><body><div class="navigation"><a href="/">首页</a><a href="/a">要闻</a><a href="/b">公开</a><a href="/c">服务</a></div><div class="pos">当前位置：<a href="/">首页</a> - <a href="/hd">互动</a> - <a href="/hd/yjzj">意见征集</a></div><div class="zj"><div class="zj_t">青禾区停车条例（草案）公开征求意见</div><table><tr><td>征集单位</td><td>青禾区司法局</td><td>状态</td><td>已结束</td></tr><tr><td>开始时间</td><td>2024-01-10</td><td>结束时间</td><td>2024-02-09</td></tr></table><div class="txt"><p>为增强立法的公开性，现将《青禾区停车条例（草案）》及起草说明公布，向社会公开征求意见。</p><p>有关意见可通过电子邮件发送至qh@qinghe.example，或者邮寄至青禾区司法局。</p><p><a href="/u/a.docx">附件1：青禾区停车条例（草案）.docx</a></p></div></div>"""
    + FEET
    + "</body></html>",
    {
        "kind": "article",
        "title": "青禾区停车条例（草案）公开征求意见",
        "consult": [("2024-01-10", "2024-02-09")],
        "url": "/hd/yjzj/1.html",
    },
)
PAGES["day-blocks"] = (
    """<html><head><title>工作动态 | 青禾区教育局</title></head><body><header><nav><a href="/">首页</a><a href="/a/">机构</a><a href="/b/">公开</a><a href="/c/">服务</a></nav></header><div class="bread-crumb"><a href="/">首页</a> / <span>工作动态</span></div><main>"""
    + "".join(
        f'<div class="item clearfix" onclick="location.href=\'/gzdt/{d}.html\'"><div class="time"><strong>{d}</strong><em>2024-03</em></div><div class="txt"><h3>青禾区教育局召开第{d}次安全会</h3><p>会议要求各校加强校园安全管理。</p></div></div>'
        for d in range(22, 12, -1)
    )
    + """</main><footer>主办单位：青禾区教育局 网站标识码：3101990022</footer></body></html>""",
    {
        "kind": "column",
        "title": "工作动态",
        "first": "青禾区教育局召开第22次安全会",
        "n": 10,
        "newest": "2024-03-22",
        "topic": "news",
        "site": "3101990022",
        "url": "/gzdt/",
    },
)
PAGES["guide-plain"] = (
    """<html><head><title>青禾区人民政府信息公开指南</title><meta name="ColumnName" content="政府信息公开指南"></head><body><div class="left"><ul><li class="on"><a href="/zn">政府信息公开指南</a></li><li><a href="/zd">政府信息公开制度</a></li><li><a href="/fd">法定主动公开内容</a></li><li><a href="/nb">政府信息公开年报</a></li></ul></div><div class="right"><p class="t" style="text-align:center;font-size:22px"><b>青禾区人民政府信息公开指南</b></p><p style="text-align:center">（2024年3月修订）</p><p style="text-align:center">[2024-03-15]</p><p>一、公开范围</p><p>"""
    + TEXT
    + """</p><p>二、公开形式：通过区政府门户网站、政府公报等途径公开。</p><p>三、依申请公开。公民可以提出申请，受理机构：青禾区人民政府办公室，办公地址：青禾路1号，办公时间：工作日9:00-17:00，联系电话：021-12345678，传真：021-12345679，电子邮箱：gk@qinghe.example，邮政编码：201999。</p></div>"""
    + FEET
    + "</body></html>",
    {"kind": "article", "title": "青禾区人民政府信息公开指南", "upd": "2024-03-15", "topic": "guide", "url": "/zn"},
)
PAGES["word-article"] = (
    """<html><head><title>正文 - 青禾区民政局</title></head><body><div class="menu"><a href="/">首页</a><a href="/a">公开</a><a href="/b">服务</a><a href="/c">互动</a></div><div id="dqwz">位置：首页 → 通知公告 → 正文</div><div id="nr"><p class="MsoNormal" align="center" style="text-align:center"><b><span style="font-size:22.0pt;font-family:方正小标宋简体">青禾区民政局关于做好</span></b></p><p class="MsoNormal" align="center" style="text-align:center"><b><span style="font-size:22.0pt">清明祭扫工作的通知</span></b></p><p align="center">发布时间：２０２４年３月２２日　来源：区民政局　阅读：12</p><p class="MsoNormal">各街道、镇：</p><p class="MsoNormal">"""
    + TEXT
    + """</p></div>"""
    + FEET
    + "</body></html>",
    {"kind": "article", "title": "青禾区民政局关于做好清明祭扫工作的通知", "pub": "2024-03-22", "url": "/tz/1.html"},
)
PAGES["service-tabs"] = (
    """<html><head><title>青禾区政务服务网</title></head><body><div class="topnav"><a href="/">首页</a><a href="/gr">个人服务</a><a href="/fr">法人服务</a><a href="/zn">办事指南</a></div><div class="wz">您当前所在的位置：<a href="/">首页</a> &gt; 办事指南</div><div class="guide"><div class="g-name">残疾人证新办</div><ul class="tabs"><li>基本信息</li><li>申请材料</li><li>办理流程</li></ul><table><tr><td>事项编码</td><td>1131019900000001</td><td>事项类型</td><td>行政确认</td></tr><tr><td>实施主体</td><td>青禾区残疾人联合会</td><td>行使层级</td><td>区级</td></tr><tr><td>法定时限</td><td>30个工作日</td><td>承诺时限</td><td>20个工作日</td></tr><tr><td>办理地点</td><td>青禾路2号</td><td>办理时间</td><td>工作日9:00-17:00</td></tr><tr><td>咨询电话</td><td>021-12345000</td><td>监督电话</td><td>12345</td></tr><tr><td>是否收费</td><td>不收费</td><td>申请条件</td><td>具有本区户籍的残疾人</td></tr></table><a class="btn" onclick="window.open('https://zwdt.qinghe.example/apply?id=1')">在线办理</a></div>"""
    + FEET
    + "</body></html>",
    {"kind": "article", "title": "残疾人证新办", "topic": "service_guide", "guide": [11], "url": "/zn/1.html"},
)


def show_day(mark):
    return mark.value.isoformat() if mark is not None else None


def read_listing(record):
    items = record.listing.items if record.listing is not None else ()
    newest = max((item.day.isoformat() for item in items if item.day is not None), default=None)
    return (record.listing.item_count if record.listing is not None else None), newest


READERS = {
    "kind": lambda record: record.kind,
    "title": lambda record: record.title,
    "topic": lambda record: record.topic or record.weak_topic,
    "pub": lambda record: show_day(record.published),
    "upd": lambda record: show_day(record.updated),
    "n": lambda record: read_listing(record)[0],
    "newest": lambda record: read_listing(record)[1],
    "first": lambda record: record.listing.items[0].title,
    "doc": lambda record: record.document.doc_no,
    "index": lambda record: record.document.index_no,
    "made": lambda record: record.document.made_on.isoformat(),
    "letter": lambda record: [(str(d.fact.asked_on), str(d.fact.replied_on)) for d in record.drafts],
    "consult": lambda record: [(str(d.fact.opened_on), str(d.fact.closed_on)) for d in record.drafts],
    "guide": lambda record: [len(d.fact.elements) for d in record.drafts],
    "icp": lambda record: record.marks.icp,
    "site": lambda record: record.marks.site_id_code,
}


@pytest.mark.parametrize("name", PAGES)
def test_page_of_a_widespread_system_is_read(name):
    html, wanted = PAGES[name]
    wanted = {key: value for key, value in wanted.items() if key != "url"}
    record = read_lone(html, f"{HOST}{PAGES[name][1]['url']}")
    assert {key: READERS[key](record) for key in wanted} == wanted


def test_columns_of_a_section_are_read_whether_by_address_or_by_script():
    html, about = PAGES["jyh-xxgk"]
    menu = read_menu(read_reading(html, f"{HOST}{about['url']}"))
    assert [(one.name, one.url.removeprefix(HOST) if one.url else None) for one in menu] == [
        ("政府信息公开指南", "/xxgk/zn/"),
        ("政府信息公开制度", "/xxgk/zd/"),
        ("法定主动公开内容", None),
        ("机构职能", "/xxgk/jg/"),
        ("政策文件", "/xxgk/wj/"),
        ("政府信息公开年报", "/xxgk/nb/"),
        ("依申请公开", "/xxgk/ysq/"),
    ]


def test_records_that_were_drawn_already_are_no_second_rows():
    html, about = PAGES["jcms-list"]
    drawn = html.replace(
        '<ul id="div12345"></ul>', f'<ul id="div12345">{RECORDS}</ul>'.replace("<record><![CDATA[", "")
    )
    assert read_listing(read_lone(drawn.replace("]]></record>\n</ul>", "</ul>"), HOST + about["url"])) == (
        15,
        "2023-06-28",
    )


def test_rows_in_script_data_are_links():
    html, about = PAGES["vue-list"]
    assert len(scan_page(html, f"{HOST}{about['url']}").script_data) == 10


CARDS = {
    "day-before": "<a href='/g/{n}.html'><div class='time'><b>{d}</b><i>2024-03</i></div><div class='r'><h3>青禾区召开第{n}次安全工作会议</h3><p>2月1日起各校加强管理。</p></div></a>",
    "date-behind": "<a href='/g/{n}.html'><img src='/i.jpg'><div class='title'>青禾区召开第{n}次安全工作会议</div><div class='des'>2023年12月31日以前完成排查。</div><div class='time'>2024-03-{d}</div></a>",
    "heading-first": "<li><a href='/g/{n}.html'><h4>青禾区召开第{n}次安全工作会议</h4><span>发布时间：2024-03-{d}</span></a></li>",
}


@pytest.mark.parametrize("name", CARDS)
def test_card_in_a_link_is_a_row_with_its_own_title_and_day(name):
    rows = "".join(CARDS[name].format(n=place, d=10 + place) for place in range(1, 9))
    record = read_lone(
        f"<title>工作动态_青禾区教育局</title><body><div class='dqwz'>当前位置：<a href='/'>首页</a> &gt; 工作动态</div>{rows}{FEET}</body>"
    )
    assert read_listing(record) == (8, "2024-03-18")
    assert record.listing.items[0].title == "青禾区召开第1次安全工作会议"


def test_guide_that_explains_the_elements_of_a_catalogue_is_no_document():
    parts = "".join(
        f"<p>{line}</p>"
        for line in (
            "一、主动公开",
            "编排体系主要包含索引号、名称、文号等内容。",
            "1.索引号：政府信息的唯一代码，由机构代码和流水号组成。",
            "2.信息名称：政府信息的标题。",
            "3.发布机构：政府信息的发布主体。",
            "4.生成日期：政府信息生成的时间。",
            "5.文号：政府信息的发文字号",
            "二、依申请公开",
            "受理机构：青禾区人民政府办公室",
            "咨询时间：周一至周五，上午9:00至11:30",
            "电子邮箱：gk＠qinghe.example（仅供答复使用）",
        )
    )
    record = read_lone(
        f"<title>青禾区政府信息公开指南</title><h3>青禾区政府信息公开指南</h3><p>发布时间：2024-03-23</p>{parts}"
    )
    assert (record.topic, record.document.index_no, record.document.doc_no) == ("guide", None, None)
    assert (record.guide.email, record.guide.hours) == ("gk@qinghe.example", "周一至周五，上午9:00至11:30")


def test_words_pulled_apart_are_channels_too():
    html = "<title>公园设计意见征集公告</title><h1>关于征集公园设计意见、建议的公告</h1><p>时间：2024-04-22 21:27</p><p>现就公园的名称、布局等向广大市民征求意见，希望积极参与。</p><p>邮 寄：青禾路1号</p><p>传 真：021-12345678</p>"
    (draft,) = read_lone(html).drafts
    assert draft.fact.channels == ("mail", "fax")
