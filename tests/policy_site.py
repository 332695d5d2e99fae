"""Facts of a site that explains its policies, prepares its decisions in the open and answers letters."""

from collections.abc import Iterator
from datetime import date
from typing import Any

DAY = date(2020, 6, 15)
TOPICS = ["执行标准", "涉及范围", "惠民利民", "新旧差异"]


def list_policy_facts(document: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the facts; `document` is the address of a policy that was published months before."""
    spoken = {"forms": ["text", "video", "process", "press"], "speaker": "head", "topics": TOPICS}
    text = {"status": 200, "published_on": DAY, "primary_form": "text", "overlap": 0.1}
    yield "interpretation", {"of": document, **text, **spoken}
    rules = {"url": "http://h/rules", "title": "随机抽查办法", "document_kind": "policy", "published_on": DAY}
    yield "document", {**rules, "approved_by": "executive_meeting"}
    yield "interpretation", {"of": "http://h/rules", **text, **spoken}
    yield from _list_decision_facts()
    for number in range(2):
        shown = {"public_attended": True, "attendance_published": True, "decision_published": True}
        held = {"meeting_kind": "executive", "held_on": DAY, "topic": "医疗改革方案", **shown}
        yield "meeting", {"url": f"http://h/meeting/{number}", **held}
    yield "letter", {"asked_on": DAY, "replied_on": DAY}


def _list_decision_facts() -> Iterator[tuple[str, dict[str, Any]]]:
    opened, closed, told = date(2020, 3, 2), date(2020, 4, 15), date(2020, 6, 2)
    before = {"draft_on": opened, "basis_published": True, "consultation": "http://h/call/0"}
    decision = {"title": "医疗改革方案", "year": 2020, "in_catalogue": True, **before}
    yield "decision", {**decision, "decided_on": date(2020, 6, 1), "feedback_on": told}
    parts = ["collected", "adopted", "reasons"]
    for number in range(6):
        call = {"opened_on": opened, "closed_on": closed, "channels": ["online"], "feedback_on": told}
        yield "consultation", {"url": f"http://h/call/{number}", **call, "feedback_parts": parts}


HOST = "www.qinghe.gov.cn"
LABELS = ["SiteName", "SiteDomain", "SiteIDCode", "ColumnName", "ColumnDescription", "ColumnKeywords", "ColumnType"]
ARTICLE = ["SiteName", "SiteDomain", "SiteIDCode", "ArticleTitle", "PubDate", "ContentSource"]
ENTRIES = "依申请公开 好差评 12345 区长信箱 政务微博 留言板 办事指南 进度查询 结果公示 智能问答 公共资源交易服务平台"
CLASSES = (
    "规范性文件 机构职能 规划 统计 行政许可 行政处罚 财政预算 收费 政府采购 重大项目 民生 应急 食品药品 公务员招考"
)
ELEMENTS = "事项名称 设定依据 申请条件 办理材料 办理地点 办理时间 联系电话 办理流程"
MARKS = "site_id_code icp police_record conac_badge organizer contact sitemap_link error_report_link"


def list_portal_facts(unit: str, today: date) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield facts of a portal whose entries, marks, columns and services are in order, as seen on a day."""
    marks = {"marks": MARKS.split(), "possible_marks": MARKS.split(), "marks_sampled": 11, "site_id_code": "3101040001"}
    yield "site", {"host": HOST, "search_form": True, **marks}
    yield "tls", {"host": HOST, "role": "portal", "offered": True, "valid": True}
    for number, text in enumerate(ENTRIES.split()):
        yield "link", {"target": f"http://h/entry/{number}", "text": text, "state": "ok"}
    column = {"host": HOST, "status": 200, "blank": False, "item_count": 3, "newest_item_on": today}
    for number, name in enumerate(CLASSES.split()):
        yield "column", {"url": f"http://h/class/{number}", "name": name, "unit": unit, **column}
    yield "column", {"url": "http://h/letters", "name": "政民互动", "concept": "letters", **column}
    for kind, labels in (("home", LABELS), ("column", LABELS), ("article", ARTICLE)):
        yield "page", {"url": f"http://h/{kind}", "page_kind": kind, "status": 200, "labels": labels}
    yield "page", {"url": "http://h/form", "page_kind": "form", "topic": "letter", "status": 200}
    for number in range(20):
        text = {"document_kind": "normative", "published_on": date(2019, 5, 6), "status": 200, "download": True}
        yield "document", {"url": f"http://h/old/{number}", **text}
    for number in range(5):
        guide = {"status": 200, "scenario": "one_thing", "elements": ELEMENTS.split()}
        yield "service_guide", {"url": f"http://h/guide/{number}", **guide}
    yield "catalogue", {"catalogue_kind": "service", "status": 200, "item_count": 5, "items_linked": 5}
    yield from list_register_facts(unit, today)


def list_register_facts(unit: str, today: date) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield lists of bodies and matters, gathered rules, pages with comments, the site's names and its old hosts."""
    links = {"catalogue": "http://h/c", "catalogue_state": "ok", "guide": "http://h/g", "guide_state": "ok"}
    for number, body in enumerate((unit, "区教育局")):
        yield "body_entry", {"url": f"http://h/b/{number}", "status": 200, "name": body, "unit": body, **links}
    day = date(2020, 5, 6)
    for owner, kind in (("区政府", "service"), (unit, "inspection")):
        listed = {"unit": owner, "catalogue_kind": kind, "status": 200, "item_count": 3, "published_on": day}
        yield "catalogue", {"url": f"http://h/l/{kind}", **listed, "items_linked": 3, "updated_on": today}
    rules = ["中华人民共和国政府信息公开条例", "上海市政府信息公开规定", "国办公开办函〔2019〕61号"]
    yield "column", {"concept": "disclosure_rules", "status": 200, "subjects": rules}
    yield "column", {"url": "http://h/news", "name": "今日要闻", "status": 200, "blank": False, "newest_item_on": today}
    for number in range(20):
        text = {"page_kind": "article", "status": 200, "column": "http://h/news", "comment_forms": ["comment"]}
        yield "page", {"url": f"http://h/news/{number}", "labels": ARTICLE, **text}
    for place in ("header", "window"):
        yield "site_name", {"place": place, "text": "区政府", "holds_official": True}
    yield "endpoint", {"host": "old.h", "role": "retired", "family": 4, "address_record": False}
